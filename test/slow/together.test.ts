import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/document/json.js';
import type { RunRecord } from '../../lib/protocol/records.js';
import { learningRate } from '../../lib/recipes/index.js';
import type { Measured, Trainer } from '../../lib/task/backends/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { run as train } from '../../lib/task/commands/train.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { manifests } from '../../lib/task/runs/folder.js';
import { plan, type Plan, trainerOptions } from '../../lib/task/training/plan.js';
import { root, torchPython } from '../support/paths.js';
import { running } from '../task/commands/running.js';
import { relativeError } from './oracle.js';

const env = { ...process.env, OMP_NUM_THREADS: '1' };
const template = (name: string): string => path.join(root, 'media/templates', `${name}.nnet.json`);

function prepare(name: string, recipe: JsonObject, batch: number, set: JsonObject = {}): Plan {
  const design = JSON.parse(readFileSync(template(name), 'utf8').replace(/^\s*\/\/.*$/gm, '')) as { training: { quick: JsonObject } };
  design.training.quick = { ...design.training.quick, ...recipe };
  const planned = plan(JSON.stringify(design), 'train', { set, change: { batch_size: batch, steps: 10 } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  return planned;
}

const trainerOf = (backend: TorchBackend, planned: Plan): Promise<Trainer> => backend.trainer(planned.program, initialWeights(planned.program, 0, planned.sizes), trainerOptions(planned));
const dataOf = ({ recipe, inputs, program }: Plan) => openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: 'float32', output: (program.outputs[0]?.value.tensor.shape ?? []).slice(1) as readonly number[], loss: recipe.loss });

async function trained(backend: TorchBackend, planned: Plan) {
  const trainer = await trainerOf(backend, planned);
  const data = dataOf(planned);
  const steps = [];
  for (let step = 0; step < 10; step++) steps.push(await trainer.step(data.batch(step), { step, rate: learningRate(planned.recipe, step), gradients: true }));
  const tests = [];
  // The last batch of tests is a small one, of which one process may get nothing.
  for (const batch of data.tests()) tests.push(await trainer.evaluate(batch));
  const one = await trainer.evaluate(data.samples.batch([0]));
  const weights = await trainer.weights();
  trainer.dispose();
  return { steps, tests, one, weights };
}

let alone: TorchBackend;
let two: TorchBackend;
beforeAll(async () => {
  alone = await openTorch({ python: torchPython(), device: 'cpu', env });
  two = await openTorch({ python: torchPython(), device: 'cpu', env, torch: { together: { nproc: 2, nnodes: 1, syncBatchNorm: false } } });
});
afterAll(() => {
  alone.close();
  two.close();
});

test('two processes are named as such', () => {
  expect(two).toMatchObject({ processes: 2, device: expect.stringMatching(/^2 processes, each on CPU, 1 thread/) });
});

describe('two processes of gloo give the numbers of one with the same batches', () => {
  const cases: readonly (readonly [string, Plan])[] = [
    ['mlp', prepare('mlp', {}, 32)],
    ['mlp, a batch that does not divide', prepare('mlp', { optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9 } }, 15)],
    ['mlp, class weights, smoothing and clipped gradients', prepare('mlp', { loss: { name: 'cross_entropy', weight: [1, 3, 0.2], label_smoothing: 0.1 }, clip: { norm: 0.2 } }, 15)],
    ['mlp, dice with a frozen layer', prepare('mlp', { loss: 'dice', freeze: ['hidden[0]'] }, 32)],
    ['transformer without dropout', prepare('transformer', {}, 16, { depth: 2, width: 16, dropout: 0 })],
  ];
  test.each(cases)('%s', async (_name, planned) => {
    const [expected, actual] = [await trained(alone, planned), await trained(two, planned)];
    for (const [step, { loss, accuracy, gradients = {} }] of expected.steps.entries()) {
      const other = actual.steps[step];
      expect(Math.abs((other?.loss ?? NaN) / loss - 1), `loss of step ${step}`).toBeLessThan(1e-5);
      expect(other?.accuracy).toBeCloseTo(accuracy ?? NaN, 12);
      expect(relativeError(Object.values(other?.gradients ?? {}), Object.values(gradients)), `gradients of step ${step}`).toBeLessThan(1e-4);
    }
    const losses = (run: typeof actual) => [...run.tests, run.one].map(({ loss }) => loss);
    const answers = (run: typeof actual) => [...run.tests, run.one].map(({ accuracy }) => accuracy ?? NaN);
    expect(relativeError(losses(actual), losses(expected))).toBeLessThan(1e-5);
    expect(relativeError(answers(actual), answers(expected))).toBeLessThan(1e-12);
    for (const [key, { data }] of expected.weights) if (!key.endsWith('in_proj_bias')) expect(relativeError(actual.weights.get(key)?.data ?? [], data), key).toBeLessThan(1e-4);
  });
});

