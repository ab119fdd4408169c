import { expect, it } from 'vitest';
import { broadcastDim, broadcastShapes, formatShape, promote, symbol, add, type Tensor } from '../../lib/shapes/index.js';

const N = symbol('N');

it('equal sizes and ones meet, others do not', () => {
  expect([broadcastDim(3, 3), broadcastDim(1, 3), broadcastDim(3, 1), broadcastDim(0, 1), broadcastDim(2, 3)]).toEqual([3, 3, 3, 0, undefined]);
});
it('a symbol beside a number is taken to be that number, and sizes that always differ are refused', () => {
  expect(broadcastDim(N, 8)).toBe(8);
  expect(broadcastDim(N, 1)).toBe(N);
  expect(broadcastDim(N, add(N, 1))).toBe(undefined);
  expect(broadcastDim(null, 8)).toBe(8);
});
it('axes are aligned at the end', () => {
  expect(broadcastShapes([N, 64, 7, 7], [64, 1, 1])).toEqual({ shape: [N, 64, 7, 7], misfits: [] });
  expect(broadcastShapes([2, 64, 28, 28], [2, 64, 56, 26]).misfits).toEqual([2, 3]);
  expect(formatShape(broadcastShapes([4, 1], [1, 5]).shape)).toBe('4 × 5');
});
it('types meet as in PyTorch: floats win over whole numbers, tensors over scalars', () => {
  const of = (dtype: Tensor['dtype'], ...shape: number[]): Tensor => ({ shape, dtype });
  expect(promote([of('int64', 2), of('float32', 2)])).toBe('float32');
  expect(promote([of('float16', 2), of('float32')])).toBe('float16');
  expect(promote([of('int64', 2), of('float32')])).toBe('float32');
  expect(promote([of('float16', 2), of('bfloat16', 2)])).toBe('float32');
  expect(promote([of('bool', 2), of('bool', 2)])).toBe('bool');
});
