import { untaped } from '../gradient.js';
import { type Kernel, flag, list, required, tuple } from '../kernel.js';
import type { Random } from '../../../random.js';
import type { Tensor } from '../tf.js';
import { channelsFirst, first } from '../wire.js';
import { product } from '../axes.js';

/** Where windows begin along one axis (Graham 2014, 2): the first and the last stand at the ends, those between step by one of two whole numbers, as the draw says. */
export function starts(size: number, count: number, kernel: number, drawn: number): readonly number[] {
  const step = count > 1 ? (size - kernel) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? size - kernel : Math.floor((i + drawn) * step) - Math.floor(drawn * step)));
}

/** For each element of each window, in its order, where it stands in the flat tensor: a row for each tap, over all planes and windows. */
function taps(planes: number, sizes: readonly number[], made: readonly number[], kernel: readonly number[], random: Random): Int32Array {
  const [windows, offsets] = [product(made), product(kernel)];
  const plane = product(sizes);
  const strides = sizes.map((_, axis) => product(sizes.slice(axis + 1)));
  /** The numbers of a place in a grid. */
  const digits = (grid: readonly number[], place: number): readonly number[] => grid.map((size, axis) => Math.floor(place / product(grid.slice(axis + 1))) % size);
  const places = Array.from({ length: windows }, (_, window) => digits(made, window));
  const shifts = Array.from({ length: offsets }, (_, tap) => digits(kernel, tap).reduce((sum, digit, axis) => sum + digit * (strides[axis] as number), 0));
  const result = new Int32Array(offsets * planes * windows);
  for (let k = 0; k < planes; k++) {
    // Each plane is cut in its own way.
    const along = sizes.map((size, axis) => starts(size, made[axis] as number, kernel[axis] as number, random.uniform()));
    for (let window = 0; window < windows; window++) {
      const base = (places[window] as readonly number[]).reduce((sum, digit, axis) => sum + (along[axis]?.[digit] as number) * (strides[axis] as number), k * plane);
      for (let tap = 0; tap < offsets; tap++) result[(tap * planes + k) * windows + window] = base + (shifts[tap] as number);
    }
  }
  return result;
}

/** Windows differ from plane to plane, so that each element is taken from its place; what arrives at it goes back there. */
const fractional =
  (axes: 2 | 3): Kernel =>
  (call) => {
    const { tf, p } = call;
    const x = channelsFirst(tf, required(call));
    const [outer, sizes] = [x.shape.slice(0, -axes), x.shape.slice(-axes)];
    const kernel = tuple(p['kernel_size'], axes, 1);
    const ratio = list(p['output_ratio']);
    const made = p['output_size'] == null ? sizes.map((size, axis) => Math.floor(size * (ratio[ratio.length === 1 ? 0 : axis] as number))) : tuple(p['output_size'], axes, 1);
    const shape = [...outer, ...made];
    const planes = product(outer);
    const count = product(shape);
    const asked = flag(p['return_indices'], false);
    if (count === 0) return [first(tf.zeros(shape)), ...(asked ? [first(tf.zeros(shape, 'int32'))] : [])];
    const flat = tf.reshape(x, [x.size]);
    const places = untaped(tf, () => {
      const all = tf.tensor1d(taps(planes, sizes, made, kernel, call.random()), 'int32');
      const best = tf.argMax(tf.reshape(tf.gather(flat, all as never), [product(kernel), count]), 0);
      return tf.gather(all, tf.add(tf.mul(best, tf.scalar(count, 'int32')), tf.range(0, count, 1, 'int32')) as never) as Tensor;
    });
    const values = first(tf.reshape(tf.gather(flat, places as never), shape));
    if (!asked) return [values];
    const plane = product(sizes);
    const within = untaped(tf, () => tf.sub(tf.reshape(places, [planes, count / planes]), tf.mul(tf.reshape(tf.range(0, planes, 1, 'int32'), [planes, 1]), tf.scalar(plane, 'int32'))));
    return [values, first(tf.reshape(within, shape))];
  };

export const fractionalKernels: Readonly<Record<string, Kernel>> = {
  FractionalMaxPool2d: fractional(2),
  FractionalMaxPool3d: fractional(3),
};
