import type { JsonValue } from '../document/json.js';
import type { NamedSource } from '../document/model.js';
import { UNKNOWN, type ParamValue } from '../operators/operator.js';
import { add, atLeast, divisible, floorDiv, formatDim, isSym, max, min, mod, mul, sameDim, sub, type Dim } from '../shapes/index.js';
import type { Tensor } from '../shapes/index.js';
import { isExpression, parseExpression, type BinaryOperator, type Expression, type ParsedExpression } from './expression.js';

/** What the names of an expression mean where it stands. */
export interface Surroundings {
  /** The value of a parameter or of `i`; undefined where there is no such name. */
  value(name: string): ParamValue | undefined;
  /** The tensor that dim() may look at, or why it may not. */
  source(source: NamedSource): Tensor | { readonly code: string; readonly message: string; readonly facts?: Readonly<Record<string, unknown>> };
  /** Names in reach, for a misspelt one. */
  nearest?(name: string): readonly string[];
  /**
   * The number that a symbolic size stands for, where one is known: it decides what the symbols alone leave open. An exporter runs a block
   * with symbols in place of numbers and so learns how its sizes depend on its parameters.
   */
  size?(dim: Dim): number | null;
}

export interface EvaluationProblem {
  readonly code: string;
  readonly message: string;
  /** Offsets after "=". */
  readonly start: number;
  readonly end: number;
  readonly facts?: Readonly<Record<string, unknown>>;
}

type Report = (problem: EvaluationProblem) => void;
type Known = Exclude<ParamValue, typeof UNKNOWN>;

/**
 * The value of an expression. Nothing is converted from one type to another. What depends on something unknown is `UNKNOWN` and is no problem
 * of its own; what is wrong is reported once and is `UNKNOWN` too.
 */
export function evaluate(expression: Expression, surroundings: Surroundings, report: Report): ParamValue {
  return new Evaluation(surroundings, report).run(expression);
}

/** One evaluation. */
class Evaluation {
  constructor(private readonly surroundings: Surroundings, private readonly report: Report) {}

  private fail(e: Expression, code: string, message: string, facts?: Readonly<Record<string, unknown>>): typeof UNKNOWN {
    this.report({ code, message, start: e.start, end: e.end, ...(facts && { facts }) });
    return UNKNOWN;
  }

  private number(e: Expression, role: string, of = ''): Exclude<Dim, null> | typeof UNKNOWN {
    const value = this.run(e);
    if (value === UNKNOWN || isNumber(value)) return value;
    return this.fail(e, 'expression-type', `${role}${of} must be a number, not ${describe(value)}.`);
  }

  private condition(e: Expression, role: string, of = ''): boolean | typeof UNKNOWN {
    const value = this.run(e);
    if (value === UNKNOWN || typeof value === 'boolean') return value;
    return this.fail(e, 'expression-type', `${role}${of} must be true or false, not ${describe(value)}.`);
  }

  private finite(e: Expression, value: Dim | undefined): ParamValue {
    if (value === null || value === undefined) return this.fail(e, 'expression-type', 'Fractions cannot be combined with a symbolic size.');
    return typeof value === 'number' && !Number.isFinite(value) ? this.fail(e, 'expression-type', 'The result is too large for a number.') : value;
  }

  private binary(e: Expression & { kind: 'binary' }): ParamValue {
    const { operator } = e;
    if (operator === '&&' || operator === '||') {
      const left = this.condition(e.left, 'The left side of ', operator);
      if (left === UNKNOWN || left === (operator === '||')) return left;
      return this.condition(e.right, 'The right side of ', operator);
    }
    if (operator === '==' || operator === '!=') {
      const left = this.run(e.left);
      const right = this.run(e.right);
      if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
      const same = equal(left, right, this.surroundings);
      if (same === 'types') return this.fail(e, 'expression-type', `${capital(describe(left))} and ${describe(right)} cannot be compared.`);
      if (same === 'unknown') return UNKNOWN;
      if (same === 'undecided') return this.fail(e, 'undecided', undecided(left, operator, right));
      return same === (operator === '==');
    }
    const left = this.number(e.left, 'The left side of ', operator);
    const right = this.number(e.right, 'The right side of ', operator);
    if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
    return this.arithmetic(e, operator, left, right);
  }

