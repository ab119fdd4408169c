import { every, padAxes, product } from '../axes.js';
import { untaped } from '../gradient.js';
import { type Kernel, flag, list, required, tuple } from '../kernel.js';
import { offsets, type PoolShape, cell } from '../pooling.js';
import type { Tensor, TF } from '../tf.js';
import { channelsFirst, first, spatially, type Wire } from '../wire.js';

/** Where the largest element of each window stands in its channel, counted row by row; `x` has channels last. Of equals it is the first. */
export function maxPlaces(tf: TF, x: Tensor, { kernel, stride, padding, dilation }: PoolShape, pooled: readonly number[]): Tensor {
  const [batch, channels] = [x.shape[0] as number, x.shape[x.rank - 1] as number];
  const sizes = kernel.map((_, axis) => x.shape[axis + 1] as number);
  const after = pooled.map((count, axis) => Math.max(0, (count - 1) * (stride[axis] as number) + (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1 - (sizes[axis] as number) - (padding[axis] as number)));
  const padded = padAxes(tf, x, [[0, 0], ...after.map((more, axis) => [padding[axis] as number, more] as const), [0, 0]], 'constant', -Infinity);
  const taps = offsets(kernel).map((offset) => every(tf, padded, [0, ...offset.map((tap, axis) => tap * (dilation[axis] as number)), 0], [batch, ...pooled, channels], [1, ...stride, 1]));
  const best = tf.argMax(tf.stack(taps as Tensor[]), 0);
  const inner = sizes.map((_, axis) => product(sizes.slice(axis + 1)));
  const steps = offsets(kernel).map((offset) => offset.reduce((sum, tap, axis) => sum + tap * (dilation[axis] as number) * (inner[axis] as number), 0));
  const starts = grid(pooled).map((at) => at.reduce((sum, place, axis) => sum + (place * (stride[axis] as number) - (padding[axis] as number)) * (inner[axis] as number), 0));
  const moved = tf.reshape(tf.gather(tf.tensor1d(steps, 'int32'), tf.reshape(best, [best.size]) as never), best.shape);
  return tf.add(moved, tf.tensor(starts, [1, ...pooled, 1], 'int32'));
}

/** The same for the windows of adaptive pooling. */
export function adaptivePlaces(tf: TF, x: Tensor, output: readonly (number | null)[]): Tensor {
  const [batch, channels] = [x.shape[0] as number, x.shape[x.rank - 1] as number];
  const sizes = output.map((_, axis) => x.shape[axis + 1] as number);
  const pooled = output.map((size, axis) => size ?? (sizes[axis] as number));
  const cells = grid(pooled).map((at) => {
    const ranges = at.map((i, axis) => cell(i, sizes[axis] as number, pooled[axis] as number));
    const extent = ranges.map(([start, end]) => end - start);
    const window = tf.slice(x, [0, ...ranges.map(([start]) => start), 0], [batch, ...extent, channels]);
    const places = grid(extent).map((offset) => offset.reduce((sum, step, axis) => sum * (sizes[axis] as number) + step + (ranges[axis]?.[0] ?? 0), 0));
    const best = tf.argMax(tf.reshape(window, [batch, product(extent), channels]), 1);
    return tf.reshape(tf.gather(tf.tensor1d(places, 'int32'), tf.reshape(best, [best.size]) as never), [batch, 1, channels]);
  });
  return tf.reshape(tf.concat(cells, 1), [batch, ...pooled, channels]);
}

/** All places of a grid, row by row. */
function grid(sizes: readonly number[]): readonly (readonly number[])[] {
  return offsets(sizes);
}

/** The second port of a max pool, where it is asked for. */
export function withPlaces(call: Parameters<Kernel>[0], axes: number, pooled: Wire, find: (x: Tensor, spatial: readonly number[]) => Tensor): readonly Wire[] {
  if (!flag(call.p['return_indices'], false)) return [pooled];
  const { shape } = channelsFirst(call.tf, pooled);
  const { tf } = call;
  // They are turned as floats: tfjs-backend-webgpu turns no whole numbers.
  const places = (): Tensor => channelsFirst(tf, spatially(tf, required(call), axes, (x) => tf.cast(find(x, shape.slice(-axes)), 'float32') as Tensor));
  return [pooled, first(untaped(tf, () => tf.cast(places(), 'int32') as Tensor))];
}

/** Every element at its place among zeros. What stands at one place twice is one element that two windows found. */
const unpool =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const x = channelsFirst(tf, required(call));
    const places = tf.cast(channelsFirst(tf, required(call, 1)), 'int32') as Tensor;
    const kernel = tuple(p['kernel_size'], axes, 1);
    const [stride, padding] = [tuple(p['stride'], axes, kernel), tuple(p['padding'], axes, 0)];
    const wanted = list(p['output_size']).slice(-axes);
    const spatial = x.shape.slice(-axes).map((size, axis) => wanted[axis] ?? (size - 1) * (stride[axis] as number) + (kernel[axis] as number) - 2 * (padding[axis] as number));
    const planes = product(x.shape.slice(0, -axes));
    const [before, after] = [x.size / planes, product(spatial)];
    const flat = tf.reshape(tf.add(tf.reshape(places, [planes, before]), tf.reshape(tf.mul(tf.range(0, planes, 1, 'int32'), tf.scalar(after, 'int32')), [planes, 1])), [x.size]);
    const scatter = (values: Tensor): Tensor => tf.unsortedSegmentSum(values, flat as never, planes * after);
    const put = tf.customGrad((values: unknown, save: unknown) => {
      (save as (tensors: Tensor[]) => void)([flat]);
      return {
        value: tf.div(scatter(values as Tensor), tf.maximum(scatter(tf.ones([x.size])), 1)),
        gradFunc: (dy: Tensor, [at]: Tensor[]) => tf.gather(dy, at as never),
      };
    });
    return [first(tf.reshape(put(tf.reshape(x, [x.size])), [...x.shape.slice(0, -axes), ...spatial]))];
  };

export const unpoolingKernels: Readonly<Record<string, Kernel>> = { MaxUnpool1d: unpool(1), MaxUnpool2d: unpool(2), MaxUnpool3d: unpool(3) };
