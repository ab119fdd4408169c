import type { Tensor, TF } from './tf.js';

/** Cuts `size` values from `start` along one axis. */
export function cut(tf: TF, x: Tensor, axis: number, start: number, size: number): Tensor {
  if (start === 0 && size === x.shape[axis]) return x;
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  const sizes = x.shape.map((dim, i) => (i === axis ? size : dim));
  return tf.slice(x, begin, sizes);
}

/** Cuts along every axis: `starts` and `sizes`. */
export function cutAll(tf: TF, x: Tensor, starts: readonly number[], sizes: readonly number[]): Tensor {
  return sizes.every((size, i) => size === x.shape[i]) ? x : tf.slice(x, [...starts], [...sizes]);
}

/**
 * Every `steps[i]`-th value from `starts[i]`, `sizes[i]` of them along axis i. Each axis in turn is folded into rows of `step` values, whose first is
 * kept: tfjs has no gradient for StridedSlice, and on wasm it is slow.
 */
export function every(tf: TF, x: Tensor, starts: readonly number[], sizes: readonly number[], steps: readonly number[]): Tensor {
  const ends = starts.map((start, axis) => start + ((sizes[axis] as number) - 1) * (steps[axis] as number) + 1);
  let result = cutAll(tf, x, starts, ends.map((end, axis) => Math.max(0, end - (starts[axis] as number))));
  for (const [axis, step] of steps.entries()) {
    const size = sizes[axis] as number;
    if (step === 1 || size <= 1) continue;
    const outer = product(result.shape.slice(0, axis));
    const inner = product(result.shape.slice(axis + 1));
    const filled = tf.pad(tf.reshape(result, [outer, result.shape[axis] as number, inner]), [[0, 0], [0, step - 1], [0, 0]]);
    const folded = tf.slice(tf.reshape(filled, [outer * size, step, inner]), [0, 0, 0], [outer * size, 1, inner]);
    result = tf.reshape(folded, [...result.shape.slice(0, axis), size, ...result.shape.slice(axis + 1)]);
  }
  return result;
}

/** Puts `step` - 1 zeros between neighbours along one axis: n becomes (n - 1) · step + 1. */
export function spread(tf: TF, x: Tensor, axis: number, step: number): Tensor {
  const n = x.shape[axis] as number;
  if (step === 1 || n === 1) return x;
  const outer = product(x.shape.slice(0, axis));
  const inner = product(x.shape.slice(axis + 1));
  const stuffed = tf.pad(tf.reshape(x, [outer, n, 1, inner]), [[0, 0], [0, 0], [0, step - 1], [0, 0]]);
  const flat = tf.reshape(stuffed, [outer, n * step, inner]);
  return tf.reshape(cut(tf, flat, 1, 0, (n - 1) * step + 1), [...x.shape.slice(0, axis), (n - 1) * step + 1, ...x.shape.slice(axis + 1)]);
}

export type PadMode = 'constant' | 'zeros' | 'reflect' | 'replicate' | 'circular';

/** torch.nn.functional.pad: `[before, after]` for every axis; negative numbers crop. */
export function padAxes(tf: TF, x: Tensor, pads: readonly (readonly [number, number])[], mode: PadMode = 'constant', value = 0): Tensor {
  const cropped = cutAll(
    tf,
    x,
    pads.map(([before]) => Math.max(0, -before)),
    pads.map(([before, after], axis) => (x.shape[axis] as number) + Math.min(0, before) + Math.min(0, after)),
  );
  const grow = pads.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  if (grow.every(([before, after]) => before === 0 && after === 0)) return cropped;
  if (mode === 'constant' || mode === 'zeros') return tf.pad(cropped, grow.map(([before, after]) => [before, after]), value);
  let result = cropped;
  for (const [axis, [before, after]] of grow.entries()) {
    if (before === 0 && after === 0) continue;
    const n = result.shape[axis] as number;
    const side = (start: number, size: number): Tensor[] => (size === 0 ? [] : [cut(tf, result, axis, start, size)]);
    const edge = (at: number, times: number): Tensor[] => Array.from({ length: times }, () => cut(tf, result, axis, at, 1));
    const parts =
      mode === 'replicate'
        ? [...edge(0, before), result, ...edge(n - 1, after)]
        : mode === 'circular'
          ? [...side(n - before, before), result, ...side(0, after)]
          : [...side(1, before).map((part) => tf.reverse(part, axis)), result, ...side(n - 1 - after, after).map((part) => tf.reverse(part, axis))];
    result = tf.concat(parts, axis);
  }
  return result;
}

/** A linear map along one axis: `matrix` is [out, in]. */
export function mapAxis(tf: TF, x: Tensor, axis: number, matrix: Tensor): Tensor {
  const n = x.shape[axis] as number;
  const out = matrix.shape[0] as number;
  const outer = product(x.shape.slice(0, axis));
  const inner = product(x.shape.slice(axis + 1));
  const mapped =
    inner === 1
      ? tf.matMul(tf.reshape(x, [outer, n]), matrix, false, true)
      : tf.matMul(tf.broadcastTo(tf.expandDims(matrix, 0), [outer, out, n]), tf.reshape(x, [outer, n, inner]));
  return tf.reshape(mapped, [...x.shape.slice(0, axis), out, ...x.shape.slice(axis + 1)]);
}

/**
 * The mean of each column of [rows, columns], as [1, columns]. On wasm, pools are many times faster than a mean over the first axis; there are two of them,
 * so that no running sum in float32 gets long.
 */
export function columnMeans(tf: TF, x: Tensor): Tensor {
  if (tf.getBackend() !== 'wasm') return tf.mean(x, 0, true);
  const [rows, columns] = x.shape as [number, number];
  let parts = 1;
  while (parts < 256 && rows % (2 * parts) === 0) parts *= 2;
  const each = tf.avgPool(tf.reshape(x, [parts, rows / parts, 1, columns]) as never, [rows / parts, 1], 1, 'valid') as Tensor;
  const all = tf.avgPool(tf.reshape(each, [1, parts, 1, columns]) as never, [parts, 1], 1, 'valid') as Tensor;
  return tf.reshape(all, [1, columns]);
}

export const columnSums = (tf: TF, x: Tensor): Tensor => tf.mul(columnMeans(tf, x), x.shape[0] as number);

/** x + bias, a value for each channel of a tensor with channels last. */
export function addBias(tf: TF, x: Tensor, bias: Tensor): Tensor {
  const add = tf.customGrad((input: unknown, offset: unknown) => ({
    value: tf.add(input as Tensor, offset as Tensor),
    gradFunc: (dy: Tensor) => [dy, tf.reshape(columnSums(tf, tf.reshape(dy, [dy.size / bias.size, bias.size])), bias.shape)],
  }));
  return add(x, bias);
}

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
