import { copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { openDataset } from '../../../lib/task/data/dataset.js';
import { imageFolder } from '../../../lib/task/data/image-folder.js';
import { loadJpegDecoder } from '../../../lib/task/data/jpeg.js';
import { running } from '../commands/running.js';
import { copyOf, images, problemIn, range } from './expected.js';

const before = process.cwd();
const homes: string[] = [];
beforeAll(() => loadJpegDecoder());
afterAll(() => {
  process.chdir(before);
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function home(): string {
  const folder = copyOf('folders');
  homes.push(folder);
  return folder;
}

/** Damages the middle of a PNG file: both of its ends are as they were. */
function damage(file: string): number {
  const bytes = readFileSync(file);
  const data = bytes.indexOf('IDAT', 0, 'latin1') + 8;
  bytes[data] = (bytes[data] as number) ^ 0xff;
  writeFileSync(file, bytes);
  return bytes.length;
}

/** The set as if it were a large one: nothing is decoded before it is needed. */
const large = (folder: string) =>
  openDataset({ dataset: 'images', data: { path: 'folders/split', test_share: 0 }, batch_size: 2, seed: 0 }, images([3, 6, 8], 3), false, { home: folder, images: (place, share, wanted) => imageFolder(place, share, wanted, 0) });

describe('a file of a large set that is damaged in its middle', () => {
  it('is told with its path, size, label and the step that reads it, by that step and by the look ahead of it', () => {
    const folder = home();
    const size = damage(path.join(folder, 'folders/split/train/dog/1.png'));
    const set = large(folder);
    const problems = range(0, 5).map((step) => problemIn(() => set.batch(step)));
    const step = problems.findIndex(({ code }) => code !== 'none');
    expect(problems.filter(({ code }) => code !== 'none')).toHaveLength(1);
    const told = problems[step] as (typeof problems)[number];
    expect(told).toMatchObject({ code: 'data-corrupt', setting: ['path'] });
    expect(told.message).toMatch(new RegExp(`^folders/split/train/dog/1\\.png \\(${size} bytes\\): it cannot be decoded: .*\\. Its label is 1 \\(dog\\)\\. Step ${step + 1} reads it\\.$`));
    expect(problemIn(() => [...large(folder).checks(0, 5)])).toEqual(told);
    // Steps that do not read it are not kept back by it.
    expect(problemIn(() => [...large(folder).checks(step + 1, 5)])).toMatchObject({ code: 'none' });
  });

  it('is told where only the tests read it', () => {
    const folder = home();
    damage(path.join(folder, 'folders/split/val/emu/1.png'));
    const told = problemIn(() => [...large(folder).checks(0, 1)]);
    expect(told.message).toMatch(/^folders\/split\/val\/emu\/1\.png .* Its label is 2 \(emu\)\. The tests read it\.$/);
    expect(problemIn(() => [...large(folder).tests()])).toEqual(told);
  });

  it('is looked for in what nobody has read yet, and in nothing where all is decoded before training', () => {
    const set = large(home());
    expect([...set.checks(0, Infinity)]).toHaveLength(9 + 6);
    const small = openDataset({ dataset: 'images', data: { path: 'folders/split', test_share: 0 }, batch_size: 2, seed: 0 }, images([3, 6, 8], 3), false, { home: home(), images: imageFolder });
    expect([...small.checks(0, Infinity)]).toEqual([]);
  });

  it('ends the run with one record', async () => {
    const folder = home();
    process.chdir(folder);
    const good = path.join(folder, 'folders/split/train/cat/1.png');
    const bad = path.join(folder, 'bad.png');
    copyFileSync(good, bad);
    damage(bad);
    for (const name of ['cat', 'dog']) {
      mkdirSync(path.join(folder, 'many', name), { recursive: true });
      for (let i = 0; i < 2600; i++) linkSync(name === 'dog' && i % 50 === 0 ? bad : good, path.join(folder, 'many', name, `${i}.png`));
    }
    const design = {
      nnet: 1,
      inputs: { image: { shape: ['N', 3, 6, 8] } },
      nodes: { flat: { op: 'Flatten', in: ['image'] }, fc: { op: 'Linear', in: ['flat'], out_features: 2 } },
      outputs: ['fc'],
      training: { quick: { dataset: { name: 'images', path: 'many', test_share: 0 }, loss: 'cross_entropy', batch_size: 1, steps: 1_000_000 } },
    };
    writeFileSync('net.nnet.json', JSON.stringify(design));
    const { code, out } = await running(train, ['net.nnet.json', '--backend', 'wasm', '--events']);
    const records = out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);
    expect(code).toBe(1);
    expect(records.filter(({ type }) => type === 'finished')).toHaveLength(1);
    expect(records.at(-1)).toMatchObject({ type: 'finished', outcome: 'failed', cause: 'data', reason: expect.stringMatching(/^many\/dog\/(0|\d*[05]0)\.png \(\d+ bytes\): it cannot be decoded: .* Its label is 1 \(dog\)\. Step \d+ reads it\./) });
    expect(records.at(-2)).toMatchObject({ type: 'problem', code: 'data-corrupt' });
  });
});
