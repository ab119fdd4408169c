import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FinishedRecord, RunRecord, StartedRecord } from '../../../lib/protocol/records.js';
import { recordsOf, type RunManifest } from '../../../lib/protocol/runs.js';
import { type Host, startHost } from '../host.js';
import { eventually, node, onFailure, openFromExplorer, reload, runCommand, template } from './workbench.js';

/** Long enough that it ends only when it is stopped. */
const endless = template('mlp').replace(/"steps": \d+/, '"steps": 1000000');

let host: Host;
beforeAll(async () => {
  host = await startHost({ viewport: { width: 1600, height: 1000 }, files: { 'mlp.nnet.json': endless } });
  await host.open();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await onFailure(host, task.name);
});
afterAll(() => host?.stop());

const folders = () => {
  const place = path.join(host.workspace, '.netwright/runs');
  try {
    return readdirSync(place).sort().map((id) => path.join(place, id));
  } catch {
    return [];
  }
};
/** None while the run only has its manifest. */
function records(folder: string | undefined): readonly RunRecord[] {
  const file = folder === undefined ? undefined : path.join(folder, 'events.jsonl');
  return file === undefined || !existsSync(file) ? [] : recordsOf(readFileSync(file, 'utf8'));
}
const ends = (folder: string | undefined) => records(folder).filter((record): record is FinishedRecord => record.type === 'finished');

async function train(count: number): Promise<string> {
  // The page may still show the run before, as one that runs.
  await host.canvas().locator('.toolbar button', { hasText: /Train|Run(?!ning)/ }).first().click();
  await eventually('the run makes progress', () => folders().length === count && records(folders().at(-1)).some(({ type }) => type === 'progress'), Boolean, 180_000);
  return folders().at(-1)!;
}

it('a run is shown again after the window is reloaded, and Stop ends it after its step', async () => {
  expect(endless).toContain('1000000');
  await openFromExplorer(host, 'mlp');
  await node(host.canvas(), 'fc').waitFor();
  const folder = await train(1);
  await reload(host, 'mlp');
  const canvas = host.canvas();
  await canvas.locator('.toolbar button', { hasText: 'Running' }).click();
  const shown = canvas.locator('section.run [role="status"] b');
  const before = await eventually('the panel shows a step', async () => Number(await shown.innerText()), (step) => step > 0);
  await eventually('the shown step grows', async () => Number(await shown.innerText()), (step) => step > before);
  expect(ends(folder)).toEqual([]);
  await canvas.locator('section.run button', { hasText: 'Stop' }).click();
  const [end] = await eventually('the run ends', () => ends(folder), ({ length }) => length > 0);
  expect(end!.outcome).toBe('stopped');
  await canvas.locator('section.run').getByText('Run stopped').waitFor();
});

it('a run whose process is killed is shown as killed, with one last record', async () => {
  const folder = await train(2);
  const { pid } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as RunManifest;
  process.kill(pid, 'SIGKILL');
  await host.canvas().locator('section.run').getByText('Run was killed').waitFor();
  await expect.poll(() => ends(folder).map(({ outcome }) => outcome)).toEqual(['killed']);
});

it('the Stop command stops what runs on the active design', async () => {
  const folder = await train(3);
  await runCommand(host, 'Netwright: Stop Run');
  const [end] = await eventually('the run ends', () => ends(folder), ({ length }) => length > 0);
  expect(end!.outcome).toBe('stopped');
});

it('the Resume command goes on with the last run of the active design from its checkpoint', async () => {
  const first = await train(4);
  await runCommand(host, 'Netwright: Stop Run');
  const [end] = await eventually('the run ends', () => ends(first), ({ length }) => length > 0);
  expect(end!.outcome).toBe('stopped');
  await runCommand(host, 'Netwright: Resume Run');
  const started = (folder: string | undefined) => records(folder).find((record): record is StartedRecord => record.type === 'started');
  const begun = await eventually('a run goes on', () => started(folders()[4]), Boolean, 180_000);
  expect(begun!.resumed).toEqual({ run: path.basename(first), step: end!.steps });
  const second = folders()[4];
  const steps = () => records(second).flatMap((record) => (record.type === 'progress' ? [record.step] : []));
  const [next] = await eventually('it makes steps', steps, ({ length }) => length > 0, 180_000);
  expect(next).toBeGreaterThan(end!.steps);
  const shown = host.canvas().locator('section.run [role="status"] b');
  await eventually('the panel shows its step', async () => Number(await shown.innerText()), (step) => step > end!.steps);
  await runCommand(host, 'Netwright: Stop Run');
  const [last] = await eventually('the run ends', () => ends(second), ({ length }) => length > 0);
  expect(last).toMatchObject({ outcome: 'stopped' });
  expect(last!.steps).toBeGreaterThan(end!.steps);
  expect(ends(first)).toHaveLength(1);
});