  private arithmetic(e: Expression, operator: Exclude<BinaryOperator, '&&' | '||' | '==' | '!='>, a: Exclude<Dim, null>, b: Exclude<Dim, null>): ParamValue {
    switch (operator) {
      case '+': return this.finite(e, add(a, b) ?? this.numeric(a, b, (x, y) => x + y));
      case '-': return this.finite(e, sub(a, b) ?? this.numeric(a, b, (x, y) => x - y));
      case '*': return this.finite(e, mul(a, b) ?? this.numeric(a, b, (x, y) => x * y));
      case '<': return this.compared(e, a, operator, b, not(this.reaches(a, b)));
      case '>=': return this.compared(e, a, operator, b, this.reaches(a, b));
      case '>': return this.compared(e, a, operator, b, not(this.reaches(b, a)));
      case '<=': return this.compared(e, a, operator, b, this.reaches(b, a));
      default: break;
    }
    if (b === 0) return this.fail(e, 'division-by-zero', `${formatDim(a)} ${operator} 0: division by zero.`);
    if (operator === '//') return this.finite(e, floorDiv(a, b) ?? this.numeric(a, b, (x, y) => Math.floor(x / y)));
    if (operator === '%') return this.finite(e, mod(a, b) ?? this.numeric(a, b, (x, y) => x - y * Math.floor(x / y)));
    if (typeof a === 'number' && typeof b === 'number') return this.finite(e, a / b);
    const [x, y] = this.sizesOf(a, b);
    if (divisible(a, b) ?? (x !== null && y !== null && y !== 0 && x % y === 0)) return this.finite(e, floorDiv(a, b));
    if (x !== null && y !== null && y !== 0) return x / y;
    return this.fail(e, 'undecided', `Whether ${formatDim(b)} divides ${formatDim(a)} depends on a symbolic size; // rounds down.`);
  }

  private sizesOf(a: Dim, b: Dim): readonly [number | null, number | null] {
    return [this.surroundings.size?.(a) ?? null, this.surroundings.size?.(b) ?? null];
  }

  private numeric(a: Dim, b: Dim, run: (a: number, b: number) => number): number | null {
    const [x, y] = this.sizesOf(a, b);
    return x === null || y === null ? null : run(x, y);
  }

  private reaches(a: Dim, b: Dim): boolean | undefined {
    const [x, y] = this.sizesOf(a, b);
    return atLeast(a, b) ?? (x === null || y === null ? undefined : x >= y);
  }

  private compared(e: Expression, a: Dim, operator: string, b: Dim, result: boolean | undefined): ParamValue {
    return result ?? this.fail(e, 'undecided', undecided(a, operator, b));
  }

  private call(e: Expression & { kind: 'call' }): ParamValue {
    const args: Exclude<Dim, null>[] = [];
    let unknown = false;
    for (const [k, arg] of e.args.entries()) {
      const value = this.number(arg, e.args.length > 1 ? `Argument ${k + 1} of ${e.name}()` : `The argument of ${e.name}()`);
      if (value === UNKNOWN) unknown = true;
      else args.push(value);
    }
    if (unknown) return UNKNOWN;
    const [first] = args as [Exclude<Dim, null>];
    switch (e.name) {
      case 'min': return this.finite(e, args.reduce((a: Dim, b) => min(a, b), first));
      case 'max': return this.finite(e, args.reduce((a: Dim, b) => max(a, b), first));
      // A symbolic size is whole already.
      case 'floor': return typeof first === 'number' ? Math.floor(first) : first;
      case 'ceil': return typeof first === 'number' ? Math.ceil(first) : first;
      case 'round': return typeof first === 'number' ? roundHalfEven(first) : first;
    }
  }

  private dim(e: Expression & { kind: 'dim' }): ParamValue {
    const axis = this.number(e.axis, 'The axis of dim()');
    const tensor = this.surroundings.source(e.source);
    if ('code' in tensor) {
      this.report({ ...tensor, start: e.sourceStart, end: e.sourceEnd });
      return UNKNOWN;
    }
    if (axis === UNKNOWN || tensor.shape === null) return UNKNOWN;
    const rank = tensor.shape.length;
    if (typeof axis !== 'number' || !Number.isInteger(axis)) return this.fail(e.axis, 'expression-index', `The axis of dim() must be an integer, not ${formatDim(axis)}.`);
    if (axis < -rank || axis >= rank) return this.fail(e.axis, 'expression-index', `\`${e.source.name}\` has ${rank} ${rank === 1 ? 'axis' : 'axes'}; there is no axis ${axis}.`, { axis, rank });
    return tensor.shape[axis < 0 ? axis + rank : axis] ?? UNKNOWN;
  }

