import type { Dim, Shape } from '../shapes/index.js';
import type { Report } from './operator.js';

/** Short names of the spatial axes of an operator over n of them. */
export const spatialAxes: Readonly<Record<1 | 2 | 3, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };
export type SpatialRank = 1 | 2 | 3;

const words: Readonly<Record<number, readonly string[]>> = {
  2: ['batch', 'features'],
  4: ['batch', 'channels', 'height', 'width'],
  5: ['batch', 'channels', 'depth', 'height', 'width'],
};

/** What an axis of a tensor of this rank usually holds: "channels", "height"; "axis 1" where that is open. */
export function axisWord(axis: number, rank: number): string {
  return words[rank]?.[axis] ?? `axis ${axis}`;
}

/** "N × C × H × W or C × H × W": what a layer over n spatial axes takes. */
export function imageLike(n: SpatialRank): string {
  const space = spatialAxes[n].join(' × ');
  return `N × C × ${space} or C × ${space}`;
}

/**
 * An axis counted from the front. Negative ones count from the end; a scalar is treated as having one axis, as PyTorch does.
 * Null where it is unknown, symbolic, or does not exist, which is reported.
 */
export function resolveAxis(dim: Dim, rank: number, param: string, report: Report): number | null {
  if (typeof dim !== 'number') return null;
  const count = Math.max(rank, 1);
  if (dim >= -count && dim < count) return dim < 0 ? dim + count : dim;
  report({
    code: 'axis-out-of-range', param,
    message: `\`${param}\` is ${dim}, but the tensor has ${rank} ${rank === 1 ? 'axis' : 'axes'}: it must be from ${-count} to ${count - 1}.`,
    facts: { axis: dim, rank },
  });
  return null;
}

/** The size at an axis; unknown where the shape is, or where it has no such axis. Negative axes count from the end. */
export function sizeAt(shape: Shape | null, axis: number): Dim {
  return shape?.[axis < 0 ? axis + shape.length : axis] ?? null;
}

export function at(values: readonly Dim[], index: number): Dim {
  return values[index] ?? null;
}

/** The shape with one axis replaced. */
export function withAxis(shape: Shape, axis: number, size: Dim): Shape {
  const copy = [...shape];
  copy[axis] = size;
  return copy;
}
