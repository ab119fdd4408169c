import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { defaultRecipe, type LossName, noAugment, type Recipe } from '../../../lib/recipes/index.js';
import type { Trainer } from '../../../lib/task/backends/backend.js';
import { openTorch, type TorchBackend } from '../../../lib/task/backends/torch/backend.js';
import type { Batch } from '../../../lib/task/data/dataset.js';
import type { DataSource } from '../../../lib/task/data/open.js';
import { DataProblem } from '../../../lib/task/data/problem.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { torchPython } from '../../support/paths.js';

// Loading an interpreter or a backend takes what it takes on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const design = (features: number) => JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 2] } }, nodes: { fc: { op: 'Linear', in: ['x'], out_features: features } }, outputs: ['fc'] });
const program = (features: number) => buildProgram(parse(design(features)).document);
const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-own-'));
const code = `import torch
from torch.utils.data import DataLoader, Dataset

def batches():
    for k in range(3):
        x = torch.tensor([[k, 1.0], [2.0, -k], [0.5, k]])
        yield x, x.sum(1, keepdim=True)

def random():
    while True:
        yield torch.rand(4, 2), torch.rand(4, 1)

class Numbers(Dataset):
    def __init__(self, count):
        self.count = count
    def __len__(self):
        return self.count
    def __getitem__(self, row):
        return torch.tensor([float(row), 1.0]), row % 3

def dataset():
    return Numbers(10), Numbers(5)

def loader():
    return {"train": DataLoader(Numbers(10), batch_size=5), "test": DataLoader(Numbers(4), batch_size=3)}

def workers():
    return DataLoader(Numbers(10), batch_size=5, num_workers=1)

def spawned():
    return DataLoader(Numbers(10), batch_size=5, num_workers=1, multiprocessing_context="spawn")

def wide():
    yield torch.zeros(4, 3), torch.zeros(4, 1)

def labelled():
    yield torch.zeros(4, 2), torch.tensor([0, 1, 2, 3])

def fractions():
    yield torch.zeros(4, 2), torch.zeros(4)

def nothing():
    return 5

def broken():
    yield torch.zeros(4, 2), torch.zeros(4, 1)
    raise ValueError("the disk is gone")
`;
writeFileSync(path.join(home, 'data.py'), code);
writeFileSync(path.join(home, 'wrong.py'), 'import torch\n\ndef batches(:\n    pass\n');

let torch: TorchBackend;
beforeAll(async () => {
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
}, 300_000);
afterAll(() => torch.close());

const recipeOf = (name: string, loss: LossName, seed = 0, file = 'data.py'): Recipe => ({ ...defaultRecipe([], []), dataset: 'python', data: { file, function: name }, loss, batch_size: 4, seed });
const opened = (name: string, loss: LossName = 'mse', features = 1, seed = 0, file = 'data.py') => torch.ownData!({ program: program(features), recipe: recipeOf(name, loss, seed, file), home, fixed: false });
async function source(...args: Parameters<typeof opened>): Promise<DataSource> {
  const data = await opened(...args);
  if (data instanceof DataProblem) throw data;
  return data;
}
const trainer = (loss: LossName, features = 1): Promise<Trainer> => torch.trainer(program(features), initialWeights(program(features), 0, new Map()), { loss, optimizer: { name: 'sgd', lr: 0.01, momentum: 0.9, weight_decay: 0, nesterov: false, dampening: 0 }, seed: 0 });
/** What a batch holds, told by its loss. */
async function prints(data: DataSource, steps: readonly number[], loss: LossName = 'mse', features = 1): Promise<readonly number[]> {
  const model = await trainer(loss, features);
  const found: number[] = [];
  for (const step of steps) found.push((await model.evaluate(await data.batch(step))).loss);
  model.dispose();
  return found;
}

