import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { askToStop, EventTail, finishKilled, isAlive, processStartOf, readManifest, runFolders } from '../../extension/node/runFolder.js';

function home(...ids: string[]): { readonly home: string; readonly folders: readonly string[] } {
  const place = mkdtempSync(path.join(os.tmpdir(), 'netwright-runs-'));
  return { home: place, folders: ids.map((id) => mkdirSync(path.join(place, '.netwright/runs', id), { recursive: true })!).map((_, k) => path.join(place, '.netwright/runs', ids[k]!)) };
}
const events = (folder: string) => path.join(folder, 'events.jsonl');
const log = (message: string) => `${JSON.stringify({ type: 'log', level: 'info', message })}\n`;

it('runs are listed oldest first, and none where nothing ran', () => {
  expect(runFolders('/does/not/exist')).toEqual([]);
  const { home: place, folders } = home('2026-01-02', '2026-01-01');
  expect(runFolders(place)).toEqual([folders[1], folders[0]]);
});

it('a record is read once, and only when its line is complete', () => {
  const [folder] = home('a').folders as [string];
  const tail = new EventTail(folder);
  expect(tail.read()).toEqual([]);
  writeFileSync(events(folder), log('one') + log('zwei ü').slice(0, -9));
  expect(tail.read().map((record) => record.type === 'log' && record.message)).toEqual(['one']);
  appendFileSync(events(folder), log('zwei ü').slice(-9));
  expect(tail.read().map((record) => record.type === 'log' && record.message)).toEqual(['zwei ü']);
  expect(tail.read()).toEqual([]);
});

it('a letter of two bytes that arrives in halves stays whole', () => {
  const [folder] = home('a').folders as [string];
  const tail = new EventTail(folder);
  const bytes = Buffer.from(log('ü'));
  const half = bytes.indexOf(0xc3) + 1;
  writeFileSync(events(folder), bytes.subarray(0, half));
  expect(tail.read()).toEqual([]);
  appendFileSync(events(folder), bytes.subarray(half));
  expect(tail.read()).toEqual([{ type: 'log', level: 'info', message: 'ü' }]);
});

it('a line that is no record is left out', () => {
  const [folder] = home('a').folders as [string];
  writeFileSync(events(folder), `{"type"\n42\nnull\n${log('good')}`);
  expect(new EventTail(folder).read()).toHaveLength(1);
});

it('a manifest that is half written is none yet', () => {
  const [folder] = home('a').folders as [string];
  expect(readManifest(folder)).toBeUndefined();
  writeFileSync(path.join(folder, 'manifest.json'), '{"file": "a.nne');
  expect(readManifest(folder)).toBeUndefined();
  writeFileSync(path.join(folder, 'manifest.json'), '{"file": "a.nnet.json", "design": "{}", "pid": 1}');
  expect(readManifest(folder)).toMatchObject({ file: 'a.nnet.json', design: '{}', pid: 1 });
});

it('a process that ended, and another one with its number, are not the run', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  expect(isAlive({ pid: gone })).toBe(false);
  const start = processStartOf(process.pid);
  expect(isAlive({ pid: process.pid, ...(start === undefined ? {} : { processStart: start }) })).toBe(true);
  if (start !== undefined) expect(isAlive({ pid: process.pid, processStart: '1' })).toBe(false);
});

it('a killed run gets exactly one end, on a line of its own', async () => {
  const [folder] = home('a').folders as [string];
  const progress = JSON.stringify({ type: 'progress', step: 7, time: 1.5, loss: 2, rate: 0.1 });
  writeFileSync(events(folder), `${log('one')}${progress}\n{"type":"progr`);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const manifest = { pid: child.pid! };
  expect(isAlive(manifest)).toBe(true);
  const exit = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGKILL');
  await exit;
  expect(isAlive(manifest)).toBe(false);
  finishKilled(folder);
  finishKilled(folder);
  const lines = readFileSync(events(folder), 'utf8').trimEnd().split('\n');
  expect(lines.filter((line) => line.includes('"finished"'))).toHaveLength(1);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'finished', outcome: 'killed', steps: 7 });
});

it('asking a run to stop leaves the file that it looks for', () => {
  const [folder] = home('a').folders as [string];
  askToStop(folder);
  expect(readFileSync(path.join(folder, 'stop'), 'utf8')).toBe('');
});
