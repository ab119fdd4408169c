import type { JsonValue } from '../../lib/document/json.js';
import { UNKNOWN, type ParamSpec, type ParamValue } from '../../lib/operators/operator.js';
import { isExpression, parseExpression } from '../../lib/program/expression.js';
import { formatDim, type Dim } from '../../lib/shapes/index.js';

/** What a person typed into a field: a value of the file (undefined: leave the key out), or what is wrong with it. */
export type Entry = { readonly value: JsonValue | undefined } | { readonly wrong: string };

/** Reads the text of a one-line field. Expressions are checked for syntax here and for their value by the analysis. */
export function readEntry(text: string, spec: ParamSpec): Entry {
  const typed = text.trim();
  if (typed === '') return spec.default !== undefined || spec.assertion === true ? { value: undefined } : { wrong: 'A value is needed.' };
  if (isExpression(typed)) return readExpression(typed);
  const value = literal(typed, spec);
  return value === undefined ? { wrong: `Wanted ${wantedBy(spec)}.` } : check(value, spec);
}

/** Reads the cells of a tuple. Equal cells are written as one number, as PyTorch code does; a word or an expression in the first stands for all. */
export function readCells(cells: readonly string[], spec: ParamSpec): Entry {
  const typed = cells.map((cell) => cell.trim());
  const first = typed[0] ?? '';
  if (spec.choices?.includes(first)) return { value: first };
  if (typed.every((cell) => cell === '')) return readEntry('', spec);
  const values: JsonValue[] = [];
  for (const cell of typed) {
    if (isExpression(cell)) {
      const entry = readExpression(cell);
      if ('wrong' in entry) return entry;
      values.push(cell);
      continue;
    }
    const value = element(cell);
    if (value === undefined) return { wrong: `Wanted ${wantedBy(spec)}.` };
    values.push(value);
  }
  const [head = null] = values;
  return check(values.every((value) => value === head) ? head : values, spec);
}

/** The text that a field shows for a value as written in the file. */
export function entryText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object' || item === null) ? value.map((item) => entryText(item as JsonValue)).join(', ') : JSON.stringify(value);
  return typeof value === 'string' ? value : value === null ? 'null' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The text of an evaluated value: "64", "3" for [3, 3], "1, 2", "?" while it is unknown. */
export function valueText(value: ParamValue | undefined): string {
  if (value === undefined) return '';
  if (value === UNKNOWN) return '?';
  if (Array.isArray(value)) {
    const texts = (value as readonly ParamValue[]).map(valueText);
    return texts.length > 1 && texts.every((text) => text === texts[0]) ? (texts[0] ?? '') : texts.join(', ');
  }
  return typeof value === 'boolean' || typeof value === 'string' ? String(value) : value === null ? 'null' : formatDim(value as Dim);
}

/** Whether a value as written says what the declaration would say by itself. */
export function isOrdinary(written: JsonValue | undefined, spec: ParamSpec): boolean {
  if (written === undefined) return true;
  const usual = spec.default !== undefined ? spec.default : spec.initial;
  return usual !== undefined && sameValue(normal(written as ParamValue, spec), normal(usual, spec));
}

/** What a block's parameter accepts, told by its default's type. */
export function specOfDefault(value: JsonValue): ParamSpec {
  const kind = typeof value === 'boolean' ? 'flag' : typeof value === 'number' ? 'number' : Array.isArray(value) ? 'list' : 'text';
  const doc = value === null ? 'Must be given at every use.' : `${entryText(value)} unless written.`;
  const wanted = { flag: 'true or false', number: 'a number', list: 'a list', text: 'a value' }[kind];
  const fits = (given: ParamValue) => (value === null ? true : kind === 'list' ? Array.isArray(given) : typeof given === typeof value || isExpression(given));
  return { kind, doc, ...(value !== null && !isExpression(value) && { default: value as ParamValue }), read: (given) => (fits(given) ? { value: given } : { wrong: wanted }) };
}

/** A parameter's default as typed: its type is the parameter's type. Nothing stands for "each use must give it", which the network itself has not. */
export function readDefault(text: string, root: boolean): Entry {
  const typed = text.trim();
  if (typed === '' || typed === 'null' || typed === 'None') return root ? { wrong: 'A value is needed.' } : { value: null };
  if (/^(true|false)$/i.test(typed)) return { value: typed.toLowerCase() === 'true' };
  if (typed.startsWith('=')) return readExpression(typed);
  const number = element(typed);
  if (number !== undefined) return { value: number };
  if (!/^[[({]/.test(typed)) return { value: typed };
  const list = json(typed.replace(/^\(/, '[').replace(/\)$/, ']'));
  return Array.isArray(list) ? { value: list } : { wrong: 'Wanted a list: [1, 2].' };
}

function readExpression(text: string): Entry {
  const parsed = parseExpression(text);
  return 'problem' in parsed ? { wrong: parsed.problem.message } : { value: text };
}

function literal(typed: string, spec: ParamSpec): JsonValue | undefined {
  if (typed === 'null' || typed === 'None') return null;
  switch (spec.kind) {
    case 'integer':
    case 'number':
      return element(typed);
    case 'flag':
      return typed === 'true' || typed === 'True' ? true : typed === 'false' || typed === 'False' ? false : undefined;
    case 'choice':
      return typed;
    case 'text': {
      const number = element(typed);
      return spec.default === undefined && number !== undefined ? number : typed;
    }
    case 'tuple':
    case 'list': {
      if (spec.choices?.includes(typed)) return typed;
      const parts = typed.replace(/^[[(]|[\])]$/g, '').split(',').map((part) => part.trim()).filter((part) => part !== '');
      const values = parts.map((part) => (isExpression(part) && !('wrong' in readExpression(part)) ? part : element(part)));
      if (values.some((value) => value === undefined)) return json(typed);
      const bare = values.length === 1 && !/[[(,]/.test(typed);
      return bare ? values[0] : (values as JsonValue[]);
    }
    case 'ranges':
      return json(typed);
  }
}

const element = (text: string): number | null | undefined => (/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text === 'null' || text === 'None' ? null : undefined);

function json(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function check(value: JsonValue, spec: ParamSpec): Entry {
  // Elements that are expressions have no value yet: the declaration is asked about the rest.
  const read = spec.read(withoutExpressions(value));
  return 'wrong' in read ? { wrong: `Wanted ${read.wrong}.` } : { value };
}

const withoutExpressions = (value: JsonValue): ParamValue => (Array.isArray(value) ? value.map((item) => withoutExpressions(item as JsonValue)) : isExpression(value) ? UNKNOWN : (value as ParamValue));

function wantedBy(spec: ParamSpec): string {
  const read = spec.read({} as never);
  return 'wrong' in read ? read.wrong : 'another value';
}

function normal(value: ParamValue, spec: ParamSpec): ParamValue {
  const read = spec.read(value);
  return 'value' in read ? read.value : value;
}

function sameValue(a: ParamValue, b: ParamValue): boolean {
  return Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, k) => sameValue(item as ParamValue, b[k] as ParamValue)) : a === b;
}