describe('a look inside two processes sees the whole batch, as one process does', () => {
  const position = JSON.stringify({
    nnet: 1,
    inputs: { x: { shape: ['N', 6, 4] } },
    nodes: {
      place: { op: 'Parameter', shape: [1, 6, 4] }, stretch: { op: 'Mul', in: ['place', 3] }, sum: { op: 'Add', in: ['x', 'stretch'] }, fc: { op: 'Linear', in: ['sum'], out_features: 5 }, relu: { op: 'ReLU', in: ['fc'] },
      again: { op: 'Linear', in: ['relu'], out_features: 5 }, skip: { op: 'Add', in: ['again', 'relu'] }, flat: { op: 'Flatten', in: ['skip'] }, head: { op: 'Linear', in: ['flat'], out_features: 10 },
    },
    outputs: ['head'],
  });
  const positions = (): Plan => {
    const planned = plan(position, 'train', { set: {}, change: { batch_size: 15 } });
    if (!('program' in planned)) throw new Error(planned[0]?.message);
    return planned;
  };
  const cases: readonly (readonly [string, Plan])[] = [
    ['mlp, a batch that does not divide', prepare('mlp', {}, 15)],
    ['mlp, class weights', prepare('mlp', { loss: { name: 'cross_entropy', weight: [1, 3, 0.2] } }, 15)],
    ['positions that no sample has a part in', positions()],
    ['transformer without dropout', prepare('transformer', {}, 16, { depth: 2, width: 16, dropout: 0 })],
  ];
  test.each(cases)('%s', async (_name, planned) => {
    const look = async (backend: TorchBackend): Promise<Measured | undefined> => {
      const trainer = await trainerOf(backend, planned);
      const { measured } = await trainer.step(dataOf(planned).batch(0), { step: 0, rate: 0.01, gradients: false, measure: true });
      trainer.dispose();
      return measured;
    };
    const [expected, actual] = [await look(alone), await look(two)];
    const numbers = (value: unknown, path = ''): readonly (readonly [string, number])[] => (typeof value === 'number' ? [[path, value]] : Object.entries((value ?? {}) as object).flatMap(([name, each]) => numbers(each, `${path}/${name}`)));
    const [wanted, found] = [numbers(expected), new Map(numbers(actual))];
    expect(wanted.length).toBeGreaterThan(20);
    expect([...found.keys()].sort()).toEqual(wanted.map(([path]) => path).sort());
    // A gradient that is nothing but rounding (a bias of keys under a softmax) has no digits to compare.
    for (const [path, value] of wanted) if (!Object.is(found.get(path), value)) expect(Math.abs((found.get(path) ?? NaN) - value), path).toBeLessThan(1e-4 * Math.abs(value) + 1e-6);
  });
});

test('batch norms see the share of their process, and the running statistics of the first are kept', async () => {
  const planned = prepare('residual-20', {}, 16, { width: 4, size: 8, depth: 8 });
  const half = { ...planned, recipe: { ...planned.recipe, batch_size: 8 } };
  const [both, first] = [await trainerOf(two, planned), await trainerOf(alone, half)];
  const data = dataOf(planned);
  const batch = data.batch(0);
  const part = ({ shape, data: values }: (typeof batch)['target']) => ({ shape: [8, ...shape.slice(1)], data: values.slice(0, values.length / 2) as Float32Array });
  const options = { step: 0, rate: 0.01, gradients: false };
  await both.step(batch, options);
  await first.step({ inputs: batch.inputs.map(part), target: part(batch.target) }, options);
  const [kept, expected] = [await both.weights(), await first.weights()];
  const statistics = [...expected.keys()].filter((key) => /running_(mean|var)$/.test(key));
  expect(statistics.length).toBeGreaterThan(6);
  for (const key of statistics) expect(relativeError(kept.get(key)?.data ?? [], expected.get(key)?.data ?? []), key).toBeLessThan(1e-5);
  both.dispose();
  first.dispose();
});

