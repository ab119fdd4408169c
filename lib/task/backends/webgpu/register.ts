import { product } from '../tfjs/axes.js';
import type { Tensor, TF } from '../tfjs/tf.js';

interface Kernel {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: { incRef(dataId: object): void };
}

const registered = new WeakSet<TF>();

/** Replaces the kernels in which tfjs-backend-webgpu 4.22 is wrong, by others that it has. No backward kernel is missing in it. */
export function registerGpuKernels(tf: TF): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  /** `compute` where it has something to say, else the kernel that is there. */
  const replace = (kernelName: string, compute: (kernel: Kernel) => Tensor | undefined): void => {
    const before = tf.getKernel(kernelName, 'webgpu');
    tf.unregisterKernel(kernelName, 'webgpu');
    tf.registerKernel({
      ...before,
      kernelFunc: (given) => {
        const kernel = given as unknown as Kernel;
        const result = tf.tidy(() => compute(kernel) ?? ([] as Tensor[]));
        if (Array.isArray(result)) return before.kernelFunc(given);
        kernel.backend.incRef(result.dataId);
        const info = { dataId: result.dataId, shape: result.shape, dtype: result.dtype };
        result.dispose();
        return info;
      },
    });
  };
  // Its shaders index vectors of five as if there were such a thing.
  replace('PadV2', ({ inputs: { x }, attrs }) => (x && x.rank > 4 ? padByAxis(tf, x, attrs['paddings'] as readonly [number, number][], attrs['constantValue'] as number) : undefined));
  // It turns round all of the axes before the last four.
  replace('Reverse', ({ inputs: { x }, attrs }) => (x && x.rank > 4 ? reverseByAxis(tf, x, attrs['dims'] as number | readonly number[]) : undefined));
  // Of equal values it takes the last of a window, and PyTorch the first. Backwards the last is the first.
  const poolGradient = tf.getKernel('MaxPoolGrad', 'webgpu');
  replace('MaxPoolGrad', ({ inputs: { dy, input }, attrs, backend }) => {
    if (!dy || !input || attrs['pad'] !== 'valid') return undefined;
    const [windows, strides] = [pair(attrs['filterSize']), pair(attrs['strides'])];
    const reached = [0, 1].map((axis) => ((dy.shape[axis + 1] as number) - 1) * (strides[axis] as number) + (windows[axis] as number));
    const [batch, height, width, channels] = input.shape as [number, number, number, number];
    const turned = tf.reverse(tf.slice(input, [0, 0, 0, 0], [batch, reached[0] as number, reached[1] as number, channels]), [1, 2]);
    const given = { dy: tf.reverse(dy, [1, 2]), input: turned, output: turned };
    const found = poolGradient.kernelFunc({ inputs: given, attrs: attrs as never, backend: backend as never });
    const gradient = tf.engine().makeTensorFromTensorInfo(found as never) as Tensor;
    return tf.pad(tf.reverse(gradient, [1, 2]), [[0, 0], [0, height - (reached[0] as number)], [0, width - (reached[1] as number)], [0, 0]]);
  });
  // Backwards it keeps the length of the first tensor that it met.
  replace('Cumsum', ({ inputs: { x }, attrs }) => (x && attrs['reverse'] ? tf.reverse(tf.cumsum(tf.reverse(x, attrs['axis'] as number), attrs['axis'] as number, attrs['exclusive'] as boolean), attrs['axis'] as number) : undefined));
  for (const name of elementwise)
    replace(name, ({ inputs: { a, b } }) => {
      if (!a || !b || Math.max(a.rank, b.rank) < 5 || sameShape(a.shape, b.shape)) return undefined;
      const { shape, left, right } = mergeAxes(tf, a.shape, b.shape);
      const spread = (x: Tensor, merged: readonly number[]): Tensor => tf.reshape(x, [...merged]);
      return tf.reshape(tf.engine().runKernel(name, { a: spread(a, left), b: spread(b, right) }) as Tensor, [...shape]);
    });
  // It gives the same buffer of integers another name, over which later shaders stumble.
  replace('Cast', ({ inputs: { x }, attrs }) => (x && attrs['dtype'] === 'float32' && (x.dtype === 'int32' || x.dtype === 'bool') ? (tf.engine().runKernel('Multiply', { a: x, b: tf.scalar(1, 'float32') }) as Tensor) : undefined));
  // WGSL promises three digits of a sine.
  replace('Sin', ({ inputs: { x } }) => x && sine(tf, x, 0));
  replace('Cos', ({ inputs: { x } }) => x && sine(tf, x, 0.5));
}

