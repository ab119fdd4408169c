import { inputSizeCandidates } from './input-size.js';
import { nodeOf } from './wiring.js';
import { settingEdits } from './setting.js';
import { freshName, isNamed, nameBefore, writtenAt } from '../scope.js';
import { formatSource } from '../../document/source.js';
import { operator } from '../../operators/index.js';
import type { Candidate, FixContext } from './verify.js';
import type { JsonValue } from '../../document/json.js';

/** Fixes of one layer whose input has the wrong rank or size. */
export function shapeCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written === undefined) return [];
  const input = finding.input ?? 0;
  const shape = written.use.inputs[input]?.tensor.shape;
  const path = nodeOf(finding.place);
  const candidates: Candidate[] = [];
  if (finding.code === 'wrong-rank' || (finding.code === 'feature-mismatch' && (shape?.length ?? 0) > 2)) {
    for (const n of finding.code === 'wrong-rank' && shape != null ? [shape.length - 2, 1, 2, 3] : []) {
      const other = written.node.op.replace(/[123]d$/, `${n}d`);
      if (other !== written.node.op && operator(other)?.inputs[0]?.ranks?.includes(shape!.length) === true) candidates.push({ title: `Use ${other}`, variants: [[{ kind: 'set', path: [...path, 'op'], value: other }]] });
    }
    const source = written.node.in[input];
    if (isNamed(source) && (shape?.length ?? 0) > 2) {
      const name = freshName(written.instance.block, 'flatten');
      candidates.unshift({
        title: `Insert Flatten before \`${written.name}\``,
        variants: [[
          { kind: 'insert', path: path.slice(0, -1), key: name, value: { op: 'Flatten', in: [formatSource(source)] }, after: nameBefore(written.instance.block, written.name) },
          { kind: 'set', path: [...path, 'in', input], value: name },
        ]],
      });
    }
  }
  if (finding.code === 'window-too-large' || finding.code === 'empty-input' || finding.code === 'empty-output') {
    const { size, padded, extent } = finding.facts ?? {};
    const set = (title: string, param: string, value: JsonValue): Candidate => ({ title, variants: [[{ kind: 'set', path: [...path, param], value }], settingEdits(graph.program, written.instance, written.name, param, value)] });
    if (operator(written.node.op)?.params.has('padding') === true && typeof padded === 'number' && typeof extent === 'number') candidates.push(set(`Set padding ${Math.ceil((extent - Number(size)) / 2)}`, 'padding', Math.ceil((extent - Number(size)) / 2)));
    if (typeof padded === 'number' && padded >= 1) candidates.push(set(`Set kernel_size ${padded}`, 'kernel_size', padded));
    candidates.push(...inputSizeCandidates(context, true));
  }
  if (finding.code === 'crop-too-large' && typeof finding.facts?.['size'] === 'number') candidates.push({ title: `Set size ${finding.facts['size']}`, variants: [[{ kind: 'set', path: [...path, 'size'], value: finding.facts['size'] }]] });
  return candidates;
}
