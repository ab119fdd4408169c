import { mapAxis, product } from './axes.js';
import type { Tensor, TF } from './tf.js';

export interface ResizeShape {
  readonly size: readonly number[] | null;
  readonly scale: readonly number[] | null;
  readonly mode: string;
  readonly alignCorners: boolean;
  /** Computes the factor again from the rounded size. */
  readonly recompute?: boolean;
}

/**
 * torch.nn.functional.interpolate of a tensor with channels last. Every mode is separable: one linear map an axis. Nearest by a whole factor,
 * which decoders use most, repeats values instead.
 */
export function resize(tf: TF, x: Tensor, { size, scale, mode, alignCorners, recompute = false }: ResizeShape): Tensor {
  const axes = x.rank - 2;
  let result = x;
  for (let i = 0; i < axes; i++) {
    const n = x.shape[i + 1] as number;
    const factor = scale?.[i];
    const out = size?.[i] ?? Math.floor(n * (factor ?? 1));
    const step = factor === undefined || recompute ? n / out : 1 / factor;
    const whole = out / n;
    if (mode === 'nearest' && Number.isInteger(whole) && step === 1 / whole) {
      if (whole > 1) result = repeat(tf, result, i + 1, whole);
      continue;
    }
    // Without align_corners a written scale_factor is used as it is, as PyTorch does, even where the size is rounded.
    result = mapAxis(tf, result, i + 1, tf.tensor2d(weights(n, out, mode, alignCorners, step), [out, n]));
  }
  return result;
}

/** Each value `times` times along an axis. */
export function repeat(tf: TF, x: Tensor, axis: number, times: number): Tensor {
  const inner = product(x.shape.slice(axis + 1));
  const rows = tf.reshape(x, [x.size / inner, inner]);
  return tf.reshape(tf.concat(Array.from({ length: times }, () => rows), 1), x.shape.map((size, i) => (i === axis ? size * times : size)));
}

/** Row o holds how much each input position counts in output position o. */
function weights(n: number, out: number, mode: string, alignCorners: boolean, step: number): Float32Array {
  const matrix = new Float32Array(out * n);
  const add = (o: number, i: number, weight: number): void => {
    const at = o * n + Math.min(n - 1, Math.max(0, i));
    matrix[at] = (matrix[at] as number) + weight;
  };
  for (let o = 0; o < out; o++) {
    if (mode === 'nearest') add(o, Math.floor(Math.fround(o * Math.fround(step))), 1);
    else if (mode === 'nearest-exact') add(o, Math.floor(Math.fround((o + 0.5) * Math.fround(step))), 1);
    else if (mode === 'area') {
      const [start, end] = [Math.floor((o * n) / out), Math.ceil(((o + 1) * n) / out)];
      for (let i = start; i < end; i++) add(o, i, 1 / (end - start));
    } else {
      const cubic = mode === 'bicubic';
      const aligned = alignCorners ? (out > 1 ? (o * (n - 1)) / (out - 1) : 0) : (o + 0.5) * step - 0.5;
      const place = cubic || alignCorners ? aligned : Math.max(0, aligned);
      const base = Math.floor(place);
      const t = place - base;
      if (cubic) [-1, 0, 1, 2].forEach((offset) => add(o, base + offset, cubicWeight(Math.abs(t - offset))));
      else {
        add(o, base, 1 - t);
        add(o, base + 1, t);
      }
    }
  }
  return matrix;
}

/** Keys' cubic convolution with a = -0.75, as PyTorch's bicubic. */
function cubicWeight(d: number): number {
  const a = -0.75;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}
