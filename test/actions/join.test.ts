import { describe, expect, test } from 'vitest';
import { join, moveOntoWire, wantedInput } from '../../lib/actions/index.js';
import { add, conv, design, relu } from '../analysis/design.js';
import { after, node, refusal } from './design.js';

/** `free` stands beside the flow, placed by hand; `half` lacks its second source. */
const loose = () => design({
  nodes: { a: conv('x', 64), r: relu('a'), free: { op: 'Conv2d', out_channels: 8, kernel_size: 1 }, half: add('r'), use: { op: 'B', in: ['r'] }, n: { op: 'Parameter', shape: [1] } },
  outputs: ['r'], view: { free: { x: 40, y: 200 } }, blocks: { B: { inputs: ['x', 'y'], nodes: { s: add('x', 'y') }, outputs: ['s'] } },
});

describe('a layer that lacks an input', () => {
  test('says which one: by its operator, or by its block', () => {
    expect(['free', 'half', 'use', 'a', 'r', 'n', 'x', 'gone'].map((path) => wantedInput(loose(), path))).toEqual([0, 1, 1, undefined, undefined, undefined, undefined, undefined]);
  });
  test('takes what a layer, an input or a wire gives, and goes to its place in the flow', () => {
    const result = after(loose(), join(loose(), 'r', 'free'));
    expect(node(result, 'free')).toEqual({ op: 'Conv2d', in: ['r'], out_channels: 8, kernel_size: 1 });
    expect(result.parsed.valueAt(['view'])).toBeUndefined();
    expect(node(after(loose(), join(loose(), 'x', 'use')), 'use')).toMatchObject({ in: ['r', 'x'] });
    expect(node(after(loose(), join(loose(), { to: 'r', input: 0 }, 'half')), 'half')).toMatchObject({ in: ['r', 'a'] });
  });
  test('takes nothing that hangs on it', () => {
    const circle = design({ nodes: { half: add('x'), r: relu('half') }, outputs: ['r'] });
    expect(refusal(join(circle, 'r', 'half'))).toMatch(/cycle/);
  });
  test('can be put on a wire', () => {
    const result = after(loose(), moveOntoWire(loose(), ['free'], { to: 'r', input: 0 }));
    expect([node(result, 'free'), node(result, 'r')]).toEqual([{ op: 'Conv2d', in: ['a'], out_channels: 8, kernel_size: 1 }, relu('free')]);
    expect(result.parsed.valueAt(['view'])).toBeUndefined();
    expect(refusal(moveOntoWire(loose(), ['n'], { to: 'r', input: 0 }))).toMatch(/reads nothing/);
  });
});
