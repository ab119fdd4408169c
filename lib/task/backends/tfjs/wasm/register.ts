import type { Tensor, TF } from '../tf.js';
import { padAxes } from '../axes.js';
import { maxPoolGradient } from './pooling.js';
import { volumeFilterGradient, volumeInputGradient } from './volume.js';
import { replaceMatMul } from './matmul.js';
import { depthwiseFilterGradient, depthwiseInputGradient, spreadPlane } from './depthwise.js';

interface Backend {
  incRef(dataId: object): void;
  readSync(dataId: object): Float32Array | Int32Array;
}
interface Kernel {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: Attributes;
  readonly backend: Backend;
}
type Attributes = Readonly<Record<string, unknown>>;

let done = false;

/** Adds the backward kernels that tfjs-backend-wasm 4.22 lacks, composed of forward kernels that it has, and replaces a slow one. */
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
  replaceMatMul(tf);
  for (const name of ['Conv2DBackpropInput', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2', 'MaxPoolGrad']) tf.unregisterKernel(name, 'wasm');
  register('Conv2DBackpropInput', ({ inputs, attrs }) => inputGradient(tf, inputs['dy'] as Tensor, inputs['filter'] as Tensor, attrs));
  register('Conv3DBackpropInputV2', ({ inputs, attrs }) => volumeInputGradient(tf, inputs['dy'] as Tensor, inputs['filter'] as Tensor, attrs));
  register('Conv3DBackpropFilterV2', ({ inputs, attrs }) => volumeFilterGradient(tf, inputs['x'] as Tensor, inputs['dy'] as Tensor, attrs));
  register('MaxPoolGrad', ({ inputs, attrs, backend }) => maxPoolGradient(tf, inputs['input'] as Tensor, inputs['dy'] as Tensor, attrs, ({ dataId }) => backend.readSync(dataId) as Float32Array));
  register('DepthwiseConv2dNativeBackpropFilter', ({ inputs, attrs }) => depthwiseFilterGradient(tf, inputs['x'] as Tensor, inputs['dy'] as Tensor, attrs));
  register('DepthwiseConv2dNativeBackpropInput', ({ inputs, attrs }) => depthwiseInputGradient(tf, inputs['dy'] as Tensor, inputs['filter'] as Tensor, attrs));
  register('UnsortedSegmentSum', (kernel) => segmentSum(tf, kernel));
}

type Shape4 = [number, number, number, number];

function windows(tf: TF, xShape: readonly number[], filterShape: readonly number[], attrs: Attributes) {
  return tf.backend_util.computeConv2DInfo(xShape as Shape4, filterShape as Shape4, attrs['strides'] as [number, number], 1, attrs['pad'] as 'valid', attrs['dimRoundingMode'] as 'floor');
}

/**
 * The filter's gradient is a convolution as well: the input, with batch and channels exchanged, under the output's gradient as a window whose taps stand a
 * stride apart. XNNPACK runs that ten times faster than matrix products tap by tap.
 */
function filterGradient(tf: TF, x: Tensor, dy: Tensor, attrs: Attributes): Tensor {
  const filterShape = attrs['filterShape'] as Shape4;
  const [height, width, channels, out] = filterShape;
  const { outHeight, outWidth, batchSize, strideHeight, strideWidth, padInfo } = windows(tf, x.shape, filterShape, attrs);
  if (height === 1 && width === 1 && strideHeight === 1 && strideWidth === 1) {
    const rows = batchSize * outHeight * outWidth;
    return tf.reshape(tf.matMul(tf.transpose(tf.reshape(x, [rows, channels])), tf.reshape(dy, [rows, out])), filterShape);
  }
  const padded = padInfo.top || padInfo.bottom || padInfo.left || padInfo.right ? tf.pad(x, [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]) : x;
  const taps = tf.conv2d(tf.transpose(padded, [3, 1, 2, 0]) as never, tf.transpose(dy, [1, 2, 0, 3]) as never, 1, 'valid', 'NHWC', [strideHeight, strideWidth]) as Tensor;
  // Rows that no window reaches give taps too many.
  return tf.transpose(tf.slice(taps, [0, 0, 0, 0], [channels, height, width, out]), [1, 2, 0, 3]);
}

/** The input's gradient: the output's gradient, spread by the stride, under the flipped filter. Ten times faster than the kernel that tfjs brings. */
function inputGradient(tf: TF, dy: Tensor, filter: Tensor, attrs: Attributes): Tensor {
  const inputShape = attrs['inputShape'] as Shape4;
  const [height, width] = filter.shape as Shape4;
  const { strideHeight, strideWidth, padInfo } = windows(tf, inputShape, filter.shape, attrs);
  const wide = spreadPlane(tf, dy, strideHeight, strideWidth);
  // Full correlation, cut at once to what lies inside the padding; rows that no window reached get zeros.
  const [top, left] = [height - 1 - padInfo.top, width - 1 - padInfo.left];
  const bottom = inputShape[1] + height - 1 - top - (wide.shape[1] as number);
  const right = inputShape[2] + width - 1 - left - (wide.shape[2] as number);
  const padded = padAxes(tf, wide, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  return tf.conv2d(padded as never, tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as never, 1, 'valid');
}

/** Sums rows of equal id, in plain JavaScript: the gradient of reading rows of a table. */
function segmentSum(tf: TF, { inputs, attrs, backend }: Kernel): Tensor {
  const [x, ids] = [inputs['x'] as Tensor, inputs['segmentIds'] as Tensor];
  const segments = attrs['numSegments'] as number;
  const width = x.size / ids.size;
  const [values, rows] = [backend.readSync(x.dataId), backend.readSync(ids.dataId)];
  const sums = new Float32Array(segments * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (row < 0 || row >= segments) continue;
    for (let j = 0; j < width; j++) sums[row * width + j] = (sums[row * width + j] as number) + (values[i * width + j] as number);
  }
  return tf.tensor(sums, [segments, ...x.shape.slice(ids.shape.length)]);
}
