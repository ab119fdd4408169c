import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import type { JsonValue } from '../../../lib/document/json.js';
import { buildProgram } from '../../../lib/program/index.js';
import type { Program } from '../../../lib/program/program.js';
import type { OptimizerChoice } from '../../../lib/recipes/index.js';
import { losses, optimizers, readsClasses, type LossName } from '../../../lib/recipes/tables.js';
import { evaluateDim, type Shape } from '../../../lib/shapes/index.js';
import type { HostTensor, TracedLayer } from '../../../lib/task/backends/backend.js';
import { openTorch, type TorchBackend } from '../../../lib/task/backends/torch/backend.js';
import { script } from '../../../lib/task/backends/torch/process.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { random } from '../../../lib/task/random.js';
import { cases } from '../../interop/cases.js';
import { root, torchPython } from '../../support/paths.js';

let torch: TorchBackend;
beforeAll(async () => {
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' }, folder: path.join(root, 'test/interop') });
}, 300_000);
afterAll(() => torch.close());

const sizes = new Map([['N', 2]]);
const numbers = (shape: Shape | null): readonly number[] => (shape ?? []).map((dim) => evaluateDim(dim, sizes) ?? 1);
const program = (design: string, set: Readonly<Record<string, JsonValue>> = {}): Program => {
  const built = buildProgram(parse(design).document, { set });
  expect(built.findings.filter(({ severity = 'error' }) => severity === 'error')).toEqual([]);
  return built;
};
const template = (name: string, set: Readonly<Record<string, JsonValue>>): Program => program(readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8'), set);

/** Integers count up from 0: rows of every Embedding of the designs, and offsets of an EmbeddingBag. */
function inputsOf({ inputs }: Program): readonly HostTensor[] {
  return inputs.map(({ name, tensor }) => {
    const shape = numbers(tensor.shape);
    const generator = random(1, name);
    const length = shape.reduce((all, size) => all * size, 1);
    return { shape, data: tensor.dtype === 'bool' ? new Int32Array(length) : tensor.dtype === 'int64' ? Int32Array.from({ length }, (_, k) => k % 9) : Float32Array.from({ length }, () => generator.normal()) };
  });
}

const options = { loss: 'mse', optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weight_decay: 0, nesterov: false }, seed: 0 } as const;

describe('what PyTorch is', () => {
  test('is named: device, versions and where it was found', () => {
    expect(torch).toMatchObject({ name: 'torch', kind: 'cpu', device: expect.stringMatching(/^CPU, \d+ threads?$/), versions: { torch: expect.stringMatching(/^\d+\.\d+/), python: expect.stringMatching(/^3\.\d+\.\d+$/) } });
    expect(torch.reason).toBe(`PyTorch of ${torchPython()} (asked for)`);
  });
});

describe('layer by layer, PyTorch computes what the exported network computes', () => {
  const designs: readonly (readonly [string, Program])[] = [
    ...cases.flatMap(({ name, design, settings = [] }) => [{}, ...settings].map((set, k) => [k ? `${name} with ${JSON.stringify(set)}` : name, program(JSON.stringify({ nnet: 1, ...design }), set)] as const)),
    ['residual-20', template('residual-20', { width: 4, size: 8 })],
    ['unet', template('unet', { width: 4, size: 32 })],
    ['densenet121', template('densenet121', { growth: 4, size: 32 })],
    ['transformer', template('transformer', { depth: 2, width: 16 })],
  ];
  test.each(designs)('%s', async (_name, built) => {
    const weights = initialWeights(built, 0, sizes);
    const inputs = inputsOf(built);
    const layers: TracedLayer[] = [];
    const trainer = await torch.trainer(built, weights, options);
    const outputs = await torch.trace(built, weights, inputs, (layer) => layers.push(layer));
    expect(layers.map(({ node, shapes }) => [node.path, shapes])).toEqual(built.nodes.map((node) => [node.path, node.outputs.map(({ shape }) => numbers(shape))]));
    expect(layers.every(({ milliseconds, bytes, finite }) => milliseconds >= 0 && bytes >= 0 && finite)).toBe(true);
    expect(outputs.map(({ shape }) => shape)).toEqual(built.outputs.map(({ value }) => numbers(value.tensor.shape)));
    // The squared distance of what the layers give to what the whole network gives.
    const { loss } = await trainer.evaluate({ inputs, target: outputs[0] as HostTensor });
    trainer.dispose();
    expect(loss).toBeLessThan(1e-10);
  });
});

