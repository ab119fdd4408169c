import { describe, expect, it } from 'vitest';
import type { Edit } from '../../lib/document/edit.js';
import { apply } from '../../lib/document/apply.js';
import { parse } from '../../lib/document/parse.js';
import { applyReplacements, patch } from '../../lib/document/patch.js';

function check(before: string, edits: Edit | Edit[], after: string): void {
  const replacements = patch(parse(before), Array.isArray(edits) ? edits : [edits]);
  if ('refused' in replacements) throw new Error(replacements.refused);
  expect(applyReplacements(before, replacements)).toBe(after);
}
function refused(before: string, edit: Edit): string {
  const result = patch(parse(before), [edit]);
  return 'refused' in result ? result.refused : 'not refused';
}

const text = `// A small net.
{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    "conv":  { "op": "Conv2d", "in": ["image"], "out_channels": 8 }, // eight
    // Keeps the scale.
    /* of conv */
    "bn":    { "op": "BatchNorm2d", "in": ["conv"] }, // norm

    // Adds them.
    "sum":   { "op": "Add", "in": ["bn", "conv"], "off": ["conv"] }  // last
  },
  "outputs": ["sum"]
}
`;

describe('patch', () => {
  it('replaces a value and nothing else', () => check(text, { kind: 'set', path: ['nodes', 'conv', 'out_channels'], value: 16 }, text.replace('8 }', '16 }')));
  it('adds a parameter at the end of its node', () => check(text, { kind: 'set', path: ['nodes', 'conv', 'stride'], value: [2, 2] }, text.replace('8 }', '8, "stride": [2, 2] }')));
  it('adds a word where its kind stands', () => check(text, { kind: 'set', path: ['nodes', 'sum', 'when'], value: '=skip' }, text.replace(', "off"', ', "when": "=skip", "off"')));

  it('takes a node with its line, its comment and the comment lines directly above', () =>
    check(text, { kind: 'remove', path: ['nodes', 'bn'] }, text.replace(/ {4}\/\/ Keeps[^]*?norm\n/, '')));
  it('takes the last node with the comma before it, and leaves the comment of that line', () =>
    check(text, { kind: 'remove', path: ['nodes', 'sum'] }, text.replace(/\n {4}\/\/ Adds them.[^]*?last/, '').replace('}, // norm', '} // norm')));

  it('puts a node below the line of another, in the same columns', () =>
    check(text, { kind: 'insert', path: ['nodes'], key: 'relu', value: { op: 'ReLU', in: ['bn'] }, after: 'bn' }, text.replace('// norm\n', '// norm\n    "relu":  { "op": "ReLU", "in": ["bn"] },\n')));
  it('puts a node last, with the comma before the comment of the line above', () =>
    check(text, { kind: 'insert', path: ['nodes'], key: 'relu', value: { op: 'ReLU', in: ['sum'] } }, text.replace('["conv"] }  // last\n', '["conv"] },  // last\n    "relu":  { "op": "ReLU", "in": ["sum"] }\n')));
  it('puts a node first, above the comments of the next', () =>
    check(text, { kind: 'insert', path: ['nodes'], key: 'a', value: { op: 'ReLU', in: ['image'] }, after: null }, text.replace('"nodes": {\n', '"nodes": {\n    "a":     { "op": "ReLU", "in": ["image"] },\n')));
  it('keeps a trailing comma trailing', () => check('{\n\t"nodes": {\n\t\t"a": {},\n\t},\n}', { kind: 'insert', path: ['nodes'], key: 'b', value: { op: 'X' } }, '{\n\t"nodes": {\n\t\t"a": {},\n\t\t"b": { "op": "X" },\n\t},\n}'));
  it('keeps the line ends of the file', () => check('{\r\n  "nodes": {\r\n    "a": {}\r\n  }\r\n}', { kind: 'insert', path: ['nodes'], key: 'b', value: {} }, '{\r\n  "nodes": {\r\n    "a": {},\r\n    "b": {}\r\n  }\r\n}'));

  it('removes the word with its last cut', () => check(text, { kind: 'remove', path: ['nodes', 'sum', 'off', 0] }, text.replace(', "off": ["conv"]', '')));
  it('makes the parents of a place', () => check('{\n  "nnet": 1\n}\n', { kind: 'set', path: ['training', 'quick', 'steps'], value: 3 }, '{\n  "nnet": 1,\n  "training": {\n    "quick": { "steps": 3 }\n  }\n}\n'));
  it('writes a whole design into an empty file, below its comments', () =>
    check('// mine', { kind: 'insert', path: ['nodes'], key: 'a', value: { op: 'ReLU' } }, '// mine\n{\n  "nnet": 1,\n  "inputs": {},\n  "nodes": {\n    "a": { "op": "ReLU" }\n  },\n  "outputs": []\n}\n'));

  it('renames every mention of a node', () => {
    check(
      `{ "nodes": {
    "c":   { "op": "B", "in": ["image"], "repeat": 2 },
    "d":   { "op": "Add", "in": ["c", "c[0].h", "cc"], "off": ["c[0].h"], "weights": "c[1].inner", "k": ["=dim(c, 1) + dim( c[0].h, 2)", "=c + 'dim(c'", "c"], "repeat": { "times": "=dim(c.0, 1)" } }
  }, "outputs": { "c": "c.h" }, "view": { "c": {} },
  "blocks": { "B": { "nodes": { "c": {}, "inner": { "in": ["c"], "weights": "c" } } } } }`,
      { kind: 'renameNode', scope: '', from: 'c', to: 'conv' },
      `{ "nodes": {
    "conv": { "op": "B", "in": ["image"], "repeat": 2 },
    "d":   { "op": "Add", "in": ["conv", "conv[0].h", "cc"], "off": ["conv[0].h"], "weights": "conv[1].inner", "k": ["=dim(conv, 1) + dim( conv[0].h, 2)", "=c + 'dim(c'", "c"], "repeat": { "times": "=dim(conv.0, 1)" } }
  }, "outputs": { "c": "conv.h" }, "view": { "conv": {} },
  "blocks": { "B": { "nodes": { "c": {}, "inner": { "in": ["c"], "weights": "c" } } } } }`,
    );
  });
  it('follows weights from outside into a block', () =>
    check('{ "nodes": { "s": { "op": "B" }, "t": { "op": "X", "weights": "s[0].bn" }, "bn": {} }, "blocks": { "B": { "nodes": { "bn": {}, "bn2": { "weights": "bn" } } } } }',
      { kind: 'renameNode', scope: 'B', from: 'bn', to: 'norm' },
      '{ "nodes": { "s": { "op": "B" }, "t": { "op": "X", "weights": "s[0].norm" }, "bn": {} }, "blocks": { "B": { "nodes": { "norm": {}, "bn2": { "weights": "norm" } } } } }'));
  it('renames an input of a block in its list', () =>
    check('{ "blocks": { "B": { "inputs": ["x"], "nodes": { "a": { "in": ["x"], "k": "=dim(x, 1)" } } } } }', { kind: 'renameNode', scope: 'B', from: 'x', to: 'y' }, '{ "blocks": { "B": { "inputs": ["y"], "nodes": { "a": { "in": ["y"], "k": "=dim(y, 1)" } } } } }'));
  it('renames a block and its uses', () =>
    check('{ "nodes": { "a": { "op": "B" } }, "blocks": { "B": {}, "C": { "nodes": { "x": { "op": "B" } } } } }', { kind: 'renameBlock', from: 'B', to: 'Basic' }, '{ "nodes": { "a": { "op": "Basic" } }, "blocks": { "Basic": {}, "C": { "nodes": { "x": { "op": "Basic" } } } } }'));

  it('lets each edit see what the ones before it did', () =>
    check(text, [{ kind: 'renameNode', scope: '', from: 'bn', to: 'norm' }, { kind: 'set', path: ['nodes', 'norm', 'eps'], value: 0.001 }, { kind: 'remove', path: ['nodes', 'sum', 'off'] }],
      text.replace('"bn":    { "op": "BatchNorm2d", "in": ["conv"] }', '"norm":  { "op": "BatchNorm2d", "in": ["conv"], "eps": 0.001 }').replace('["bn", "conv"], "off": ["conv"]', '["norm", "conv"]')));

  it.each<[string, Edit, RegExp]>([
    ['to set something of a node that is gone', { kind: 'set', path: ['nodes', 'gone', 'k'], value: 1 }, /`gone` is not in the design/],
    ['to add a key that is there', { kind: 'insert', path: ['nodes'], key: 'bn', value: {} }, /stands there already/],
    ['to rename to a name that is taken', { kind: 'renameNode', scope: '', from: 'bn', to: 'sum' }, /another node/],
    ['to rename to what is no name', { kind: 'renameNode', scope: '', from: 'bn', to: 'a b' }, /cannot be a name/],
    ['to set inside a number', { kind: 'set', path: ['nodes', 'conv', 'out_channels', 'x'], value: 1 }, /nothing can be set/],
    ['to set far behind the end of a list', { kind: 'set', path: ['nodes', 'sum', 'in', 7], value: 'a' }, /no item 7/],
  ])('refuses %s', (_, edit, why) => expect(refused(text, edit)).toMatch(why));
  it.each([
    ['on one line', '["x", "skip"]', '["skip", "x"]'],
    ['with comments beside them', '[ "x" /* image */, /* from below */ "skip" ]', '[ /* from below */ "skip", "x" /* image */ ]'],
    ['on lines of their own, with comments behind and above', '[\n  "x", // image\n  // from below\n  "skip"\n]', '[\n  // from below\n  "skip",\n  "x" // image\n]'],
    ['with a comment behind that would hide what follows', '[ "x", // image\n  "skip", "y" ]', '[ "skip", // image\n  "x", "y" ]'],
    ['after a comma of the last', '[\n  "x", // image\n  "skip", // from below\n]', '[\n  "skip", // from below\n  "x", // image\n]'],
  ])('lets items of a list change places with their comments: %s', (_, before, after) => check(`{ "outputs": ${before} }`, { kind: 'exchange', path: ['outputs'], items: [1, 0] }, `{ "outputs": ${after} }`));
  it('refuses to let change places what is not there', () => {
    expect(refused(text, { kind: 'exchange', path: ['nodes', 'sum', 'in'], items: [0, 2] })).toBe('`nodes.sum.in` has no item 2.');
    expect(refused(text, { kind: 'exchange', path: ['nodes'], items: [0, 1] })).toBe('`nodes` is no list, so nothing changes places in it.');
  });
  it('refuses to change a text that it cannot read', () => expect(refused('{ "nodes": { ', { kind: 'set', path: ['nnet'], value: 1 })).toMatch(/cannot be read/));
  it('changes nothing when what is to go is gone', () => check(text, { kind: 'remove', path: ['nodes', 'gone', 'k'] }, text));
  it('touches nothing but the place of an edit in a file of 10,000 nodes', () => {
    const nodes = Array.from({ length: 10_000 }, (_, k) => `    "n${k}": { "op": "Conv2d", "in": ["n${k - 1}"], "out_channels": 64, "kernel_size": 3, "padding": 1 }`).join(',\n');
    const parsed = parse(`{\n  "nnet": 1,\n  "nodes": {\n${nodes}\n  },\n  "outputs": ["n9999"]\n}\n`);
    const edits: Edit[] = Array.from({ length: 10 }, (_, k) => ({ kind: 'insert', path: ['nodes'], key: `m${k}`, value: { op: 'ReLU', in: ['n5'] }, after: 'n5' }));
    const patched = patch(parsed, edits);
    if ('refused' in patched) throw new Error(patched.refused);
    const place = parsed.rangeOf(['nodes', 'n5'], 'entry')!;
    for (const { start, end } of patched) expect([start, end].every((offset) => offset >= place.start && offset <= place.end + 1)).toBe(true);
    expect(parse(applyReplacements(parsed.text, patched)).document.root.nodes.size).toBe(10_010);
  });
});

describe('apply', () => {
  it('keeps the objects of nodes that no edit touches', () => {
    const { document } = parse(text);
    const after = apply(document, [{ kind: 'set', path: ['nodes', 'conv', 'out_channels'], value: 16 }]);
    if ('refused' in after) throw new Error(after.refused);
    expect(after.root.nodes.get('bn')).toBe(document.root.nodes.get('bn'));
    expect(after.root.nodes.get('conv')!.params.get('out_channels')).toBe(16);
  });
});
