import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/document/json.js';
import { learningRate } from '../../lib/recipes/index.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTfjs } from '../../lib/task/backends/tfjs/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { plan, type Plan, trainerOptions } from '../../lib/task/training/plan.js';
import { root, torchPython } from '../support/paths.js';
import { relativeError } from './oracle.js';

const steps = 20;

interface Run {
  readonly name: string;
  readonly template: string;
  readonly set: JsonObject;
  /** What the recipe says otherwise. */
  readonly recipe?: JsonObject;
  readonly batch?: number;
  /** Smooth activations in place of ReLU. */
  readonly smooth?: boolean;
}

const calm = { name: 'sgd', lr: 0.01, momentum: 0.9, weight_decay: 1e-4 };
const slow = { ...calm, lr: 0.0002 };

/**
 * Dropout is off: each backend draws its own. At the templates' rates a rounding grows by up to 1.4 a step where many layers have batch norm, so they go slower
 * here, and with a smooth activation: see below for ReLU.
 */
const runs: readonly Run[] = [
  { name: 'mlp, adam', template: 'mlp', set: { width: 32 } },
  { name: 'mlp, adam with weight decay', template: 'mlp', set: { width: 32 }, recipe: { optimizer: { name: 'adam', lr: 0.01, betas: [0.8, 0.99], eps: 1e-6, weight_decay: 0.01 } } },
  { name: 'mlp, sgd with Nesterov', template: 'mlp', set: { width: 32 }, recipe: { optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, weight_decay: 1e-3, nesterov: true } } },
  { name: 'mlp, sgd with Nesterov but no momentum', template: 'mlp', set: { width: 32 }, recipe: { optimizer: { name: 'sgd', lr: 0.05, momentum: 0, weight_decay: 0, nesterov: true } } },
  { name: 'mlp, sgd with dampening, clipped by value', template: 'mlp', set: { width: 32 }, recipe: { optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, dampening: 0.3 }, clip: { value: 0.01 } } },
  { name: 'mlp, centred rmsprop with momentum, clipped by norm, step after a warm-up', template: 'mlp', set: { width: 32 }, recipe: { optimizer: { name: 'rmsprop', lr: 0.001, momentum: 0.5, centered: true, weight_decay: 0.01 }, clip: { norm: 0.1 }, schedule: { name: 'step', step_size: 4, gamma: 0.5, warmup: 3 } } },
  { name: 'mlp, class weights and label smoothing, cosine', template: 'mlp', set: { width: 32 }, recipe: { loss: { name: 'cross_entropy', weight: [1, 2, 0.5], label_smoothing: 0.1 }, schedule: 'cosine' } },
  { name: 'mlp, dice', template: 'mlp', set: { width: 32 }, recipe: { loss: 'dice' } },
  { name: 'mlp, smooth_l1 with two layers frozen', template: 'mlp', set: { width: 32 }, recipe: { loss: { name: 'smooth_l1', beta: 0.5 }, freeze: ['hidden[0]', 'hidden[2].linear'] } },
  { name: 'highway', template: 'highway', set: { depth: 10, size: 8 } },
  { name: 'transformer, adamw', template: 'transformer', set: { depth: 2, width: 32, dropout: 0 } },
  { name: 'residual-20, sgd with momentum, zero last norms', template: 'residual-20', set: { width: 8, size: 8 }, smooth: true, recipe: { optimizer: calm, initialize: { name: 'kaiming', mode: 'fan_out', zero_last_bn: true } } },
  { name: 'residual-20 with its first stage frozen', template: 'residual-20', set: { width: 8, size: 8 }, smooth: true, recipe: { optimizer: calm, freeze: ['conv', 'bn', 'stage1'] } },
  { name: 'plain-20', template: 'plain-20', set: { width: 8, size: 8 }, smooth: true, recipe: { optimizer: slow } },
  { name: 'resnet34-head with a classifier', template: 'resnet34-head', set: { size: 32 }, smooth: true, batch: 4, recipe: { optimizer: calm } },
  { name: 'dense-block with a classifier', template: 'dense-block', set: { size: 16 }, smooth: true, batch: 4, recipe: { optimizer: calm } },
  { name: 'unet', template: 'unet', set: { width: 4, size: 32 }, smooth: true, batch: 4, recipe: { optimizer: calm } },
];

