import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { type ClipChoice, type InitialisationChoice, learningRate, type LossSettings, type OptimizerChoice } from '../../../lib/recipes/index.js';
import { loadTfjs } from '../../../lib/task/backends/tfjs/load.js';
import { lossFunctions } from '../../../lib/task/backends/tfjs/loss.js';
import { createOptimizer } from '../../../lib/task/backends/tfjs/optimizer.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { random } from '../../../lib/task/random.js';
import { type Oracle, type Plain, relativeError, startOracle } from '../oracle.js';

let oracle: Oracle;
beforeAll(() => {
  oracle = startOracle();
});
afterAll(() => oracle.close());

const generator = random(3, 'optimizers');
const normal = (shape: readonly number[]): Plain => ({ shape, data: Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => Math.fround(generator.normal())) });

const adam = { betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0, lr: 0.01 } as const;
const sgd = { name: 'sgd', lr: 0.1, momentum: 0, weight_decay: 0, nesterov: false } as const;
const rmsprop = { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, weight_decay: 0, momentum: 0, centered: false } as const;
const choices: readonly OptimizerChoice[] = [
  sgd,
  { ...sgd, momentum: 0.9 },
  { ...sgd, momentum: 0.9, weight_decay: 0.1 },
  { ...sgd, momentum: 0.8, nesterov: true, weight_decay: 0.01 },
  { name: 'adam', ...adam },
  { name: 'adam', ...adam, weight_decay: 0.1, eps: 0.01 },
  { name: 'adamw', ...adam, weight_decay: 0.1 },
  { name: 'adamw', ...adam, betas: [0.5, 0.9], weight_decay: 0 },
  { ...sgd, momentum: 0.9, dampening: 0.4, weight_decay: 0.01 },
  rmsprop,
  { ...rmsprop, alpha: 0.9, momentum: 0.8, weight_decay: 0.1, eps: 0.01 },
  { ...rmsprop, centered: true, momentum: 0.5 },
];
const clips: readonly (ClipChoice | null)[] = [null, { norm: 2 }, { norm: 1000 }, { value: 0.5 }];
const kinds = ['tfjs-node', 'wasm'] as const;
const cases = [
  ...kinds.flatMap((kind) => choices.map((choice) => [kind, choice, null] as const)),
  ...clips.slice(1).flatMap((clip) => [choices[3], choices[5]].map((choice) => ['tfjs-node', choice as OptimizerChoice, clip] as const)),
];

test.each(cases.map((each) => [`${each[1].name} ${JSON.stringify({ ...each[1], name: undefined, clip: each[2] ?? undefined })} on ${each[0]}`, ...each] as const))('%s moves weights as torch.optim, step by step', async (_name, kind, choice, clip) => {
  const { tf: on } = await loadTfjs(kind);
  await on.setBackend(kind === 'wasm' ? 'wasm' : 'tensorflow');
  const [start, other] = [normal([3, 4]), normal([5])];
  const gradients = Array.from({ length: 20 }, () => normal([3, 4]));
  const rates = Array.from({ length: 20 }, (_, i) => choice.lr * (1 - i / 40));
  const { name, ...settings } = choice;
  const expected = await oracle.ask<readonly Plain[]>({ do: 'optimise', optimizer: name, settings, start, other, gradients, rates, clip });
  // A second weight stands beside it, whose updates must not mix with those of the first.
  const weights = new Map([start, other].map(({ shape, data }, i) => [`w${i}`, on.variable(on.tensor(data as number[], [...shape]))]));
  const optimizer = createOptimizer(on, choice, weights, clip);
  for (const [i, gradient] of gradients.entries()) {
    const gathered = optimizer.gather(new Map([['w0', on.tensor(gradient.data as number[], [...gradient.shape])], ['w1', on.ones([5])]]));
    if (gathered) optimizer.apply(gathered, rates[i] as number);
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
  test.each([
    ['constant', {}],
    ['step', { step_size: 3, gamma: 0.5 }],
    ['cosine', { eta_min: 0.02 }],
  ] as const)('%s after a warm-up is SequentialLR of LinearLR and its own', async (name, settings) => {
    const rates = await oracle.ask<readonly number[]>({ do: 'schedule', name, lr: 0.3, steps: 12, warmup: 4, settings });
    const recipe = { optimizer, steps: 12, schedule: { name, ...settings, warmup: 4 } as never };
    expect(relativeError(rates.map((_, i) => learningRate(recipe, i)), rates)).toBeLessThan(1e-9);
  });
});

describe('losses', () => {
  const labels = (length: number, classes: number): Plain => ({ shape: [length], dtype: 'int64', data: Array.from({ length }, () => generator.below(classes)) });
  const logs = (shape: readonly [number, number]): Plain => ({ shape, data: Array.from({ length: shape[0] * shape[1] }, () => Math.fround(Math.log(0.05 + generator.uniform()))) });
  const mask = (shape: readonly number[]): Plain => ({ shape, data: Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => generator.below(2)) });
  const classes = { ...labels(40, 3), shape: [2, 4, 5] };
  const weight = [0.5, 2, 1];
  const cases: readonly (readonly [keyof typeof lossFunctions, Plain, Plain, LossSettings?])[] = [
    ['cross_entropy', normal([6, 4]), labels(6, 4)],
    ['cross_entropy', normal([2, 3, 4, 5]), classes],
    ['cross_entropy', normal([6, 3]), labels(6, 3), { label_smoothing: 0.1 }],
    ['cross_entropy', normal([6, 3]), labels(6, 3), { weight }],
    ['cross_entropy', normal([2, 3, 4, 5]), classes, { weight, label_smoothing: 0.3 }],
    ['nll', logs([6, 3]), labels(6, 3)],
    ['nll', logs([6, 3]), labels(6, 3), { weight }],
    ['nll', normal([2, 3, 4, 5]), classes, { weight }],
    ['bce_with_logits', normal([6, 1]), { shape: [6, 1], data: [0, 1, 1, 0, 1, 0] }],
    ['bce_with_logits', { shape: [2, 1], data: [80, -90] }, { shape: [2, 1], data: [0, 1] }],
    ['bce_with_logits', normal([6, 3]), mask([6, 3]), { pos_weight: weight }],
    ['bce_with_logits', normal([2, 3, 4, 5]), mask([2, 3, 4, 5]), { pos_weight: weight }],
    ['bce_with_logits', normal([2, 1, 4, 5]), mask([2, 1, 4, 5]), { pos_weight: [3] }],
    ['mse', normal([3, 4]), normal([3, 4])],
    ['l1', normal([3, 4]), normal([3, 4])],
    ['smooth_l1', normal([3, 4]), normal([3, 4])],
    ['smooth_l1', normal([3, 4]), normal([3, 4]), { beta: 0.3 }],
    ['smooth_l1', normal([3, 4]), normal([3, 4]), { beta: 0 }],
    ['dice', normal([2, 3, 4, 5]), classes, { smooth: 1 }],
    ['dice', normal([2, 1, 4, 5]), mask([2, 1, 4, 5]), { smooth: 0.5 }],
    ['dice', normal([6, 3]), labels(6, 3), { smooth: 1 }],
  ];
  test.each(kinds.flatMap((kind) => cases.map((each) => [kind, each[0], each] as const)))('on %s %s has the value and the gradient of PyTorch (%#)', async (kind, name, [, output, target, settings = {}]) => {
    const expected = await oracle.ask<{ readonly loss: number; readonly gradient: Plain }>({ do: 'loss', name, output, target, settings });
    const { tf: on } = await loadTfjs(kind);
    await on.setBackend(kind === 'wasm' ? 'wasm' : 'tensorflow');
    const given = on.tensor(output.data as number[], [...output.shape]);
    const wanted = on.tensor(target.data as number[], [...target.shape], target.dtype === 'int64' ? 'int32' : 'float32');
    const { value, grad } = on.valueAndGrad((x) => lossFunctions[name](on, { output: x, target: wanted }, settings))(given);
    expect(relativeError(value.dataSync(), [expected.loss])).toBeLessThan(1e-5);
    expect(relativeError(grad.dataSync(), expected.gradient.data as number[])).toBeLessThan(1e-5);
  });
});

