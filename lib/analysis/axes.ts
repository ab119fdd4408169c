import { formatDim, formatShape, sameDim } from '../shapes/index.js';
import type { Shape } from '../shapes/dimension.js';

/** What people call the axes of a tensor, channels first; for a sequence (rank 3 without a one-dimensional layer near) the last is its features. */
export function axisNames(rank: number, sequence = false): readonly string[] {
  switch (rank) {
    case 2: return ['batch', 'features'];
    case 3: return sequence ? ['batch', 'length', 'features'] : ['batch', 'channels', 'length'];
    case 4: return ['batch', 'channels', 'height', 'width'];
    case 5: return ['batch', 'channels', 'depth', 'height', 'width'];
    default: return Array.from({ length: rank }, (_, axis) => `axis ${axis}`);
  }
}

/** A shape as people write it beside others: without the batch axis, which is seldom news. */
export function withoutBatch(shape: Shape | null): string {
  return shape !== null && shape.length > 1 ? formatShape(shape.slice(1)) : formatShape(shape);
}

/** "64 ≠ 128". */
export function unequal(a: Shape[number], b: Shape[number]): string {
  return `${formatDim(a)} ≠ ${formatDim(b)}`;
}

/** The axes on which two shapes of equal rank certainly differ. */
export function differingAxes(a: Shape, b: Shape): readonly number[] {
  const axes: number[] = [];
  for (let axis = 0; axis < Math.min(a.length, b.length); axis += 1) if (sameDim(a[axis]!, b[axis]!) === false) axes.push(axis);
  return axes;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
