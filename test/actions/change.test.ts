import { describe, expect, test } from 'vitest';
import { addClassifier, blockUses, connect, copyNodes, disconnect, duplicate, makeOwn, pasteNodes, preview, removeNodes, rename, renameBlock, setParam, setRepeat, unsetParam, wrapInBlock } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { add, bn, conv, design, example, relu, template } from '../analysis/design.js';
import { after, expectNoErrors, node, refusal, shapeOf } from './design.js';

const residual = () => design({ nodes: { a: conv('x', 64), n: bn('a'), r: relu('n'), b: conv('r', 64), sum: add('b', 'x'), last: relu('sum') }, outputs: ['last'] });

describe('removing', () => {
  test('a layer joins its neighbours', () => {
    const result = after(residual(), removeNodes(residual(), ['n']));
    expect([node(result, 'n'), node(result, 'r')]).toEqual([undefined, relu('a')]);
    expectNoErrors(result);
  });
  test('several at once joins what is left', () => {
    const result = after(residual(), removeNodes(residual(), ['n', 'r', 'b']));
    expect(node(result, 'sum')).toEqual(add('a', 'x'));
  });
  test('a merge keeps the branch, which stands first', () => {
    expect(node(after(residual(), removeNodes(residual(), ['sum'])), 'last')).toEqual(relu('b'));
  });
  test('what is put out puts out what stood before it', () => {
    expect(after(residual(), removeNodes(residual(), ['last'])).parsed.valueAt(['outputs'])).toEqual(['sum']);
  });
  test('everything leaves an empty network without an error', () => {
    const result = after(residual(), removeNodes(residual(), ['a', 'n', 'r', 'b', 'sum', 'last']));
    expect(result.program.nodes).toEqual([]);
    expectNoErrors(result);
  });
  test('a layer whose weights others use gives them their own', () => {
    const analysis = design({ nodes: { a: conv('x', 64), b: { op: 'Conv2d', in: ['a'], weights: 'a' } }, outputs: ['b'] });
    expect(node(after(analysis, removeNodes(analysis, ['a'])), 'b')).toEqual(conv('x', 64));
  });
  test('a node without inputs leaves its readers without it', () => {
    const analysis = design({ nodes: { p: { op: 'Parameter', shape: [1, 64, 1, 1] }, sum: add('x', 'p', 'x') }, outputs: ['sum'] });
    expect(node(after(analysis, removeNodes(analysis, ['p'])), 'sum')).toEqual(add('x', 'x'));
  });
  test('a wire takes it out of the sources', () => {
    expect(node(after(residual(), disconnect(residual(), { to: 'sum', input: 1 })), 'sum')).toEqual(add('b'));
  });
  test('what is gone is refused', () => {
    expect(refusal(removeNodes(residual(), ['gone']))).toMatch(/not in the design/);
  });
});

describe('connecting', () => {
  test('an occupied input reads the other layer', () => {
    expect(node(after(residual(), connect(residual(), 'a', { path: 'last', input: 0 })), 'last')).toEqual(relu('a'));
  });
  test('a new input is added', () => {
    expect(node(after(residual(), connect(residual(), 'a', { path: 'sum', input: 2 })), 'sum')).toEqual(add('b', 'x', 'a'));
  });
  test('in a circle is refused', () => {
    expect(refusal(connect(residual(), 'last', { path: 'a', input: 0 }))).toMatch(/cycle/);
  });
});

describe('values', () => {
  test('are written and taken out', () => {
    const set = after(residual(), setParam(residual(), 'a', 'stride', 2));
    expect(node(set, 'a')).toEqual({ ...conv('x', 64), stride: 2 });
    expect(node(after(set, unsetParam(set, 'a', 'stride')), 'a')).toEqual(conv('x', 64));
  });
  test('a repetition is written, changed and taken out', () => {
    const analysis = analyze(template('dense-block'));
    const three = after(analysis, setRepeat(analysis, 'dense', 3));
    expect((node(three, 'dense') as { repeat: unknown }).repeat).toEqual({ times: 3, wiring: 'dense' });
    expect((node(after(three, setRepeat(three, 'dense', undefined)), 'dense') as { repeat?: unknown }).repeat).toBeUndefined();
    expect(refusal(setRepeat(analysis, 'dense', 1.5))).toMatch(/whole number/);
  });
});

describe('renaming', () => {
  test('a node is followed by all that mention it', () => {
    const result = after(residual(), rename(residual(), 'b', 'second'));
    expect(node(result, 'sum')).toEqual(add('second', 'x'));
  });
  test.each([['a', 'r', /already/], ['a', '1st', /no digit/], ['a', '', /needs a name/], ['gone', 'z', /There is no/]])('%s to "%s" is refused', (from, to, why) => {
    expect(refusal(rename(residual(), from, to))).toMatch(why);
  });
  test('a block is followed by its uses', () => {
    const analysis = analyze(example('residual-20'));
    const result = after(analysis, renameBlock(analysis, 'Basic', 'Residual'));
    expect(blockUses(result.parsed.document, 'Residual')).toHaveLength(3);
    expectNoErrors(result);
  });
});

