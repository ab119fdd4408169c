import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noAugment } from '../../../lib/recipes/index.js';
import { type Batch, type DataRecipe, openDataset } from '../../../lib/task/data/dataset.js';
import { type DataSource, openData, type OpenDataOptions } from '../../../lib/task/data/open.js';
import { DataProblem } from '../../../lib/task/data/problem.js';
import { copyOf, files, images, range } from './expected.js';

// Loading an interpreter or a backend takes what it takes on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const wanted = images([3, 32, 32], 10);
const recipe: DataRecipe = { dataset: 'cifar10', data: { path: 'cifar10' }, augment: { ...noAugment, flip: true, crop: 2 }, batch_size: 4, seed: 1 };
const opened: DataSource[] = [];
afterEach(() => opened.splice(0).forEach((data) => data.close()));

async function open(given: DataRecipe = recipe, want = wanted, options: Partial<OpenDataOptions> = {}): Promise<DataSource> {
  const data = await openData(given, want, { home: files, ...options });
  if (data instanceof DataProblem) throw data;
  opened.push(data);
  return data;
}

const bits = ({ inputs, target, labels }: Batch): string => [...inputs, target, labels ?? target].map(({ shape, data }) => `${shape.join()}:${Buffer.from(data.buffer).toString('base64')}`).join(';');

describe('the thread that reads data', () => {
  it('gives the batches of the data set itself, bit for bit, in order, over epochs', async () => {
    const [thread, here] = [await open(), openDataset(recipe, wanted, false, { home: files })];
    expect([thread.train, thread.test]).toEqual([13, 3]);
    for (const step of range(0, 12)) expect(bits(await thread.batch(step))).toBe(bits(here.batch(step)));
    const tests: string[] = [];
    for await (const batch of thread.tests()) tests.push(bits(batch));
    expect(tests).toEqual([...here.tests()].map(bits));
    expect(bits(await thread.rehearsal(3))).toBe(bits(here.rehearsal(3)));
  });

  it('gives the same whatever the timing: slowly, at once, from the middle, again', async () => {
    const wantedBits = range(0, 10).map((step) => bits(openDataset(recipe, wanted, false, { home: files }).batch(step)));
    const at = await open();
    expect((await Promise.all(range(0, 10).map((step) => at.batch(step)))).map(bits)).toEqual(wantedBits);
    const slow = await open(recipe, wanted, { ahead: 1 });
    for (const step of range(0, 4)) {
      await new Promise((resume) => setTimeout(resume, 5 * (step % 3)));
      expect(bits(await slow.batch(step))).toBe(wantedBits[step]);
    }
    for (const step of [8, 9, 2, 2, 7]) expect(bits(await slow.batch(step))).toBe(wantedBits[step]);
  });

  it('has the next batches ready before they are asked for', async () => {
    const home = copyOf('folders');
    // 9 images beyond what is kept decoded would be read at every batch; here the files are gone after the batches ahead were made.
    const data = await open({ dataset: 'images', data: { path: 'folders/split', test_share: 0 }, batch_size: 2, seed: 0 }, images([3, 6, 8], 3), { home, ahead: 3 });
    await data.batch(0);
    rmSync(path.join(home, 'folders'), { recursive: true });
    for (const step of [1, 2, 3]) expect((await data.batch(step)).target.shape).toEqual([2]);
  });

  it('decodes JPEG files', async () => {
    const data = await open({ dataset: 'images', data: { path: 'folders/flat', test_share: 0.2 }, batch_size: 2, seed: 0 }, images([1, 9, 9], 3));
    expect((await data.batch(0)).inputs[0]?.shape).toEqual([2, 1, 9, 9]);
    expect(data.notes).toHaveLength(1);
  });

  it('answers what is wrong with the files as a problem with its place', async () => {
    const home = copyOf('cifar10');
    copyFileSync(path.join(home, 'cifar10/data_batch_1.bin'), path.join(home, 'cifar10/test_batch.bin'));
    rmSync(path.join(home, 'cifar10/data_batch_1.bin'));
    const problem = await openData(recipe, wanted, { home });
    expect(problem).toBeInstanceOf(DataProblem);
    expect(problem).toMatchObject({ code: 'data-missing', setting: ['path'], message: expect.stringContaining('data_batch_1.bin') });
  });

  it('rejects every batch that is waited for, and all later ones, when it ends', async () => {
    const data = await open();
    const waiting = data.batch(0);
    data.close();
    await expect(waiting).rejects.toMatchObject({ code: 'data-worker' });
    await expect(data.batch(1)).rejects.toBeInstanceOf(DataProblem);
  });

  it('leaves the batch sizes of tests to a written batch size', async () => {
    const data = await open({ ...recipe, batch_size: 2 }, wanted, { fixed: true });
    const sizes: number[] = [];
    for await (const { target } of data.tests()) sizes.push(target.shape[0] ?? 0);
    expect(sizes).toEqual([2]);
  });
});
