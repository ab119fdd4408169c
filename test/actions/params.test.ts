import { describe, expect, test } from 'vitest';
import { addBlockInput, copyNodes, moveBlockInput, pasteNodes, removeBlockInput, renameParam, type Acted } from '../../lib/actions/index.js';
import { apply } from '../../lib/document/index.js';
import { add, conv, design, edited, relu, template } from '../analysis/design.js';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { after, expectNoErrors, node, refusal, shapeOf } from './design.js';

const block = (channels: unknown = 32, nodes: Readonly<Record<string, unknown>> = { a: conv('x', '=channels', { stride: '=stride[0]' }), b: conv('a', '=channels // 2', { groups: "=channels > 8 ? 2 : 1" }) }): Analysis =>
  design({ nodes: { use: { op: 'B', in: ['x'], channels } }, outputs: ['use'], blocks: { B: { params: { channels: null, stride: [2, 1] }, inputs: ['x'], nodes, outputs: ['b'] } } });

/** The design after what an action offers to do besides. */
function afterOffer(analysis: Analysis, action: Acted): Analysis {
  if ('refused' in action || action.offer === undefined) throw new Error('Nothing is offered.');
  return edited(after(analysis, action), action.offer.edits);
}

describe('layers pasted into a scope without their parameters', () => {
  const text = copyNodes(block(), ['use.a', 'use.b'])!;
  const target = design({ nodes: { r: relu('x') }, outputs: ['r'] });
  const onWire = { kind: 'wire', wire: { scope: '', output: 0 } } as const;

  test('are written with the values that these have in the use that was copied', () => {
    const action = pasteNodes(target, text, onWire);
    const result = after(target, action);
    expect(node(result, 'a')).toEqual(conv('r', 32, { stride: 2 }));
    expect(node(result, 'b')).toEqual(conv('a', 16, { groups: 2 }));
    expectNoErrors(result);
    expect((action as { note?: string }).note).toBe('The network has no parameters channels (32), stride ([2,1]): their values were written.');
  });
  test('bring the parameters along where that is wanted', () => {
    const result = afterOffer(target, pasteNodes(target, text, onWire));
    expect(result.parsed.valueAt(['params'])).toEqual({ channels: 32, stride: [2, 1] });
    expect(node(result, 'b')).toEqual(conv('a', '=channels // 2', { groups: '=channels > 8 ? 2 : 1' }));
    expectNoErrors(result);
    expect(shapeOf(result, 'b')).toBe('N × 16 × 13 × 13');
  });
  test('follow a parameter of the same name that the scope has', () => {
    const other = design({ params: { channels: 8 }, nodes: { r: relu('x') }, outputs: ['r'] });
    const result = after(other, pasteNodes(other, text, onWire));
    expect(node(result, 'a')).toEqual(conv('r', '=channels', { stride: 2 }));
    expectNoErrors(result);
  });
  test('look with dim() at what arrives where that which they looked at stayed behind', () => {
    const from = block(32, { a: relu('x'), c: relu('a'), b: conv('c', '=dim(a, 1)') });
    const result = after(target, pasteNodes(target, copyNodes(from, ['use.b'])!, onWire));
    expect(node(result, 'b')).toEqual(conv('r', '=dim(r, 1)'));
    expectNoErrors(result);
  });
  test('give blocks among them what they had', () => {
    const from = analyze(template('residual-20'));
    const result = after(target, pasteNodes(target, copyNodes(from, ['stage1'])!, onWire));
    expect(node(result, 'stage1')).toMatchObject({ op: 'Basic', channels: 16, repeat: 3 });
  });
});

test('a layer of an operator that its design declares brings the declaration along', () => {
  const operators = { Scan: { inputs: { x: ['...', 'L'] }, params: { size: { type: 'integer', default: 1 } }, outputs: { y: ['...', 'L'] }, python: 'scan.Scan' } };
  const from = design({ operators, nodes: { s: { op: 'Scan', in: ['x'], size: 3 } }, outputs: ['s'] });
  expectNoErrors(from);
  const target = design({ nodes: { r: relu('x') }, outputs: ['r'] });
  const result = after(target, pasteNodes(target, copyNodes(from, ['s'])!, { kind: 'wire', wire: { scope: '', output: 0 } }));
  expect(result.parsed.valueAt(['operators'])).toEqual(operators);
  expectNoErrors(result);
});

