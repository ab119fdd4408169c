import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { noAugment } from '../../lib/recipes/index.js';
import { random } from '../../lib/task/random.js';
import { openData } from '../../lib/task/data/open.js';
import { DataProblem } from '../../lib/task/data/problem.js';
import { middle } from './clock.js';
import { askPython } from './peer.js';
import type { Report } from './table.js';

const batch = 64;
const batches = 150;
const record = 3073;
const augment = { ...noAugment, flip: true, crop: 4, mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };

/** Batches of CIFAR-10 as a training step sees them: read as fast as they come, and waited for by a loop that is busy in between. */
export async function dataSection(report: Report): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-bench-'));
  try {
    writeFiles(home);
    const what = `a batch of ${batch} CIFAR-10 images, flip, crop, mean and std`;
    const peer = 'DataLoader, 1 worker';
    const theirs = (busy: number) => askPython('data.py', { folder: path.join(home, 'cifar'), batch, batches, busy, ...augment });
    report({ what, ours: await read(home, 0), peer, theirs: theirs(0) });
    report({ what: 'the same, waited for by a step of 10 ms', ours: await read(home, 10), peer, theirs: theirs(10) });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Median milliseconds until a batch is there; `busy` milliseconds of work follow each. */
async function read(home: string, busy: number): Promise<number> {
  const recipe = { dataset: 'cifar10', data: { path: 'cifar' }, augment, batch_size: batch, seed: 0 } as const;
  const data = await openData(recipe, { input: [3, 32, 32], dtype: 'float32', output: [10], loss: 'cross_entropy' }, { home });
  if (data instanceof DataProblem) throw data;
  const times: number[] = [];
  for (let step = 0; step < batches; step++) {
    const start = performance.now();
    await data.batch(step);
    const end = performance.now();
    if (step >= 20) times.push(end - start);
    while (performance.now() < end + busy);
    await new Promise((resume) => setImmediate(resume));
  }
  data.close();
  return busy ? middle(times) : times.reduce((sum, each) => sum + each, 0) / times.length;
}

function writeFiles(home: string): void {
  mkdirSync(path.join(home, 'cifar'));
  const generator = random(0, 'bench');
  const bytes = Uint8Array.from({ length: 2000 * record }, (_, i) => generator.below(i % record ? 256 : 10));
  for (const name of [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`)) writeFileSync(path.join(home, 'cifar', name), bytes);
  writeFileSync(path.join(home, 'cifar', 'test_batch.bin'), bytes.subarray(0, 100 * record));
}
