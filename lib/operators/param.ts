import { isSym, type Dim } from '../shapes/index.js';
import { UNKNOWN, type ParamSpec, type ParamValue } from './operator.js';

/**
 * A declared parameter that knows the type of its value in an operator's functions. There, what is unknown is null, as everywhere in
 * lib/shapes, and PyTorch's None is undefined.
 */
export interface Param<T> extends ParamSpec {
  /** What an operator's functions get where the value is unknown. */
  readonly unknown: T;
}

type Known = ParamValue;
interface Options {
  readonly doc: string;
  readonly default?: Known;
  readonly initial?: Known;
  readonly min?: number;
  readonly max?: number;
  readonly nullable?: boolean;
  readonly assertion?: boolean;
}
/** None is possible where it is the default or accepted; an assertion may be left out. */
type Maybe<T, O> = O extends { nullable: true } | { default: null } | { assertion: true } ? T | undefined : T;

/** A whole number, or a symbolic size. */
export function integer<const O extends Options>(options: O): Param<Maybe<Dim, O>> {
  const wanted = numberWords('a whole number', options);
  return finish('integer', options, null as Maybe<Dim, O>, (value) => (isWhole(value, options) ? { value } : { wrong: wanted }));
}

/** Any finite number. */
export function number<const O extends Options>(options: O): Param<Maybe<Dim, O>> {
  const wanted = numberWords('a number', options);
  return finish('number', options, null as Maybe<Dim, O>, (value) => (isNumber(value, options) ? { value } : { wrong: wanted }));
}

export function flag<const O extends Options>(options: O): Param<Maybe<boolean | null, O>> {
  return finish('flag', options, null as Maybe<boolean | null, O>, (value) => (typeof value === 'boolean' ? { value } : { wrong: 'true or false' }));
}

export function choice<const C extends readonly string[], const O extends Options>(choices: C, options: O): Param<Maybe<C[number] | null, O>> {
  const wanted = `one of ${choices.map((word) => `"${word}"`).join(', ')}`;
  const read = (value: ParamValue): Read => (typeof value === 'string' && choices.includes(value) ? { value } : { wrong: wanted });
  return finish('choice', options, null as Maybe<C[number] | null, O>, read, { choices });
}

export function text<const O extends Options>(options: O): Param<Maybe<string | null, O>> {
  return finish('text', options, null as Maybe<string | null, O>, (value) => (typeof value === 'string' ? { value } : { wrong: 'a text' }));
}

/** One whole number for each spatial axis; a single one stands for all. */
export function tuple<const O extends Options>(length: number, options: O): Param<Maybe<readonly Dim[], O>> {
  const wanted = tupleWords(length, options);
  const unknown = Array.from({ length }, () => null) as Maybe<readonly Dim[], O>;
  return finish('tuple', options, unknown, (value) => readTuple(value, length, (element) => isWhole(element, options)) ?? { wrong: wanted }, { length });
}
export const single = <const O extends Options>(options: O): Param<Maybe<readonly Dim[], O>> => tuple(1, options);
export const pair = <const O extends Options>(options: O): Param<Maybe<readonly Dim[], O>> => tuple(2, options);
export const triple = <const O extends Options>(options: O): Param<Maybe<readonly Dim[], O>> => tuple(3, options);

/** As `tuple`, or one of some words ("same"). */
export function tupleOr<const C extends readonly string[]>(length: number, choices: C, options: Options): Param<readonly Dim[] | C[number]> {
  const wanted = `${tupleWords(length, options)}, or ${choices.map((word) => `"${word}"`).join(' or ')}`;
  const unknown = Array.from({ length }, () => null);
  const read = (value: ParamValue): Read =>
    typeof value === 'string' && choices.includes(value) ? { value } : (readTuple(value, length, (element) => isWhole(element, options)) ?? { wrong: wanted });
  return finish('tuple', options, unknown, read, { length, choices });
}
export const pairOr = <const C extends readonly string[]>(choices: C, options: Options): Param<readonly Dim[] | C[number]> => tupleOr(2, choices, options);

/** As `tuple`; an element that is None keeps the size of its axis. */
export function sizes(length: number, options: Options): Param<readonly (Dim | undefined)[]> {
  const wanted = `${tupleWords(length, options)} (null keeps the size of an axis)`;
  const unknown = Array.from({ length }, () => null);
  const read = (value: ParamValue): Read => readTuple(value, length, (element) => element === null || isWhole(element, options)) ?? { wrong: wanted };
  return finish('tuple', options, unknown, read, { length });
}

