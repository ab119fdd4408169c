import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/document/json.js';
import { learningRate } from '../../lib/recipes/index.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { openWebGpu, type WebGpuBackend } from '../../lib/task/backends/webgpu/open.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { type Plan, plan, trainerOptions } from '../../lib/task/training/plan.js';
import { root, torchPython, useSoftwareGpu } from '../support/paths.js';
import { relativeError } from './oracle.js';

interface Run {
  readonly template: string;
  readonly set: JsonObject;
  readonly recipe?: JsonObject;
  readonly steps: number;
  readonly batch?: number;
}

const calm = { optimizer: { name: 'sgd', lr: 0.01, momentum: 0.9, weight_decay: 1e-4 } };

/** The templates, as small as they get: the software driver takes a second for what a GPU does in a millisecond, so that the one whose widths are written makes three steps. GELU stands for ReLU, whose derivative jumps (see torch.test.ts). */
const runs: readonly Run[] = [
  { template: 'mlp', set: { width: 16 }, steps: 20 },
  { template: 'highway', set: { depth: 3, size: 8, width: 8 }, steps: 20 },
  { template: 'transformer', set: { depth: 1, width: 16, dropout: 0 }, steps: 20 },
  { template: 'residual-20', set: { depth: 8, width: 4, size: 8 }, recipe: calm, steps: 20 },
  { template: 'plain-20', set: { depth: 8, width: 4, size: 8 }, recipe: { optimizer: { ...calm.optimizer, lr: 0.001 } }, steps: 20 },
  { template: 'dense-block', set: { size: 16 }, recipe: calm, steps: 3 },
  { template: 'unet', set: { width: 2, size: 16 }, recipe: calm, steps: 20 },
];

function prepare({ template, set, recipe, steps, batch = 4 }: Run): Plan {
  const text = readFileSync(path.join(root, 'media/templates', `${template}.nnet.json`), 'utf8').replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1');
  const design = JSON.parse(text.replaceAll('"ReLU"', '"GELU"')) as { params?: JsonObject; nodes: JsonObject; outputs: JsonValue; training: { quick: JsonObject } };
  if (/block/.test(template)) {
    Object.assign(design.nodes, { pool_: { op: 'AdaptiveAvgPool2d', in: design.outputs, output_size: 1 }, flat_: { op: 'Flatten', in: ['pool_'] }, fc_: { op: 'Linear', in: ['flat_'], out_features: 10 } });
    design.outputs = ['fc_'];
  }
  design.training.quick = { ...design.training.quick, ...recipe };
  const known = Object.fromEntries(Object.entries(set).filter(([name]) => design.params && Object.hasOwn(design.params, name)));
  const planned = plan(JSON.stringify(design), 'train', { set: known, change: { batch_size: batch, steps } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  return planned;
}

/**
 * Networks so deep that a rounding grows by more than a half a step, in float32 whatever computes it: they are compared step by step, each from PyTorch's
 * weights, to the bound that torch.test.ts has for them.
 */
const deep: readonly Run[] = [{ template: 'resnet34', set: { width: 2, size: 32, classes: 10 }, recipe: calm, steps: 20, batch: 8 }];

function dataOf({ recipe, inputs, program, sizes }: Plan) {
  return openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: 'float32', output: (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1), loss: recipe.loss });
}

async function trained(backend: Backend, planned: Plan) {
  const { program, recipe, sizes, choices, ...rest } = planned;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: choices.initialize }), trainerOptions({ ...rest, recipe, choices }));
  const data = dataOf(planned);
  const results = [];
  for (let step = 0; step < recipe.steps; step++) results.push(await trainer.step(data.batch(step), { step, rate: learningRate(recipe, step), gradients: step % 5 === 0 }));
  const weights = await trainer.weights();
  trainer.dispose();
  return { results, weights };
}

let torch: TorchBackend;
let gpu: WebGpuBackend;
beforeAll(async () => {
  useSoftwareGpu();
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
  gpu = await openWebGpu();
});
afterAll(() => {
  torch.close();
  gpu.close();
});

describe('step by step WebGPU gives the numbers of PyTorch', () => {
  test.each(runs.map((run) => [run.template, run.steps, run] as const))('%s in %i steps: losses, gradients and weights', async (_name, _steps, run) => {
    const planned = prepare(run);
    const [expected, actual] = [await trained(torch, planned), await trained(gpu, planned)];
    for (const [step, { loss, gradients = {} }] of expected.results.entries()) {
      const other = actual.results[step];
      expect(Math.abs((other?.loss ?? NaN) - loss) / Math.abs(loss), `loss of step ${step}`).toBeLessThan(1e-4);
      expect(Object.keys(other?.gradients ?? {})).toEqual(Object.keys(gradients));
      expect(relativeError(Object.values(other?.gradients ?? {}), Object.values(gradients)), `gradients of step ${step}`).toBeLessThan(1e-4);
    }
    for (const [key, { data }] of expected.weights) {
      // Attention does not change with the bias of its keys: that gradient is rounding alone, which Adam makes as large as any other.
      if (!key.endsWith('in_proj_bias')) expect(relativeError(actual.weights.get(key)?.data ?? [], data), key).toBeLessThan(1e-3);
    }
  });

  test.each(deep.map((run) => [run.template, run.steps, run] as const))('%s in %i steps: the loss and the gradients of every step, from the same weights', async (_name, _steps, run) => {
    const planned = prepare(run);
    const { program, recipe, sizes, choices } = planned;
    const options = trainerOptions(planned);
    const trainer = await torch.trainer(program, initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: choices.initialize }), options);
    const data = dataOf(planned);
    for (let step = 0; step < run.steps; step++) {
      const other = await gpu.trainer(program, await trainer.weights(), options);
      const how = { step, rate: learningRate(recipe, step), gradients: true };
      const [expected, actual] = [await trainer.step(data.batch(step), how), await other.step(data.batch(step), how)];
      other.dispose();
      expect(Math.abs(actual.loss - expected.loss) / Math.abs(expected.loss), `loss of step ${step}`).toBeLessThan(1e-4);
      expect(relativeError(Object.values(actual.gradients ?? {}), Object.values(expected.gradients ?? {})), `gradients of step ${step}`).toBeLessThan(1e-3);
    }
    trainer.dispose();
  }, 1_200_000);
});
