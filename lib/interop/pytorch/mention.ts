import type { JsonValue } from '../../document/json.js';
import { isExpression, parseExpression, references } from '../../program/index.js';

/** Whether a value of the file is an expression or holds one. */
export function hasExpression(value: JsonValue | undefined): boolean {
  return isExpression(value) || (Array.isArray(value) && value.some((element: JsonValue) => hasExpression(element)));
}

/** Whether a value of the file mentions a name (`i` above all). */
export function mentions(value: JsonValue | undefined, name: string): boolean {
  if (isExpression(value)) {
    const parsed = parseExpression(value);
    return 'expression' in parsed && references(parsed.expression).some((reference) => reference.kind === 'param' && reference.name === name);
  }
  return Array.isArray(value) && value.some((element: JsonValue) => mentions(element, name));
}

/** Whether an expression asks for the size of a tensor. */
export function asksSizes(value: unknown): boolean {
  if (!isExpression(value)) return false;
  const parsed = parseExpression(value);
  return 'expression' in parsed && references(parsed.expression).some(({ kind }) => kind === 'source');
}