describe('a parameter', () => {
  test('is renamed in expressions, in uses and in its list, and nowhere else', () => {
    const result = after(block(), renameParam(block(), 'B', 'channels', 'planes'));
    expect(node(result, 'use')).toEqual({ op: 'B', in: ['x'], planes: 32 });
    expect(node(result, 'b', 'B')).toEqual(conv('a', '=planes // 2', { groups: '=planes > 8 ? 2 : 1' }));
    expect([...result.parsed.document.blocks.get('B')!.params.keys()]).toEqual(['planes', 'stride']);
    expectNoErrors(result);
  });
  test('of the network is renamed in recipes and shapes too', () => {
    const analysis = analyze(template('resnet34'));
    const result = after(analysis, renameParam(analysis, '', 'width', 'planes'));
    expectNoErrors(result);
    expect(result.totals).toEqual(analysis.totals);
    expect(result.parsed.valueAt(['training', 'quick', 'set'])).toMatchObject({ planes: 8 });
    expect(result.parsed.text).not.toMatch(/\bwidth\b(?!.*\/\/)/);
  });
  test('takes no name that is taken, a word of the format or no name', () => {
    for (const name of ['stride', 'op', 'i', '1x']) expect(refusal(renameParam(block(), 'B', 'channels', name))).toBeDefined();
    expect(refusal(renameParam(block(), 'B', 'gone', 'x1'))).toMatch(/no parameter/);
  });
});

describe('an input of a block', () => {
  const two = (): Analysis => design({ nodes: { r: relu('x'), use: { op: 'B', in: ['r', 'x'] } }, outputs: ['use'], blocks: { B: { inputs: ['x', 'y'], nodes: { a: relu('x'), sum: add('a', 'y') }, outputs: ['sum'] } } });
  test('is added without a problem in any use', () => {
    const result = after(two(), addBlockInput(two(), 'B'));
    expect([...result.parsed.document.blocks.get('B')!.inputs.keys()]).toEqual(['x', 'y', 'skip']);
    expect(node(result, 'use')).toMatchObject({ in: ['r', 'x', 'r'] });
    expectNoErrors(result);
  });
  test('moves, and so do the sources of the uses', () => {
    const result = after(two(), moveBlockInput(two(), 'B', 'y', -1));
    expect([...result.parsed.document.blocks.get('B')!.inputs.keys()]).toEqual(['y', 'x']);
    expect(node(result, 'use')).toMatchObject({ in: ['x', 'r'] });
    expect(refusal(moveBlockInput(two(), 'B', 'x', -1))).toMatch(/first/);
  });
  test('changes places with the comments beside it, in the block and in its uses', () => {
    const text = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 8] } },
  "nodes": {
    "r": { "op": "ReLU", "in": ["image"] },
    "use": { "op": "B", "in": ["image" /* as it comes */, "r"] }
  },
  "outputs": ["use"],
  "blocks": {
    "B": {
      "inputs": [
        "x", // the branch
        // what is added to it
        "skip"
      ],
      "nodes": { "sum": { "op": "Add", "in": ["x", "skip"] } }, "outputs": ["sum"]
    }
  }
}
`;
    expect(after(analyze(text), moveBlockInput(analyze(text), 'B', 'skip', -1)).parsed.text).toBe(text
      .replace('"image" /* as it comes */, "r"', '"r", "image" /* as it comes */')
      .replace('        "x", // the branch\n        // what is added to it\n        "skip"\n', '        // what is added to it\n        "skip",\n        "x" // the branch\n'));
  });
  test('is taken out of the block and of the uses', () => {
    const result = after(two(), removeBlockInput(two(), 'B', 'y'));
    expect(node(result, 'use')).toMatchObject({ in: ['r'] });
    expect(node(result, 'sum', 'B')).toMatchObject({ in: ['a'] });
    expect('refused' in apply(result.parsed.document, [])).toBe(false);
    expect(refusal(removeBlockInput(result, 'B', 'x'))).toMatch(/needs an input/);
  });
});
