import { describe, expect, test } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { formatDim } from '../../lib/shapes/index.js';
import { bn, conv, design, example, relu } from './design.js';

describe('totals', () => {
  test.each([
    ['resnet34-head', 387_008, undefined],
    ['dense-block', 344_576, undefined],
    ['residual-20', 269_722, 40_551_040],
  ])('%s has %i parameters', (name, params, macs) => {
    const { totals } = analyze(example(name));
    expect(totals.params).toBe(params);
    if (macs !== undefined) expect(totals.macs).toBe(macs);
    expect(totals.uncounted).toBe(0);
  });

  test('--set changes a parameter of the document', () => {
    expect(analyze(example('residual-20'), { set: { depth: 56 } }).totals.params).toBe(853_018);
    expect(analyze(example('residual-20'), { set: { skip: false } }).skips).toEqual([]);
  });

  test('shared weights count once', () => {
    const { totals } = design({ nodes: { a: conv('x', 64, { bias: false }), b: { op: 'Conv2d', in: ['a'], weights: 'a' } }, outputs: ['b'] });
    expect(totals.params).toBe(64 * 64 * 9);
  });

  test.each(['resnet34-head', 'dense-block', 'residual-20'])('activation bytes of %s are those of the design with 1 written for N', (name) => {
    const written = analyze(example(name).replace('["N"', '[1'));
    const named = analyze(example(name).replace(/"shape": \[1,/, '"shape": ["N",'));
    expect(written.activationBytes.size).toBeGreaterThan(0);
    expect(named.activationBytes).toEqual(written.activationBytes);
    expect(named.totals).toEqual(written.totals);
  });

  test('what is derived when asked for is derived once', () => {
    const analysis = analyze(example('residual-20'));
    for (const key of ['totals', 'skips', 'receptiveFields', 'activationBytes', 'conditions'] as const) expect(analysis[key]).toBe(analysis[key]);
  });

  test('N counts as 1 and other symbols stay', () => {
    const { totals } = design({ inputs: { x: { shape: ['N', 1, 'H', 2] } }, nodes: { a: conv('x', 1, { kernel_size: 1, padding: 0 }) }, outputs: ['a'] });
    expect(formatDim(totals.macs)).toBe('2*H');
    expect(formatDim(totals.activationBytes)).toBe('8*H');
  });

  test('nodes of unknown shape are told by their number', () => {
    const { totals } = design({ nodes: { a: conv('x', 64, { in_channels: 3 }), p: { op: 'Add', in: ['a', 'f'] }, f: { op: 'Flatten', in: ['x'] }, b: bn('p'), r: relu('b') }, outputs: ['r'] });
    expect(totals.uncounted).toBe(3);
  });
});

describe('receptive fields', () => {
  test('two 3×3 convolutions and a pool see ten pixels with step 2', () => {
    const { receptiveFields } = design({ nodes: { a: conv('x', 64), b: conv('a', 64), p: { op: 'MaxPool2d', in: ['b'], kernel_size: 2 }, c: conv('p', 64) }, outputs: ['c'] });
    expect(receptiveFields.get('b')).toEqual({ size: [5, 5], step: [1, 1] });
    expect(receptiveFields.get('c')).toEqual({ size: [10, 10], step: [2, 2] });
  });
  test('a merge sees what the wider of its inputs sees', () => {
    const { receptiveFields } = design({ nodes: { a: conv('x', 64), sum: { op: 'Add', in: ['x', 'a'] } }, outputs: ['sum'] });
    expect(receptiveFields.get('sum')).toEqual({ size: [3, 3], step: [1, 1] });
  });
  test('what mixes all positions sees the whole input', () => {
    const { receptiveFields } = design({ nodes: { p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, l: { op: 'Linear', in: ['f'], out_features: 10 } }, outputs: ['l'] });
    expect(receptiveFields.get('f')?.size).toEqual([25, 25]);
    expect(receptiveFields.get('l')?.size).toEqual([25, 25]);
  });
  test('a dilated window reaches further', () => {
    expect(design({ nodes: { a: conv('x', 64, { dilation: 2, padding: 2 }) }, outputs: ['a'] }).receptiveFields.get('a')?.size).toEqual([5, 5]);
  });
});
