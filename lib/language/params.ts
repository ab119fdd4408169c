import type { JsonValue } from '../document/json.js';
import { UNKNOWN, type Operator, type ParamSpec, type ParamValue } from '../operators/index.js';

/** A parameter's value as the file would write it: (1, 1) as 1. Undefined for what has no such form. */
export function writtenValue(value: ParamValue | undefined): JsonValue | undefined {
  if (value === undefined || value === UNKNOWN) return undefined;
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (!Array.isArray(value)) return 'text' in value ? value.text : undefined;
  const items = (value as readonly ParamValue[]).map(writtenValue);
  if (items.length > 1 && typeof items[0] === 'number' && items.every((item) => item === items[0])) return items[0];
  return items.map((item) => item ?? null);
}

/** "Channels produced. At least 1." */
export function paramDoc(spec: ParamSpec): string {
  const bounds = spec.min !== undefined && spec.max !== undefined ? `From ${spec.min} to ${spec.max}.` : spec.min !== undefined ? `At least ${spec.min}.` : spec.max !== undefined ? `At most ${spec.max}.` : '';
  const value = writtenValue(spec.default);
  const standing = spec.assertion === true ? 'It follows from the input; where it is written, it is checked.' : value === undefined ? 'It must be written.' : `Default ${JSON.stringify(value)}.`;
  return [spec.doc, bounds, standing].filter(Boolean).join(' ');
}

/** What `in` of an operator means, in words: "input", "input, mask (optional)", "inputs..." */
export function inputsDoc(operator: Operator): string {
  return operator.inputs.map((input) => `${input.name}${input.variadic ? ' ...' : ''}${input.optional ? ' (optional)' : ''}`).join(', ');
}
