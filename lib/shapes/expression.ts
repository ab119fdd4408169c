import type { Sym } from './dimension.js';

/**
 * The inside of a symbolic size: a polynomial with integer coefficients over atoms. Terms are sorted by degree, then by text, and hold no
 * zero coefficient, so that equal polynomials are equal term by term and have equal text.
 */
export interface Expression extends Sym {
  readonly terms: readonly Term[];
}

export interface Term {
  readonly coefficient: number;
  readonly monomial: Monomial;
}

/** A product of atoms, sorted by text; the constant term has none and the key ''. */
export interface Monomial {
  readonly key: string;
  readonly degree: number;
  readonly factors: readonly Factor[];
}

export interface Factor {
  readonly atom: Atom;
  readonly power: number;
}

/** What a polynomial cannot take apart: a named size, a quotient rounded down, or the larger or smaller of several sizes. */
export type Atom =
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'floor'; readonly text: string; readonly numerator: Value; readonly denominator: Value }
  | { readonly kind: 'max' | 'min'; readonly text: string; readonly operands: readonly Value[] };

/** A known number or a polynomial. */
export type Value = number | Expression;

export const one: Monomial = { key: '', degree: 0, factors: [] };

export function monomial(factors: readonly Factor[]): Monomial {
  if (factors.length === 0) return one;
  let degree = 0;
  const words: string[] = [];
  for (const { atom, power } of factors) {
    degree += power;
    for (let i = 0; i < power; i++) words.push(atom.text);
  }
  return { key: words.join('*'), degree, factors };
}

/** The product of two monomials, or of their quotient where `sign` is -1; null where that would need a negative power. */
export function combine(a: Monomial, b: Monomial, sign: 1 | -1): Monomial | null {
  if (b.factors.length === 0) return a;
  if (a.factors.length === 0 && sign === 1) return b;
  const powers = new Map<string, Factor>();
  for (const factor of a.factors) powers.set(factor.atom.text, factor);
  for (const { atom, power } of b.factors) {
    const sum = (powers.get(atom.text)?.power ?? 0) + sign * power;
    if (sum < 0) return null;
    if (sum === 0) powers.delete(atom.text);
    else powers.set(atom.text, { atom, power: sum });
  }
  return monomial([...powers.values()].sort((x, y) => (x.atom.text < y.atom.text ? -1 : 1)));
}

export function termsOf(value: Value): readonly Term[] {
  if (typeof value !== 'number') return value.terms;
  return value === 0 ? [] : [{ coefficient: value, monomial: one }];
}

/** Collects terms by monomial; `value` gives the canonical sum. */
export class Sum {
  private readonly terms = new Map<string, Term>();

  add(terms: readonly Term[], scale = 1, times: Monomial = one): this {
    for (const term of terms) {
      const product = combine(term.monomial, times, 1) ?? term.monomial;
      const before = this.terms.get(product.key)?.coefficient ?? 0;
      this.terms.set(product.key, { coefficient: before + scale * term.coefficient, monomial: product });
    }
    return this;
  }

  value(): Value {
    const terms: Term[] = [];
    for (const term of this.terms.values()) if (term.coefficient !== 0) terms.push(term);
    return expression(terms);
  }
}

/** The canonical value of terms with distinct monomials and non-zero coefficients. */
export function expression(terms: readonly Term[]): Value {
  if (terms.length === 0) return 0;
  if (terms.length === 1 && terms[0]?.monomial.degree === 0) return terms[0].coefficient;
  const sorted = terms.length === 1 ? terms : [...terms].sort((a, b) => b.monomial.degree - a.monomial.degree || (a.monomial.key < b.monomial.key ? -1 : 1));
  return { kind: 'sym', terms: sorted, text: write(sorted) };
}

export function atomValue(atom: Atom): Expression {
  return { kind: 'sym', text: atom.text, terms: [{ coefficient: 1, monomial: { key: atom.text, degree: 1, factors: [{ atom, power: 1 }] } }] };
}

/** Positive terms stand first, so that a difference reads `5 - N` and not `-N + 5`. */
function write(terms: readonly Term[]): string {
  let text = '';
  for (const positive of [true, false]) {
    for (const { coefficient, monomial: { key } } of terms) {
      if (coefficient > 0 !== positive) continue;
      const size = Math.abs(coefficient);
      const word = key === '' ? String(size) : size === 1 ? key : `${size}*${key}`;
      if (text === '') text = coefficient < 0 ? `-${word}` : word;
      else text += coefficient < 0 ? ` - ${word}` : ` + ${word}`;
    }
  }
  return text;
}
