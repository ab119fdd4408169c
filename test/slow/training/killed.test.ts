import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { readCheckpoint } from '../../../lib/task/runs/checkpoint.js';
import { finishKilledRuns, manifests } from '../../../lib/task/runs/folder.js';
import { resumable } from '../../../lib/task/runs/resume.js';
import { random } from '../../../lib/task/random.js';

// In memory where there is such a place: thousands of files are written through to the disk.
const home = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'netwright-killed-'));
const writer = path.join(home, 'writer.cjs');
beforeAll(() => void buildSync({ absWorkingDir: __dirname, entryPoints: [path.join(__dirname, 'writer.ts')], outfile: writer, bundle: true, platform: 'node', format: 'cjs' }));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What a run's folder says, wherever its process was ended: one `finished`, and a checkpoint whose parts are of one step. Answers that step. */
function looked(folder: string): number {
  const records = recordsOf(readFileSync(path.join(folder, 'events.jsonl'), 'utf8'));
  expect(records.filter(({ type }) => type === 'finished')).toHaveLength(1);
  expect(records.at(-1)?.type).toBe('finished');
  expect(readdirSync(folder).filter((name) => /\.\d+$/.test(name) && !name.startsWith('events'))).toEqual([]);
  const file = path.join(folder, 'checkpoint.safetensors');
  if (!existsSync(file)) return 0;
  const { weights, trainer, passed } = readCheckpoint(file);
  const said = [...records].reverse().find((record) => record.type === 'checkpoint');
  expect(passed.step).toBeGreaterThanOrEqual(said?.type === 'checkpoint' ? said.step : 0);
  expect(new Set(weights.get('w')?.data)).toEqual(new Set([passed.step]));
  expect(new Set(trainer.tensors.get('m')?.data)).toEqual(new Set([2 * passed.step]));
  return passed.step;
}

test('a process that is killed at 200 random moments leaves a record that can be read and gone on with each time', async () => {
  const generator = random(Date.now() % 2 ** 32, 'moments');
  const steps = 1_000_000;
  let last: string | undefined;
  let made = 0;
  const where = { before: 0, writing: 0, between: 0 };
  for (let kill = 0; kill < 200; kill++) {
    const known = manifests(home).length;
    const child = spawn(process.execPath, [writer, home, String(steps), ...(last === undefined ? [] : [last])], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit');
    // Half of the moments fall into its first milliseconds, when the folder and its manifest come into being; the others while it writes.
    if (kill % 2) while (manifests(home).length === known && child.exitCode === null) await new Promise((resume) => setTimeout(resume, 2));
    await new Promise((resume) => setTimeout(resume, generator.below(kill % 2 ? 40 : 150)));
    child.kill('SIGKILL');
    await ended;
    expect(said).toBe('');
    const run = manifests(home)[known];
    const open = run ? readdirSync(run.folder).some((name) => /^checkpoint\.safetensors\.\d+$/.test(name)) : false;
    where[!run ? 'before' : open ? 'writing' : 'between']++;
    finishKilledRuns(home);
    finishKilledRuns(home);
    if (!run) continue;
    const step = looked(run.folder);
    if (step) expect(step).toBeGreaterThanOrEqual(made);
    const found = resumable(home, run.id);
    if (typeof found === 'string') throw new Error(found);
    // A run that was killed before its first checkpoint goes on with that of the run before it.
    expect(found.checkpoint?.passed.step ?? 0).toBe(Math.max(made, step));
    made = Math.max(made, step);
    last = run.id;
  }
  expect(made).toBeGreaterThan(0);
  expect(where.writing + where.between).toBeGreaterThanOrEqual(100);
  expect(where.writing).toBeGreaterThan(0);
  expect(where.between).toBeGreaterThan(0);
  // What is left goes on to its end as if nothing had been.
  const child = spawn(process.execPath, [writer, home, String(made + 5), ...(last === undefined ? [] : [last])], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(looked(manifests(home).at(-1)?.folder ?? '')).toBe(made + 5);
});
