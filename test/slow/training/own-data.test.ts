import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../lib/task/commands/train.js';
import { torchPython } from '../../support/paths.js';
import { running } from '../../task/commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-own-'));
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

writeFileSync(
  path.join(home, 'data.py'),
  `import torch
from torch.utils.data import TensorDataset

def dataset():
    x = torch.arange(20.0).view(10, 2)
    return TensorDataset(x, torch.arange(10) % 3), TensorDataset(x[:5], torch.arange(5) % 3)

def broken():
    yield torch.zeros(4, 2), torch.zeros(4, 1)
    raise ValueError("the disk is gone")
`,
);

/** The arguments that train a Linear layer on what a function of that file makes. */
function design(name: string, features: number, loss: string): string {
  const file = path.join(home, `${name}.nnet.json`);
  writeFileSync(file, JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 2] } }, nodes: { fc: { op: 'Linear', in: ['x'], out_features: features } }, outputs: ['fc'], training: { quick: { dataset: `python:data.py:${name}`, loss, steps: 12, batch_size: 4 } } }));
  return file;
}

const recordsOf = (out: string) => out.trim().split('\n').map((line) => JSON.parse(line) as { readonly type: string });

test('batches of the user\'s own Python take the torch backend by themselves, and are named', async () => {
  const { code, out, err } = await running(run, [design('dataset', 3, 'cross_entropy'), '--python', torchPython(), '--events']);
  expect(code, err).toBe(0);
  expect(recordsOf(out).find(({ type }) => type === 'started')).toMatchObject({ backend: 'torch', dataset: { title: 'python:data.py:dataset', train: 10, test: 5 } });
  expect(recordsOf(out).at(-1)).toMatchObject({ type: 'finished', outcome: 'completed', steps: 12, metrics: { test_accuracy: expect.any(Number) } });
}, 180_000);

test('batches that fail on the way end the run in one finished, with the line of the file', async () => {
  const { code, out } = await running(run, [design('broken', 1, 'mse'), '--python', torchPython(), '--events']);
  expect(code).toBe(1);
  const records = recordsOf(out);
  expect(records.find(({ type }) => type === 'problem')).toMatchObject({ code: 'data-python', message: 'python:data.py:broken: data.py, line 10: ValueError: the disk is gone' });
  expect(records.filter(({ type }) => type === 'finished')).toEqual([expect.objectContaining({ outcome: 'failed', cause: 'data', steps: 1, reason: expect.stringContaining('the disk is gone') })]);
}, 180_000);

test('other backends refuse batches of the user\'s own Python at their place, naming torch', async () => {
  const { code, err } = await running(run, [design('dataset', 3, 'cross_entropy'), '--backend', 'wasm']);
  expect(code).toBe(1);
  expect(err).toMatch(/dataset\.nnet\.json:1:\d+: error: python:data\.py:dataset makes its batches in Python, with the torch backend \(--backend torch\); wasm cannot take them\. \[data-backend\]/);
}, 180_000);
