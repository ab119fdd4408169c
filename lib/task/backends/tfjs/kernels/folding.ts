import { cutAll, every, padAxes, spread } from '../axes.js';
import { unstacked } from '../gradient.js';
import { type Call, type Kernel, required, tuple } from '../kernel.js';
import { offsets } from '../pooling.js';
import type { Tensor } from '../tf.js';
import { channelsFirst, first } from '../wire.js';

interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Places of the window along each axis. */
  readonly places: readonly number[];
}

function windows({ p }: Call, size: readonly number[]): Windows {
  const [kernel, stride, padding, dilation] = [tuple(p['kernel_size'], 2, 1), tuple(p['stride'], 2, 1), tuple(p['padding'], 2, 0), tuple(p['dilation'], 2, 1)];
  const places = size.map((length, axis) => Math.floor((length + 2 * (padding[axis] as number) - (dilation[axis] as number) * ((kernel[axis] as number) - 1) - 1) / (stride[axis] as number)) + 1);
  return { kernel, stride, padding, dilation, places };
}

/** torch.nn.Unfold: column by column, what each tap of the window sees. */
const unfold: Kernel = (call) => {
  const { tf } = call;
  const given = channelsFirst(tf, required(call));
  const x = given.rank === 3 ? tf.expandDims(given, 0) : given;
  const [n, channels] = x.shape as [number, number];
  const { kernel, stride, padding, dilation, places } = windows(call, x.shape.slice(2));
  const padded = padAxes(tf, x, [[0, 0], [0, 0], ...padding.map((size) => [size, size] as const)]);
  const taps = offsets(kernel).map((tap) => every(tf, padded, [0, 0, ...tap.map((at, axis) => at * (dilation[axis] as number))], [n, channels, ...places], [1, 1, ...stride]));
  const y = tf.reshape(tf.stack(taps, 2), [n, channels * taps.length, (places[0] as number) * (places[1] as number)]);
  return [first(given.rank === 3 ? tf.squeeze(y, [0]) : y)];
};

/** torch.nn.Fold: each tap's values go back to where that tap lay, and are added up. */
const fold: Kernel = (call) => {
  const { tf, p } = call;
  const given = channelsFirst(tf, required(call));
  const x = given.rank === 2 ? tf.expandDims(given, 0) : given;
  const size = tuple(p['output_size'], 2, 1);
  const { kernel, stride, padding, dilation, places } = windows(call, size);
  const count = (kernel[0] as number) * (kernel[1] as number);
  const n = x.shape[0] as number;
  const channels = (x.shape[1] as number) / count;
  const taps = unstacked(tf, tf.reshape(x, [n, channels, count, ...places]), 2);
  const whole = size.map((length, axis) => length + 2 * (padding[axis] as number));
  const sum = offsets(kernel)
    .map((tap, i) => {
      const wide = stride.reduce<Tensor>((tensor, step, axis) => spread(tf, tensor, axis + 2, step), taps[i] as Tensor);
      const starts = tap.map((at, axis) => at * (dilation[axis] as number));
      return padAxes(tf, wide, [[0, 0], [0, 0], ...starts.map((start, axis) => [start, (whole[axis] as number) - start - (wide.shape[axis + 2] as number)] as const)]);
    })
    .reduce((a, b) => tf.add(a, b));
  const y = cutAll(tf, sum, [0, 0, ...padding], [n, channels, ...size]);
  return [first(given.rank === 2 ? tf.squeeze(y, [0]) : y)];
};

export const foldingKernels: Readonly<Record<string, Kernel>> = { Unfold: unfold, Fold: fold };
