import type { Tensor, TF } from '../tf.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.js';

interface Backend {
  incRef(dataId: object): void;
}
interface Kernel {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: Backend;
}
type Strides = readonly [number, number];

let done = false;

/** Adds the backward kernels that tfjs-backend-wasm 4.22 lacks, composed of forward kernels that it has. */
export function registerBackwardKernels(tf: TF): void {
  if (done) return;
  done = true;
  const register = (kernelName: string, compute: (kernel: Kernel) => Tensor): void => {
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: (given) => {
        const kernel = given as unknown as Kernel;
        const result = tf.tidy(() => compute(kernel));
        kernel.backend.incRef(result.dataId);
        const info = { dataId: result.dataId, shape: result.shape, dtype: result.dtype };
        result.dispose();
        return info;
      },
    });
  };

  register('Conv2DBackpropFilter', ({ inputs, attrs }) => filterGradient(tf, inputs['x'] as Tensor, inputs['dy'] as Tensor, attrs));
  register('DepthwiseConv2dNativeBackpropFilter', ({ inputs, attrs }) => depthwiseFilterGradient(tf, inputs['x'] as Tensor, inputs['dy'] as Tensor, attrs));
  register('DepthwiseConv2dNativeBackpropInput', ({ inputs, attrs }) => depthwiseInputGradient(tf, inputs['dy'] as Tensor, inputs['filter'] as Tensor, attrs));
  register('UnsortedSegmentSum', ({ inputs, attrs }) => segmentSum(tf, inputs['x'] as Tensor, inputs['segmentIds'] as Tensor, attrs['numSegments'] as number));
}

/** The filter's gradient is, tap by tap, a matrix product of the input under that tap with the output's gradient. */
function filterGradient(tf: TF, x: Tensor, dy: Tensor, attrs: Readonly<Record<string, unknown>>): Tensor {
  const filterShape = attrs['filterShape'] as [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(x.shape as [number, number, number, number], filterShape, attrs['strides'] as Strides as [number, number], 1, attrs['pad'] as 'valid', attrs['dimRoundingMode'] as 'floor');
  const [height, width, channels, out] = filterShape;
  const { outHeight, outWidth, batchSize, strideHeight, strideWidth, padInfo } = info;
  const pads = [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right];
  const padded = pads.some(Boolean) ? tf.pad(x, [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]) : x;
  const rows = batchSize * outHeight * outWidth;
  const gradient = tf.reshape(dy, [rows, out]);
  const taps: Tensor[] = [];
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const under =
        strideHeight === 1 && strideWidth === 1
          ? tf.slice(padded, [0, i, j, 0], [batchSize, outHeight, outWidth, channels])
          : tf.stridedSlice(padded, [0, i, j, 0], [batchSize, i + (outHeight - 1) * strideHeight + 1, j + (outWidth - 1) * strideWidth + 1, channels], [1, strideHeight, strideWidth, 1]);
      taps.push(tf.matMul(tf.reshape(under, [rows, channels]), gradient, true, false));
    }
  return tf.reshape(taps.length === 1 ? (taps[0] as Tensor) : tf.concat(taps, 0), filterShape);
}

/** Sums rows of equal id: a product with the matrix that has a one where a row belongs. */
function segmentSum(tf: TF, x: Tensor, ids: Tensor, segments: number): Tensor {
  const rows = ids.size;
  const belongs = tf.oneHot(tf.cast(tf.reshape(ids, [rows]), 'int32'), segments);
  const sums = tf.matMul(tf.cast(belongs, 'float32') as Tensor, tf.reshape(x, [rows, x.size / rows]), true, false);
  return tf.reshape(sums, [segments, ...x.shape.slice(ids.rank)]);
}