/** A list of numbers of any length; whole ones unless `fractions`. */
export function list<const O extends Options & { readonly fractions?: boolean }>(options: O): Param<Maybe<readonly Dim[] | null, O>> {
  const wanted = `a list of ${options.fractions === true ? '' : 'whole '}numbers${rangeWords(options)}`;
  const fits = options.fractions === true ? isNumber : isWhole;
  const read = (value: ParamValue): Read => (Array.isArray(value) && value.every((element: ParamValue) => fits(element, options)) ? { value } : { wrong: wanted });
  return finish('list', options, null as Maybe<readonly Dim[] | null, O>, read);
}

/** A number, or a list of numbers; whole ones unless `fractions`. The two forms are kept apart. */
export function numberOrList<const O extends Options & { readonly fractions?: boolean }>(options: O): Param<Maybe<Dim | readonly Dim[], O>> {
  const fits = (value: ParamValue): boolean => (options.fractions === true ? isNumber(value, options) : isWhole(value, options));
  const noun = options.fractions === true ? 'number' : 'whole number';
  const wanted = `a ${noun}${rangeWords(options)}, or a list of them`;
  const read = (value: ParamValue): Read => (fits(value) || (Array.isArray(value) && value.every(fits)) ? { value } : { wrong: wanted });
  return finish('list', options, null as Maybe<Dim | readonly Dim[], O>, read);
}

export type Range = readonly (Dim | undefined)[];
/** Slices as Python writes them: for each axis null (all of it) or [start, stop] or [start, stop, step] with null for an end left open. */
export function ranges(options: Options): Param<readonly (Range | undefined)[] | null> {
  const fits = (range: ParamValue): boolean =>
    range === null || range === UNKNOWN || (Array.isArray(range) && (range.length === 2 || range.length === 3) && range.every((end) => end === null || isWhole(end, {})));
  const read = (value: ParamValue): Read =>
    Array.isArray(value) && value.every(fits) ? { value } : { wrong: 'a list with null or [start, stop] or [start, stop, step] for each axis' };
  return finish('ranges', options, null, read);
}

type Read = ReturnType<ParamSpec['read']>;

function finish<T>(kind: ParamSpec['kind'], options: Options, unknown: T, read: (value: ParamValue) => Read, more: Partial<ParamSpec> = {}): Param<T> {
  const nullable = options.nullable === true || options.default === null;
  const readAll = (value: ParamValue): Read => {
    if (value === UNKNOWN) return { value };
    if (value === null && nullable) return { value };
    const result = read(value);
    return 'wrong' in result && nullable ? { wrong: `${result.wrong}, or null` } : result;
  };
  const normal = options.default === undefined ? undefined : readAll(options.default);
  return {
    kind,
    doc: options.doc,
    ...(normal !== undefined && 'value' in normal ? { default: normal.value } : {}),
    ...(options.initial !== undefined ? { initial: options.initial } : {}),
    ...(options.min !== undefined ? { min: options.min } : {}),
    ...(options.max !== undefined ? { max: options.max } : {}),
    ...(nullable ? { nullable } : {}),
    ...(options.assertion === true ? { assertion: true } : {}),
    ...more,
    unknown,
    read: readAll,
  };
}

function isWhole(value: ParamValue, { min, max }: { min?: number; max?: number }): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && (min === undefined || value >= min) && (max === undefined || value <= max);
  return isSym(value) || value === UNKNOWN;
}

function isNumber(value: ParamValue, { min, max }: { min?: number; max?: number }): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && (min === undefined || value >= min) && (max === undefined || value <= max);
  return isSym(value) || value === UNKNOWN;
}

function readTuple(value: ParamValue, length: number, fits: (element: ParamValue) => boolean): Read | undefined {
  if (!Array.isArray(value)) return fits(value) ? { value: Array.from({ length }, () => value) } : undefined;
  const elements = value as readonly ParamValue[];
  if (!elements.every(fits)) return undefined;
  if (elements.length === length) return { value: elements };
  return elements.length === 1 ? { value: Array.from({ length }, () => elements[0] as ParamValue) } : undefined;
}

function numberWords(noun: string, options: Options): string {
  return `${noun}${rangeWords(options)}`;
}

function rangeWords({ min, max }: Options): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max !== undefined ? ` of at most ${max}` : '';
}

function tupleWords(length: number, options: Options): string {
  const one = numberWords('a whole number', options);
  return length === 1 ? one : `${one}, or ${length} of them`;
}
