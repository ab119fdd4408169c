import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { run as trace } from '../../../lib/task/commands/trace.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { readSafeTensors } from '../../../lib/task/safetensors.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-train-'));
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

const design = {
  nnet: 1,
  params: { width: 16, rate: 0.01 },
  inputs: { x: { shape: ['N', 1, 8, 8] } },
  nodes: {
    conv: { op: 'Conv2d', in: ['x'], out_channels: '=width', kernel_size: 3, padding: 1 },
    bn: { op: 'BatchNorm2d', in: ['conv'] },
    relu: { op: 'ReLU', in: ['bn'] },
    drop: { op: 'Dropout', in: ['relu'], p: 0.1 },
    pool: { op: 'MaxPool2d', in: ['drop'], kernel_size: 2 },
    flat: { op: 'Flatten', in: ['pool'] },
    fc: { op: 'Linear', in: ['flat'], out_features: 10 },
  },
  outputs: ['fc'],
  training: { quick: { dataset: 'digits', loss: 'cross_entropy', optimizer: { name: 'adam', lr: 0.01 }, batch_size: 32, steps: 20 } },
};
const file = 'small.nnet.json';
const write = (value: unknown): void => writeFileSync(file, JSON.stringify(value));
beforeEach(() => write(design));

/** Runs a command; what it puts out and its exit code. */
async function called(command: typeof train, ...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly errors: string; readonly records: readonly RunRecord[] }> {
  const written = { out: '', errors: '' };
  const [out, errors] = [process.stdout.write, process.stderr.write];
  process.stdout.write = ((text: string) => (written.out += text).length > 0) as typeof out;
  process.stderr.write = ((text: string) => (written.errors += text).length > 0) as typeof errors;
  try {
    const code = await command([file, ...args]);
    return { code, ...written, records: recordsOf(written.out) };
  } finally {
    [process.stdout.write, process.stderr.write] = [out, errors];
  }
}

test('a design whose output has lost the batch is refused before a backend is opened, and traced with a word on it', async () => {
  write({ ...design, inputs: { x: { shape: [3, 4, 6] } }, nodes: { fc: { op: 'Linear', in: ['x'], out_features: 10 }, rows: { op: 'Reshape', in: ['fc'], shape: [-1, 10] } }, outputs: ['rows'] });
  const runs = manifests(home).length;
  const words = 'The output `rows` has 12 rows for a batch of 3: `rows` (Reshape) makes [12, 10] of [3, 4, 10].';
  // A backend that does not exist would be told, were it opened.
  const { code, errors, records } = await called(train, '--backend', 'none', '--events');
  expect([code, manifests(home).length]).toEqual([1, runs]);
  expect(errors).toContain(words);
  expect(records).toMatchObject([{ type: 'problem', node: 'rows', code: 'training-batch' }]);
  const traced = await called(trace, '--backend', 'wasm', '--events');
  expect(traced.code).toBe(0);
  expect(traced.records).toContainEqual({ type: 'log', level: 'info', message: expect.stringContaining(`It can be traced, not trained. ${words}`) });
});

test('an operator that a backend cannot train is told before the run, with its node and a backend that can', async () => {
  write({ nnet: 1, inputs: { t: { shape: ['N', 64], dtype: 'int64' } }, nodes: { look: { op: 'Embedding', in: ['t'], num_embeddings: 17, embedding_dim: 4, max_norm: 1 }, mean: { op: 'Mean', in: ['look'], dim: 1 }, fc: { op: 'Linear', in: ['mean'], out_features: 10 } }, outputs: ['fc'] });
  const runs = manifests(home).length;
  const { code, errors, records } = await called(train, '--backend', 'wasm', '--events');
  expect([code, manifests(home).length]).toEqual([1, runs]);
  expect(errors).toContain('`look` cannot be trained on wasm: Embedding with max_norm changes its weights while it reads them, which tfjs does not do. The backend torch can: --backend torch. [unsupported-operator]');
  expect(records).toMatchObject([{ type: 'problem', node: 'look', code: 'unsupported-operator' }]);
});