describe('training', () => {
  const net = (nodes: object, outputs: readonly string[]): Program => program(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3] } }, nodes, outputs }));
  const batch = (value: number, shape: readonly number[]) => ({ inputs: [{ shape: [2, 3], data: new Float32Array(6).fill(value) }], target: { shape, data: new Float32Array(shape[0]! * shape[1]!) } });

  test('names the first layer whose values are no numbers, and makes no update', async () => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 4 }, big: { op: 'Exp', in: ['fc'] }, relu: { op: 'ReLU', in: ['big'] } }, ['relu']);
    const weights = initialWeights(built, 0, sizes);
    weights.get('fc.weight')?.data.fill(100);
    const trainer = await torch.trainer(built, weights, options);
    const { loss } = await trainer.step(batch(1, [2, 4]), { step: 0, rate: 0.1, gradients: false });
    expect(loss).toBe(Infinity);
    expect(await trainer.firstNotFinite(batch(1, [2, 4]), 0)).toEqual({ node: 'big', pass: 'forward' });
    expect(await trainer.weights()).toEqual(weights);
    trainer.dispose();
  });

  test('names the layer whose gradient is no number, where every value is one', async () => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 4 }, root: { op: 'Sqrt', in: ['relu'] }, relu: { op: 'ReLU', in: ['fc'] } }, ['root']);
    const weights = initialWeights(built, 0, sizes);
    for (const { data } of weights.values()) data.fill(0);
    const trainer = await torch.trainer(built, weights, options);
    expect(await trainer.firstNotFinite(batch(0, [2, 4]), 0)).toEqual({ node: 'root', pass: 'backward' });
    trainer.dispose();
  });

  test('draws the same dropout in the same step, another in the next', async () => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 64 }, drop: { op: 'Dropout', in: ['fc'], p: 0.5 } }, ['drop']);
    const losses = [];
    for (const seed of [0, 0, 1]) {
      const trainer = await torch.trainer(built, initialWeights(built, 0, sizes), { ...options, seed });
      for (const step of [0, 1]) losses.push((await trainer.step(batch(1, [2, 64]), { step, rate: 0, gradients: false })).loss);
      trainer.dispose();
    }
    expect(losses.slice(0, 2)).toEqual(losses.slice(2, 4));
    expect(new Set(losses).size).toBe(4);
  });

  test.each(Object.keys(losses) as LossName[])('knows the loss %s of recipes', async (loss) => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 4 } }, ['fc']);
    const trainer = await torch.trainer(built, initialWeights(built, 0, sizes), { ...options, loss });
    const target = readsClasses(loss, 4) ? { shape: [2], data: Int32Array.of(1, 3) } : { shape: [2, 4], data: new Float32Array(8) };
    expect((await trainer.step({ ...batch(1, [2, 4]), target }, { step: 0, rate: 0.1, gradients: false })).loss).toSatisfy((value: number) => Number.isFinite(value) && value !== 0);
    trainer.dispose();
  });

  test.each(Object.entries(optimizers))('knows the optimiser %s of recipes, with all of its settings', async (name, { settings }) => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 4 } }, ['fc']);
    const optimizer = { name, ...Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, setting.default])) } as OptimizerChoice;
    const trainer = await torch.trainer(built, initialWeights(built, 0, sizes), { ...options, optimizer });
    const losses = [];
    for (const step of [0, 1, 2]) losses.push((await trainer.step(batch(1, [2, 4]), { step, rate: 0.01, gradients: false })).loss);
    expect(losses[2]).toBeLessThan(losses[0] as number);
    trainer.dispose();
  });

  test('what PyTorch refuses comes as its words', async () => {
    const built = net({ fc: { op: 'Linear', in: ['x'], out_features: 4 } }, ['fc']);
    const trainer = await torch.trainer(built, initialWeights(built, 0, sizes), options);
    await expect(trainer.evaluate(batch(1, [2, 5]))).rejects.toThrow(/^PyTorch: shape '\[2, 4\]' is invalid for input of size 10/);
    trainer.dispose();
    await expect(torch.trainer(built, new Map(), options)).rejects.toThrow('there is no value for fc.weight');
  });
});

test('Python ends with its parent, even in the midst of computing', async () => {
  const code = 'class Design:\n    def __init__(self):\n        while True:\n            pass\n';
  const request = `${JSON.stringify({ id: 0, do: 'open', model: 0, code, class: 'Design', arguments: {}, dtypes: [], owners: {} })}\n`;
  const parent: ChildProcess = spawn(process.execPath, ['-e', `const python = require('child_process').spawn(${JSON.stringify(torchPython())}, [${JSON.stringify(script())}, 'cpu']); python.stdout.once('data', () => { python.stdin.write(${JSON.stringify(request)}); setTimeout(() => console.log(python.pid), 300); });`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = ((await once(parent.stdout as NodeJS.ReadableStream, 'data')) as Buffer[]).map(Number);
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid as number)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid as number), { timeout: 120_000, interval: 100 }).toBe(false);
}, 300_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that nobody has buried yet is dead all the same.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
