import type { Dim } from './dimension.js';
import { atomValue, combine, expression, monomial, one, Sum, termsOf, type Atom, type Expression, type Term, type Value } from './expression.js';
import { lowerBound, upperBound } from './bounds.js';

/** A named size, at least 1. */
export function symbol(name: string): Dim {
  return atomValue({ kind: 'symbol', text: name });
}

export function add(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return both('+', a, b, sumOf);
}

export function sub(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return both('-', a, b, differenceOf);
}

export function mul(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b + 0; // no negative zero
  if (a === 0 || b === 0) return 0;
  return both('*', a, b, productOf);
}

/** a / b rounded down; unknown where b is 0. */
export function floorDiv(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? null : Math.floor(a / b) + 0;
  if (a === 0 && b !== null) return 0;
  return both('/', a, b, quotientOf);
}

/** a / b rounded up; unknown where b is 0. */
export function ceilDiv(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? null : Math.ceil(a / b) + 0; // no negative zero
  return typeof b === 'number' && b > 0 ? floorDiv(add(a, b - 1), b) : mul(-1, floorDiv(mul(-1, a), b));
}

/** What is left of a divided by b, with the sign of b (Python's %). */
export function mod(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? null : a - b * Math.floor(a / b);
  return sub(a, mul(b, floorDiv(a, b)));
}

export function max(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  return both('max', a, b, largerOf);
}

export function min(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  return both('min', a, b, smallerOf);
}

/** The product of all; 1 for none. Zero wins over unknown. */
export function product(dims: readonly Dim[]): Dim {
  let result: Dim = 1;
  for (const dim of dims) {
    if (dim === 0) return 0;
    if (result !== null) result = mul(result, dim);
  }
  return result;
}

export function sum(dims: readonly Dim[]): Dim {
  let result: Dim = 0;
  for (const dim of dims) result = add(result, dim);
  return result;
}

/** Whether two sizes are the same; undefined where that depends on a symbol or on something unknown. */
export function sameDim(a: Dim, b: Dim): boolean | undefined {
  if (a === b) return a === null ? undefined : true;
  if (typeof a === 'number' && typeof b === 'number') return false;
  if (a === null || b === null) return undefined;
  const difference = sub(a, b);
  if (typeof difference === 'number') return difference === 0;
  return lowerBound(difference) > 0 || upperBound(difference) < 0 ? false : undefined;
}

/** Whether a >= b; undefined where that depends on a symbol or on something unknown. Named sizes are at least 1. */
export function atLeast(a: Dim, b: Dim): boolean | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a >= b;
  const difference = sub(a, b);
  if (difference === null) return undefined;
  return lowerBound(difference) >= 0 ? true : upperBound(difference) < 0 ? false : undefined;
}

/** Whether b divides a; undefined where that depends on a symbol or on something unknown. */
export function divisible(a: Dim, b: Dim): boolean | undefined {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? false : a % b === 0;
  if (a === 0) return true;
  const rest = mod(a, b);
  if (typeof rest === 'number') return rest === 0;
  if (rest === null || typeof b !== 'number') return undefined;
  // floor((2*N + 1) / 2) has lost its remainder by now: look at the terms themselves.
  const terms = termsOf(a as Value);
  return terms.every(({ coefficient, monomial: { degree } }) => (coefficient % b === 0) === (degree > 0)) ? false : undefined;
}

/**
 * a / b where it divides; undefined where it certainly does not. Where that depends on a symbol the quotient is written rounded down,
 * which is right for all sizes that divide.
 */
export function exactDiv(a: Dim, b: Dim): Dim | undefined {
  return divisible(a, b) === false ? undefined : floorDiv(a, b);
}

/**
 * Results by operation and operands: a network asks for the same few sizes over and over, and a remembered one is found in a tenth of the
 * time. Equal sizes are then mostly one object, too. It is emptied when full rather than kept in order of use: refilling is cheap.
 */
const remembered = new Map<string, Dim>();
const room = 10_000;

