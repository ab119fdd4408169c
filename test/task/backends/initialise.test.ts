import { describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { operators } from '../../../lib/operators/index.js';
import { buildProgram } from '../../../lib/program/index.js';
import { kernels } from '../../../lib/task/backends/tfjs/kernels/index.js';
import { loadTfjs } from '../../../lib/task/backends/tfjs/load.js';
import { createNetwork } from '../../../lib/task/backends/tfjs/network.js';
import { initialWeights } from '../../../lib/task/initialise.js';

const programOf = (nodes: object, outputs: readonly string[], inputs: object = { x: { shape: ['N', 8, 6, 6] } }) => buildProgram(parse(JSON.stringify({ nnet: 1, inputs, nodes, outputs })).document);

test('every operator of the registry has a kernel, and every kernel an operator', () => {
  expect([...operators.keys()].filter((type) => !kernels.has(type))).toEqual([]);
  expect([...kernels.keys()].filter((type) => !operators.has(type))).toEqual([]);
});

describe('initial weights', () => {
  const conv = { op: 'Conv2d', in: ['x'], out_channels: 64, kernel_size: 3 };
  test('are drawn from seed and path: a layer keeps them whatever stands beside it', () => {
    const alone = initialWeights(programOf({ conv }, ['conv']), 5);
    const beside = initialWeights(programOf({ first: { op: 'Conv2d', in: ['x'], out_channels: 3, kernel_size: 1 }, conv, bn: { op: 'BatchNorm2d', in: ['conv'] } }, ['bn', 'first']), 5);
    expect(beside.get('conv.weight')).toEqual(alone.get('conv.weight'));
    expect(initialWeights(programOf({ conv }, ['conv']), 6).get('conv.weight')).not.toEqual(alone.get('conv.weight'));
  });
  test('of a convolution are uniform within 1 / √fan_in, norms are the identity', () => {
    const weights = initialWeights(programOf({ conv, bn: { op: 'BatchNorm2d', in: ['conv'] } }, ['bn']), 0);
    const values = [...(weights.get('conv.weight')?.data ?? [])];
    const bound = 1 / Math.sqrt(8 * 9);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)).toBeCloseTo(bound / Math.sqrt(3), 2);
    expect(new Set(weights.get('bn.weight')?.data)).toEqual(new Set([1]));
    expect(new Set(weights.get('bn.running_var')?.data)).toEqual(new Set([1]));
    expect(new Set(weights.get('bn.bias')?.data)).toEqual(new Set([0]));
  });
  test('of a padding row are zero', () => {
    const weights = initialWeights(programOf({ e: { op: 'Embedding', in: ['t'], num_embeddings: 5, embedding_dim: 3, padding_idx: -1 } }, ['e'], { t: { shape: ['N', 4], dtype: 'int64' } }), 0);
    expect([...(weights.get('e.weight')?.data.slice(12) ?? [])]).toEqual([0, 0, 0]);
  });
});

test.each(['Dropout', 'Dropout2d', 'AlphaDropout', 'FeatureAlphaDropout', 'RReLU', 'StochasticDepth'])('%s draws in training, the same for the same seed and step, and keeps the mean where it promises to', async (op) => {
  const { tf } = await loadTfjs('wasm');
  await tf.setBackend('wasm');
  const p = op === 'RReLU' ? {} : op === 'StochasticDepth' ? { p: 0.4, mode: 'row' } : { p: 0.4 };
  const program = programOf({ d: { op, in: ['x'], ...p } }, ['d'], { x: { shape: ['N', 16, 4, 4] } });
  const network = createNetwork(tf, program, new Map());
  const x = tf.ones([128, 16, 4, 4]);
  const run = (training: boolean, step: number): Float32Array => tf.tidy(() => (network.forward([x], { training, step, seed: 1 })[0] as typeof x).dataSync() as Float32Array);
  expect(run(true, 0)).toEqual(run(true, 0));
  if (op !== 'RReLU') expect(run(true, 1)).not.toEqual(run(true, 0));
  expect([...run(false, 0)].every((value) => value === 1)).toBe(true);
  const mean = run(true, 0).reduce((sum, value) => sum + value, 0) / x.size;
  // AlphaDropout keeps mean 0 of normal values, not of ones.
  if (!op.includes('Alpha')) expect(Math.abs(mean - 1)).toBeLessThan(op === 'StochasticDepth' ? 0.25 : 0.06);
});
