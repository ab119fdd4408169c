import { expect, test } from 'vitest';
import { readSafeTensors, type Weight, writeSafeTensors } from '../../lib/task/safetensors.js';

const weights = new Map<string, Weight>([
  ['conv.weight', { shape: [2, 3], dtype: 'F32', data: Float32Array.of(1, -2.5, 3, 0, 1e-30, 7) }],
  ['bn.num_batches_tracked', { shape: [], dtype: 'I64', data: Float64Array.of(300) }],
  ['__proto__', { shape: [1], dtype: 'F32', data: Float32Array.of(4) }],
]);

test('what is written is read again, whatever the names', () => {
  expect([...readSafeTensors(writeSafeTensors(weights))]).toEqual([...weights]);
});

test('the data begins at a multiple of eight', () => {
  const file = writeSafeTensors(weights, { format: 'pt' });
  expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
});

test('a file that is none says why', () => {
  expect(() => readSafeTensors(new Uint8Array(3))).toThrow('shorter');
  expect(() => readSafeTensors(new Uint8Array(16).fill(255))).toThrow('header');
});
