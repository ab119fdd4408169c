import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FinishedRecord } from '../../../lib/protocol/records.js';
import { run } from '../../../lib/task/commands/train.js';
import { root, torchPython } from '../../support/paths.js';
import { running } from '../../task/commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-data-'));
const before = process.cwd();
beforeAll(() => {
  for (const name of ['cifar10', 'folders', 'arrays']) cpSync(path.join(root, 'test/fixtures/data', name), path.join(home, name), { recursive: true });
  process.chdir(home);
});
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

const convolution = { conv: { op: 'Conv2d', in: ['x'], out_channels: 4, kernel_size: 3, stride: 2 }, relu: { op: 'ReLU', in: ['conv'] }, flat: { op: 'Flatten', in: ['relu'] } };
const linear = (classes: number) => ({ fc: { op: 'Linear', in: ['flat'], out_features: classes } });
const recurrent = { embed: { op: 'Embedding', in: ['x'], num_embeddings: 6, embedding_dim: 5 }, mix: { op: 'GRU', in: ['embed'], hidden_size: 6, batch_first: true }, turned: { op: 'Permute', in: ['mix'], dims: [0, 2, 1] } };
const augment = { flip: true, crop: 4, mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };

test.each([
  ['CIFAR-10, flipped, cropped and normalised', { shape: ['N', 3, 32, 32] }, { ...convolution, ...linear(10) }, { dataset: { name: 'cifar10', path: 'cifar10' }, augment }],
  ['a folder of JPEG and PNG images, flipped', { shape: ['N', 3, 11, 9] }, { ...convolution, ...linear(3) }, { dataset: { name: 'images', path: 'folders/flat' }, augment: { flip: true } }],
  ['arrays of NumPy', { shape: ['N', 2, 3] }, { flat: { op: 'Flatten', in: ['x'] }, ...linear(3) }, { dataset: { name: 'npz', path: 'arrays/packed.npz' } }],
  ['the copy task', { shape: ['N', 8], dtype: 'int64' }, recurrent, { dataset: 'copy', batch_size: 250 }],
])('%s trains to the same losses on tfjs-node, wasm and torch', async (_, x, nodes, recipe) => {
  const file = path.join(home, 'network.nnet.json');
  writeFileSync(file, JSON.stringify({ nnet: 1, inputs: { x }, nodes, outputs: [Object.keys(nodes).at(-1)], training: { quick: { optimizer: { name: 'sgd', lr: 0.01 }, batch_size: 4, steps: 15, ...recipe } } }));
  const metrics = async (backend: string): Promise<FinishedRecord['metrics']> => {
    const { code, out, err } = await running(run, [file, '--backend', backend, '--json', '--every', '0', ...(backend === 'torch' ? ['--python', torchPython()] : [])]);
    expect(code, err).toBe(0);
    return (JSON.parse(out) as FinishedRecord).metrics;
  };
  const wanted = await metrics('torch');
  expect(wanted.test_loss).toBeGreaterThan(0);
  for (const backend of ['tfjs-node', 'wasm']) {
    const found = await metrics(backend);
    for (const each of ['train_loss', 'test_loss'] as const) expect(Math.abs((found[each] ?? NaN) / (wanted[each] ?? NaN) - 1), `${each} on ${backend}`).toBeLessThan(1e-4);
  }
}, 180_000);
