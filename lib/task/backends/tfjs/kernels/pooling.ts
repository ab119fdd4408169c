import { type Kernel, flag, number, required, tuple } from '../kernel.js';
import { adaptiveAvgPool, adaptiveMaxPool, avgPool, maxPool, type PoolShape } from '../pooling.js';
import type { RunValue } from '../kernel.js';
import { channelsFirst, first, spatially } from '../wire.js';
import { adaptivePlaces, maxPlaces, withPlaces } from './unpooling.js';

function poolShape(p: Readonly<Record<string, RunValue>>, axes: number): PoolShape {
  const kernel = tuple(p['kernel_size'], axes, 1);
  return { kernel, stride: tuple(p['stride'], axes, kernel), padding: tuple(p['padding'], axes, 0), dilation: tuple(p['dilation'], axes, 1), ceil: flag(p['ceil_mode'], false) };
}

const max =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const shape = poolShape(p, axes);
    return withPlaces(call, axes, spatially(tf, required(call), axes, (x) => maxPool(tf, x, shape)), (x, pooled) => maxPlaces(tf, x, shape, pooled));
  };

const average =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const divisor = p['divisor_override'];
    return [spatially(tf, required(call), axes, (x) => avgPool(tf, x, poolShape(p, axes), flag(p['count_include_pad'], true), typeof divisor === 'number' ? divisor : null))];
  };

const power =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const shape = poolShape(p, axes);
    const norm = number(p['norm_type'], 2);
    const window = shape.kernel.reduce((all, size) => all * size, 1);
    return [
      spatially(tf, required(call), axes, (x) => {
        const powers = norm === 2 ? tf.square(x) : tf.pow(x, norm);
        const mean = avgPool(tf, powers, shape, true, null);
        return tf.pow(tf.mul(tf.relu(mean), window), 1 / norm);
      }),
    ];
  };

/** `output_size` with null where an axis keeps its size. */
function outputSize(value: RunValue | undefined, axes: number): readonly (number | null)[] {
  return Array.isArray(value) ? (value.length === axes ? (value as readonly (number | null)[]) : Array.from({ length: axes }, () => value[0] as number | null)) : Array.from({ length: axes }, () => (typeof value === 'number' ? value : null));
}

const adaptive =
  (axes: number, pool: typeof adaptiveAvgPool): Kernel =>
  (call) => {
    const { tf, p } = call;
    const size = outputSize(p['output_size'], axes);
    const wire = required(call);
    const { rank } = wire.tensor;
    if (rank === axes + 1 || rank === axes + 2) return withPlaces(call, axes, spatially(tf, wire, axes, (x) => pool(tf, x, size)), (x) => adaptivePlaces(tf, x, size));
    // To one element the mean of the last axes, whatever stands before them.
    return [first(tf.mean(channelsFirst(tf, wire), Array.from({ length: axes }, (_, i) => rank - axes + i), true))];
  };

export const poolingKernels: Readonly<Record<string, Kernel>> = {
  MaxPool1d: max(1),
  MaxPool2d: max(2),
  MaxPool3d: max(3),
  AvgPool1d: average(1),
  AvgPool2d: average(2),
  AvgPool3d: average(3),
  LPPool1d: power(1),
  LPPool2d: power(2),
  LPPool3d: power(3),
  AdaptiveAvgPool1d: adaptive(1, adaptiveAvgPool),
  AdaptiveAvgPool2d: adaptive(2, adaptiveAvgPool),
  AdaptiveAvgPool3d: adaptive(3, adaptiveAvgPool),
  AdaptiveMaxPool1d: adaptive(1, adaptiveMaxPool),
  AdaptiveMaxPool2d: adaptive(2, adaptiveMaxPool),
  AdaptiveMaxPool3d: adaptive(3, adaptiveMaxPool),
};