describe('copies', () => {
  test('duplicated layers are wired among themselves and read what they read', () => {
    const result = after(residual(), duplicate(residual(), ['n', 'r']));
    expect([node(result, 'n2'), node(result, 'r2')]).toEqual([bn('a'), relu('n2')]);
    expect([...result.parsed.document.root.nodes.keys()]).toEqual(['a', 'n', 'r', 'n2', 'r2', 'b', 'sum', 'last']);
  });
  test('are a text of the file, with the blocks that they need', () => {
    const analysis = analyze(example('residual-20'));
    const text = copyNodes(analysis, ['stage2'])!;
    const copied = analyze(text).parsed.document;
    expect([[...copied.root.nodes.keys()], [...copied.blocks.keys()]]).toEqual([['stage2'], ['Basic']]);
    expect(copyNodes(analysis, ['gone'])).toBeUndefined();
  });
  test('pasted on a wire are strung into it', () => {
    const analysis = residual();
    const text = copyNodes(analysis, ['n', 'r'])!;
    const result = after(analysis, pasteNodes(analysis, text, { kind: 'wire', wire: { to: 'last', input: 0 } }));
    expect([node(result, 'n2'), node(result, 'r2'), node(result, 'last')]).toEqual([bn('sum'), relu('n2'), relu('r2')]);
    expectNoErrors(result);
  });
  test('pasted into another design bring their blocks, under a new name where one of theirs differs', () => {
    const text = copyNodes(analyze(example('residual-20')), ['stage1'])!;
    const target = design({ inputs: { x: { shape: ['N', 16, 8, 8] } }, nodes: { a: relu('x'), use: { op: 'Basic', in: ['a'] } }, outputs: ['use'], blocks: { Basic: { inputs: ['x'], nodes: { s: relu('x') }, outputs: ['s'] } } });
    const result = after(target, pasteNodes(target, text, { kind: 'wire', wire: { to: 'use', input: 0 } }));
    expect([...result.parsed.document.blocks.keys()]).toEqual(['Basic', 'Basic2']);
    expect(node(result, 'stage1')).toMatchObject({ op: 'Basic2', in: ['a'] });
  });
  test('of no layers are refused', () => {
    expect(refusal(pasteNodes(residual(), 'hello', { kind: 'point', scope: '' }))).toMatch(/no layers/);
    expect(refusal(pasteNodes(residual(), '{"nnet":1}', { kind: 'point', scope: '' }))).toMatch(/no layers/);
  });
  test('of a block into itself are refused', () => {
    const analysis = analyze(example('residual-20'));
    expect(refusal(pasteNodes(analysis, copyNodes(analysis, ['stage2'])!, { kind: 'point', scope: 'stage1[0]' }))).toMatch(/in itself/);
  });
});

describe('blocks', () => {
  test('a use can be made its own: only it takes the copy', () => {
    const analysis = analyze(example('residual-20'));
    const result = after(analysis, makeOwn(analysis, 'stage2'));
    expect((node(result, 'stage2') as { op: string }).op).toBe('Basic2');
    expect(blockUses(result.parsed.document, 'Basic')).toEqual([['nodes', 'stage1'], ['nodes', 'stage3']]);
    expectNoErrors(result);
    expect(result.totals.params).toBe(269_722);
    expect(refusal(makeOwn(result, 'stage2'))).toMatch(/only here/);
  });
  test('layers can be made a block, with what they read as its inputs', () => {
    const result = after(residual(), wrapInBlock(residual(), ['a', 'n', 'r', 'b', 'sum'], 'Residual'));
    expect(node(result, 'residual')).toEqual({ op: 'Residual', in: ['x'] });
    expect([node(result, 'last'), node(result, 'a', 'Residual'), node(result, 'sum', 'Residual')]).toEqual([relu('residual'), conv('x', 64), add('b', 'x')]);
    expectNoErrors(result);
    expect([result.totals.params, result.skips.length]).toEqual([residual().totals.params, 1]);
  });
  test('parameters of the scope are handed in', () => {
    const analysis = analyze(example('residual-20'));
    const result = after(analysis, wrapInBlock(analysis, ['stage2[0].conv1', 'stage2[0].bn1', 'stage2[0].relu1'], 'ConvBnRelu'));
    expectNoErrors(result);
    expect(node(result, 'convbnrelu', 'Basic')).toEqual({ op: 'ConvBnRelu', in: ['x'], channels: '=channels', stride: '=stride' });
    expect(result.totals.params).toBe(269_722);
  });
  test('a selection with a hole in it is refused', () => {
    expect(refusal(wrapInBlock(residual(), ['a', 'r']))).toMatch(/cycle/);
  });
});

describe('a classifier', () => {
  test('is pool, flatten and Linear behind maps', () => {
    const analysis = analyze(template('resnet34-head'));
    const action = addClassifier(analysis, 10);
    const result = after(analysis, action);
    expect('label' in action && action.label).toBe('Add classifier: pool, flatten, Linear 10');
    expectNoErrors(result);
    expect(shapeOf(result, 'fc')).toBe('N × 10');
  });
  test('is Linear behind vectors', () => {
    const analysis = design({ inputs: { x: { shape: ['N', 5] } }, nodes: { a: { op: 'ReLU', in: ['x'] } }, outputs: { scores: 'a' } });
    const result = after(analysis, addClassifier(analysis, 3));
    expect(node(result, 'fc')).toEqual({ op: 'Linear', in: ['a'], out_features: 3 });
    expect(result.parsed.valueAt(['outputs'])).toEqual({ scores: 'fc' });
  });
});

test('a preview shows the shapes that an action would give', () => {
  const action = setParam(residual(), 'a', 'stride', 5);
  expect('edits' in action && shapeOf(preview(residual(), action.edits)!, 'a')).toBe('N × 64 × 5 × 5');
});
