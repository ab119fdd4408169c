import { add, ceilDiv, floorDiv, min, mul, sub } from './arithmetic.js';
import type { Dim } from './dimension.js';

/** Taps of a dilated window from first to last: d·(k − 1) + 1. */
export function windowExtent(kernel: Dim, dilation: Dim): Dim {
  if (typeof kernel === 'number' && typeof dilation === 'number') return dilation * (kernel - 1) + 1;
  return add(mul(dilation, sub(kernel, 1)), 1);
}

/** Places of a window that slides over n elements with `padding` in all at both ends: ⌊(n + padding − extent) / stride⌋ + 1. */
export function slidingSize(n: Dim, padding: Dim, extent: Dim, stride: Dim): Dim {
  if (typeof n === 'number' && typeof padding === 'number' && typeof extent === 'number' && typeof stride === 'number' && stride !== 0) return Math.floor((n + padding - extent) / stride) + 1;
  return add(floorDiv(sub(add(n, padding), extent), stride), 1);
}

/** As `slidingSize`, rounded up; the last window must begin inside the input or its left padding (PyTorch's ceil_mode). */
export function slidingSizeUp(n: Dim, paddingEachSide: Dim, extent: Dim, stride: Dim): Dim {
  const padded = add(n, mul(2, paddingEachSide));
  const places = add(ceilDiv(sub(padded, extent), stride), 1);
  const starts = add(floorDiv(sub(add(n, paddingEachSide), 1), stride), 1);
  return min(places, starts);
}

/** Size that a transposed convolution makes of n elements: (n − 1)·stride − 2·padding + extent + output padding. */
export function transposedSize(n: Dim, stride: Dim, padding: Dim, extent: Dim, outputPadding: Dim): Dim {
  return add(add(sub(mul(sub(n, 1), stride), mul(2, padding)), extent), outputPadding);
}
