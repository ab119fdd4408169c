import { sameDim } from './arithmetic.js';
import type { Dim, Shape } from './dimension.js';

/**
 * One axis of two tensors that meet element by element: equal sizes, or one of them 1; undefined where they certainly do not fit.
 * A symbol beside a number greater than 1 is taken to be that number, two sizes that may be equal to be equal.
 */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return a;
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  if (typeof b === 'number') return b;
  if (a === null) return b;
  if (b === null) return a;
  return sameDim(a, b) === false ? undefined : a;
}

/** The shape of two tensors that meet element by element, axes aligned at the end; `misfits` are axes of the result that do not fit. */
export function broadcastShapes(a: Shape, b: Shape): { readonly shape: Shape; readonly misfits: readonly number[] } {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  const misfits: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const i = axis - rank + a.length;
    const j = axis - rank + b.length;
    const joined = i < 0 ? (b[j] as Dim) : j < 0 ? (a[i] as Dim) : broadcastDim(a[i] as Dim, b[j] as Dim);
    if (joined === undefined) misfits.push(axis);
    shape.push(joined === undefined ? null : joined);
  }
  return { shape, misfits };
}
