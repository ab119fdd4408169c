import { broadcastDim, formatDim, formatShape, promote, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { axisWord } from './axes.js';
import type { Report } from './operator.js';

/**
 * The shape of tensors that meet element by element, aligned at their last axes. What does not fit is reported once, with all axes;
 * it is unknown where a shape is, because an unknown input may have more axes or be the one that is not 1.
 */
export function meet(type: string, tensors: readonly Tensor[], report: Report): Shape | null {
  const [first] = tensors;
  if (tensors.length === 1) return first?.shape ?? null;
  let rank = 0;
  let same = true;
  for (const { shape } of tensors) {
    if (shape === null) return null;
    rank = Math.max(rank, shape.length);
    same = same && (shape === first?.shape || equalShapes(shape, first?.shape ?? null));
  }
  if (same) return first?.shape ?? null;
  const result: Dim[] = [];
  const misfits: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let size: Dim | undefined = 1;
    for (const { shape } of tensors) {
      const own = axis - rank + (shape?.length ?? 0);
      if (shape === null || own < 0 || size === undefined) continue;
      size = broadcastDim(size, shape[own] as Dim);
    }
    if (size === undefined) misfits.push(axis);
    result.push(size ?? null);
  }
  const [axis] = misfits;
  if (axis !== undefined) report(mismatch(type, tensors, misfits, rank, axis));
  return result;
}

function equalShapes(a: Shape, b: Shape | null): boolean {
  if (b === null || a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] === null || a[axis] !== b[axis]) return false;
  return true;
}

function mismatch(type: string, tensors: readonly Tensor[], axes: readonly number[], rank: number, axis: number): Parameters<Report>[0] {
  const sizesAt = (position: number): readonly Dim[] => tensors.map(({ shape }) => shape?.[position - rank + shape.length] ?? null);
  const sizes = sizesAt(axis);
  const inputs = sizes.flatMap((size, i) => (size === null || size === 1 ? [] : [i]));
  const differences = axes.map((position) => {
    const distinct = [...new Set(sizesAt(position).filter((size) => size !== null && size !== 1).map(formatDim))];
    return `${axisWord(position, rank)} ${distinct.join(' and ')}`;
  });
  return {
    code: 'shape-mismatch',
    input: inputs.find((i) => sizes[i] !== sizes[inputs[0] ?? 0]) ?? 0,
    message: `${type} needs equal sizes: ${differences.join(', ')} (${tensors.map(({ shape }) => formatShape(shape)).join(' and ')}).`,
    facts: { axis, axes, sizes, inputs, rank, shapes: tensors.map(({ shape }) => shape) },
  };
}

/** Shape and dtype of an elementwise result. */
export function elementwiseResult(type: string, tensors: readonly Tensor[], report: Report): Tensor {
  return { shape: meet(type, tensors, report), dtype: promote(tensors) };
}
