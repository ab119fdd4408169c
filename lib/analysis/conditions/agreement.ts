import { broadcastDim, isSym, symbolsOf, type Dim, type Shape } from '../../shapes/index.js';
import type { ProgramNode } from '../../program/program.js';
import type { Sizes } from './sizes.js';

/** Two sizes of inputs that meet: they must be equal, or, where `stretches`, one of them 1. */
export interface Agreement {
  readonly sizes: readonly [Dim, Dim];
  readonly stretches: boolean;
  /** Names that they hang on. */
  readonly symbols: readonly string[];
}

/**
 * The sizes that a merge certainly refuses where they differ. Its own rule says the same and more; these are asked first, because conditions are sought
 * over thousands of sizes of which most already fail here.
 */
export function agreementsOf({ operator, inputs, params }: ProgramNode): readonly Agreement[] {
  const elementwise = operator.merge === 'add' || operator.merge === 'gate';
  if ((!elementwise && operator.merge !== 'concat') || inputs.length < 2) return [];
  const shapes = inputs.map(({ tensor }) => tensor.shape);
  if (shapes.some((shape) => shape === null)) return [];
  const known = shapes as readonly Shape[];
  const rank = Math.max(...known.map(({ length }) => length));
  const dim = params['dim'];
  // An empty vector is passed over by a Concat, and ranks that differ are another matter.
  if (!elementwise && (typeof dim !== 'number' || rank < 2 || known.some(({ length }) => length !== rank))) return [];
  const along = elementwise || typeof dim !== 'number' ? undefined : dim < 0 ? dim + rank : dim;
  const found: Agreement[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    if (axis === along) continue;
    const sizes = known.flatMap((shape) => { const size = shape[axis - rank + shape.length]; return size === undefined || size === null ? [] : [size]; });
    sizes.forEach((size, k) => {
      for (const other of sizes.slice(0, k)) if (size !== other && (isSym(size) || isSym(other))) found.push({ sizes: [other, size], stretches: elementwise, symbols: [...new Set([...symbolsOf(other), ...symbolsOf(size)])] });
    });
  }
  return found;
}

/** Whether two sizes certainly do not go together where names have these sizes. */
export function differ({ sizes: [a, b], stretches }: Agreement, sizes: Sizes): boolean {
  const [one, other] = [sizes.number(a), sizes.number(b)];
  if (one === null || other === null) return false;
  return stretches ? broadcastDim(one, other) === undefined : one !== other;
}
