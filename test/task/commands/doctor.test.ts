import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMeasured } from '../../../lib/task/backends/measured.js';
import { openTfjs } from '../../../lib/task/backends/tfjs/backend.js';
import { openTorch } from '../../../lib/task/backends/torch/backend.js';
import { run } from '../../../lib/task/commands/doctor.js';
import { measure, smallNetwork } from '../../../lib/task/doctor/measure.js';
import { torchPython, useSoftwareGpu } from '../../support/paths.js';
import { running } from './running.js';

const storage = mkdtempSync(path.join(os.tmpdir(), 'netwright-doctor-'));
const before = process.env['NETWRIGHT_STORAGE'];
beforeAll(() => {
  process.env['NETWRIGHT_STORAGE'] = storage;
  useSoftwareGpu();
});
afterAll(() => {
  if (before === undefined) delete process.env['NETWRIGHT_STORAGE'];
  else process.env['NETWRIGHT_STORAGE'] = before;
  rmSync(storage, { recursive: true, force: true });
});

interface Row {
  readonly backend: string;
  readonly works: boolean;
  readonly device?: string;
  readonly automatic: boolean;
  readonly milliseconds?: number;
  readonly loss?: number;
  readonly reason?: string;
  readonly remedy?: string;
}

test('the doctor measures every backend that is here on the same network, and remembers it for auto', async () => {
  const { code, out } = await running(run, ['--json', '--seconds', '1', '--python', torchPython()]);
  expect(code).toBe(0);
  const report = JSON.parse(out) as { readonly backends: readonly Row[]; readonly auto: string; readonly cores: number };
  const row = (name: string): Row => report.backends.find(({ backend }) => backend === name) as Row;
  for (const name of ['tfjs-node', 'wasm', 'torch']) {
    expect(row(name), name).toMatchObject({ works: true, milliseconds: expect.any(Number) });
    // The same weights and batch give the same first loss.
    expect(row(name).loss).toBeCloseTo(row('wasm').loss as number, 4);
  }
  expect(row('tfjs-webgpu')).toMatchObject({ works: true, automatic: false, device: expect.stringContaining('software'), reason: expect.stringContaining('computes on the CPU') });
  expect(row('tfjs-webgpu').milliseconds).toBeUndefined();
  const fastest = [row('tfjs-node'), row('wasm')].sort((a, b) => (a.milliseconds as number) - (b.milliseconds as number))[0];
  expect(report.auto).toBe(fastest?.backend);
  expect(readMeasured().map(({ backend }) => backend).sort()).toEqual(['tfjs-node', 'torch-cpu', 'wasm']);
}, 180_000);

test('what is missing is told with what gets it', async () => {
  const { code, out } = await running(run, ['--no-measure', '--python', '/no/python']);
  expect(code).toBe(0);
  expect(out).toMatch(/^✗ torch: no Python with PyTorch: \/no\/python \(asked for\) is not there\n {4}→ name a Python that has it .*netwright get torch$/m);
  expect(out).toMatch(/^auto takes (tfjs-node|wasm) on /m);
}, 300_000);

test('the small network has 33,914 parameters, and each backend takes at least one step of it', async () => {
  const learned = [...smallNetwork().weights.values()].filter((spec) => spec.learned).reduce((sum, { shape }) => sum + (shape as readonly number[]).reduce((all, size) => all * size, 1), 0);
  expect(learned).toBe(33_914);
  const torch = await openTorch({ python: torchPython(), device: 'cpu' });
  const [wasm, pytorch] = [await measure(await openTfjs('wasm'), 0), await measure(torch, 0)];
  torch.close();
  expect([wasm.steps, pytorch.steps]).toEqual([1, 1]);
  expect(wasm.loss).toBeCloseTo(pytorch.loss, 4);
}, 300_000);
