import ts from 'typescript';
import { analyze, createAnalysis } from '../../lib/analysis/index.js';
import { parse, patch, type Edit, type JsonValue } from '../../lib/document/index.js';
import { createSession } from '../../lib/session/index.js';
import { processor } from './clock.js';
import { residualChain } from './designs.js';
import type { Report } from './table.js';

/** From text to diagnostics: at once, after one keystroke, and the edit of the canvas on the way back. */
export async function textSection(report: Report): Promise<void> {
  for (const [size, blocks] of [['500 nodes', 72], ['10,000 nodes', 1429]] as const) {
    const text = residualChain(blocks);
    const json = await processor(() => JSON.parse(text));
    const ranges = await processor(() => ts.parseJsonText('design.json', text));
    report({ what: `${size}: text to tree with ranges`, ours: await processor(() => parse(text)), peer: "TypeScript's JSON parser", theirs: ranges });
    const whole = await processor(() => analyze(parse(text)).problems);
    report({ what: `${size}: text to diagnostics`, ours: whole, peer: 'JSON.parse alone', theirs: json });
    const keystrokes = await processor(keystroke(text));
    report({ what: `${size}: a keystroke to diagnostics`, ours: keystrokes, peer: 'the same from scratch', theirs: whole });
    report({ what: `${size}: a keystroke to diagnostics`, ours: keystrokes, peer: "TypeScript's JSON parser alone", theirs: ranges });
    for (const [what, there, back] of edits(text)) report({ what: `${size}: ${what}, edit to diagnostics`, ours: await processor(edited(text, there, back)), peer: 'the same from scratch', theirs: whole });
    const parsed = parse(text);
    const ten: Edit[] = Array.from({ length: 10 }, (_, k) => ({ kind: 'insert', path: ['nodes'], key: `new${k}`, value: { op: 'ReLU', in: ['conv5a'] }, after: 'conv5a' }));
    report({ what: `${size}: ten edits to a text patch`, ours: await processor(() => patch(parsed, ten)), peer: 'JSON.parse and stringify', theirs: await processor(() => JSON.stringify(JSON.parse(text), undefined, 2)) });
  }
  const broken = residualChain(72).replace('"conv30b":{"op":"Conv2d","in":["relu30a"],"out_channels":64', '"conv30b":{"op":"Conv2d","in":["relu30a"],"out_channels":128');
  const diagnosed = await processor(() => analyze(broken).problems);
  report({ what: '500 nodes: a mismatch to its verified fixes', ours: await processor(() => analyze(broken).problems.map(({ fixes }) => fixes.length)), peer: 'its diagnostics alone', theirs: diagnosed });
}

/** One edit of the canvas in the middle and the one that takes it back, which is an edit, too. */
function edits(text: string): readonly (readonly [string, readonly Edit[], readonly Edit[]])[] {
  const k = Math.floor([...parse(text).document.root.nodes.keys()].filter((name) => name.startsWith('add')).length / 2);
  const set = (path: readonly (string | number)[], value: JsonValue): readonly Edit[] => [{ kind: 'set', path: ['nodes', ...path], value }];
  return [
    ['a parameter', set([`conv${k}a`, 'out_channels'], 32), set([`conv${k}a`, 'out_channels'], 64)],
    ['a wire', set([`add${k}`, 'in', 1], `relu${k - 2}`), set([`add${k}`, 'in', 1], `relu${k - 1}`)],
    ['a layer more or less', [{ kind: 'insert', path: ['nodes'], key: 'new', value: { op: 'ReLU', in: [`conv${k}a`] }, after: `conv${k}a` }, ...set([`bn${k}a`, 'in', 0], 'new')], [...set([`bn${k}a`, 'in', 0], `conv${k}a`), { kind: 'remove', path: ['nodes', 'new'] }]],
  ];
}

/** From the edit to the problems: patch, text, tree, program, diagnostics. */
function edited(text: string, there: readonly Edit[], back: readonly Edit[]): () => unknown {
  const session = createSession(text);
  let on = false;
  return () => {
    on = !on;
    session.apply(on ? there : back);
    return session.analysis.problems;
  };
}

/** Types and deletes one digit in the middle, again and again, as the editor does: each text is read with the one before at hand. */
function keystroke(text: string): () => unknown {
  const analyzer = createAnalysis();
  const at = text.indexOf('64,', text.length / 2);
  const typed = `${text.slice(0, at)}6${text.slice(at)}`;
  let last = parse(text);
  let on = false;
  return () => {
    on = !on;
    last = parse(on ? typed : text, last);
    return analyzer.update(last).problems;
  };
}
