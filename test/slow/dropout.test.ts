import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { buildProgram } from '../../lib/program/index.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTfjs } from '../../lib/task/backends/tfjs/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { torchPython } from '../support/paths.js';

/**
 * Each backend draws its own dropout, so that outputs cannot be compared one by one. What must be equal is the rule: a value is dropped or becomes x / (1 - p),
 * its expectation is x, a channel or a sample is dropped as a whole, and in eval mode nothing happens.
 */
const kinds: readonly (readonly [string, object, number])[] = [
  ['Dropout', { p: 0.25 }, 1],
  ['Dropout2d', { p: 0.4 }, 16],
  ['StochasticDepth', { p: 0.2, mode: 'row' }, 8 * 16],
];
const [samples, channels] = [32, 8];
const sizes = new Map([['N', samples]]);

let torch: TorchBackend;
beforeAll(async () => {
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
});
afterAll(() => torch.close());

describe.each(['torch', 'tfjs-node', 'wasm'] as const)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = name === 'torch' ? torch : await openTfjs(name);
  });

  test.each(kinds)('%s %j keeps its share of the values, each divided by it, and all of them in eval mode', async (op, params, grain) => {
    const { p } = params as { readonly p: number };
    const nodes = { conv: { op: 'Conv2d', in: ['x'], out_channels: channels, kernel_size: 1 }, drop: { op, in: ['conv'], ...params } };
    const program = buildProgram(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 1, 4, 4] } }, nodes, outputs: ['drop'] })).document);
    const weights = initialWeights(program, 0, sizes);
    // Every value before the dropout is 1.
    weights.get('conv.weight')?.data.fill(0);
    weights.get('conv.bias')?.data.fill(1);
    const trainer = await backend.trainer(program, weights, { loss: 'mse', optimizer: { name: 'sgd', lr: 0.1, momentum: 0, weight_decay: 0, nesterov: false }, seed: 0 });
    const count = samples * channels * 16;
    const batch = { inputs: [{ shape: [samples, 1, 4, 4], data: new Float32Array(samples * 16) }], target: { shape: [samples, channels, 4, 4], data: new Float32Array(count) } };
    // The mean of squares of what is kept: its share, over (1 - p)².
    const { loss } = await trainer.step(batch, { step: 0, rate: 0, gradients: false });
    const groups = (loss * (1 - p) ** 2 * count) / grain;
    expect(Math.abs(groups - Math.round(groups))).toBeLessThan(0.1);
    // Five deviations of the binomial distribution; the draw is the same in every run.
    const draws = count / grain;
    expect(Math.abs(groups - (1 - p) * draws)).toBeLessThan(5 * Math.sqrt(draws * p * (1 - p)));
    expect((await trainer.evaluate(batch)).loss).toBe(1);
    trainer.dispose();
  });
});
