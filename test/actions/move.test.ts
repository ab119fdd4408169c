import { describe, expect, test } from 'vitest';
import { moveNode, moveNodes, moveOntoWire, placedByHand, resetPositions } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { add, bn, conv, design, relu, template } from '../analysis/design.js';
import { after, expectNoErrors, node, refusal } from './design.js';

const chain = () => design({ nodes: { a: conv('x', 64), n: bn('a'), r: relu('n'), b: conv('r', 64), c: conv('b', 64), sum: add('c', 'x') }, outputs: ['sum'] });

describe('a place by hand', () => {
  test('is written into the view of its scope, and nothing else changes', () => {
    const analysis = chain();
    const result = after(analysis, moveNode(analysis, 'b', 40.4, -12));
    expect(result.parsed.valueAt(['view'])).toEqual({ b: { x: 40, y: -12 } });
    expect(after(result, resetPositions(result, ['b'])).parsed.document).toEqual(analysis.parsed.document);
  });
  test('in a block is written into the block', () => {
    const analysis = analyze(template('resnet34-head'));
    const result = after(analysis, moveNode(analysis, 'stage1[1].conv2', 30, 0));
    expect(result.parsed.valueAt(['blocks', 'Residual', 'view'])).toEqual({ conv2: { x: 30, y: 0 } });
  });
  test('that is the automatic one is forgotten', () => {
    const analysis = chain();
    const moved = after(analysis, moveNodes(analysis, [{ path: 'b', x: 40, y: 0 }, { path: 'c', x: 40, y: 0 }]));
    expect(after(moved, moveNodes(moved, [{ path: 'b', x: 0, y: 0.3 }])).parsed.valueAt(['view'])).toEqual({ c: { x: 40, y: 0 } });
    expect(after(moved, moveNodes(moved, [{ path: 'b', x: 0, y: 0 }, { path: 'c', x: 5, y: 0 }])).parsed.valueAt(['view'])).toEqual({ c: { x: 5, y: 0 } });
    expect(refusal(moveNode(analysis, 'b', 0, 0))).toMatch(/already/);
  });
  test('can be forgotten everywhere at once', () => {
    const analysis = analyze(template('resnet34-head'));
    const one = after(analysis, moveNode(analysis, 'stage2.conv1', 30, 0));
    const two = after(one, moveNode(one, 'pool', 0, 30));
    expect([placedByHand(two, []), placedByHand(two, ['pool']), placedByHand(two, ['stem'])]).toEqual([true, true, false]);
    expect(after(two, resetPositions(two, [])).parsed.document).toEqual(analysis.parsed.document);
    expect(refusal(resetPositions(two, ['stem']))).toMatch(/placed by hand/);
  });
});

describe('a layer that is moved onto a wire', () => {
  test('leaves its neighbours joined and stands on the wire', () => {
    const analysis = chain();
    const result = after(analysis, moveOntoWire(analysis, ['b'], { to: 'a', input: 0 }));
    expect(['b', 'a', 'c'].map((name) => node(result, name))).toEqual([conv('x', 64), conv('b', 64), conv('r', 64)]);
    expectNoErrors(result);
  });
  test('takes along what is docked to it', () => {
    const analysis = chain();
    const result = after(analysis, moveOntoWire(analysis, ['a', 'n', 'r'], { to: 'sum', input: 0 }));
    expect(['a', 'n', 'r', 'b', 'sum'].map((name) => node(result, name))).toEqual([conv('c', 64), bn('a'), relu('n'), conv('x', 64), add('r', 'x')]);
  });
  test('can become the output, and forgets its place by hand', () => {
    const first = chain();
    const analysis = after(first, moveNode(first, 'b', 50, 0));
    const result = after(analysis, moveOntoWire(analysis, ['b'], { scope: '', output: 0 }));
    expect([node(result, 'b'), result.parsed.valueAt(['outputs']), result.parsed.valueAt(['view'])]).toEqual([conv('sum', 64), ['b'], undefined]);
  });
  test.each([
    ['onto its own wire', ['b'], { to: 'c', input: 0 }, /already/],
    ['an input', ['x'], { to: 'c', input: 0 }, /input/],
    ['a merge of two', ['sum'], { to: 'b', input: 0 }, /several/],
    ['what is read in the middle', ['n', 'r'], { to: 'sum', input: 1 }, undefined],
    ['from nowhere', ['gone'], { to: 'b', input: 0 }, /./],
  ] as const)('%s', (_, paths, wire, why) => {
    const result = refusal(moveOntoWire(chain(), paths, wire));
    if (why === undefined) expect(result).toBeUndefined();
    else expect(result).toMatch(why);
  });
  test('stays in its own scope', () => {
    const analysis = analyze(template('resnet34-head'));
    expect(refusal(moveOntoWire(analysis, ['stem'], { to: 'stage1[0].conv2', input: 0 }))).toMatch(/another scope/);
  });
});