test('SyncBatchNorm is refused on the CPU in words', async () => {
  const backend = await openTorch({ python: torchPython(), device: 'cpu', env, torch: { together: { nproc: 2, nnodes: 1, syncBatchNorm: true } } });
  await expect(trainerOf(backend, prepare('mlp', {}, 8))).rejects.toThrow('SyncBatchNorm computes on GPUs alone');
  backend.close();
});

describe('the command', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-together-'));
  const before = process.cwd();
  beforeAll(() => process.chdir(home));
  afterAll(() => {
    process.chdir(before);
    rmSync(home, { recursive: true, force: true });
  });
  const given = ['--python', torchPython(), '--device', 'cpu', '--steps', '30', '--events'];

  test('train --nproc 2 makes one run with one record', async () => {
    const { code, out, err } = await running(train, [template('mlp'), '--nproc', '2', ...given]);
    expect([err, code]).toEqual(['', 0]);
    const records = out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);
    expect(records.filter(({ type }) => type === 'started')).toMatchObject([{ backend: 'torch', device: expect.stringContaining('2 processes') }]);
    expect(records.at(-1)).toMatchObject({ type: 'finished', outcome: 'completed', steps: 30 });
    expect(manifests(home).length).toBe(1);
  });

  test("batches of the user's own Python are made once, and give the numbers of one process", async () => {
    const code = 'import torch\n\ndef batches():\n    for k in range(40):\n        x = torch.randn(9, 3, generator=torch.Generator().manual_seed(k))\n        yield x, x.sum(1, keepdim=True)\n';
    writeFileSync('data.py', code);
    writeFileSync('own.nnet.json', JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3] } }, nodes: { fc: { op: 'Linear', in: ['x'], out_features: 1 } }, outputs: ['fc'], training: { quick: { dataset: 'python:data.py:batches', loss: 'mse', optimizer: { name: 'sgd', lr: 0.05 } } } }));
    const lossOf = async (...more: readonly string[]): Promise<number> => {
      const { code: ended, out, err } = await running(train, ['own.nnet.json', ...given, ...more]);
      expect([err, ended]).toEqual(['', 0]);
      const last = out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord).at(-1);
      return last?.type === 'finished' ? (last.metrics.train_loss ?? NaN) : NaN;
    };
    const [one, both] = [await lossOf('--backend', 'torch'), await lossOf('--nproc', '2')];
    expect(one).toBeGreaterThan(0);
    expect(Math.abs(both / one - 1)).toBeLessThan(1e-5);
  });

  test('--nnodes 2 joins two commands at an endpoint: one leads and writes the record, the other computes with it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const runs = manifests(home).length;
    const join = ['--nproc', '1', '--nnodes', '2', '--rdzv-endpoint', `127.0.0.1:${port}`];
    const { code, out, err } = await running(async (args) => Math.max(...(await Promise.all([train(args), train(args)]))), [template('mlp'), ...join, ...given]);
    expect(err).toContain('another machine leads this run');
    expect(code).toBe(0);
    const records = out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);
    expect(records.filter(({ type }) => type === 'finished')).toMatchObject([{ outcome: 'completed', steps: 30 }]);
    expect(manifests(home).length).toBe(runs + 1);
  });

  test('says what cannot be shared before anything starts', async () => {
    const { code, err } = await running(train, [template('mlp'), '--nproc', '2', '--batch', '1', '--python', torchPython(), '--device', 'cpu']);
    expect([code, err]).toEqual([1, expect.stringContaining('A batch of 1 leaves nothing for some of 2 processes.')]);
    expect(await running(train, [template('mlp'), '--nnodes', '2'])).toMatchObject({ code: 2, err: expect.stringContaining('--nnodes 2 needs --rdzv-endpoint HOST:PORT') });
    expect(await running(train, [template('mlp'), '--nproc', 'all'])).toMatchObject({ code: 2 });
    expect(await running(train, [template('mlp'), '--nproc', '2', '--backend', 'wasm'])).toMatchObject({ code: 2, err: expect.stringContaining('are options of torch') });
  });
});
