import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Weight } from '../../../lib/task/safetensors.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { readCheckpoint } from '../../../lib/task/runs/checkpoint.js';
import { type Disk, DiskError, replaceFile, systemDisk } from '../../../lib/task/runs/disk.js';
import { createRunFolder } from '../../../lib/task/runs/folder.js';
import { nothingPassed } from '../../../lib/task/training/passed.js';

let home: string;
beforeEach(() => (home = mkdtempSync(path.join(os.tmpdir(), 'netwright-disk-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const manifest = { command: 'train', file: 'net.nnet.json', design: '{}', recipe: 'quick', settings: {}, set: {}, backend: 'wasm', device: 'WebAssembly', reason: 'asked for', versions: {} } as const;

/** A disk that takes this many bytes more and then a part of what it is given, as a full one does. */
function diskOf(room: { bytes: number }): Disk {
  return {
    write(descriptor, bytes) {
      const fitting = bytes.subarray(0, room.bytes);
      if (!fitting.length) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      room.bytes -= fitting.length;
      return writeSync(descriptor, fitting);
    },
    sync: systemDisk.sync,
  };
}

const weights = (value: number): ReadonlyMap<string, Weight> => new Map([['w', { shape: [1000], dtype: 'F32', data: new Float32Array(1000).fill(value) }]]);
const checkpoint = (step: number) => ({ weights: weights(step), trainer: { tensors: new Map(), numbers: {} }, passed: { ...nothingPassed, step } });

describe('on a full disk', () => {
  test('a record that does not fit is an error with the file and the disk, and the last one stands on a line of its own', () => {
    const room = { bytes: 100_000 };
    const folder = createRunFolder(home, manifest, diskOf(room));
    folder.append({ type: 'log', level: 'info', message: 'fits' });
    room.bytes = 10;
    expect(() => folder.append({ type: 'log', level: 'info', message: 'does not fit' })).toThrow(/events\.jsonl cannot be written: the disk .* \(.*, .* free\) is full$/);
    room.bytes = 0;
    // What was kept free for it is there again once the reserve is gone.
    const append = folder.append.bind(folder);
    room.bytes = 16_384;
    append({ type: 'finished', outcome: 'failed', cause: 'disk-full', steps: 1, time: 1, metrics: {} });
    const text = readFileSync(path.join(folder.path, 'events.jsonl'), 'utf8');
    expect(text.split('\n')).toHaveLength(4);
    expect(recordsOf(text).map(({ type }) => type)).toEqual(['log', 'finished']);
  });

  test('a run whose manifest does not fit has no folder, and the reason', () => {
    const room = { bytes: 16_500 };
    expect(() => createRunFolder(home, manifest, diskOf(room))).toThrow(/manifest\.json cannot be written: the disk .* is full$/);
    expect(readdirSync(path.join(home, '.netwright/runs'))).toEqual([]);
    expect(() => createRunFolder(home, manifest, diskOf({ bytes: 0 }))).toThrow(DiskError);
  });

  test('a checkpoint that does not fit leaves the one before it, and nothing half-written', () => {
    const room = { bytes: 100_000 };
    const folder = createRunFolder(home, manifest, diskOf(room));
    folder.saveCheckpoint(checkpoint(1));
    room.bytes = 2000;
    expect(() => folder.saveCheckpoint(checkpoint(2))).toThrow(DiskError);
    expect(readCheckpoint(path.join(folder.path, 'checkpoint.safetensors')).passed.step).toBe(1);
    expect(() => folder.saveWeights(weights(2))).toThrow(/weights\.safetensors/);
    expect(() => readFileSync(path.join(folder.path, `weights.safetensors.${process.pid}`))).toThrow('ENOENT');
  });

  test.each([['EDQUOT', /the quota on the disk .* is used up/], ['EROFS', /the disk .* is read-only/], ['EIO', /the disk .* fails/]])('%s is told in words', (code, words) => {
    const failing: Disk = { write: () => { throw Object.assign(new Error(code), { code }); }, sync: systemDisk.sync };
    expect(() => replaceFile(path.join(home, 'a'), Buffer.from('text'), failing)).toThrow(words);
  });

  test('a file is replaced in one go', () => {
    const file = path.join(home, 'a');
    writeFileSync(file, 'old');
    expect(() => replaceFile(file, Buffer.from('new and longer'), diskOf({ bytes: 5 }))).toThrow(DiskError);
    expect(readFileSync(file, 'utf8')).toBe('old');
    replaceFile(file, Buffer.from('new'));
    expect(readFileSync(file, 'utf8')).toBe('new');
  });
});
