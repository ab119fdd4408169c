import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../../lib/protocol/records.js';
import { run as doctor } from '../../lib/task/commands/doctor.js';
import { run as trace } from '../../lib/task/commands/trace.js';
import { run as train } from '../../lib/task/commands/train.js';
import { manifests } from '../../lib/task/runs/folder.js';
import { readSafeTensors } from '../../lib/task/safetensors.js';
import { root, torchPython } from '../support/paths.js';
import { running } from '../task/commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-torch-'));
const before = process.cwd();
const threads = process.env['OMP_NUM_THREADS'];
beforeAll(() => {
  process.chdir(home);
  // Small networks are faster on one thread wherever others compute too.
  process.env['OMP_NUM_THREADS'] = '1';
});
afterAll(() => {
  process.chdir(before);
  if (threads === undefined) delete process.env['OMP_NUM_THREADS'];
  else process.env['OMP_NUM_THREADS'] = threads;
  rmSync(home, { recursive: true, force: true });
});

const template = (name: string): string => path.join(root, 'media/templates', `${name}.nnet.json`);
const records = (out: string): readonly RunRecord[] => out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);

test('train --backend torch trains: records, manifest and weights are those of any backend', async () => {
  const { code, out, err } = await running(train, [template('mlp'), '--backend', 'torch', '--python', torchPython(), '--steps', '200', '--events']);
  expect([err, code]).toEqual(['', 0]);
  const all = records(out);
  expect(all[0]).toMatchObject({ type: 'started', backend: 'torch', device: expect.stringMatching(/^(CPU|.*\()/) });
  const shown = all.filter((record) => record.type === 'progress');
  expect(Object.keys(shown[0]?.gradients ?? {})).toEqual(['hidden[0].linear', 'hidden[1].linear', 'hidden[2].linear', 'fc']);
  const last = all.at(-1);
  expect(last).toMatchObject({ type: 'finished', outcome: 'completed', steps: 200 });
  expect(last?.type === 'finished' && last.metrics['test_accuracy']).toBeGreaterThan(0.6);
  const manifest = manifests(home).at(-1);
  expect(manifest).toMatchObject({ backend: 'torch', versions: { torch: expect.any(String), python: expect.any(String) }, reason: expect.stringContaining(torchPython()) });
  const saved = readSafeTensors(readFileSync(path.join(home, '.netwright/runs', manifest?.id ?? '', 'weights.safetensors')));
  expect([...saved.keys()].slice(0, 2)).toEqual(['hidden.0.linear.weight', 'hidden.0.linear.bias']);
}, 300_000);

test('trace --python takes PyTorch, and every shape is as inferred', async () => {
  const { code, out } = await running(trace, [template('residual-20'), '--python', torchPython(), '--set', 'width=4', '--set', 'size=8', '--json']);
  expect(code).toBe(0);
  const layers = records(out).filter((record) => record.type === 'layer');
  expect(layers.length).toBe(73);
  expect(layers.every(({ ok }) => ok)).toBe(true);
}, 300_000);

test('a Python that is killed ends the run with the reason', async () => {
  const finished = running(train, [template('mlp'), '--python', torchPython(), '--steps', '200000', '--json']);
  const events = (): string => {
    const { id, design = '' } = manifests(home).at(-1) ?? {};
    return design.includes('Multilayer') ? readFileSync(path.join(home, '.netwright/runs', id ?? '', 'events.jsonl'), 'utf8') : '';
  };
  await expect.poll(events, { timeout: 240_000, interval: 100 }).toContain('"progress"');
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  const { code, err } = await finished;
  expect(code).toBe(1);
  expect(err).toMatch(/error: Python \(.*\) ended by SIGKILL.*, at the request `step`/);
}, 300_000);

/** Processes that this one has started and that run our Python file. */
const children = (): readonly number[] =>
  execFileSync('ps', ['-A', '-o', 'ppid=,pid=,args='], { encoding: 'utf8' }).split('\n').flatMap((line) => {
    const [parent, pid] = line.trim().split(/\s+/).map(Number);
    return parent === process.pid && line.includes('netwright_torch.py') ? [pid as number] : [];
  });

test('doctor lists PyTorch with its device and versions, or what was tried', async () => {
  const found = await running(doctor, ['--json', '--python', torchPython()]);
  const torchOf = (out: string): unknown => (JSON.parse(out) as { backends: { backend: string }[] }).backends.find(({ backend }) => backend === 'torch');
  expect(torchOf(found.out)).toMatchObject({ works: true, device: expect.any(String), versions: { torch: expect.any(String) } });
  const missing = await running(doctor, ['--json', '--python', '/no/python']);
  expect(torchOf(missing.out)).toMatchObject({ works: false, reason: expect.stringContaining('/no/python (asked for) is not there') });
}, 300_000);
