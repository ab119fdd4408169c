import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/document/json.js';
import { learningRate, type OptimizerChoice } from '../../lib/recipes/index.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTfjs } from '../../lib/task/backends/tfjs/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { plan, type Plan } from '../../lib/task/training/plan.js';
import { root, torchPython } from '../support/paths.js';
import { relativeError } from './oracle.js';

const steps = 20;

interface Run {
  readonly name: string;
  readonly template: string;
  readonly set: JsonObject;
  readonly optimizer?: OptimizerChoice;
  /** Smooth activations in place of ReLU. */
  readonly smooth?: boolean;
}

/** Dropout is off: each backend draws its own. At the template's rate of 0.05 a rounding grows by 1.4 a step in residual-20, so it goes slower here. */
const runs: readonly Run[] = [
  { name: 'mlp, adam', template: 'mlp', set: { width: 32 } },
  { name: 'mlp, adam with weight decay', template: 'mlp', set: { width: 32 }, optimizer: { name: 'adam', lr: 0.01, betas: [0.8, 0.99], eps: 1e-6, weight_decay: 0.01 } },
  { name: 'mlp, sgd with Nesterov', template: 'mlp', set: { width: 32 }, optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, weight_decay: 1e-3, nesterov: true } },
  { name: 'mlp, sgd with Nesterov but no momentum', template: 'mlp', set: { width: 32 }, optimizer: { name: 'sgd', lr: 0.05, momentum: 0, weight_decay: 0, nesterov: true } },
  { name: 'highway', template: 'highway', set: { depth: 10, size: 8 } },
  { name: 'transformer, adamw', template: 'transformer', set: { depth: 2, width: 32, dropout: 0 } },
  { name: 'residual-20 with GELU, sgd with momentum', template: 'residual-20', set: { width: 8, size: 8 }, smooth: true, optimizer: { name: 'sgd', lr: 0.01, momentum: 0.9, weight_decay: 1e-4, nesterov: false } },
];

function prepare({ template, set, optimizer, smooth = false }: Omit<Run, 'name'>): Plan {
  const text = readFileSync(path.join(root, 'media/templates', `${template}.nnet.json`), 'utf8');
  const planned = plan(smooth ? text.replaceAll('"ReLU"', '"GELU"') : text, 'train', { set, change: { batch_size: 16 } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  return { ...planned, recipe: { ...planned.recipe, steps, ...(optimizer && { optimizer }) } };
}

const weightsOf = ({ program, recipe, sizes }: Plan) => initialWeights(program, recipe.seed, sizes);
const optionsOf = ({ recipe: { loss, optimizer, seed } }: Plan) => ({ loss, optimizer, seed });
const dataOf = ({ recipe, inputs, program, sizes }: Plan) =>
  openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: 'float32', output: (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1), loss: recipe.loss });

async function trained(backend: Backend, planned: Plan) {
  const { program, recipe } = planned;
  const trainer = await backend.trainer(program, weightsOf(planned), optionsOf(planned));
  const data = dataOf(planned);
  const results = [];
  for (let step = 0; step < steps; step++) {
    const batch = data.batch(step);
    // What has no effect must have none: running statistics and dropout are as if it had not been.
    if (step === 3) await trainer.rehearse(batch);
    if (step === 4) expect(await trainer.firstNotFinite(batch, step)).toBeUndefined();
    results.push(await trainer.step(batch, { step, rate: learningRate(recipe, step), gradients: step % 5 === 0 }));
  }
  const [tests] = data.tests();
  const evaluated = tests && (await trainer.evaluate(tests));
  const weights = await trainer.weights();
  trainer.dispose();
  return { results, evaluated, weights };
}

const apart = (actual: number, expected: number): number => Math.abs(actual - expected) / Math.abs(expected);

let torch: TorchBackend;
beforeAll(async () => {
  torch = await openTorch({ python: torchPython(), device: 'cpu' });
});
afterAll(() => torch.close());

describe.each(['tfjs-node', 'wasm'] as const)('in 20 steps torch gives the numbers of %s', (kind) => {
  let tfjs: Backend;
  beforeAll(async () => {
    tfjs = await openTfjs(kind);
  });

  test.each(runs.map((run) => [run.name, run] as const))('%s: losses, gradients, evaluation and weights', async (_name, run) => {
    const planned = prepare(run);
    const [expected, actual] = [await trained(torch, planned), await trained(tfjs, planned)];
    for (const [step, result] of expected.results.entries()) {
      const other = actual.results[step];
      expect(apart(other?.loss ?? NaN, result.loss), `loss of step ${step}`).toBeLessThan(1e-4);
      expect(other?.accuracy, `accuracy of step ${step}`).toBe(result.accuracy);
      const [norms, others] = [result.gradients ?? {}, other?.gradients ?? {}];
      expect(Object.keys(others)).toEqual(Object.keys(norms));
      expect(relativeError(Object.values(others), Object.values(norms)), `gradients of step ${step}`).toBeLessThan(1e-4);
    }
    expect(Object.keys(expected.results[5]?.gradients ?? {}).length).toBeGreaterThan(3);
    expect(apart(actual.evaluated?.loss ?? NaN, expected.evaluated?.loss ?? NaN)).toBeLessThan(1e-4);
    expect([...actual.weights.keys()]).toEqual([...expected.weights.keys()]);
    for (const [key, { data, dtype, shape }] of expected.weights) {
      expect(actual.weights.get(key)).toMatchObject({ dtype, shape });
      // Attention does not change with the bias of its keys, so that the gradient of that third is rounding alone, which Adam makes as large as any other.
      if (key.endsWith('in_proj_bias')) continue;
      expect(relativeError(actual.weights.get(key)?.data ?? [], data), key).toBeLessThan(1e-3);
    }
  });

  // ReLU's derivative jumps at 0. Among some 100,000 activations a step one may lie within a rounding of it, and a 20-layer network then parts for good, in
  // float32 whatever computes it. So with ReLU every step is compared from the same weights.
  test('residual-20 with ReLU: the loss of every step, from the same weights', async () => {
    const planned = prepare({ template: 'residual-20', set: { width: 8, size: 8 } });
    const { program, recipe } = planned;
    const trainer = await torch.trainer(program, weightsOf(planned), optionsOf(planned));
    const data = dataOf(planned);
    for (let step = 0; step < steps; step++) {
      const other = await tfjs.trainer(program, await trainer.weights(), optionsOf(planned));
      const options = { step, rate: learningRate(recipe, step), gradients: false };
      const [expected, actual] = [await trainer.step(data.batch(step), options), await other.step(data.batch(step), options)];
      other.dispose();
      expect(apart(actual.loss, expected.loss), `loss of step ${step}`).toBeLessThan(1e-4);
    }
    trainer.dispose();
  });
});
