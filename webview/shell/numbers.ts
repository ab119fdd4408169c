import { evaluateDim, formatDim, formatShape, type Dim, type Shape } from '../../lib/shapes/index.js';

const ONE = new Map([['N', 1]]);

/** A size as a number where it has one with a batch of 1, else undefined. */
export function sizeOf(dim: Dim): number | undefined {
  return evaluateDim(dim, ONE) ?? undefined;
}

/** "269,722"; a symbolic size as it is written, "?" for unknown. */
export function formatCount(dim: Dim): string {
  const size = sizeOf(dim);
  return size === undefined ? formatDim(dim) : size.toLocaleString('en-US');
}

/** "40.55 M", "108.4 M", "9,216": four figures at most. */
export function formatLarge(dim: Dim): string {
  const size = sizeOf(dim);
  if (size === undefined) return formatDim(dim);
  for (const [unit, name] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M']] as const) if (size >= unit) return `${figures(size / unit)} ${name}`;
  return size.toLocaleString('en-US');
}

/** "84.5 KiB", "3.9 MiB". */
export function formatBytes(dim: Dim): string {
  const size = sizeOf(dim);
  if (size === undefined) return formatDim(dim);
  for (const [unit, name] of [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']] as const) if (size >= unit) return `${(size / unit).toPrecision(3).replace(/\.0+$/, '')} ${name}`;
  return `${size} B`;
}

/** "315 K", "31.0 M": three figures. */
export function formatShort(size: number): string {
  for (const [unit, name] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'K']] as const) if (size >= unit) return `${size / unit >= 100 ? Math.round(size / unit) : (size / unit).toPrecision(3)} ${name}`;
  return String(size);
}

/** The part of a whole as "23.4 %"; undefined where one of them is no number. */
export function shareOf(part: Dim, whole: Dim): number | undefined {
  const [a, b] = [sizeOf(part), sizeOf(whole)];
  return a === undefined || b === undefined || b === 0 ? undefined : (100 * a) / b;
}

export function formatShare(share: number): string {
  return `${share > 0 && share < 0.1 ? '<0.1' : share.toFixed(share >= 99.95 ? 0 : 1)} %`;
}

/** A shape without its batch axis "N", as cards and wires show it. */
export function withoutBatch(shape: Shape | null): Shape | null {
  const first = shape?.[0];
  return shape && shape.length > 1 && typeof first === 'object' && first?.text === 'N' ? shape.slice(1) : shape;
}

export function formatTensor(shape: Shape | null): string {
  return formatShape(withoutBatch(shape));
}

function figures(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(4);
}