test('a run says what it will take before its first step, learns, and leaves records and weights', async () => {
  const { code, out, records } = await called(train, '--events', '--backend', 'wasm');
  expect(code).toBe(0);
  expect(records.map(({ type }) => type).filter((type, i, all) => type !== 'measures' && type !== all.slice(0, i).filter((other) => other !== 'measures').at(-1))).toEqual(['started', 'progress', 'checkpoint', 'finished']);
  expect(out.trim().split('\n')).toHaveLength(records.length);
  const [started, first] = records;
  expect(started).toMatchObject({ type: 'started', steps: 20, batch: 32, recipe: 'quick', backend: 'wasm' });
  expect(started?.type === 'started' && started.estimate.seconds > 0 && started.estimate.bytes > 0).toBe(true);
  expect(first?.type === 'progress' && Object.keys(first.gradients ?? {})).toEqual(['conv', 'bn', 'fc']);
  const finished = records.at(-1);
  expect(finished?.type === 'finished' && finished.metrics.test_accuracy).toBeGreaterThan(0.3);
  const manifest = manifests(home).at(-1);
  expect(recordsOf(readFileSync(path.join(manifest?.folder ?? '', 'events.jsonl'), 'utf8'))).toEqual(records);
  expect([...readSafeTensors(readFileSync(path.join(manifest?.folder ?? '', 'weights.safetensors'))).keys()]).toContain('bn.running_var');
});

test('a run is looked into as often as its recipe says, the command says it first, and a run that goes on keeps it', async () => {
  const looks = (records: readonly RunRecord[]): readonly number[] => records.flatMap((record) => (record.type === 'measures' ? [record.step] : []));
  write({ ...design, training: { quick: { ...design.training.quick, steps: 6, measure_every: 2 } } });
  const run = (...args: readonly string[]) => called(train, '--events', '--backend', 'wasm', ...args);
  expect(looks((await run()).records)).toEqual([1, 3, 5, 6]);
  expect(looks((await run('--every', '3')).records)).toEqual([1, 4, 6]);
  expect(looks((await run('--resume', 'last', '--steps', '9')).records)).toEqual([7, 9]);
  expect(looks((await run('--resume', 'last', '--steps', '11', '--every', '0')).records)).toEqual([]);
  expect(manifests(home).at(-1)?.settings).toMatchObject({ measure_every: 0 });
});

test('the same seed gives the same run, on wasm bit for bit', async () => {
  const losses = async (seed: string): Promise<unknown> => {
    const finished = (await called(train, '--events', '--backend', 'wasm', '--steps', '5', '--seed', seed)).records.at(-1);
    return finished?.type === 'finished' && finished.metrics;
  };
  const first = await losses('1');
  expect(await losses('1')).toEqual(first);
  expect(await losses('2')).not.toEqual(first);
});

test('a run tells what changed since the one before', async () => {
  await called(train, '--steps', '1', '--backend', 'wasm');
  const { out } = await called(train, '--steps', '1', '--backend', 'wasm', '--set', 'width=4');
  expect(out).toContain('width 16 → 4');
  expect(manifests(home).at(-1)?.change).toBe('width 16 → 4');
});

test('a run before it whose recipe cannot be compared keeps none back', async () => {
  await called(train, '--steps', '1', '--backend', 'wasm');
  const { folder = home } = manifests(home).at(-1) ?? {};
  const kept = path.join(folder, 'manifest.json');
  writeFileSync(kept, JSON.stringify({ ...(JSON.parse(readFileSync(kept, 'utf8')) as object), settings: { optimizer: null }, design: '{' }));
  expect((await called(train, '--steps', '1', '--backend', 'wasm', '--events')).records.at(-1)).toMatchObject({ type: 'finished', outcome: 'completed' });
});

