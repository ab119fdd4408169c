import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { finishKilled as endOfKilled, killedRecord } from '../../../lib/protocol/killed.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { chooseRun } from '../../../lib/recipes/index.js';
import { describeChange } from '../../../lib/task/runs/change.js';
import { createRunFolder, finishKilledRuns, isAlive, manifests } from '../../../lib/task/runs/folder.js';
import { resumable } from '../../../lib/task/runs/resume.js';
import { type Passed, nothingPassed } from '../../../lib/task/training/passed.js';
import { createScalarWriter } from '../../../lib/task/runs/tensorboard.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'netwright-runs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const manifest = { command: 'train', file: 'net.nnet.json', design: '{}', recipe: 'quick', settings: {}, set: {}, backend: 'wasm', device: 'WebAssembly', reason: 'asked for', versions: {} } as const;

test('a run folder has its manifest, ignores itself in git and hears the stop file', () => {
  const folder = createRunFolder(home, manifest);
  expect(readFileSync(path.join(home, '.netwright', '.gitignore'), 'utf8')).toBe('*\n');
  expect(manifests(home)).toMatchObject([{ id: folder.id, file: 'net.nnet.json', pid: process.pid }]);
  expect(folder.stopAsked()).toBe(false);
  writeFileSync(path.join(folder.path, 'stop'), '');
  expect(folder.stopAsked()).toBe(true);
});

test.each(['null', '5', '[]', '{"command":"train"}', '{"command":"train","file":5,"design":7,"set":null,"settings":null,"pid":"x"}', '{'])('a folder whose manifest is %s is no run, and keeps nothing back', (text) => {
  createRunFolder(home, manifest);
  const odd = path.join(home, '.netwright/runs/20200101-odd');
  mkdirSync(odd);
  writeFileSync(path.join(odd, 'manifest.json'), text);
  finishKilledRuns(home);
  expect(manifests(home)).toHaveLength(1);
  expect(readdirSync(odd)).toEqual(['manifest.json']);
  expect(resumable(home, '20200101-odd')).toBe('there is no run of this name here');
});

test('a checkpoint that does not say what its run had come to is told, not gone on with', () => {
  const folder = createRunFolder(home, { ...manifest, settings: { steps: 9 } });
  folder.append({ type: 'finished', outcome: 'stopped', steps: 3, time: 1, metrics: {} });
  for (const passed of [null, { ...nothingPassed, step: -5 }, { step: 3 }, { ...nothingPassed, losses: 1 }]) {
    folder.saveCheckpoint({ weights: new Map(), trainer: { tensors: new Map(), numbers: {} }, passed: passed as Passed });
    expect(resumable(home, 'last')).toMatch(/checkpoint\.safetensors cannot be read: it does not say what the run had come to$/);
  }
  folder.saveCheckpoint({ weights: new Map(), trainer: { tensors: new Map(), numbers: {} }, passed: { ...nothingPassed, step: 3 } });
  expect(resumable(home, 'last')).toMatchObject({ checkpoint: { passed: { step: 3 } } });
});

test('names of runs sort by time, also within a millisecond', () => {
  const ids = Array.from({ length: 4 }, () => createRunFolder(home, manifest).id);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
});