describe('initialisation', () => {
  const design = (nodes: object) => buildProgram(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 32, 9, 9] } }, nodes, outputs: ['layer'] })).document);
  const layers = {
    Conv2d: design({ layer: { op: 'Conv2d', in: ['x'], out_channels: 96, kernel_size: 3 } }),
    ConvTranspose2d: design({ layer: { op: 'ConvTranspose2d', in: ['x'], out_channels: 96, kernel_size: 3 } }),
    Linear: design({ flat: { op: 'Flatten', in: ['x'] }, layer: { op: 'Linear', in: ['flat'], out_features: 12 } }),
  };
  const kaiming = { name: 'kaiming', mode: 'fan_in', nonlinearity: 'relu', a: 0, distribution: 'normal', zero_last_bn: false } as const;
  const xavier = { name: 'xavier', gain: 1, distribution: 'uniform', zero_last_bn: false } as const;
  const ways: readonly InitialisationChoice[] = [
    kaiming,
    { ...kaiming, mode: 'fan_out', distribution: 'uniform' },
    { ...kaiming, nonlinearity: 'leaky_relu', a: 0.3 },
    { ...kaiming, nonlinearity: 'tanh' },
    { ...kaiming, nonlinearity: 'selu' },
    { ...kaiming, nonlinearity: 'linear', mode: 'fan_out' },
    xavier,
    { ...xavier, gain: 2, distribution: 'normal' },
  ];
  test.each(ways.flatMap((way) => (Object.keys(layers) as (keyof typeof layers)[]).map((layer) => [JSON.stringify(way), layer, way] as const)))('%s of %s has the deviation and the bound of torch.nn.init, and no bias', async (_name, layer, way) => {
    const weights = initialWeights(layers[layer], 1, new Map(), { initialize: way });
    const { shape = [], data = [] } = weights.get('layer.weight') ?? {};
    const settings = way.name === 'kaiming' ? { mode: way.mode, nonlinearity: way.nonlinearity, a: way.a } : way.name === 'xavier' ? { gain: way.gain } : {};
    const uniform = way.name !== 'default' && way.distribution === 'uniform';
    const expected = await oracle.ask<{ readonly deviation: number; readonly bound: number }>({ do: 'initialise', name: `${way.name}_${uniform ? 'uniform' : 'normal'}_`, shape, settings });
    const deviation = Math.sqrt([...data].reduce((sum, value) => sum + value * value, 0) / data.length);
    // Two samples of some 27,000 values: their deviations are within a fraction of a percent of each other.
    expect(Math.abs(deviation / expected.deviation - 1)).toBeLessThan(0.02);
    const bound = [...data].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (uniform) expect(Math.abs(bound / expected.bound - 1)).toBeLessThan(1e-3);
    else expect(bound / deviation).toBeGreaterThan(3.5);
    expect([...(weights.get('layer.bias')?.data ?? [1])].every((value) => value === 0)).toBe(true);
  });
});