/** Fractions do not mix with symbols: sizes are whole. */
function both(operation: string, a: Dim, b: Dim, combined: (a: Value, b: Value) => Dim): Dim {
  if (a === null || b === null) return null;
  if (typeof a === 'number' ? !Number.isInteger(a) : typeof b === 'number' && !Number.isInteger(b)) return null;
  const key = `${operation} ${typeof a === 'number' ? a : a.text} | ${typeof b === 'number' ? b : b.text}`;
  const before = remembered.get(key);
  if (before !== undefined) return before;
  if (remembered.size >= room) remembered.clear();
  const result = combined(a as Value, b as Value);
  remembered.set(key, result);
  return result;
}

function sumOf(a: Value, b: Value): Dim {
  return new Sum().add(termsOf(a)).add(termsOf(b)).value();
}

function differenceOf(a: Value, b: Value): Dim {
  return new Sum().add(termsOf(a)).add(termsOf(b), -1).value();
}

function productOf(a: Value, b: Value): Dim {
  const sum = new Sum();
  for (const term of termsOf(b)) sum.add(termsOf(a), term.coefficient, term.monomial);
  return sum.value();
}

function quotientOf(a: Value, b: Value): Dim {
  return typeof b === 'number' ? floorByNumber(a, b) : floorByExpression(a, b);
}

function largerOf(a: Value, b: Value): Dim {
  return extreme('max', a, b);
}

function smallerOf(a: Value, b: Value): Dim {
  return extreme('min', a, b);
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return Math.abs(a);
}

/**
 * Canonical floor(a / d): what d divides is taken out, common divisors are cancelled, and a quotient of a quotient becomes one quotient.
 * The constant under the line ends in (-d, 0], other coefficients in [0, d), so that a stride-2 window reads floor((H - 1) / 2) + 1.
 */
function floorByNumber(a: Value, d: number): Dim {
  if (d === 0) return null;
  if (d < 0) return floorByNumber(mul(-1, a) as Value, -d);
  if (d === 1) return a;
  const whole: Term[] = [];
  let rest: Term[] = [];
  let common = d;
  for (const { coefficient, monomial } of termsOf(a)) {
    const quotient = monomial.degree === 0 ? Math.ceil(coefficient / d) : Math.floor(coefficient / d);
    const remainder = coefficient - quotient * d;
    if (quotient !== 0) whole.push({ coefficient: quotient, monomial });
    if (remainder === 0) continue;
    rest.push({ coefficient: remainder, monomial });
    if (monomial.degree > 0) common = greatestCommonDivisor(common, remainder);
  }
  if (rest.every(({ monomial }) => monomial.degree === 0)) {
    // Only a constant in (-d, 0] is left over.
    return new Sum().add(whole).add(termsOf(rest.length > 0 ? -1 : 0)).value();
  }
  if (common > 1) {
    rest = rest.map(({ coefficient, monomial }) => ({ coefficient: Math.floor(coefficient / common), monomial }));
    d /= common;
    if (d === 1) return new Sum().add(whole).add(rest).value();
  }
  const left = expression(rest);
  const inner = nested(rest);
  if (inner !== null) {
    const lifted = new Sum().add(rest.filter((term) => term !== inner.term), inner.denominator).add(termsOf(inner.numerator)).value();
    return add(new Sum().add(whole).value(), floorByNumber(lifted, d * inner.denominator));
  }
  return new Sum().add(whole).add(atomValue(floorAtom(left, d)).terms).value();
}

/** The one term floor(p / n) with coefficient 1, where there is exactly one: floor((floor(p / n) + m) / d) is floor((p + n*m) / (n*d)). */
function nested(terms: readonly Term[]): { term: Term; numerator: Value; denominator: number } | null {
  let found: { term: Term; numerator: Value; denominator: number } | null = null;
  for (const term of terms) {
    const [factor, second] = term.monomial.factors;
    if (factor === undefined || second !== undefined || factor.power !== 1 || factor.atom.kind !== 'floor' || typeof factor.atom.denominator !== 'number') continue;
    if (term.coefficient !== 1 || found !== null) return null;
    found = { term, numerator: factor.atom.numerator, denominator: factor.atom.denominator };
  }
  return found;
}

