import type { Dim, Sym } from './dimension.js';
import { Sum, termsOf, type Atom, type Term, type Value } from './expression.js';

/** The largest number that the size is known to reach: named sizes are at least 1. -Infinity where nothing is known. */
export function lowerBound(dim: Dim): number {
  return dim === null ? -Infinity : typeof dim === 'number' ? dim : bound(dim, lows, 1);
}

/** The smallest number that the size is known not to exceed. */
export function upperBound(dim: Dim): number {
  return dim === null ? Infinity : typeof dim === 'number' ? dim : -bound(dim, highs, -1);
}

const lows = new WeakMap<Sym, number>();
const highs = new WeakMap<Sym, number>();

function bound(dim: Sym, found: WeakMap<Sym, number>, sign: 1 | -1): number {
  let result = found.get(dim);
  if (result === undefined) found.set(dim, (result = range(termsOf(dim as Value), sign)));
  return result;
}

/**
 * The least value of sign * terms. Quotients are first replaced by the fractions around them (p/d - (d - 1)/d <= floor(p/d) <= p/d), so
 * that H - floor(H / 2) is seen to grow with H.
 */
function range(terms: readonly Term[], sign: 1 | -1): number {
  let current: readonly Term[] = terms.map(({ coefficient, monomial }) => ({ coefficient: sign * coefficient, monomial }));
  for (let depth = 0; depth < 16; depth++) {
    const relaxed = new Sum();
    let changed = false;
    for (const term of current) {
      const [factor, second] = term.monomial.factors;
      if (second === undefined && factor?.power === 1 && factor.atom.kind === 'floor' && typeof factor.atom.denominator === 'number') {
        const { numerator, denominator } = factor.atom;
        relaxed.add(termsOf(numerator), term.coefficient / denominator);
        if (term.coefficient > 0) relaxed.add(termsOf((-term.coefficient * (denominator - 1)) / denominator));
        changed = true;
      } else {
        relaxed.add([term]);
      }
    }
    const value = relaxed.value();
    if (typeof value === 'number') return rounded(value);
    current = value.terms;
    if (!changed) break;
  }
  let least = 0;
  for (const { coefficient, monomial } of current) {
    let low = 1;
    let high = 1;
    for (const { atom, power } of monomial.factors) {
      for (let i = 0; i < power; i++) {
        const [a, b] = atomRange(atom);
        const ends = [times(low, a), times(low, b), times(high, a), times(high, b)];
        low = Math.min(...ends);
        high = Math.max(...ends);
      }
    }
    least += coefficient > 0 ? times(coefficient, low) : times(coefficient, high);
  }
  return rounded(least);
}

/** Sizes are whole: a bound of 0.5 is one of 1. The tolerance is for fractions such as 1/3 + 2/3. */
function rounded(bound: number): number {
  return Number.isFinite(bound) ? Math.ceil(bound - 1e-9) : bound;
}

/** A product of bounds, in which nothing times endless is nothing. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function atomRange(atom: Atom): readonly [number, number] {
  if (atom.kind === 'symbol') return [1, Infinity];
  if (atom.kind === 'floor') {
    const { numerator, denominator } = atom;
    if (typeof denominator === 'number') return [Math.floor(lowerBound(numerator) / denominator), Math.floor(upperBound(numerator) / denominator)];
    return lowerBound(denominator) > 0 && lowerBound(numerator) >= 0 ? [0, upperBound(numerator)] : [-Infinity, Infinity];
  }
  const lows = atom.operands.map(lowerBound);
  const highs = atom.operands.map(upperBound);
  return atom.kind === 'max' ? [Math.max(...lows), Math.max(...highs)] : [Math.min(...lows), Math.min(...highs)];
}
