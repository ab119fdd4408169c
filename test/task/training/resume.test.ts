import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgressRecord, RunRecord } from '../../../lib/protocol/records.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { running } from '../commands/running.js';
import { remembering } from './remembering.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-resume-'));
const before = process.cwd();
beforeAll(() => process.chdir(home));
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

const sgd = { name: 'sgd', lr: 0.05, momentum: 0.9, weight_decay: 1e-3, nesterov: true };
const cases = [
  ['wasm', 'SGD with momentum', sgd],
  ['tfjs-node', 'SGD with momentum', sgd],
  ['tfjs-node', 'AdamW', { name: 'adamw', lr: 0.01 }],
] as const;

const bytesOf = (name: string): string => readFileSync(path.join(manifests(home).at(-1)?.folder ?? '', name)).toString('latin1').replace(/"netwright":"[^"]*"/, '');
const lossesOf = (records: readonly RunRecord[]): ReadonlyMap<number, number> => new Map(records.flatMap((record) => (record.type === 'progress' ? [[record.step, record.loss]] : [])));

async function trained(backend: string, ...args: readonly string[]): Promise<readonly RunRecord[]> {
  const { code, out, err } = await running(train, [...args, '--backend', backend, '--events', '--every', '4']);
  expect([code, err]).toEqual([0, '']);
  return recordsOf(out);
}

/** Stops the run that is under way once it has made ten steps, as anybody may. */
async function stopped(backend: string, file: string): Promise<void> {
  const known = manifests(home).length;
  const timer = setInterval(() => {
    const folder = manifests(home)[known]?.folder;
    const events = folder === undefined ? '' : path.join(folder, 'events.jsonl');
    if (folder !== undefined && existsSync(events) && readFileSync(events, 'utf8').includes('"measures","step":9')) writeFileSync(path.join(folder, 'stop'), '');
  }, 1);
  const records = await trained(backend, file);
  clearInterval(timer);
  expect(records.at(-1)).toMatchObject({ type: 'finished', outcome: 'stopped' });
}

describe('a run that is stopped and gone on with is to the last bit the run without the break', () => {
  test.each(cases)('on %s with %s', async (backend, title, optimizer) => {
    const file = `${backend}-${title.replace(/\W+/g, '-')}.nnet.json`;
    writeFileSync(file, remembering(optimizer));
    const whole = lossesOf(await trained(backend, file));
    const weights = bytesOf('weights.safetensors');
    await stopped(backend, file);
    const records = await trained(backend, '--resume', 'last');
    const parts = lossesOf(records);
    expect(records[0]).toMatchObject({ type: 'started', resumed: { run: manifests(home).at(-2)?.id, step: expect.any(Number) } });
    expect(parts.get(20)).toBe(whole.get(20));
    for (const [step, loss] of parts) if (whole.has(step)) expect(loss).toBe(whole.get(step));
    expect(bytesOf('weights.safetensors')).toBe(weights);
    expect(records.at(-1)).toMatchObject({ outcome: 'completed', steps: 20 });
  }, 300_000);
});

test('a run is gone on with by its ID or its folder, and not beyond its end unless it is given more steps', async () => {
  writeFileSync('more.nnet.json', remembering(sgd));
  await trained('wasm', 'more.nnet.json', '--steps', '3');
  const { id = '', folder = '' } = manifests(home).at(-1) ?? {};
  const refused = await running(train, ['--resume', id]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('it has made 3 steps of 3; --steps gives it more') });
  const records = await trained('wasm', '--resume', folder, '--steps', '5');
  expect(records.filter((record): record is ProgressRecord => record.type === 'progress').map(({ step }) => step)).toEqual([4, 5]);
  expect((await running(train, ['--resume', 'nothing'])).err).toContain('--resume nothing: there is no run of this name here');
  expect((await running(train, ['other.nnet.json', '--resume', id, '--steps', '9'])).err).toContain('it is a run of more.nnet.json, not of other.nnet.json');
  expect((await running(train, ['--resume', id, '--seed', '9'])).err).toContain('leave --seed out');
});