/** A template, with a classifier where it ends in a feature map, and with another recipe. */
function prepare({ template, set, recipe, batch = 16, smooth = false }: Omit<Run, 'name'>): Plan {
  const text = readFileSync(path.join(root, 'media/templates', `${template}.nnet.json`), 'utf8').replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1');
  const design = JSON.parse(smooth ? text.replaceAll('"ReLU"', '"GELU"') : text) as { nodes: JsonObject; outputs: JsonValue; training: { quick: JsonObject } };
  if (/head|block/.test(template)) {
    Object.assign(design.nodes, { pool_: { op: 'AdaptiveAvgPool2d', in: design.outputs, output_size: 1 }, flat_: { op: 'Flatten', in: ['pool_'] }, fc_: { op: 'Linear', in: ['flat_'], out_features: 10 } });
    design.outputs = ['fc_'];
  }
  design.training.quick = { ...design.training.quick, ...recipe };
  const planned = plan(JSON.stringify(design), 'train', { set, change: { batch_size: batch, steps } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  return planned;
}

const weightsOf = ({ program, recipe, sizes, choices }: Plan) => initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: choices.initialize });
const optionsOf = trainerOptions;
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
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
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
    expect(Object.keys(expected.results[5]?.gradients ?? {}).length).toBeGreaterThan(planned.choices.frozen.size ? 1 : 3);
    expect(apart(actual.evaluated?.loss ?? NaN, expected.evaluated?.loss ?? NaN)).toBeLessThan(1e-4);
    expect([...actual.weights.keys()]).toEqual([...expected.weights.keys()]);
    for (const [key, { data, dtype, shape }] of expected.weights) {
      expect(actual.weights.get(key)).toMatchObject({ dtype, shape });
      // Attention does not change with the bias of its keys, so that the gradient of that third is rounding alone, which Adam makes as large as any other.
      if (key.endsWith('in_proj_bias')) continue;
      expect(relativeError(actual.weights.get(key)?.data ?? [], data), key).toBeLessThan(1e-3);
    }
    const begun = weightsOf(planned);
    for (const key of planned.choices.frozen) {
      expect(expected.weights.get(key), key).toEqual(begun.get(key));
      expect(actual.weights.get(key), key).toEqual(begun.get(key));
    }
  });

  // ReLU's derivative jumps at 0, and that of MaxPool where two values are equal. Among some 100,000 values a step one may lie within a rounding of that, and a
  // network of many layers with batch norm then parts for good, in float32 whatever computes it. So these are compared step by step, each from PyTorch's weights.
  const jumping: readonly Run[] = [
    { name: 'residual-20 with ReLU', template: 'residual-20', set: { width: 8, size: 8 } },
    { name: 'plain-20 with ReLU', template: 'plain-20', set: { width: 8, size: 8 } },
    { name: 'resnet34', template: 'resnet34', set: { width: 4, size: 32, classes: 10 }, batch: 8 },
    { name: 'densenet121', template: 'densenet121', set: { growth: 2, size: 64, classes: 10 }, batch: 8, smooth: true },
  ];
  test.each(jumping.map((run) => [run.name, run] as const))('%s: the loss and the gradients of every step, from the same weights', async (_name, run) => {
    const planned = prepare(run);
    const { program, recipe } = planned;
    const trainer = await torch.trainer(program, weightsOf(planned), optionsOf(planned));
    const data = dataOf(planned);
    // A step of 121 layers takes seconds.
    const count = run.template !== 'densenet121' ? steps : kind === 'wasm' ? 3 : 8;
    for (let step = 0; step < count; step++) {
      const other = await tfjs.trainer(program, await trainer.weights(), optionsOf(planned));
      const options = { step, rate: learningRate(recipe, step), gradients: true };
      const [expected, actual] = [await trainer.step(data.batch(step), options), await other.step(data.batch(step), options)];
      other.dispose();
      expect(apart(actual.loss, expected.loss), `loss of step ${step}`).toBeLessThan(1e-4);
      expect(relativeError(Object.values(actual.gradients ?? {}), Object.values(expected.gradients ?? {})), `gradients of step ${step}`).toBeLessThan(1e-3);
    }
    trainer.dispose();
  });
});
