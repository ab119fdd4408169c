import { evaluate, isExpression, parseExpression, references, takenNames, type Expression } from '../program/index.js';
import { UNKNOWN, type ParamValue } from '../operators/operator.js';
import type { JsonValue } from '../document/json.js';

/** A value of the file with every expression in it changed; what holds none comes back as it is. */
export function mapExpressions(value: JsonValue, change: (text: string) => JsonValue): JsonValue {
  if (isExpression(value)) return change(value);
  if (Array.isArray(value)) {
    const changed = (value as readonly JsonValue[]).map((element) => mapExpressions(element, change));
    return changed.some((element, index) => element !== value[index]) ? changed : value;
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, element]) => [key, mapExpressions(element, change)] as const);
  return entries.some(([key, element]) => element !== (value as Readonly<Record<string, JsonValue>>)[key]) ? Object.fromEntries(entries) : value;
}

/** Names of parameters that the expressions in a value mention; `i` is none. */
export function paramsIn(value: JsonValue): ReadonlySet<string> {
  const names = new Set<string>();
  mapExpressions(value, (text) => {
    const parsed = parseExpression(text);
    if ('expression' in parsed) for (const { kind, name } of references(parsed.expression)) if (kind === 'param' && !takenNames.has(name)) names.add(name);
    return text;
  });
  return names;
}

/** An expression that names a parameter by another name. */
export function renamedIn(text: string, from: string, to: string): string {
  const parsed = parseExpression(text);
  if ('problem' in parsed) return text;
  return spliced(text, references(parsed.expression).filter(({ kind, name }) => kind === 'param' && name === from).map(({ start, end }) => ({ start, end, text: to })));
}

/** An expression with values in place of some names; a value itself where nothing is left to look up. Lists are taken apart by their index. */
export function withValues(text: string, valueOf: (name: string) => JsonValue | undefined): JsonValue {
  const parsed = parseExpression(text);
  if ('problem' in parsed) return text;
  const { expression } = parsed;
  if (expression.kind === 'name') return valueOf(expression.name) ?? text;
  const found: { start: number; end: number; text: string }[] = [];
  const put = (at: Expression, value: JsonValue | undefined): void => {
    const written = value === undefined ? undefined : literal(value);
    if (written !== undefined) found.push({ start: at.start, end: at.end, text: written });
  };
  const visit = (at: Expression): void => {
    switch (at.kind) {
      case 'name': return put(at, valueOf(at.name));
      case 'index': {
        const list = at.list.kind === 'name' ? valueOf(at.list.name) : undefined;
        if (Array.isArray(list) && at.index.kind === 'number') return put(at, (list as readonly JsonValue[])[at.index.value]);
        visit(at.list);
        return visit(at.index);
      }
      case 'unary': return visit(at.operand);
      case 'binary': visit(at.left); return visit(at.right);
      case 'conditional': visit(at.condition); visit(at.then); return visit(at.otherwise);
      case 'call': return at.args.forEach(visit);
      case 'dim': return visit(at.axis);
      default: return undefined;
    }
  };
  visit(expression);
  return found.length === 0 ? text : settled(spliced(text, found));
}

/** The value of an expression that looks nothing up, else the expression. */
function settled(text: string): JsonValue {
  const parsed = parseExpression(text);
  if ('problem' in parsed || references(parsed.expression).some(({ kind }) => kind !== 'function')) return text;
  let failed = false;
  const value = evaluate(parsed.expression, { value: () => undefined, source: () => ({ code: '', message: '' }) }, () => (failed = true));
  return failed ? text : plainValue(value) ?? text;
}

/** A parameter's value as the file would write it; undefined for what is unknown or has a named size. */
export function plainValue(value: ParamValue | undefined): JsonValue | undefined {
  if (value === undefined || value === UNKNOWN) return undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return undefined;
  const elements = (value as readonly ParamValue[]).map(plainValue);
  return elements.some((element) => element === undefined) ? undefined : (elements as JsonValue[]);
}

function literal(value: JsonValue): string | undefined {
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' && !value.includes("'") ? `'${value}'` : undefined;
}

/** Offsets count from behind "=". */
function spliced(text: string, parts: readonly { readonly start: number; readonly end: number; readonly text: string }[]): string {
  let result = text.slice(1);
  for (const { start, end, text: part } of [...parts].sort((a, b) => b.start - a.start)) result = result.slice(0, start) + part + result.slice(end);
  return `=${result}`;
}
