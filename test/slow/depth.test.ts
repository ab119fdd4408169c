import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FinishedRecord } from '../../lib/protocol/records.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTfjs } from '../../lib/task/backends/tfjs/backend.js';
import { openTorch, type TorchBackend } from '../../lib/task/backends/torch/backend.js';
import { run as train } from '../../lib/task/commands/train.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { plan, type Plan, trainerOptions } from '../../lib/task/training/plan.js';
import { root, torchPython } from '../support/paths.js';
import { running } from '../task/commands/running.js';

let torch: TorchBackend;
beforeAll(async () => {
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
});
afterAll(() => torch.close());

/** A template as its recipe `deep` trains it. Without batch norm each norm passes its input through. */
function planned(name: string, depth: number, norms: boolean): Plan {
  const text = readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8');
  const result = plan(norms ? text : text.replaceAll('"BatchNorm2d"', '"Identity"'), 'train', { recipe: 'deep', set: { depth } });
  if (!('program' in result)) throw new Error(result.map(({ message }) => message).join('; '));
  return result;
}

/** The norm of the gradient of the first convolution at the first step. */
async function firstGradient(backend: Backend, given: Plan): Promise<number> {
  const { program, recipe, sizes, inputs, choices } = given;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: choices.initialize }), trainerOptions(given));
  const data = openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: 'float32', output: [10], loss: recipe.loss });
  const { gradients } = await trainer.step(data.batch(0), { step: 0, rate: 0, gradients: true });
  trainer.dispose();
  return gradients?.['conv'] ?? NaN;
}

test('after 60 steps the plain network of 56 layers has learned next to nothing, and the others have: four runs of one command', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-depth-'));
  const before = process.cwd();
  const threads = process.env['OMP_NUM_THREADS'];
  process.chdir(home);
  process.env['OMP_NUM_THREADS'] = '1';
  try {
    const { code, out, err } = await running(train, ['residual-20', 'plain-20', '--set', 'depth=20,56', '--steps', '60', '--every', '0', '--backend', 'torch', '--python', torchPython(), '--device', 'cpu', '--json']);
    expect([code, err.split('\n').filter((line) => /^\[\d/.test(line))]).toEqual([0, ['[1/4] residual-20, depth 20', '[2/4] residual-20, depth 56', '[3/4] plain-20, depth 20', '[4/4] plain-20, depth 56']]);
    const [residual20, residual56, plain20, plain56] = out.trim().split('\n').map((line) => (JSON.parse(line) as FinishedRecord).metrics.train_loss ?? NaN) as [number, number, number, number];
    // Chance is ln 10, 2.3.
    expect(plain56).toBeGreaterThan(1.8);
    expect(plain20).toBeLessThan(1.5);
    expect(residual20).toBeLessThan(plain20);
    expect(residual56).toBeLessThan(plain56 - 0.5);
  } finally {
    process.chdir(before);
    if (threads === undefined) delete process.env['OMP_NUM_THREADS'];
    else process.env['OMP_NUM_THREADS'] = threads;
    rmSync(home, { recursive: true, force: true });
  }
});

describe.each(['torch', 'tfjs-node', 'wasm'] as const)('without batch norm, on %s', (name) => {
  // Measured with PyTorch on other draws of the same distribution: 5.8e-4, 0.23, 8e-7 and 115. Another draw moves them, but not out of these bounds.
  const cases: readonly (readonly [string, number, number, number])[] = [
    ['plain-20', 20, 1e-5, 1e-2],
    ['residual-20', 20, 0.02, 5],
    ['plain-20', 56, 0, 1e-5],
    ['residual-20', 56, 10, 1e5],
  ];
  test.each(cases)('%s of depth %i starts with a gradient at its first convolution between %d and %d', async (template, depth, least, most) => {
    const backend = name === 'torch' ? torch : await openTfjs(name);
    const norm = await firstGradient(backend, planned(template, depth, false));
    expect(norm).toBeGreaterThan(least);
    expect(norm).toBeLessThan(most);
  });
});
