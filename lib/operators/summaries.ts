import { formatDim, type Dim } from '../shapes/index.js';

/** "3×3"; "3" for one axis. */
export function timesText(values: readonly Dim[]): string {
  return values.map(formatDim).join('×');
}

/** "2" where all are the same, else "2×1". */
export function compactText(values: readonly Dim[]): string {
  return values.every((value) => value === values[0]) ? formatDim(values[0] ?? null) : timesText(values);
}

/** Line 2 of a convolution's card: kernel and filters always, then what is not the default. `sign` stands before the stride. */
export function stridedSummary(kernel: readonly Dim[], filters: Dim, stride: readonly Dim[], dilation: readonly Dim[], groups: Dim, sign = '/'): readonly string[] {
  const parts = [timesText(kernel), formatDim(filters)];
  if (stride.some((value) => value !== 1)) parts.push(`${sign}${compactText(stride)}`);
  if (dilation.some((value) => value !== 1)) parts.push(`d${compactText(dilation)}`);
  if (groups !== 1) parts.push(`g${formatDim(groups)}`);
  return parts;
}
