import { add, floorDiv, max, min, mul } from './arithmetic.js';
import type { Dim } from './dimension.js';
import { atomValue, termsOf, type Atom, type Value } from './expression.js';

/** The number that a size is at given sizes of its symbols; null where one of them is not given or something is unknown. */
export function evaluateDim(dim: Dim, sizes: ReadonlyMap<string, number>): number | null {
  if (dim === null || typeof dim === 'number') return dim;
  const value = substitute(dim, sizes);
  return typeof value === 'number' ? value : null;
}

/** A size with some of its symbols replaced; symbols that are not given stay. */
export function substitute(dim: Dim, sizes: ReadonlyMap<string, Dim>): Dim {
  if (dim === null || typeof dim === 'number') return dim;
  let result: Dim = 0;
  for (const { coefficient, monomial } of termsOf(dim as Value)) {
    let product: Dim = coefficient;
    for (const { atom, power } of monomial.factors) {
      const value = substituteAtom(atom, sizes);
      for (let i = 0; i < power; i++) product = mul(product, value);
    }
    result = add(result, product);
  }
  return result;
}

/** The names of the symbols in a size, sorted. */
export function symbolsOf(dim: Dim): readonly string[] {
  const names = new Set<string>();
  collect(dim, names);
  return [...names].sort();
}

function substituteAtom(atom: Atom, sizes: ReadonlyMap<string, Dim>): Dim {
  if (atom.kind === 'symbol') {
    const size = sizes.get(atom.text);
    return size === undefined ? atomValue(atom) : size;
  }
  if (atom.kind === 'floor') return floorDiv(substitute(atom.numerator, sizes), substitute(atom.denominator, sizes));
  return atom.operands.map((operand) => substitute(operand, sizes)).reduce(atom.kind === 'max' ? max : min);
}

function collect(dim: Dim, names: Set<string>): void {
  if (dim === null || typeof dim === 'number') return;
  for (const { monomial } of termsOf(dim as Value)) {
    for (const { atom } of monomial.factors) {
      if (atom.kind === 'symbol') names.add(atom.text);
      else if (atom.kind === 'floor') [atom.numerator, atom.denominator].forEach((part) => collect(part, names));
      else atom.operands.forEach((part) => collect(part, names));
    }
  }
}
