import type { Requirement } from './requirement.js';
import type { Sizes } from './sizes.js';

/** How the size of one name follows that of another. */
export interface Relation {
  readonly name: string;
  readonly other: string;
  /** `factor` times as large plus `offset`; both absent where it is no straight line. */
  readonly factor?: number;
  readonly offset?: number;
  /** What the two make when multiplied, where that is always the same. */
  readonly product?: number;
  /** One size of each that go together. */
  readonly example: readonly [number, number];
}

/**
 * Names that alone can only be what they are, and that can be something else together: a branch twice as long as another. Each of `fixed` is
 * tried with the others.
 */
export function relationsOf(requirements: readonly Requirement[], base: Sizes, fixed: readonly string[]): readonly Relation[] {
  const found: Relation[] = [];
  const left = new Set(fixed);
  for (const name of fixed) {
    for (const other of fixed) {
      if (name === other || !left.has(name) || !left.has(other)) continue;
      const points = [2, 3, 4].flatMap((factor) => {
        const size = base.get(other)! * factor;
        const partner = partnerOf(requirements, base.with([other], size), name, [other]);
        return partner === undefined ? [] : [[partner, size] as const];
      });
      if (points.length < 2) continue;
      left.delete(name);
      left.delete(other);
      found.push(lineThrough(name, other, base, points));
    }
  }
  return found;
}

/** The smallest size of a name with which everything fits. */
function partnerOf(requirements: readonly Requirement[], sizes: Sizes, name: string, changed: readonly string[]): number | undefined {
  const changing = requirements.filter(({ symbols }) => symbols.includes(name) || symbols.some((each) => changed.includes(each)));
  if (changing.some((requirement) => requirement.refusesBut([name], sizes))) return undefined;
  const concerned = changing.filter(({ symbols }) => symbols.includes(name));
  for (let size = 1; size <= 2400; size += 1) {
    const tried = sizes.with([name], size);
    if (concerned.every((requirement) => requirement.fits(tried))) return size;
  }
  return undefined;
}

function lineThrough(name: string, other: string, base: Sizes, points: readonly (readonly [number, number])[]): Relation {
  const example = [base.get(name)!, base.get(other)!] as const;
  const [y, x] = points[0]!;
  const factor = (y - example[0]) / (x - example[1]);
  const offset = example[0] - factor * example[1];
  const straight = Number.isInteger(factor) && factor > 0 && points.every(([size, beside]) => size === factor * beside + offset);
  const product = example[0] * example[1];
  return { name, other, example, ...(straight && { factor, offset }), ...(points.every(([size, beside]) => size * beside === product) && { product }) };
}

/** Two names whose product must be divisible: a Reshape that mixes axes. */
export interface SharedDivisor {
  readonly names: readonly [string, string];
  readonly divisor: number;
}

/** Of names that each seem to need a divisor, those of which one alone can have it all. */
export function sharedDivisors(requirements: readonly Requirement[], base: Sizes, divided: readonly string[]): readonly SharedDivisor[] {
  const found: SharedDivisor[] = [];
  const left = new Set(divided);
  for (const name of divided) {
    for (const other of divided) {
      if (name === other || !left.has(name) || !left.has(other)) continue;
      const concerned = requirements.filter(({ symbols }) => symbols.includes(name) || symbols.includes(other));
      const fits = (size: number, beside: number): boolean => {
        const sizes = base.with([name], size).with([other], beside);
        return concerned.every((requirement) => requirement.fits(sizes));
      };
      const divisor = Array.from({ length: 1024 }, (_, k) => k + 1).find((size) => fits(size, 1));
      if (divisor === undefined || divisor === 1) continue;
      const numbers = [1, 2, 3, 5, 6, 7, 12, 14, divisor, 2 * divisor];
      if (!numbers.every((size) => numbers.every((beside) => fits(size, beside) === ((size * beside) % divisor === 0)))) continue;
      left.delete(name);
      left.delete(other);
      found.push({ names: [name, other], divisor });
    }
  }
  return found;
}