test.each([['.netwright'], ['.netwright/runs']])('where %s is a file, a run and a trace end with the reason and one record', async (name) => {
  const kept = path.join(home, '.netwright');
  rmSync(kept, { recursive: true, force: true });
  if (name !== '.netwright') mkdirSync(kept);
  writeFileSync(path.join(home, name), '');
  try {
    for (const command of [train, trace]) {
      const { code, errors, records } = await called(command, '--backend', 'wasm', '--events');
      expect([code, records.length]).toEqual([1, 1]);
      expect(records).toMatchObject([{ type: 'finished', outcome: 'failed', cause: 'unexpected', steps: 0, reason: expect.stringMatching(/runs cannot be written: (a part of its path is a file|there is a file of that name)$/) }]);
      expect(errors).toMatch(/^small\.nnet\.json: error: .*runs cannot be written/m);
    }
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
});

test('a trace says that what is held is computed where the device does not tell', async () => {
  const { out } = await called(trace, '--backend', 'wasm');
  expect(out).toContain('What is held is computed from the shapes: this device does not tell it by layer, nor what a kernel takes while it runs.');
  const { records } = await called(trace, '--backend', 'wasm', '--events');
  expect(records.flatMap((record) => (record.type === 'layer' ? [record.peakFrom] : []))).toEqual(Object.keys(design.nodes).map(() => 'shapes'));
});

test('a signal finishes the step, saves and says so', async () => {
  const runs = manifests(home).length;
  const pending = called(train, '--events', '--backend', 'wasm', '--steps', '100000');
  await expect.poll(() => manifests(home).length > runs && readEvents().includes('"progress"'), { timeout: 120_000 }).toBe(true);
  process.emit('SIGINT', 'SIGINT');
  const { code, records } = await pending;
  expect(code).toBe(0);
  expect(records.at(-1)).toMatchObject({ type: 'finished', outcome: 'stopped' });
});

const readEvents = (): string => {
  try {
    return readFileSync(path.join(manifests(home).at(-1)?.folder ?? '', 'events.jsonl'), 'utf8');
  } catch {
    return '';
  }
};

test('the file stop in the run folder does the same', async () => {
  const runs = manifests(home).length;
  const pending = called(train, '--events', '--backend', 'wasm', '--steps', '100000');
  await expect.poll(() => manifests(home).length > runs && readEvents().includes('"progress"'), { timeout: 120_000 }).toBe(true);
  writeFileSync(path.join(manifests(home).at(-1)?.folder ?? '', 'stop'), '');
  expect((await pending).records.at(-1)).toMatchObject({ type: 'finished', outcome: 'stopped' });
});

test('a loss that is no number ends the run and names the node that made it', async () => {
  write({ ...design, nodes: { ...design.nodes, log: { op: 'Log', in: ['fc'] } }, outputs: ['log'] });
  const { code, records } = await called(train, '--events', '--backend', 'wasm');
  expect(code).toBe(1);
  expect(records.slice(-2)).toMatchObject([{ type: 'problem', node: 'log', code: 'diverged' }, { type: 'finished', outcome: 'diverged' }]);
});

test('a network without a classifier is told so before anything runs, with the fix', async () => {
  write({ ...design, outputs: ['pool'] });
  const runs = manifests(home).length;
  const { code, errors, records } = await called(train, '--events');
  expect(code).toBe(1);
  expect(errors).toMatch(/small\.nnet\.json:1:\d+: error: .*\[no-classifier\]\n {2}fix: Add classifier: pool, flatten, Linear 10/);
  expect(records).toMatchObject([{ type: 'problem', code: 'no-classifier', node: 'pool' }]);
  expect(manifests(home)).toHaveLength(runs);
});

test('what cannot be used ends with 2', async () => {
  expect((await called(train, '--steps', 'many')).code).toBe(2);
  expect((await called(train, '--backend', 'abacus')).errors).toContain('wasm');
  expect((await called(train, '--recipe', 'quik')).code).toBe(1);
  writeFileSync(file, '');
  expect((await called(train)).code).toBe(1);
});

test('an operator that does not run here is said before the start, with its node', async () => {
  write({ ...design, nodes: { ...design.nodes, up: { op: 'Interpolate', in: ['x'], size: 4, mode: 'bilinear', antialias: true }, flat: { op: 'Flatten', in: ['up'] } } });
  const { code, errors } = await called(train, '--backend', 'wasm');
  expect(code).toBe(1);
  expect(errors).toContain('`up`');
});

test('a trace shows the real shape of every layer beside the inferred one', async () => {
  const { code, records } = await called(trace, '--json', '--backend', 'wasm');
  expect(code).toBe(0);
  expect(records.filter(({ type }) => type === 'layer')).toMatchObject([
    { node: 'conv', shape: [1, 16, 8, 8], inferred: 'N × 16 × 8 × 8', ok: true },
    { node: 'bn' },
    { node: 'relu' },
    { node: 'drop' },
    { node: 'pool', shape: [1, 16, 4, 4] },
    { node: 'flat', shape: [1, 256] },
    { node: 'fc', shape: [1, 10] },
  ]);
});