/** A number for each of the two axes. */
const pair = (value: unknown): readonly number[] => (typeof value === 'number' ? [value, value] : (value as readonly number[]));

/** Kernels of two inputs, whose shaders cannot broadcast along more than four axes. */
const elementwise = ['Add', 'Sub', 'Multiply', 'RealDiv', 'FloorDiv', 'Mod', 'Pow', 'Maximum', 'Minimum', 'SquaredDifference', 'Atan2', 'Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'];

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Neighbouring axes that broadcast alike made one: at most as many as the broadcast changes sides, which is four in anything that networks do. */
function mergeAxes(tf: TF, a: readonly number[], b: readonly number[]): { readonly shape: readonly number[]; readonly left: readonly number[]; readonly right: readonly number[] } {
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a], [...b]);
  const filled = (sizes: readonly number[]): readonly number[] => [...Array.from({ length: shape.length - sizes.length }, () => 1), ...sizes];
  const [wholeA, wholeB] = [filled(a), filled(b)];
  const [left, right]: [number[], number[]] = [[], []];
  let before = '';
  for (const axis of shape.keys()) {
    const [sizeA, sizeB] = [wholeA[axis] as number, wholeB[axis] as number];
    if (sizeA === 1 && sizeB === 1) continue;
    const kind = sizeA === sizeB ? 'both' : sizeA === 1 ? 'right' : 'left';
    if (kind === before) {
      left.push((left.pop() as number) * sizeA);
      right.push((right.pop() as number) * sizeB);
    } else {
      left.push(sizeA);
      right.push(sizeB);
    }
    before = kind;
  }
  return { shape, left, right };
}

/** Any tensor with what lies before and behind one axis folded together. */
const folded = (tf: TF, x: Tensor, axis: number): Tensor => tf.reshape(x, [product(x.shape.slice(0, axis)), x.shape[axis] as number, product(x.shape.slice(axis + 1))]);

function padByAxis(tf: TF, x: Tensor, paddings: readonly (readonly [number, number])[], value: number): Tensor {
  return paddings.reduce((all, [before, after], axis) => {
    if (before === 0 && after === 0) return all;
    const padded = tf.pad(folded(tf, all, axis), [[0, 0], [before, after], [0, 0]], value);
    return tf.reshape(padded, all.shape.map((size, i) => (i === axis ? size + before + after : size)));
  }, tf.clone(x));
}

function reverseByAxis(tf: TF, x: Tensor, dims: number | readonly number[]): Tensor {
  const axes = tf.util.parseAxisParam([dims].flat() as number[], x.shape);
  return axes.reduce((all, axis) => tf.reshape(tf.reverse(folded(tf, all, axis), 1), all.shape), tf.clone(x));
}

/** π in two parts, of which the first has so few digits that its multiples are exact. */
const [high, low] = [3.140625, Math.PI - 3.140625];
/** Of sin r on [-π/2, π/2]: r, r³, r⁵ and on; the rest is below a rounding of float32. */
const taylor = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800];

/** sin(x + shift · π), to the precision of float32: the nearest multiple of π taken away, then a polynomial. */
function sine(tf: TF, x: Tensor, shift: number): Tensor {
  // For a cosine the multiple is a half one, so that nothing is added to x before it is reduced.
  const turns = tf.sub(tf.round(tf.add(tf.mul(x, 1 / Math.PI), shift)), shift);
  const r = tf.sub(tf.sub(x, tf.mul(turns, high)), tf.mul(turns, low));
  const square = tf.square(r);
  const series = tf.mul(r, taylor.reduceRight<Tensor>((sum, factor) => tf.add(tf.mul(sum, square), factor), tf.zerosLike(r)));
  // The sine changes its sign with every multiple.
  const whole = tf.add(turns, shift);
  const odd = tf.abs(tf.sub(whole, tf.mul(2, tf.floor(tf.mul(whole, 0.5)))));
  return tf.mul(series, tf.sub(1, tf.mul(2, odd)));
}
