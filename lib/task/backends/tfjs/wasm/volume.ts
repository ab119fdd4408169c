import { padAxes, spread } from '../axes.js';
import type { Tensor, TF } from '../tf.js';

type Attributes = Readonly<Record<string, unknown>>;
type Shape5 = [number, number, number, number, number];

function windows(tf: TF, inputShape: readonly number[], filterShape: readonly number[], attrs: Attributes) {
  const info = tf.backend_util.computeConv3DInfo(inputShape as Shape5, filterShape as Shape5, attrs['strides'] as [number, number, number], 1, attrs['pad'] as 'valid');
  return { strides: [info.strideDepth, info.strideHeight, info.strideWidth], before: [info.padInfo.front, info.padInfo.top, info.padInfo.left], after: [info.padInfo.back, info.padInfo.bottom, info.padInfo.right] };
}

const spreadAll = (tf: TF, dy: Tensor, strides: readonly number[]): Tensor => strides.reduce<Tensor>((wide, step, axis) => spread(tf, wide, axis + 1, step), dy);

/** The input's gradient of a convolution over three axes: the output's gradient, spread by the stride, under the flipped filter. */
export function volumeInputGradient(tf: TF, dy: Tensor, filter: Tensor, attrs: Attributes): Tensor {
  const inputShape = attrs['inputShape'] as Shape5;
  const { strides, before } = windows(tf, inputShape, filter.shape, attrs);
  const wide = spreadAll(tf, dy, strides);
  const pads = before.map((front, axis) => {
    const start = (filter.shape[axis] as number) - 1 - front;
    return [start, (inputShape[axis + 1] as number) + (filter.shape[axis] as number) - 1 - start - (wide.shape[axis + 1] as number)] as const;
  });
  const padded = padAxes(tf, wide, [[0, 0], ...pads, [0, 0]]);
  return tf.conv3d(padded as never, tf.transpose(tf.reverse(filter, [0, 1, 2]), [0, 1, 2, 4, 3]) as never, 1, 'valid');
}

/** The filter's gradient: the input, with batch and channels exchanged, under the output's gradient, spread by the stride. */
export function volumeFilterGradient(tf: TF, x: Tensor, dy: Tensor, attrs: Attributes): Tensor {
  const filterShape = attrs['filterShape'] as Shape5;
  const { strides, before, after } = windows(tf, x.shape, filterShape, attrs);
  const padded = padAxes(tf, x, [[0, 0], ...before.map((front, axis) => [front, after[axis] as number] as const), [0, 0]]);
  const wide = spreadAll(tf, dy, strides);
  const taps = tf.conv3d(tf.transpose(padded, [4, 1, 2, 3, 0]) as never, tf.transpose(wide, [1, 2, 3, 0, 4]) as never, 1, 'valid') as Tensor;
  const [depth, height, width, channels, out] = filterShape;
  return tf.transpose(tf.slice(taps, [0, 0, 0, 0, 0], [channels, depth, height, width, out]), [1, 2, 3, 0, 4]);
}
