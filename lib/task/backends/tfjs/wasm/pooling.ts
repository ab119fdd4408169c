import type { Tensor, TF } from '../tf.js';

/**
 * The gradient of max pooling goes to the first largest value of each window, as in PyTorch. In plain JavaScript, since the kernel that
 * tfjs-backend-wasm 4.22 brings answers wrong numbers.
 */
export function maxPoolGradient(tf: TF, x: Tensor, dy: Tensor, attrs: Readonly<Record<string, unknown>>, read: (tensor: Tensor) => Float32Array): Tensor {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = tf.backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    attrs['filterSize'] as [number, number],
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'valid',
    attrs['dimRoundingMode'] as 'floor',
  );
  const [values, upstream] = [read(x), read(dy)];
  const gradient = new Float32Array(values.length);
  let out = 0;
  for (let n = 0; n < batchSize; n++)
    for (let h = 0; h < outHeight; h++)
      for (let w = 0; w < outWidth; w++) {
        const [top, left] = [h * strideHeight - padInfo.top, w * strideWidth - padInfo.left];
        const [firstRow, firstColumn] = [Math.max(0, top), Math.max(0, left)];
        const [endRow, endColumn] = [Math.min(inHeight, top + filterHeight), Math.min(inWidth, left + filterWidth)];
        for (let c = 0; c < inChannels; c++, out++) {
          let [best, at] = [-Infinity, -1];
          for (let row = firstRow; row < endRow; row++)
            for (let column = firstColumn; column < endColumn; column++) {
              const place = ((n * inHeight + row) * inWidth + column) * inChannels + c;
              const value = values[place] as number;
              if (value > best || at < 0) {
                best = value;
                at = place;
              }
            }
          if (at >= 0) gradient[at] = (gradient[at] as number) + (upstream[out] as number);
        }
      }
  return tf.tensor(gradient, x.shape);
}