describe('a run whose process is gone', () => {
  const dead = (): string => {
    const folder = createRunFolder(home, manifest);
    const file = path.join(folder.path, 'manifest.json');
    const pid = Number(execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }));
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), pid }));
    return folder.path;
  };
  test('ends in exactly one finished, whoever finds it and however often', () => {
    const folder = dead();
    appendFileSync(path.join(folder, 'events.jsonl'), '{"type":"progress","step":7,"time":1.5,"loss":1,"rate":4}\n{"type":"progress","st');
    for (let i = 0; i < 3; i++) finishKilledRuns(home);
    const records = recordsOf(readFileSync(path.join(folder, 'events.jsonl'), 'utf8'));
    expect(records.map(({ type }) => type)).toEqual(['progress', 'finished']);
    expect(records.at(-1)).toMatchObject({ outcome: 'killed', steps: 7, time: 1.5 });
  });
  test('ends alike when two find it at the same moment, or one dies before its text is in place', () => {
    const folder = dead();
    const text = '{"type":"checkpoint","step":6}\n{"type":"progress","step":7,"time":1.5,"loss":1,"rate":4}\n';
    const written: string[] = [];
    const finder = { read: () => text, replace: (_name: string, fresh: string) => void written.push(fresh), remove: () => undefined };
    for (let i = 0; i < 2; i++) endOfKilled(finder);
    expect(new Set(written).size).toBe(1);
    writeFileSync(path.join(folder, 'events.jsonl'), written[0] ?? '');
    endOfKilled({ ...finder, read: () => written[0] ?? '' });
    expect(written).toHaveLength(2);
    expect(recordsOf(written[0] ?? '').at(-1)).toMatchObject({ outcome: 'killed', steps: 7, reason: 'The process ended without a last word. It can be gone on with from step 6.' });
  });
  test('is told to have needed more memory than there was, where that was estimated', () => {
    expect(killedRecord([{ type: 'started', estimate: { seconds: 1, bytes: 31e9 }, memory: 16e9 } as never])?.reason).toBe('The process ended without a last word. It was estimated to need 31.0 GB of memory, and there were 16.0 GB.');
  });
  test('is not taken for another process that has its number', () => {
    expect(isAlive({ pid: process.pid, processStart: '1' })).toBe(process.platform !== 'linux');
    expect(isAlive({ pid: process.pid })).toBe(true);
  });
});

test('a finished run needs no other end', () => {
  expect(killedRecord([{ type: 'finished', outcome: 'completed', steps: 1, time: 1, metrics: {} }])).toBeUndefined();
});

describe('the change since the run before', () => {
  const runOf = (more: object, set = {}) => {
    const text = JSON.stringify({ nnet: 1, params: { width: 8 }, inputs: { x: { shape: ['N', 64] } }, nodes: { a: { op: 'Linear', in: ['x'], out_features: 64 }, sum: { op: 'Add', in: ['a', 'x'], ...more }, b: { op: 'Linear', in: ['sum'], out_features: 10 } }, outputs: ['b'] });
    const chosen = chooseRun(parse(text), { set });
    if ('obstacles' in chosen) throw new Error(chosen.obstacles[0]?.message);
    return chosen;
  };
  test('names a skip that was cut', () => {
    expect(describeChange(runOf({}), runOf({ off: ['x'] }))).toBe('sum: skip off');
    expect(describeChange(runOf({ off: ['x'] }), runOf({}))).toBe('sum: skip on');
  });
  test('names a parameter and the recipe', () => {
    expect(describeChange(runOf({}), runOf({}, { width: 16 }))).toBe('width 8 → 16');
    const now = runOf({});
    expect(describeChange(now, { ...now, recipe: { ...now.recipe, seed: 3, steps: 7 } })).toBe('steps 300 → 7, seed 0 → 3');
    const other = { ...now.recipe, clip: { norm: 2 }, loss_settings: { label_smoothing: 0.1 }, initialize: { ...now.recipe.initialize, zero_last_bn: true } };
    expect(describeChange(now, { ...now, recipe: other })).toBe('initialize default zero_last_bn false → default zero_last_bn true, clip none → norm 2, label_smoothing 0 → 0.1');
  });
  test('is nothing where nothing changed', () => {
    expect(describeChange(runOf({}), runOf({}))).toBeUndefined();
  });
});

test('scalars are TFRecords of TensorBoard, with their checksums', () => {
  createScalarWriter(home).write(3, { 'train/loss': 0.5 });
  const [name = ''] = readdirSync(home);
  const file = readFileSync(path.join(home, name));
  let [at, records] = [0, 0];
  while (at < file.length) {
    at += 16 + Number(file.readBigUInt64LE(at));
    records++;
  }
  expect([at, records]).toEqual([file.length, 2]);
  expect(file.includes('brain.Event:2')).toBe(true);
  expect(file.includes('train/loss')).toBe(true);
});
