import type { JsonObject, JsonValue } from '../document/json.js';
import { nearest } from '../document/names.js';
import { choice, flag, integer, list, number, text } from '../operators/param.js';
import type { ParamSpec } from '../operators/operator.js';
import { asObject, own, parsed, type Tell } from './declared-json.js';
import { isExpression, type Expression } from './expression.js';

/** A parameter of a declared operator. */
export interface DeclaredParam {
  readonly spec: ParamSpec;
  /** What it is where it is not written: it follows from the sizes that arrive and from other parameters. */
  readonly inferred?: Expression;
}

const words = ['type', 'default', 'min', 'max', 'choices', 'doc'];
const types = ['integer', 'number', 'flag', 'text', 'list'];

/** Reads `params`: a plain default, which gives the type; null for a number that each use must give; "=..." for one that follows; or an object with all of it. */
export function readDeclaredParams(json: JsonValue | undefined, tell: Tell): ReadonlyMap<string, DeclaredParam> {
  const params = new Map<string, DeclaredParam>();
  if (json === undefined) return params;
  const object = asObject(json);
  if (!object) tell(['params'], '"params" is an object: { "heads": 8 }.');
  for (const [name, value] of Object.entries(object ?? {})) {
    const inner = asObject(value);
    params.set(name, inner ? detailed(name, inner, tell) : plain(name, value, tell));
  }
  return params;
}

function plain(name: string, value: JsonValue, tell: Tell): DeclaredParam {
  const path = ['params', name];
  if (isExpression(value)) {
    const inferred = parsed(value, path, tell);
    return { spec: number({ doc: `${capital(value.slice(1).trim())}.`, assertion: true }), ...(inferred && { inferred }) };
  }
  if (value === null) return { spec: number({ doc: 'A number.', initial: 1 }) };
  if (typeof value === 'boolean') return { spec: flag({ doc: 'True or false.', default: value }) };
  if (typeof value === 'string') return { spec: text({ doc: 'A text.', default: value }) };
  if (typeof value === 'number') return { spec: number({ doc: 'A number.', default: value }) };
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return { spec: list({ doc: 'A list of numbers.', default: value as readonly number[], fractions: true }) };
  tell(path, `The default of \`${name}\` is a number, a text, true, false, a list of numbers, or null for a number that must be given.`);
  return { spec: number({ doc: 'A number.', initial: 1 }) };
}

function detailed(name: string, object: JsonObject, tell: Tell): DeclaredParam {
  const path = ['params', name];
  for (const key of Object.keys(object)) {
    if (words.includes(key)) continue;
    const meant = nearest(key, words);
    tell([...path, key], `A parameter has no \`${key}\`; it has ${words.join(', ')}.${meant === undefined ? '' : ` Was \`${meant}\` meant?`}`, { severity: 'warning', part: 'key' });
  }
  const [given, type, choices, doc] = [own(object, 'default'), own(object, 'type'), own(object, 'choices'), own(object, 'doc')];
  const bound = (key: 'min' | 'max'): { readonly [key in 'min' | 'max']?: number } => {
    const value = own(object, key);
    if (value === undefined) return {};
    if (typeof value === 'number') return { [key]: value };
    tell([...path, key], `"${key}" of \`${name}\` is a number.`);
    return {};
  };
  if (doc !== undefined && typeof doc !== 'string') tell([...path, 'doc'], `"doc" of \`${name}\` is a text.`);
  const isWords = Array.isArray(choices) && choices.length > 0 && choices.every((each) => typeof each === 'string');
  if (choices !== undefined && !isWords) tell([...path, 'choices'], `"choices" of \`${name}\` is a list of texts.`);
  if (type !== undefined && !(typeof type === 'string' && types.includes(type))) tell([...path, 'type'], `"type" of \`${name}\` is one of ${types.join(', ')}.`);
  const kind = isWords ? 'choice' : typeof type === 'string' && types.includes(type) ? type : typeof given === 'boolean' ? 'flag' : Array.isArray(given) ? 'list' : typeof given === 'string' && !isExpression(given) ? 'text' : 'number';
  const base = { doc: typeof doc === 'string' ? doc : 'A parameter.', ...bound('min'), ...bound('max') };
  if (isExpression(given)) {
    const inferred = parsed(given, [...path, 'default'], tell);
    if (kind !== 'integer' && kind !== 'number') tell([...path, 'default'], `Only a number can follow from sizes; \`${name}\` is of type ${kind}.`);
    return { spec: (kind === 'integer' ? integer : number)({ ...base, assertion: true }), ...(inferred && { inferred }) };
  }
  const value = given as never;
  const options = { ...base, ...(given === undefined ? { initial: first(kind, choices, base.min) as never } : { default: value }) };
  const spec: ParamSpec = kind === 'choice' ? choice(choices as readonly string[], options) : kind === 'flag' ? flag(options) : kind === 'text' ? text(options) : kind === 'list' ? list({ ...options, fractions: true }) : kind === 'integer' ? integer(options) : number(options);
  if (given !== undefined && spec.default === undefined) {
    const read = spec.read(value);
    tell([...path, 'default'], `The default of \`${name}\` must be ${'wrong' in read ? read.wrong : 'a value of its type'}.`);
  }
  return { spec };
}

/** What the palette writes where there is no default. */
function first(kind: string, choices: JsonValue | undefined, min = 1): JsonValue {
  if (kind === 'choice') return (choices as readonly string[])[0]!;
  return kind === 'flag' ? false : kind === 'text' ? '' : kind === 'list' ? [] : min;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
