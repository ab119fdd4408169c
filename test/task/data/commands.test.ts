import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import { run as check } from '../../../lib/task/commands/check.js';
import type { Report } from '../../../lib/task/commands/report.js';
import { run as trace } from '../../../lib/task/commands/trace.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { running } from '../commands/running.js';
import { copyOf } from './expected.js';

// Loading an interpreter or a backend takes what it takes on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const home = copyOf('cifar10', 'folders', 'arrays');
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => process.chdir(before));

/** A small network for these recipes, one a line. */
function design(recipes: Readonly<Record<string, object>>): string {
  const file = path.join(home, 'net.nnet.json');
  const lines = Object.entries(recipes).map(([name, recipe]) => `    ${JSON.stringify(name)}: ${JSON.stringify({ batch_size: 4, steps: 6, ...recipe })}`);
  writeFileSync(
    file,
    `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, "H", "W"] } },
  "nodes": {
    "conv": { "op": "Conv2d", "in": ["image"], "out_channels": 4, "kernel_size": 3, "stride": 4 },
    "pool": { "op": "AdaptiveAvgPool2d", "in": ["conv"], "output_size": 1 },
    "flat": { "op": "Flatten", "in": ["pool"] },
    "fc": { "op": "Linear", "in": ["flat"], "out_features": 10 }
  },
  "outputs": ["fc"],
  "training": {
${lines.join(',\n')}
  }
}
`,
  );
  return file;
}

const cifar = { name: 'cifar10', path: 'cifar10' };
const records = (out: string): readonly RunRecord[] => out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);

describe('netwright train', () => {
  it('trains on files and names them with their size', async () => {
    const file = design({ quick: { dataset: cifar, augment: { flip: true, crop: 4, mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] } } });
    const { code, out } = await running(train, [file, '--backend', 'wasm']);
    expect(code).toBe(0);
    expect(out).toContain('6 steps of 4 on cifar10 in cifar10 (13 samples, 3 to test), cross_entropy');
    expect(out).toMatch(/completed: 6 steps in .* test accuracy/);
  });

  it('records what it reads, and the classes of a folder', async () => {
    const file = design({ quick: { dataset: { name: 'images', path: 'folders/split' } } });
    const all = records((await running(train, [file, '--backend', 'wasm', '--events'])).out);
    expect(all.find(({ type }) => type === 'started')).toMatchObject({ dataset: { title: 'images in folders/split', train: 9, test: 6 } });
    expect(all).toContainEqual({ type: 'log', level: 'info', message: 'Classes of folders/split: 0 cat, 1 dog, 2 emu.' });
    expect(all.at(-1)).toMatchObject({ type: 'finished', outcome: 'completed' });
  });

  it('tells wrong data at their place before there is a run', async () => {
    const file = design({
      quick: { dataset: { name: 'images', path: 'folders/none' } },
      npy: { dataset: { name: 'npy', x: 'arrays/x-f4.npy', y: 'arrays/y.npy' } },
      mean: { dataset: cifar, augment: { mean: [0.5, 0.5] } },
    });
    const told = async (recipe: string) => {
      const { code, err } = await running(train, [file, '--recipe', recipe, '--backend', 'wasm', '--json']);
      return `${code} ${err.trim()}`;
    };
    const at = (line: number, text: string): number => lineOf(file, line).indexOf(text) + 1;
    expect(await told('quick')).toBe(`1 ${file}:12:${at(12, '"folders/none"')}: error: There is no folder folders/none (${path.join(home, 'folders/none')}). [data-missing]`);
    expect(await told('npy')).toBe(`1 ${file}:13:${at(13, '"arrays/x-f4.npy"')}: error: arrays/x-f4.npy has the shape (5, 2, 3), samples of [2, 3]; the network's input takes [3, 32, 32]. [data-shape]`);
    expect(await told('mean')).toBe(`1 ${file}:14:${at(14, '[0.5,0.5]')}: error: mean has 2 numbers; the input [N, 3, 32, 32] has 3 channels. [data-augment]`);
  });
});

describe('netwright check --data', () => {
  it('opens the data sets of all recipes', async () => {
    const broken = copyOf('cifar10');
    truncateSync(path.join(broken, 'cifar10/test_batch.bin'), 4000);
    const recipes = { quick: { dataset: cifar }, cut: { dataset: { name: 'cifar10', path: path.join(broken, 'cifar10') } }, own: { dataset: 'python:none.py:batches' }, other: { dataset: { name: 'mnist', path: 'mnist' } } };
    expect((await running(check, [design(recipes)])).code).toBe(0);
    // What is not spelled right is told without, and once.
    const file = design({ ...recipes, unknown: { dataset: 'cifar' } });
    expect((await running(check, [file])).out).toContain('[unknown-dataset]');
    const { code, out } = await running(check, [file, '--data', '--json']);
    const problems = (JSON.parse(out) as Report).problems.filter(({ code: each }) => each !== 'unused');
    expect([code, problems.map((problem) => problem.code)]).toEqual([1, ['unknown-dataset', 'data-corrupt', 'data-missing', 'training-inputs']]);
    expect(problems[3]?.message).toMatch(/^Recipe other: The images of mnist are /);
    expect(problems[1]?.message).toContain('test_batch.bin has 4000 bytes, which are no whole records of 3073');
    expect((await running(check, [file, '--data'])).out).toMatch(/net\.nnet\.json:13:\d+: error: .*test_batch\.bin has 4000 bytes/);
  });
});

describe('netwright trace', () => {
  it('says what is wrong with the data, and runs all the same', async () => {
    const file = design({ quick: { dataset: { name: 'images', path: 'folders/none' } } });
    const { code, out, err } = await running(trace, [file, '--backend', 'wasm']);
    expect(code).toBe(0);
    expect(err).toMatch(/net\.nnet\.json:12:\d+: warning: There is no folder folders\/none/);
    expect(out).toContain('Every shape is as inferred.');
  });
});

function lineOf(file: string, line: number): string {
  return readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
}
