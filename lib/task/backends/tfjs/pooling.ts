import { every, mapAxis, padAxes, product } from './axes.js';
import type { Tensor, TF } from './tf.js';

export interface PoolShape {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

/** Places of a window along one axis. PyTorch leaves out a window that would start in the padding behind the input (ceil_mode). */
function places(size: number, { kernel, stride, padding, dilation, ceil }: PoolShape, axis: number): { readonly count: number; readonly after: number } {
  const [k, s, p, d] = [kernel[axis], stride[axis], padding[axis], dilation[axis]] as [number, number, number, number];
  const reach = d * (k - 1) + 1;
  let count = (ceil ? Math.ceil : Math.floor)((size + 2 * p - reach) / s) + 1;
  if (ceil && (count - 1) * s >= size + p) count -= 1;
  // Where the last window hangs over, what lies behind is filled up as well.
  return { count, after: Math.max(p, (count - 1) * s + reach - size - p) };
}

/** Maximum over windows; `x` has channels last and 1 to 3 spatial axes. */
export function maxPool(tf: TF, x: Tensor, shape: PoolShape): Tensor {
  if (shape.kernel.length === 1) return flattened(tf, x, (plane) => maxPool(tf, plane, lifted(shape)));
  const at = shape.kernel.map((_, axis) => places(x.shape[axis + 1] as number, shape, axis));
  const padded = padAxes(tf, x, [[0, 0], ...at.map(({ after }, axis) => [shape.padding[axis] as number, after] as const), [0, 0]], 'constant', -Infinity);
  if (shape.dilation.every((step) => step === 1)) {
    const k = [...shape.kernel] as [number, number, number];
    const s = [...shape.stride] as [number, number, number];
    if (shape.kernel.length === 2) return tf.maxPool(padded as never, [k[0], k[1]], [s[0], s[1]], 'valid');
    // WebGPU's own gives the gradient to the last of equal values, PyTorch to the first.
    return tf.getBackend() === 'wasm' || tf.getBackend() === 'webgpu' ? maxPoolVolume(tf, padded, k, s) : tf.maxPool3d(padded as never, k, s, 'valid');
  }
  // A dilated window is the maximum of its taps.
  const taps = offsets(shape.kernel).map((offset) =>
    every(tf, padded, [0, ...offset.map((tap, axis) => tap * (shape.dilation[axis] as number)), 0], [x.shape[0] as number, ...at.map(({ count }) => count), x.shape[x.rank - 1] as number], [1, ...shape.stride, 1]),
  );
  return taps.reduce((most, tap) => tf.maximum(most, tap));
}

/** First over height and width, then over depth: MaxPool3D of tfjs-backend-wasm 4.22 takes 0 for the maximum of a window without positive values. */
function maxPoolVolume(tf: TF, x: Tensor, k: readonly number[], s: readonly number[]): Tensor {
  const [n, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const [kd, kh, kw] = k as [number, number, number];
  const [sd, sh, sw] = s as [number, number, number];
  const planes = tf.maxPool(tf.reshape(x, [n * depth, height, width, channels]) as never, [kh, kw], [sh, sw], 'valid') as Tensor;
  const [, h, w] = planes.shape as [number, number, number];
  const whole = tf.maxPool(tf.reshape(planes, [n, depth, h * w, channels]) as never, [kd, 1], [sd, 1], 'valid') as Tensor;
  return tf.reshape(whole, [n, whole.shape[1] as number, h, w, channels]);
}

/** Mean over windows. Padding counts unless `includePad` is false; what lies behind the padding (ceil_mode) never does. */
export function avgPool(tf: TF, x: Tensor, shape: PoolShape, includePad: boolean, divisor: number | null): Tensor {
  if (shape.kernel.length === 1) return flattened(tf, x, (plane) => avgPool(tf, plane, lifted(shape), includePad, divisor));
  const sizes = shape.kernel.map((_, axis) => x.shape[axis + 1] as number);
  const at = sizes.map((size, axis) => places(size, shape, axis));
  const padded = padAxes(tf, x, [[0, 0], ...at.map(({ after }, axis) => [shape.padding[axis] as number, after] as const), [0, 0]]);
  const k = [...shape.kernel] as [number, number, number];
  const s = [...shape.stride] as [number, number, number];
  const mean = shape.kernel.length === 2 ? tf.avgPool(padded as never, [k[0], k[1]], [s[0], s[1]], 'valid') : tf.avgPool3d(padded as never, k, s, 'valid');
  const window = product(shape.kernel);
  if (divisor !== null) return tf.mul(mean, window / divisor);
  const counts = sizes.map((size, axis) => {
    const [kernel, stride, padding] = [shape.kernel[axis], shape.stride[axis], shape.padding[axis]] as [number, number, number];
    return Array.from({ length: at[axis]?.count ?? 0 }, (_, i) => {
      const start = i * stride - padding;
      const end = Math.min(start + kernel, size + (includePad ? padding : 0));
      return kernel / (end - (includePad ? start : Math.max(start, 0)));
    });
  });
  if (counts.every((axis) => axis.every((factor) => factor === 1))) return mean;
  return counts.reduce((result, factors, axis) => tf.mul(result, tf.tensor(factors, [1, ...counts.map((_, other) => (other === axis ? factors.length : 1)), 1])), mean as Tensor);
}

/** Where the i-th of `out` cells of adaptive pooling starts and ends: floor(i · size / out), ceil((i + 1) · size / out). */
export const cell = (i: number, size: number, out: number): readonly [number, number] => [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)];

/** Adaptive average pooling along the spatial axes of a tensor with channels last; null keeps an axis. */
export function adaptiveAvgPool(tf: TF, x: Tensor, output: readonly (number | null)[]): Tensor {
  const spatial = output.map((_, i) => i + 1);
  if (output.every((size) => size === 1)) return tf.mean(x, spatial, true);
  return output.reduce<Tensor>((result, out, i) => {
    const size = x.shape[i + 1] as number;
    if (out === null || out === size) return result;
    if (out === 1) return tf.mean(result, i + 1, true);
    const matrix = new Float32Array(out * size);
    for (let row = 0; row < out; row++) {
      const [start, end] = cell(row, size, out);
      matrix.fill(1 / (end - start), row * size + start, row * size + end);
    }
    return mapAxis(tf, result, i + 1, tf.tensor2d(matrix, [out, size]));
  }, x);
}

export function adaptiveMaxPool(tf: TF, x: Tensor, output: readonly (number | null)[]): Tensor {
  return output.reduce<Tensor>((result, out, i) => {
    const axis = i + 1;
    const size = x.shape[axis] as number;
    if (out === null || out === size) return result;
    const cells = Array.from({ length: out }, (_, row) => {
      const [start, end] = cell(row, size, out);
      const sizes = result.shape.map((dim, other) => (other === axis ? end - start : dim));
      return tf.max(tf.slice(result, result.shape.map((_, other) => (other === axis ? start : 0)), sizes), axis, true);
    });
    return tf.concat(cells, axis);
  }, x);
}

/** All offsets inside a window. */
export function offsets(kernel: readonly number[]): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>((all, size) => all.flatMap((offset) => Array.from({ length: size }, (_, i) => [...offset, i])), [[]]);
}

/** One spatial axis is two with height 1. */
function flattened(tf: TF, x: Tensor, pool: (plane: Tensor) => Tensor): Tensor {
  const [n, length, channels] = x.shape as [number, number, number];
  const y = pool(tf.reshape(x, [n, 1, length, channels]));
  return tf.reshape(y, [n, y.shape[2] as number, channels]);
}

function lifted({ kernel, stride, padding, dilation, ceil }: PoolShape): PoolShape {
  return { kernel: [1, ...kernel], stride: [1, ...stride], padding: [0, ...padding], dilation: [1, ...dilation], ceil };
}