describe('batches of the user\'s own Python', () => {
  it('train as if they had been sent, over several passes of a generator', async () => {
    const data = await source('batches');
    const [own, sent] = [await trainer('mse'), await trainer('mse')];
    for (let step = 0; step < 8; step++) {
      const k = step % 3;
      const x = [k, 1, 2, -k, 0.5, k];
      const batch: Batch = { inputs: [{ shape: [3, 2], data: Float32Array.from(x) }], target: { shape: [3, 1], data: Float32Array.from([k + 1, 2 - k, 0.5 + k]) } };
      const options = { step, rate: 0.01, gradients: true };
      const held = await data.batch(step);
      expect(held.inputs.map(({ shape }) => shape)).toEqual([[3, 2]]);
      expect(await own.step(held, options)).toEqual(await sent.step(batch, options));
    }
    expect(await own.weights()).toEqual(await sent.weights());
    own.dispose();
    sent.dispose();
  });

  it('of a Dataset come in an order that hangs on the seed, each sample once a pass, and from any step on', async () => {
    const data = await source('dataset', 'cross_entropy', 3);
    expect([data.train, data.test]).toEqual([10, 5]);
    const first = await prints(data, [0, 1, 2, 3, 4, 7], 'cross_entropy', 3);
    expect(await prints(await source('dataset', 'cross_entropy', 3), [7, 4, 0], 'cross_entropy', 3)).toEqual([first[5], first[4], first[0]]);
    expect(await prints(await source('dataset', 'cross_entropy', 3, 1), [0, 1, 2, 3, 4, 7], 'cross_entropy', 3)).not.toEqual(first);
    const sizes: number[] = [];
    for await (const { target, labels } of data.tests()) sizes.push(labels === target ? (target.shape[0] ?? 0) : -1);
    expect(sizes).toEqual([4, 1]);
  });

  it('drawn by PyTorch are the same again from any step on, whatever training draws between them', async () => {
    const first = await prints(await source('random'), [0, 1, 2, 3, 4, 5]);
    expect(new Set(first).size).toBe(6);
    expect(await prints(await source('random'), [4, 5, 2])).toEqual([first[4], first[5], first[2]]);
    expect((await prints(await source('random', 'mse', 1, 1), [0]))[0]).not.toBe(first[0]);
  });

  it('of a DataLoader come as it makes them', async () => {
    const data = await source('loader', 'cross_entropy', 3);
    expect([data.train, data.test]).toEqual([10, 4]);
    const [a, b, c] = await prints(data, [0, 1, 2], 'cross_entropy', 3);
    expect(c).toBe(a);
    expect(b).not.toBe(a);
    const sizes: (number | undefined)[] = [];
    for await (const { target } of data.tests()) sizes.push(target.shape[0]);
    expect(sizes).toEqual([3, 1]);
  });

  it.each(['workers', 'spawned'])('of a DataLoader with worker processes are the same (%s)', async (name) => {
    expect(await prints(await source(name, 'cross_entropy', 3), [0, 1, 2], 'cross_entropy', 3)).toEqual(await prints(await source('loader', 'cross_entropy', 3), [0, 1, 2], 'cross_entropy', 3));
  });

  it('that do not fit the network, or cannot be made, are told before training, with the line of the file', async () => {
    const told = async (...args: Parameters<typeof opened>) => (await opened(...args)) as DataProblem;
    expect(await told('wide')).toMatchObject({ code: 'data-shape', message: 'python:data.py:wide: batch 0: x is [4, 3]; the input `x` takes [N, 2].' });
    expect(await told('labelled', 'cross_entropy', 3)).toMatchObject({ code: 'data-labels', message: "python:data.py:labelled: batch 0: label 3; the network's output has scores for 3 classes, 0 to 2." });
    expect(await told('labelled', 'mse', 2)).toMatchObject({ code: 'data-shape', message: 'python:data.py:labelled: batch 0: y is [4]; mse compares it with the output [N, 2].' });
    expect(await told('fractions', 'cross_entropy', 3)).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('y.long()') });
    expect(await told('nothing')).toMatchObject({ code: 'data-python', message: expect.stringContaining('int gives no batches') });
    expect(await told('missing')).toMatchObject({ code: 'data-python', message: 'python:data.py:missing: data.py has no function missing' });
    expect(await torch.ownData!({ program: program(1), recipe: { ...recipeOf('batches', 'mse'), augment: { ...noAugment, flip: true } }, home, fixed: false })).toMatchObject({ code: 'data-augment', setting: ['augment'] });
    expect(await told('batches', 'mse', 1, 0, 'none.py')).toMatchObject({ code: 'data-missing', setting: ['file'] });
    expect(await told('batches', 'mse', 1, 0, 'wrong.py')).toMatchObject({ code: 'data-python', message: expect.stringMatching(/^python:wrong\.py:batches: wrong\.py, line 3: SyntaxError: /) });
    const late = await source('broken');
    await expect(late.batch(1)).rejects.toMatchObject({ code: 'data-python', message: `python:data.py:broken: data.py, line ${code.split('\n').findIndex((line) => line.includes('raise')) + 1}: ValueError: the disk is gone` });
  });
});
