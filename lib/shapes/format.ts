import type { Dim, Shape } from './dimension.js';

/** "128", "floor((H - 1) / 2) + 1", and "?" for unknown. */
export function formatDim(dim: Dim): string {
  return dim === null ? '?' : typeof dim === 'number' ? String(dim) : dim.text;
}

/** "128 × 13 × 13", "N × 3 × H × W"; sums stand in brackets. "scalar" for no axes, "?" where not even the rank is known. */
export function formatShape(shape: Shape | null): string {
  if (shape === null) return '?';
  if (shape.length === 0) return 'scalar';
  if (shape.length === 1) return formatDim(shape[0] ?? null);
  return shape.map((dim) => (isSum(dim) ? `(${formatDim(dim)})` : formatDim(dim))).join(' × ');
}

function isSum(dim: Dim): boolean {
  if (dim === null || typeof dim === 'number') return false;
  let depth = 0;
  for (const character of dim.text) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ' ' && depth === 0) return true;
  }
  return false;
}
