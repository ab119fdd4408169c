import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { run as trace } from '../../../lib/task/commands/trace.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { openTfjs } from '../../../lib/task/backends/tfjs/backend.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { plan } from '../../../lib/task/training/plan.js';
import { running } from '../commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-fitting-'));
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

/** The sizes that a design is run with, and what is said of them. */
function planned(design: object, purpose: 'train' | 'trace' = 'trace') {
  const made = plan(JSON.stringify({ nnet: 1, ...design }), purpose, { set: {} });
  if (!('program' in made)) throw new Error(made.map(({ message }) => message).join(' '));
  return made;
}

const split = { inputs: { x: { shape: ['N', 4] } }, nodes: { s: { op: 'Split', in: ['x'], sizes: [2, 2], dim: 0 }, r: { op: 'ReLU', in: ['s.1'] } }, outputs: ['r'] };
const halves = (size: string, other: string) => ({
  inputs: { x: { shape: ['N', 3, size, other] } },
  nodes: { down: { op: 'MaxPool2d', in: ['x'], kernel_size: 24 }, up: { op: 'Upsample', in: ['down'], scale_factor: 24 }, sum: { op: 'Add', in: ['up', 'x'] } },
  outputs: ['sum'],
});
/** Looks at the two halves of a batch of four apart: only batches of four fit. */
const token = {
  inputs: { x: { shape: ['N', 1, 8, 8] } },
  nodes: { flat: { op: 'Flatten', in: ['x'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 }, pair: { op: 'Split', in: ['fc'], sizes: [2, 2], dim: 0 }, mean: { op: 'Mean', in: ['pair'], dim: 0 }, sum: { op: 'Add', in: ['fc', 'mean'] } },
  outputs: ['sum'],
  training: { quick: { dataset: 'digits', loss: 'cross_entropy', batch_size: 32, steps: 3 } },
};

test('a trace takes the sizes nearest to the usual ones that fit, and says why', () => {
  const free = planned({ inputs: { x: { shape: ['N', 3, 'H', 'W'] } }, nodes: { r: { op: 'ReLU', in: ['x'] } }, outputs: ['r'] });
  expect([free.inputs, free.fixedBatch, free.notes]).toEqual([[[1, 3, 32, 32]], false, ['H of the input x is taken as 32.', 'W of the input x is taken as 32.']]);
  const four = planned(split);
  expect(four).toMatchObject({ inputs: [[4, 4]], recipe: { batch_size: 4 }, fixedBy: 'N must be 4' });
  expect(four.notes[0]).toBe('The batch size is 4 instead of 1: N must be 4.');
  const divided = planned(halves('H', 'W'));
  expect(divided.inputs).toEqual([[1, 3, 24, 24]]);
  expect(divided.notes[0]).toMatch(/^H is taken as 24: H and W must be divisible by 24/);
  expect(divided.notes.some((note) => note.includes('is taken as 32'))).toBe(false);
});

test('sizes that must be equal, or follow each other, are moved together and stay small', () => {
  const square = planned({ inputs: { a: { shape: ['N', 3, 'H', 7] }, b: { shape: ['N', 3, 'K', 7] } }, nodes: { sum: { op: 'Add', in: ['a', 'b'] } }, outputs: ['sum'] });
  expect(square.inputs[0]).toEqual(square.inputs[1]);
  const twice = planned({ inputs: { a: { shape: ['N', 3, 'H'] }, b: { shape: ['N', 3, 'K'] } }, nodes: { p: { op: 'MaxPool1d', in: ['b'], kernel_size: 2 }, sum: { op: 'Add', in: ['a', 'p'] } }, outputs: ['sum'] });
  const [[, , h = 0] = [], [, , k = 0] = []] = twice.inputs;
  expect(Math.floor(k / 2)).toBe(h);
  expect(k).toBeLessThanOrEqual(64);
});

test('a network that fits one batch only is trained with that batch, whole ones in the tests too', async () => {
  const made = planned(token, 'train');
  expect(made).toMatchObject({ recipe: { batch_size: 4 }, fixedBatch: true, fixedBy: 'N must be 4' });
  writeFileSync('token.nnet.json', JSON.stringify({ nnet: 1, ...token }));
  const { code, out, err } = await running(train, ['token.nnet.json', '--backend', 'wasm', '--events']);
  expect([code, err]).toEqual([0, '']);
  const records = recordsOf(out);
  expect(records).toContainEqual({ type: 'log', level: 'info', message: 'The batch size is 4 instead of 32: N must be 4.' });
  expect(records.at(-1)).toMatchObject({ type: 'finished', outcome: 'completed', metrics: { test_loss: expect.any(Number) } });
});

test('a batch that is free stays that of the recipe, and the tests see every sample', () => {
  const { fixedBatch, recipe } = planned({ ...token, nodes: { flat: { op: 'Flatten', in: ['x'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 } }, outputs: ['fc'] }, 'train');
  expect([fixedBatch, recipe.batch_size]).toEqual([false, 32]);
});

test('no template is asked for another batch or size', () => {
  const templates = readdirSync(path.join(before, 'media/templates')).filter((name) => name !== 'blank.nnet.json');
  expect(templates.length).toBeGreaterThan(8);
  for (const name of templates)
    for (const purpose of ['train', 'trace'] as const) {
      const made = plan(readFileSync(path.join(before, 'media/templates', name), 'utf8'), purpose, { set: {} });
      if (!('program' in made)) continue;
      expect([name, made.fixedBy, made.recipe.batch_size === 1 || purpose === 'train']).toEqual([name, undefined, true]);
    }
});

test.each(['wasm', 'tfjs-node'] as const)('what fails in a kernel of %s is told with its node', async (kind) => {
  const { program, recipe, sizes } = planned({ inputs: { x: { shape: ['N', 4] } }, nodes: { first: { op: 'ReLU', in: ['x'] }, fc: { op: 'Linear', in: ['first'], out_features: 3 } }, outputs: ['fc'] });
  const backend = await openTfjs(kind);
  const odd = { shape: [1, 5], data: new Float32Array(5) };
  await expect(backend.trace(program, initialWeights(program, recipe.seed, sizes), [odd], () => undefined)).rejects.toThrow(/^`fc` \(Linear\): ./);
});

test('the traced network of one batch size gives the inferred shapes', async () => {
  writeFileSync('split.nnet.json', JSON.stringify({ nnet: 1, ...split }));
  const { code, out } = await running(trace, ['split.nnet.json', '--backend', 'wasm', '--json']);
  expect(code).toBe(0);
  expect(recordsOf(out).filter(({ type }) => type === 'layer')).toMatchObject([{ node: 's', shape: [2, 4], ok: true }, { node: 'r', shape: [2, 4], ok: true }]);
});
