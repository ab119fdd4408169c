import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import { variants } from '../../../lib/task/commands/several.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { running } from './running.js';

const options = { set: { type: 'string', multiple: true }, seed: { type: 'string' }, steps: { type: 'string' }, events: { type: 'boolean' }, resume: { type: 'string' } } as const;
const told = (...args: readonly string[]) => variants(args, options)?.map(({ name, args: one }) => [name, one.join(' ')]);

describe('a command line asks for', () => {
  test('one run where nothing has several values', () => {
    expect(told('a.nnet.json', '--set', 'depth=20,skip=false', '--seed', '3')).toBeUndefined();
    expect(told('a', '--set', 'sizes=[1,2]', '--set', 'text="a,b"')).toBeUndefined();
    expect(told('a', '--set', 'depth=1,2', '--wrong')).toBeUndefined();
    expect(told('--resume', 'last', '--set', 'depth=1,2')).toBeUndefined();
  });
  test('a run for each value of a parameter, with all else the same', () => {
    expect(told('a.nnet.json', '--set', 'depth=20,56,skip=false', '--steps', '5', '--events')).toEqual([
      ['depth 20', 'a.nnet.json --steps 5 --events --set depth=20 --set skip=false'],
      ['depth 56', 'a.nnet.json --steps 5 --events --set depth=56 --set skip=false'],
    ]);
  });
  test('a run for each file, each value and each seed', () => {
    const all = told('dir/a.nnet.json', 'b', '--set', 'depth=20,56', '--seed', '0,1') ?? [];
    expect(all.map(([name]) => name)).toEqual(['a, depth 20, seed 0', 'a, depth 20, seed 1', 'a, depth 56, seed 0', 'a, depth 56, seed 1', 'b, depth 20, seed 0', 'b, depth 20, seed 1', 'b, depth 56, seed 0', 'b, depth 56, seed 1']);
    expect(all[3]?.[1]).toBe('dir/a.nnet.json --set depth=56 --seed 1');
  });
});

describe('train', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-several-'));
  const before = process.cwd();
  beforeAll(() => process.chdir(home));
  afterAll(() => {
    process.chdir(before);
    rmSync(home, { recursive: true, force: true });
  });
  const small = ['mlp', '--set', 'width=4', '--steps', '3', '--backend', 'wasm', '--every', '0'];

  test('takes a template by its name, and prints a table of several runs', async () => {
    const { code, out } = await running(train, [...small, '--set', 'depth=1,2', '--seed', '0,1']);
    expect(code).toBe(0);
    expect(manifests(home).map(({ set, settings }) => [set['depth'], settings['seed']])).toEqual([[1, 0], [1, 1], [2, 0], [2, 1]]);
    const lines = out.trimEnd().split('\n').slice(-7);
    expect(lines[0]).toMatch(/^run +parameters +train loss +test loss +test accuracy +time$/);
    expect(lines[1]).toMatch(/^depth 1, seed 0 +27 +\d\.\d{4} +\d\.\d{4} +\d+\.\d % /);
    expect(lines[4]).toMatch(/^depth 2, seed 1 +47 /);
    expect(lines.slice(5).map((line) => line.split(/ {2,}/)[0])).toEqual(['mean of 2 seeds of depth 1', 'mean of 2 seeds of depth 2']);
  }, 300_000);
  test('--events gives the records of one run after the other, and nothing else', async () => {
    const { code, out } = await running(train, [...small, '--set', 'depth=1,2', '--events']);
    expect(code).toBe(0);
    const records = out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);
    expect(records.filter(({ type }) => type === 'started' || type === 'finished').map(({ type }) => type)).toEqual(['started', 'finished', 'started', 'finished']);
  }, 300_000);
  test('a name that is no parameter is told once', async () => {
    const { code, err } = await running(train, [...small, '--set', 'deepth=1,2']);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain('deepth');
  }, 300_000);
});
