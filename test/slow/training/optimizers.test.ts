import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learningRate, type OptimizerChoice } from '../../../lib/recipes/index.js';
import { loadTfjs } from '../../../lib/task/backends/tfjs/load.js';
import { lossFunctions } from '../../../lib/task/backends/tfjs/loss.js';
import { createOptimizer } from '../../../lib/task/backends/tfjs/optimizer.js';
import type { TF } from '../../../lib/task/backends/tfjs/tf.js';
import { random } from '../../../lib/task/random.js';
import { type Oracle, type Plain, relativeError, startOracle } from '../oracle.js';

let oracle: Oracle;
let tf: TF;
beforeAll(async () => {
  oracle = startOracle();
  ({ tf } = await loadTfjs('auto'));
});
afterAll(() => oracle.close());

const generator = random(3, 'optimizers');
const normal = (shape: readonly number[]): Plain => ({ shape, data: Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => Math.fround(generator.normal())) });

const adam = { betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0, lr: 0.01 } as const;
const sgd = { name: 'sgd', lr: 0.1, momentum: 0, weight_decay: 0, nesterov: false } as const;
const choices: readonly OptimizerChoice[] = [
  sgd,
  { ...sgd, momentum: 0.9 },
  { ...sgd, momentum: 0.9, weight_decay: 0.1 },
  { ...sgd, momentum: 0.8, nesterov: true, weight_decay: 0.01 },
  { name: 'adam', ...adam },
  { name: 'adam', ...adam, weight_decay: 0.1, eps: 0.01 },
  { name: 'adamw', ...adam, weight_decay: 0.1 },
  { name: 'adamw', ...adam, betas: [0.5, 0.9], weight_decay: 0 },
];

test.each(choices.map((choice) => [`${choice.name} ${JSON.stringify({ ...choice, name: undefined })}`, choice] as const))('%s moves weights as torch.optim, step by step', async (_name, choice) => {
  const [start, other] = [normal([3, 4]), normal([5])];
  const gradients = Array.from({ length: 20 }, () => normal([3, 4]));
  const rates = Array.from({ length: 20 }, (_, i) => choice.lr * (1 - i / 40));
  const { name, ...settings } = choice;
  const expected = await oracle.ask<readonly Plain[]>({ do: 'optimise', optimizer: name, settings, start, gradients, rates });
  // A second weight stands beside it, whose updates must not mix with those of the first.
  const weights = new Map([start, other].map(({ shape, data }, i) => [`w${i}`, tf.variable(tf.tensor(data as number[], [...shape]))]));
  const optimizer = createOptimizer(tf, choice, weights);
  for (const [i, gradient] of gradients.entries()) {
    const given = tf.tensor(gradient.data as number[], [...gradient.shape]);
    optimizer.apply(new Map([['w0', given], ['w1', tf.ones([5])]]), rates[i] as number);
    expect(relativeError((weights.get('w0') as { dataSync(): Float32Array }).dataSync(), expected[i]?.data as number[]), `step ${i + 1}`).toBeLessThan(1e-5);
  }
  optimizer.dispose();
});

describe('schedules', () => {
  const optimizer = { ...sgd, lr: 0.3 };
  test('step is StepLR', async () => {
    const rates = await oracle.ask<readonly number[]>({ do: 'schedule', name: 'step', lr: 0.3, steps: 12, settings: { step_size: 5, gamma: 0.2 } });
    const recipe = { optimizer, steps: 12, schedule: { name: 'step', step_size: 5, gamma: 0.2, warmup: 0 } } as const;
    expect(relativeError(rates.map((_, i) => learningRate(recipe, i)), rates)).toBeLessThan(1e-12);
  });
  test('cosine is CosineAnnealingLR', async () => {
    const rates = await oracle.ask<readonly number[]>({ do: 'schedule', name: 'cosine', lr: 0.3, steps: 12, settings: { eta_min: 0.01 } });
    const recipe = { optimizer, steps: 12, schedule: { name: 'cosine', eta_min: 0.01, warmup: 0 } } as const;
    expect(relativeError(rates.map((_, i) => learningRate(recipe, i)), rates)).toBeLessThan(1e-9);
  });
});

describe('losses', () => {
  const labels = (length: number, classes: number): Plain => ({ shape: [length], dtype: 'int64', data: Array.from({ length }, () => generator.below(classes)) });
  const cases: readonly (readonly [keyof typeof lossFunctions, Plain, Plain])[] = [
    ['cross_entropy', normal([6, 4]), labels(6, 4)],
    ['cross_entropy', normal([2, 3, 4, 5]), { ...labels(40, 3), shape: [2, 4, 5] }],
    ['bce_with_logits', normal([6, 1]), { shape: [6, 1], data: [0, 1, 1, 0, 1, 0] }],
    ['bce_with_logits', { shape: [2, 1], data: [80, -90] }, { shape: [2, 1], data: [0, 1] }],
    ['mse', normal([3, 4]), normal([3, 4])],
  ];
  test.each(cases)('%s has the value and the gradient of PyTorch (%#)', async (name, output, target) => {
    const expected = await oracle.ask<{ readonly loss: number; readonly gradient: Plain }>({ do: 'loss', name, output, target });
    const given = tf.tensor(output.data as number[], [...output.shape]);
    const wanted = tf.tensor(target.data as number[], [...target.shape], target.dtype === 'int64' ? 'int32' : 'float32');
    const { value, grad } = tf.valueAndGrad((x) => lossFunctions[name](tf, { output: x, target: wanted }))(given);
    expect(relativeError(value.dataSync(), [expected.loss])).toBeLessThan(1e-5);
    expect(relativeError(grad.dataSync(), expected.gradient.data as number[])).toBeLessThan(1e-5);
  });
});
