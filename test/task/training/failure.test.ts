import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { toldOf } from '../../../lib/task/commands/devices.js';
import { DiskError } from '../../../lib/task/runs/disk.js';
import { memory } from '../../../lib/task/training/estimate.js';
import { availableMemory, causeOf, estimatedBatch } from '../../../lib/task/training/failure.js';
import { plan } from '../../../lib/task/training/plan.js';
import { root } from '../../support/paths.js';

describe('what a backend says when it fails is told apart', () => {
  test.each([
    ['out-of-memory', 'PyTorch: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.44 GiB is free.'],
    ['out-of-memory', "PyTorch: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4294967296 bytes. Error code 12 (Cannot allocate memory)"],
    ['out-of-memory', 'memory access out of bounds'],
    ['out-of-memory', 'Array buffer allocation failed'],
    ['out-of-memory', 'OOM when allocating tensor with shape[65536,8,8,256] and type float on /job:localhost/replica:0/task:0/device:CPU:0'],
    ['device-lost', 'PyTorch: CUDA error: an illegal memory access was encountered'],
    ['device-lost', 'PyTorch: CUDA error: device-side assert triggered'],
    ['device-lost', 'the GPU is lost (destroyed: device was destroyed)'],
    ['python-ended', 'Python (/usr/bin/python3) ended with exit code 1: Segmentation fault, at the request `step`'],
    ['python-ended', 'Python (python3) wrote something that is no message: "hello", at the request `step`'],
    ['python-ended', 'Python (python3) ended by SIGKILL (the system does that when memory runs out), at the request `step`'],
    ['unexpected', "PyTorch: shape '[2, 4]' is invalid for input of size 10"],
  ] as const)('%s: %s', (cause, message) => {
    expect(causeOf(new Error(message))).toBe(cause);
  });

  test('a Python that the system kills has run out of memory where more was needed than there is', () => {
    const killed = new Error('Python (python3) ended by SIGKILL (the system does that when memory runs out), at the request `step`');
    expect(causeOf(killed, 8e9, 20e9)).toBe('out-of-memory');
    expect(causeOf(killed, 8e9, 2e9)).toBe('python-ended');
  });

  test('of what cannot be written, a full disk is one kind', () => {
    expect(causeOf(new DiskError('events.jsonl', true, 'the disk / is full'))).toBe('disk-full');
    expect(causeOf(new DiskError('events.jsonl', false, 'that is not allowed'))).toBe('unexpected');
  });
});

test('the batch that would fit is the largest one whose estimate is within the memory', () => {
  const planned = plan(readFileSync(path.join(root, 'media/templates/residual-20.nnet.json'), 'utf8'), 'train', { set: {} });
  if (!('program' in planned)) throw new Error(planned[0]?.message);
  const batch = estimatedBatch(planned, 1e9) ?? 0;
  expect(batch).toBeGreaterThan(1);
  const at = (size: number): number => memory({ ...planned, sizes: new Map([...planned.sizes, ['N', size]]) });
  expect(at(batch)).toBeLessThanOrEqual(1e9);
  expect(at(batch + 1)).toBeGreaterThan(1e9);
  expect(estimatedBatch(planned, 1000)).toBe(0);
  expect(estimatedBatch(planned, undefined)).toBeUndefined();
});

test('the memory that there is, is that of the device, or what the system leaves', () => {
  expect(availableMemory({ name: 'torch', memory: { total: 80e9, free: 70e9 } })).toBe(70e9);
  expect(availableMemory({ name: 'wasm' })).toBeLessThanOrEqual(2 ** 32);
});

test('what was said of a backend is said again, unless something else is said now', () => {
  const then = { every: 50, autocast: 'bfloat16', compile: true, nproc: '2' };
  expect(toldOf({ help: true, nproc: '4', autocast: undefined }, then)).toEqual({ autocast: 'bfloat16', compile: true, nproc: '4' });
});