function floorByExpression(a: Value, b: Expression): Dim {
  const exact = divideExactly(a, b);
  if (exact !== null) return exact;
  if (typeof a === 'number' && a >= 0 && lowerBound(b) > a) return 0;
  // Cancel the monomial and the number that all terms on both sides share.
  const terms = [...termsOf(a), ...b.terms];
  let shared = terms[0]?.monomial ?? one;
  let number = 0;
  for (const { coefficient, monomial } of terms) {
    number = greatestCommonDivisor(number, coefficient);
    shared = commonMonomial(shared, monomial);
  }
  if (number > 1 || shared.degree > 0) {
    const cancel = (value: Value): Value => expression(termsOf(value).map((term) => ({ coefficient: term.coefficient / number, monomial: combine(term.monomial, shared, -1) ?? one })));
    return floorDiv(cancel(a), cancel(b));
  }
  return atomValue(floorAtom(a, b));
}

function commonMonomial(a: typeof one, b: typeof one): typeof one {
  const factors = a.factors.flatMap(({ atom, power }) => {
    const other = b.factors.find((factor) => factor.atom.text === atom.text);
    return other === undefined ? [] : [{ atom, power: Math.min(power, other.power) }];
  });
  return monomial(factors);
}

/** Long division of polynomials; null where something is left over. */
function divideExactly(a: Value, b: Expression): Value | null {
  const lead = b.terms[0];
  if (lead === undefined) return null;
  let rest = a;
  const quotient = new Sum();
  for (let step = 0; step < 32; step++) {
    if (rest === 0) return quotient.value();
    const first = termsOf(rest)[0];
    if (first === undefined || first.coefficient % lead.coefficient !== 0) return null;
    const factor = combine(first.monomial, lead.monomial, -1);
    if (factor === null) return null;
    const term: Term = { coefficient: first.coefficient / lead.coefficient, monomial: factor };
    quotient.add([term]);
    rest = new Sum().add(termsOf(rest)).add(b.terms, -term.coefficient, factor).value();
  }
  return null;
}

function floorAtom(numerator: Value, denominator: Value): Atom {
  return { kind: 'floor', text: `floor(${bracket(numerator)} / ${bracket(denominator, true)})`, numerator, denominator };
}

function bracket(value: Value, below = false): string {
  if (typeof value === 'number') return String(value);
  const single = value.terms.length === 1 && (!below || (value.terms[0]?.coefficient === 1 && value.terms[0].monomial.degree === 1));
  return single ? value.text : `(${value.text})`;
}

function extreme(kind: 'max' | 'min', a: Value, b: Value): Dim {
  const operands: Value[] = [];
  for (const candidate of [...operandsOf(kind, a), ...operandsOf(kind, b)]) {
    const dominated = (x: Value, by: Value): boolean => (kind === 'max' ? atLeast(by, x) : atLeast(x, by)) === true;
    if (operands.some((other) => dominated(candidate, other))) continue;
    for (let i = operands.length - 1; i >= 0; i--) if (dominated(operands[i] as Value, candidate)) operands.splice(i, 1);
    operands.push(candidate);
  }
  const [only] = operands;
  if (operands.length === 1 && only !== undefined) return only;
  operands.sort((x, y) => (textOf(x) < textOf(y) ? -1 : 1));
  return atomValue({ kind, text: `${kind}(${operands.map(textOf).join(', ')})`, operands });
}

function operandsOf(kind: 'max' | 'min', value: Value): readonly Value[] {
  const factor = typeof value === 'number' || value.terms.length !== 1 || value.terms[0]?.coefficient !== 1 ? undefined : value.terms[0].monomial.factors;
  const atom = factor?.length === 1 && factor[0]?.power === 1 ? factor[0].atom : undefined;
  return atom?.kind === kind ? atom.operands : [value];
}

function textOf(value: Value): string {
  return typeof value === 'number' ? String(value) : value.text;
}
