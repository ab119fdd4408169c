import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { createWebGpuBackend, loadWebGpu } from '../../../lib/task/backends/webgpu/open.js';
import { openPlanned } from '../../../lib/task/data/planned.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { plan } from '../../../lib/task/training/plan.js';
import { startRun } from '../../../lib/task/training/start.js';
import { root, useSoftwareGpu } from '../../support/paths.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-lost-'));
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

test('a GPU that is lost in the midst of a run ends it with the reason', async () => {
  useSoftwareGpu();
  const loaded = await loadWebGpu();
  const text = readFileSync(path.join(root, 'media/templates/mlp.nnet.json'), 'utf8');
  const planned = plan(text, 'train', { set: {}, change: { steps: 100_000, measure_every: 0 } });
  if (!('program' in planned)) throw new Error(planned[0]?.message);
  const data = await openPlanned(planned, 'mlp.nnet.json');
  if (data instanceof Error) throw data;
  const events = (): string => {
    const { folder = home } = manifests(home)[0] ?? {};
    return readFileSync(path.join(folder, 'events.jsonl'), { encoding: 'utf8', flag: 'a+' });
  };
  const timer = setInterval(() => {
    if (!events().includes('"progress"')) return;
    clearInterval(timer);
    (loaded.gpuDevice as unknown as { destroy(): void }).destroy();
  }, 20);
  expect(await startRun({ file: 'mlp.nnet.json', text, planned, backend: await createWebGpuBackend(loaded, 'asked for'), data, events: false, json: false })).toBe(1);
  clearInterval(timer);
  const records = recordsOf(events());
  expect(records.filter(({ type }) => type === 'finished')).toHaveLength(1);
  expect(records.at(-1)).toMatchObject({ outcome: 'failed', cause: 'device-lost', reason: expect.stringMatching(/^The device is lost \(WebGPU, .*\): the GPU is lost/) });
});
