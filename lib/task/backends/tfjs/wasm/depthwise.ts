import { every } from '../axes.js';
import type { Tensor, TF } from '../tf.js';

type Shape4 = [number, number, number, number];

function windows(tf: TF, xShape: readonly number[], filterShape: readonly number[], attrs: Readonly<Record<string, unknown>>) {
  return tf.backend_util.computeConv2DInfo(xShape as Shape4, filterShape as Shape4, attrs['strides'] as [number, number], 1, attrs['pad'] as 'valid', attrs['dimRoundingMode'] as 'floor', true);
}

/** Tap by tap, the input under the tap times the output's gradient, summed over batch and positions. */
export function depthwiseFilterGradient(tf: TF, x: Tensor, dy: Tensor, attrs: Readonly<Record<string, unknown>>): Tensor {
  const filterShape = attrs['filterShape'] as Shape4;
  const [height, width, channels, multiplier] = filterShape;
  const { outHeight, outWidth, batchSize, strideHeight, strideWidth, padInfo } = windows(tf, x.shape, filterShape, attrs);
  const padded = tf.pad(x, [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]);
  const rows = batchSize * outHeight * outWidth;
  const gradient = tf.reshape(dy, [rows, channels, multiplier]);
  const taps: Tensor[] = [];
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const under = every(tf, padded, [0, i, j, 0], [batchSize, outHeight, outWidth, channels], [1, strideHeight, strideWidth, 1]);
      taps.push(tf.sum(tf.mul(tf.reshape(under, [rows, channels, 1]), gradient), 0));
    }
  return tf.reshape(tf.stack(taps, 0), filterShape);
}

/** The output's gradient, spread by the stride, under the flipped filter: a depthwise convolution again, one for each multiple. */
export function depthwiseInputGradient(tf: TF, dy: Tensor, filter: Tensor, attrs: Readonly<Record<string, unknown>>): Tensor {
  const inputShape = attrs['inputShape'] as Shape4;
  const [height, width, channels, multiplier] = filter.shape as Shape4;
  const { outHeight, outWidth, batchSize, strideHeight, strideWidth, padInfo } = windows(tf, inputShape, filter.shape, attrs);
  const [fullHeight, fullWidth] = [inputShape[1] + padInfo.top + padInfo.bottom, inputShape[2] + padInfo.left + padInfo.right];
  const flipped = tf.reverse(filter, [0, 1]);
  const parts = tf.reshape(dy, [batchSize, outHeight, outWidth, channels, multiplier]);
  let sum: Tensor | undefined;
  for (let m = 0; m < multiplier; m++) {
    const part = tf.reshape(tf.slice(parts, [0, 0, 0, 0, m], [batchSize, outHeight, outWidth, channels, 1]), [batchSize, outHeight, outWidth, channels]);
    const wide = spreadPlane(tf, part, strideHeight, strideWidth);
    const [h, w] = [wide.shape[1] as number, wide.shape[2] as number];
    // Full correlation, filled up to the padded input where the last windows did not reach its end.
    const padded = tf.pad(wide, [[0, 0], [height - 1, fullHeight - h], [width - 1, fullWidth - w], [0, 0]]);
    const gradient = tf.depthwiseConv2d(padded as never, tf.slice(flipped, [0, 0, 0, m], [height, width, channels, 1]) as never, 1, 'valid') as Tensor;
    sum = sum ? tf.add(sum, gradient) : gradient;
  }
  return tf.slice(sum as Tensor, [0, padInfo.top, padInfo.left, 0], inputShape);
}

/** Zeros between rows and columns. */
export function spreadPlane(tf: TF, x: Tensor, strideHeight: number, strideWidth: number): Tensor {
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [n, h, w, c] = x.shape as Shape4;
  const stuffed = tf.pad(tf.reshape(x, [n * h, 1, w, c]), [[0, 0], [0, strideHeight - 1], [0, 0], [0, 0]]);
  const columns = tf.pad(tf.reshape(stuffed, [n * h * strideHeight * w, 1, c]), [[0, 0], [0, strideWidth - 1], [0, 0]]);
  const whole = tf.reshape(columns, [n, h * strideHeight, w * strideWidth, c]);
  return tf.slice(whole, [0, 0, 0, 0], [n, (h - 1) * strideHeight + 1, (w - 1) * strideWidth + 1, c]);
}
