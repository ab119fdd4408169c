import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as actions from '../../lib/actions/index.js';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { template } from '../analysis/design.js';

const names = ['resnet34-head', 'residual-20', 'dense-block', 'highway', 'mlp', 'transformer'];
const texts = names.map(template);
/** Values that a person may leave in a half-written file. */
const odd: readonly unknown[] = [null, true, -1, 0, 1.5, 1e9, '', '=', '=i', '=dim(x, 9)', '=channels / 0', 'x', '__proto__', [], [null], {}, ['x', 'x'], [[1]], '=stride', 'Conv2d', 'Basic', 'a[3].b'];

/** A template with some of its values and keys replaced by others of the same file or by odd ones. */
const mutated = fc.tuple(fc.integer({ min: 0, max: texts.length - 1 }), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 4 })).map(([which, changes]) => {
  const design = JSON.parse(JSON.stringify(analyze(texts[which]!).parsed.valueAt([]))) as Record<string, unknown>;
  for (const [at, choice, how] of changes) {
    const places: { holder: Record<string, unknown>; key: string }[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        places.push({ holder: value as Record<string, unknown>, key });
        visit((value as Record<string, unknown>)[key]);
      }
    };
    visit(design);
    const { holder, key } = places[at % places.length]!;
    const value = how === 0 ? odd[choice % odd.length] : how === 1 ? places[choice % places.length]!.key : holder[key];
    if (how === 2) delete holder[key];
    else if (how === 3 && !Array.isArray(holder)) holder[`${key}x`] = value;
    else holder[key] = value;
  }
  return JSON.stringify(design, null, 1);
});

/** Everything a person may do at every node and wire. */
function everything(analysis: Analysis, pick: number): readonly (actions.Acted | undefined)[] {
  const paths = [...analysis.program.inputs.map((input) => input.name), ...analysis.program.nodes.map((node) => node.path), 'gone', 'a[9].b', '', '.', '[', 'stage1', 'stage1[0]', 'dense'];
  const at = (k: number): string => paths[(pick + k) % paths.length]!;
  const wire = { to: at(1), input: pick % 3 };
  const copied = actions.copyNodes(analysis, [at(2), at(3)]);
  return [
    actions.insertOnWire(analysis, wire, 'Conv2d'), actions.insertOnWire(analysis, { scope: at(4), output: 0 }, 'block:Basic'), actions.insertBehind(analysis, at(5), 'BatchNorm2d'), actions.addNode(analysis, 'Add', at(6)), actions.addNode(analysis, 'Nonsense', ''),
    actions.drawSkip(analysis, at(0), { kind: 'node', path: at(7) }, 'add'), actions.drawSkip(analysis, at(1), { kind: 'wire', wire }, 'concat'), actions.drawSkip(analysis, at(0), { kind: 'wire', wire: { scope: '', output: 0 } }, 'gate'),
    actions.toggleOff(analysis, at(2), pick % 3), actions.removeNodes(analysis, [at(1), at(2), at(9)]), actions.disconnect(analysis, wire), actions.connect(analysis, at(0), { path: at(5), input: 1 }),
    actions.duplicate(analysis, [at(1), at(3)]), copied === undefined ? undefined : actions.pasteNodes(analysis, copied, { kind: 'wire', wire }), actions.pasteNodes(analysis, analysis.parsed.text, { kind: 'point', scope: '' }),
    actions.setParam(analysis, at(1), 'stride', 2), actions.unsetParam(analysis, at(1), 'in'), actions.rename(analysis, at(1), 'fresh_name'), actions.makeOwn(analysis, at(1)), actions.wrapInBlock(analysis, [at(1), at(2)]), actions.setRepeat(analysis, at(1), 2), actions.addClassifier(analysis), actions.renameBlock(analysis, 'Basic', 'Other'),
    actions.drawSkip(analysis, wire, { kind: 'node', path: at(7) }, 'add'), actions.moveNodes(analysis, [{ path: at(1), x: 5, y: 7 }, { path: at(2), x: 0, y: 0 }]), actions.moveOntoWire(analysis, [at(3)], wire), actions.resetPositions(analysis, []),
  ];
}

describe('on designs with anything wrong in them', () => {
  test('every action gives edits that apply, or says why not', () => {
    fc.assert(fc.property(mutated, fc.nat(), (text, pick) => {
      const analysis = analyze(text);
      for (const action of everything(analysis, pick)) {
        if (action === undefined) continue;
        if ('refused' in action) expect(action.refused).not.toBe('');
        else expect(actions.trial(analysis, action.edits), JSON.stringify(action)).toBeDefined();
      }
    }), { numRuns: 12 });
  });

  test('every offered fix removes its problem and adds none', () => {
    fc.assert(fc.property(mutated, (text) => {
      const analysis = analyze(text);
      for (const problem of analysis.problems.slice(0, 3)) {
        for (const fix of problem.fixes) {
          if (fix.refusal !== undefined || !analysis.program.findings.some((finding) => finding.code === problem.code && finding.node === problem.node)) continue;
          const after = actions.preview(analysis, fix.edits);
          expect(after, fix.title).toBeDefined();
          const keys = (of: Analysis) => new Set(of.program.findings.map((finding) => `${finding.code} ${finding.node} ${finding.param ?? ''} ${finding.input ?? ''}`));
          const before = keys(analysis);
          expect([...keys(after!)].filter((key) => !before.has(key)), `${problem.message} ${fix.title}`).toEqual([]);
          expect(after!.problems.filter((other) => other.code === problem.code && other.node === problem.node && JSON.stringify(other.at) === JSON.stringify(problem.at)), `${problem.message} ${fix.title}`).toEqual([]);
        }
      }
    }), { numRuns: 12 });
  });

  test('any text is analysed', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: texts.length - 1 }), fc.nat(), fc.nat(40), fc.string(), (which, at, length, inserted) => {
      const text = texts[which]!;
      const start = at % text.length;
      const analysis = analyze(text.slice(0, start) + inserted + text.slice(start + length));
      expect(analysis.problems.every((problem) => problem.range !== undefined && problem.message !== '')).toBe(true);
    }), { numRuns: 50 });
  });
});
