import { cut, cutAll, every, padAxes, spread } from './axes.js';
import type { Tensor, TF } from './tf.js';

export interface ConvolutionShape {
  readonly stride: readonly number[];
  /** Zeros before and after each spatial axis; already there where the caller has padded. */
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/**
 * PyTorch's convolution of 1, 2 or 3 spatial axes. `x` has channels last, `weight` is [out, in / groups, kernel...] as PyTorch keeps it.
 * Only undilated ungrouped (or depthwise) windows reach tfjs, since it differentiates no others.
 */
export function convolve(tf: TF, x: Tensor, weight: Tensor, { stride, padding, dilation, groups }: ConvolutionShape): Tensor {
  const axes = stride.length;
  if (axes === 1) {
    // One spatial axis is two with height 1.
    const [n, length, channels] = x.shape as [number, number, number];
    const [out, inside, kernel] = weight.shape as [number, number, number];
    const y = convolve(tf, tf.reshape(x, [n, 1, length, channels]), tf.reshape(weight, [out, inside, 1, kernel]), { stride: [1, ...stride], padding: [[0, 0], ...padding], dilation: [1, ...dilation], groups });
    return tf.reshape(y, [n, y.shape[2] as number, out]);
  }
  const kernel = weight.shape.slice(2);
  const channels = x.shape[x.rank - 1] as number;
  const out = weight.shape[0] as number;
  const dilated = dilation.some((step, axis) => step > 1 && (kernel[axis] as number) > 1);
  if (dilated && axes === 3) {
    let wide = weight;
    for (const [axis, step] of dilation.entries()) wide = spread(tf, wide, axis + 2, step);
    return convolve(tf, x, wide, { stride, padding, dilation: [1, 1, 1], groups });
  }
  if (dilated) {
    const padded = padAxes(tf, x, [[0, 0], ...padding, [0, 0]]);
    return convolveDilated(tf, padded, weight, stride, dilation, groups);
  }
  const depthwise = groups > 1 && groups === channels && axes === 2 && stride[0] === stride[1];
  if (groups > 1 && !depthwise) {
    const padded = padAxes(tf, x, [[0, 0], ...padding, [0, 0]]);
    const none = padding.map(() => [0, 0] as const);
    const parts = Array.from({ length: groups }, (_, g) =>
      convolve(tf, cut(tf, padded, x.rank - 1, (g * channels) / groups, channels / groups), cut(tf, weight, 0, (g * out) / groups, out / groups), { stride, padding: none, dilation, groups: 1 }),
    );
    return tf.concat(parts, x.rank - 1);
  }
  // "same" of TensorFlow is symmetric, and spares a copy, exactly where the stride is 1 and the padding half the kernel.
  const same = padding.every(([before, after], axis) => before === after && stride[axis] === 1 && (kernel[axis] as number) === 2 * before + 1);
  const input = same ? x : padAxes(tf, x, [[0, 0], ...padding, [0, 0]]);
  const pad = same ? 'same' : 'valid';
  if (depthwise) {
    const filter = tf.transpose(tf.reshape(weight, [channels, out / channels, ...kernel]), [2, 3, 0, 1]);
    return tf.depthwiseConv2d(input as never, filter as never, stride as [number, number], pad);
  }
  if (axes === 3) return tf.conv3d(input as never, tf.transpose(weight, [2, 3, 4, 1, 0]) as never, stride as [number, number, number], pad);
  return tf.conv2d(input as never, tf.transpose(weight, [2, 3, 1, 0]) as never, stride as [number, number], pad);
}

/** A dilated window over a plane is an ordinary window over the planes of every dilation[axis]-th row and column. */
function convolveDilated(tf: TF, x: Tensor, weight: Tensor, stride: readonly number[], dilation: readonly number[], groups: number): Tensor {
  const sizes = x.shape.slice(1, -1);
  const extra = sizes.map((size, axis) => (-size % (dilation[axis] as number)) + (size % (dilation[axis] as number) ? (dilation[axis] as number) : 0));
  const planes = tf.spaceToBatchND(x, [...dilation], extra.map((more) => [0, more]));
  const y = convolve(tf, planes, weight, { stride: [1, 1], padding: [[0, 0], [0, 0]], dilation: [1, 1], groups });
  const joined = tf.batchToSpaceND(y, [...dilation], [[0, 0], [0, 0]]);
  const full = sizes.map((size, axis) => size - (dilation[axis] as number) * ((weight.shape[axis + 2] as number) - 1));
  const out = full.map((size, axis) => Math.floor((size - 1) / (stride[axis] as number)) + 1);
  return every(tf, joined, [0, 0, 0, 0], [x.shape[0] as number, ...out, joined.shape[3] as number], [1, ...stride, 1]);
}

export interface TransposedShape {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** PyTorch's transposed convolution; `x` has channels last, `weight` is [in, out / groups, kernel...]. */
export function convolveTransposed(tf: TF, x: Tensor, weight: Tensor, { stride, padding, outputPadding, dilation, groups }: TransposedShape): Tensor {
  const axes = stride.length;
  if (axes === 1) {
    const [n, length, channels] = x.shape as [number, number, number];
    const [inside, out, kernel] = weight.shape as [number, number, number];
    const y = convolveTransposed(tf, tf.reshape(x, [n, 1, length, channels]), tf.reshape(weight, [inside, out, 1, kernel]), {
      stride: [1, ...stride],
      padding: [0, ...padding],
      outputPadding: [0, ...outputPadding],
      dilation: [1, ...dilation],
      groups,
    });
    return tf.reshape(y, [n, y.shape[2] as number, y.shape[3] as number]);
  }
  const channels = x.shape[x.rank - 1] as number;
  if (groups > 1) {
    const parts = Array.from({ length: groups }, (_, g) =>
      convolveTransposed(tf, cut(tf, x, x.rank - 1, (g * channels) / groups, channels / groups), cut(tf, weight, 0, (g * channels) / groups, channels / groups), { stride, padding, outputPadding, dilation, groups: 1 }),
    );
    return tf.concat(parts, x.rank - 1);
  }
  let filter = weight;
  for (const [axis, step] of dilation.entries()) filter = spread(tf, filter, axis + 2, step);
  const kernel = filter.shape.slice(2);
  const out = weight.shape[1] as number;
  const sizes = x.shape.slice(1, -1);
  const full = sizes.map((size, axis) => (size - 1) * (stride[axis] as number) + (kernel[axis] as number));
  const whole =
    axes === 2
      ? tf.conv2dTranspose(x as never, tf.transpose(filter, [2, 3, 1, 0]) as never, [x.shape[0] as number, ...full, out] as [number, number, number, number], stride as [number, number], 'valid')
      : stuffed(tf, x, filter, stride, kernel);
  const wanted = full.map((size, axis) => size - 2 * (padding[axis] as number) + (outputPadding[axis] as number));
  const kept = wanted.map((size, axis) => Math.min(size, (full[axis] as number) - (padding[axis] as number)));
  const cropped = cutAll(tf, whole, [0, ...padding, 0], [x.shape[0] as number, ...kept, out]);
  return padAxes(tf, cropped, [[0, 0], ...wanted.map((size, axis) => [0, size - (kept[axis] as number)] as const), [0, 0]]);
}

/** tfjs does not differentiate conv3dTranspose; a convolution of the input with zeros between its values is the same. */
function stuffed(tf: TF, x: Tensor, filter: Tensor, stride: readonly number[], kernel: readonly number[]): Tensor {
  let wide = x;
  for (const [axis, step] of stride.entries()) wide = spread(tf, wide, axis + 1, step);
  const padded = padAxes(tf, wide, [[0, 0], ...kernel.map((size) => [size - 1, size - 1] as const), [0, 0]]);
  const flipped = tf.reverse(filter, [2, 3, 4]);
  return tf.conv3d(padded as never, tf.transpose(flipped, [2, 3, 4, 0, 1]) as never, 1, 'valid');
}
