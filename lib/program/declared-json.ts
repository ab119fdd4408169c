import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import { parseExpression, type Expression } from './expression.js';

/** Something wrong with a declaration; `path` is within it. */
export interface DeclarationFault {
  readonly path: JsonPath;
  readonly message: string;
  readonly severity?: 'warning';
  readonly part?: 'key';
  readonly facts?: Readonly<Record<string, unknown>>;
}
export type Tell = (path: JsonPath, message: string, more?: Partial<DeclarationFault>) => void;

/** The expression of a text; what is wrong with it is told. */
export function parsed(text: string, path: JsonPath, tell: Tell): Expression | undefined {
  const result = parseExpression(text);
  if ('expression' in result) return result.expression;
  const { message, start, end } = result.problem;
  tell(path, message, { facts: { start, end } });
  return undefined;
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
