import { convolve, convolveTransposed } from '../convolution.js';
import { addBias, padAxes, type PadMode } from '../axes.js';
import { type Call, type Kernel, needWeight, number, required, text, tuple } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { spatially } from '../wire.js';

/** Adds a value to every channel of a tensor with channels last. */
function biased({ tf, weight }: Call, y: Tensor): Tensor {
  const bias = weight('bias');
  return bias ? addBias(tf, y, bias) : y;
}

/** Zeros before and after each axis. "same" of PyTorch puts the odd one behind. */
export function paddingOf(padding: unknown, kernel: readonly number[], dilation: readonly number[], axes: number): readonly (readonly [number, number])[] {
  if (padding === 'valid') return kernel.map(() => [0, 0] as const);
  if (padding === 'same')
    return kernel.map((size, axis) => {
      const total = (dilation[axis] as number) * (size - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)] as const;
    });
  return tuple(padding as number, axes, 0).map((size) => [size, size] as const);
}

const convolution =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const weight = needWeight(call, 'weight');
    const dilation = tuple(p['dilation'], axes, 1);
    const padding = paddingOf(p['padding'] ?? 0, weight.shape.slice(2), dilation, axes);
    const mode = text(p['padding_mode'], 'zeros') as PadMode;
    const none = padding.map(() => [0, 0] as const);
    return [
      spatially(tf, required(call), axes, (x) => {
        const padded = mode === 'zeros' ? x : padAxes(tf, x, [[0, 0], ...padding, [0, 0]], mode);
        return biased(call, convolve(tf, padded, weight, { stride: tuple(p['stride'], axes, 1), padding: mode === 'zeros' ? padding : none, dilation, groups: number(p['groups'], 1) }));
      }),
    ];
  };

const transposed =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const shape = {
      stride: tuple(p['stride'], axes, 1),
      padding: tuple(p['padding'], axes, 0),
      outputPadding: tuple(p['output_padding'], axes, 0),
      dilation: tuple(p['dilation'], axes, 1),
      groups: number(p['groups'], 1),
    };
    return [spatially(tf, required(call), axes, (x) => biased(call, convolveTransposed(tf, x, needWeight(call, 'weight'), shape)))];
  };

export const convolutionKernels: Readonly<Record<string, Kernel>> = {
  Conv1d: convolution(1),
  Conv2d: convolution(2),
  Conv3d: convolution(3),
  ConvTranspose1d: transposed(1),
  ConvTranspose2d: transposed(2),
  ConvTranspose3d: transposed(3),
};