  run(e: Expression): ParamValue {
    switch (e.kind) {
      case 'number': case 'text': case 'boolean': return e.value;
      case 'name': {
        const value = this.surroundings.value(e.name);
        if (value !== undefined) return value;
        const nearest = this.surroundings.nearest?.(e.name) ?? [];
        return this.fail(e, 'unknown-name', `There is no parameter \`${e.name}\` here.${didYouMean(nearest)}`, { name: e.name, nearest });
      }
      case 'unary': {
        if (e.operator === '-') {
          const value = this.number(e.operand, 'The operand of -');
          return value === UNKNOWN ? UNKNOWN : typeof value === 'number' ? 0 - value : this.finite(e, sub(0, value));
        }
        const value = this.condition(e.operand, 'The operand of !');
        return value === UNKNOWN ? UNKNOWN : !value;
      }
      case 'binary': return this.binary(e);
      case 'conditional': {
        const chosen = this.condition(e.condition, 'The condition before ?');
        return chosen === UNKNOWN ? UNKNOWN : this.run(chosen ? e.then : e.otherwise);
      }
      case 'index': {
        const list = this.run(e.list);
        const index = this.number(e.index, 'An index');
        if (list === UNKNOWN) return UNKNOWN;
        if (!Array.isArray(list)) return this.fail(e.list, 'expression-type', `Only a list has elements, not ${describe(list)}.`);
        if (index === UNKNOWN) return UNKNOWN;
        if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= list.length) return this.fail(e.index, 'expression-index', `The list has ${list.length} ${list.length === 1 ? 'element' : 'elements'}, counted from 0; there is no element ${formatDim(index)}.`, { index, length: list.length });
        return (list as readonly ParamValue[])[index] as ParamValue;
      }
      case 'call': return this.call(e);
      case 'dim': return this.dim(e);
    }
  }
}

/** The value of anything that may stand in the file: plain JSON, an expression, or a list with expressions in it. */
export function evaluateValue(value: JsonValue, surroundings: Surroundings, report: Report, parse: (text: string) => ParsedExpression = parseExpression): ParamValue {
  if (isExpression(value)) {
    const parsed = parse(value);
    if ('expression' in parsed) return evaluate(parsed.expression, surroundings, report);
    report(parsed.problem);
    return UNKNOWN;
  }
  if (value === null || typeof value !== 'object') return value;
  const nest = (list: readonly JsonValue[], depth: number): ParamValue => {
    if (depth > 8) {
      report({ code: 'wrong-type', message: 'Lists nest more than 8 deep.', start: 0, end: 0 });
      return UNKNOWN;
    }
    return list.map((element) => (Array.isArray(element) ? nest(element as readonly JsonValue[], depth + 1) : evaluateValue(element, surroundings, report, parse)));
  };
  if (Array.isArray(value)) return nest(value as readonly JsonValue[], 0);
  report({ code: 'wrong-type', message: 'An object is no value of a parameter.', start: 0, end: 0 });
  return UNKNOWN;
}

/** A value in words: "the number 3", "a list". */
export function describe(value: ParamValue): string {
  if (value === UNKNOWN) return 'an unknown value';
  if (value === null) return 'null';
  if (isSym(value)) return `the size ${formatDim(value)}`;
  if (Array.isArray(value)) return listText(value as readonly ParamValue[]);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return `the text '${value as string}'`;
}

/** A short list as it is written, so that the element that is wrong is seen. */
function listText(list: readonly ParamValue[]): string {
  const plain = (value: ParamValue): string => (Array.isArray(value) ? `[${(value as readonly ParamValue[]).map(plain).join(', ')}]` : isSym(value) ? formatDim(value) : typeof value === 'string' ? JSON.stringify(value) : String(value));
  const text = plain(list);
  return text.length > 40 ? 'a list' : `the list ${text}`;
}

/** " Did you mean `stride`?", or nothing. */
export function didYouMean(nearest: readonly string[]): string {
  return nearest.length > 0 ? ` Did you mean ${nearest.map((name) => `\`${name}\``).join(' or ')}?` : '';
}

function isNumber(value: ParamValue): value is Exclude<Dim, null> {
  return typeof value === 'number' || isSym(value);
}

function equal(a: Known, b: Known, surroundings: Surroundings): boolean | 'types' | 'undecided' | 'unknown' {
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [surroundings.size?.(a) ?? null, surroundings.size?.(b) ?? null];
    return sameDim(a, b) ?? (x === null || y === null ? 'undecided' : x === y);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    let result: ReturnType<typeof equal> = true;
    for (const [k, x] of (a as readonly ParamValue[]).entries()) {
      const y = (b as readonly ParamValue[])[k] as ParamValue;
      const one = x === UNKNOWN || y === UNKNOWN ? 'unknown' : equal(x, y, surroundings);
      if (one === false || one === 'types') return one;
      if (one !== true) result = one;
    }
    return result;
  }
  return typeof a === typeof b && (a === null) === (b === null) && typeof a !== 'object' ? a === b : a === null && b === null ? true : 'types';
}

function undecided(a: ParamValue, operator: string, b: ParamValue): string {
  return `Whether ${show(a)} ${operator} ${show(b)} holds depends on a symbolic size.`;
}

function show(value: ParamValue): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'number' || isSym(value) ? formatDim(value) : String(value === UNKNOWN ? '?' : value);
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Halves go to the even neighbour, as in Python: round(2.5) is 2 and round(3.5) is 4. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 ? below : rest > 0.5 ? below + 1 : below % 2 === 0 ? below : below + 1;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
