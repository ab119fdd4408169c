import type { JsonValue } from '../../document/json.js';

/** What is to be known of one problem code: a section of the reference, and a test. */
export interface Entry {
  readonly code: string;
  /** When it appears. */
  readonly when: string;
  /** The text of a design that has the problem. */
  readonly example: string;
  /** What else mends it, where no fix can be offered. */
  readonly mend?: string;
}

export interface Group {
  readonly title: string;
  readonly doc: string;
  readonly entries: readonly Entry[];
}

/** The text of a small design: an image of N × 3 × 32 × 32 named `x`, and the last node as its output, unless `more` says otherwise. */
export function design(nodes: Readonly<Record<string, JsonValue>>, more: Readonly<Record<string, JsonValue>> = {}): string {
  const last = Object.keys(nodes).at(-1);
  const whole: Record<string, JsonValue> = { nnet: 1, inputs: { x: { shape: ['N', 3, 32, 32] } }, nodes, ...(last !== undefined && { outputs: [last] }), ...more };
  return written(whole, 0);
}

/** JSON as people write it: scopes and their members on lines of their own, everything smaller on one line. */
function written(value: JsonValue, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => written(each as JsonValue, depth)).join(', ')}]`;
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${written(each, depth + 1)}`);
  const oneLine = members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  if (depth > 0 && oneLine.length + 2 * depth <= 110 && !oneLine.includes('\n')) return oneLine;
  const indent = '  '.repeat(depth + 1);
  return `{\n${members.map((member) => `${indent}${member}`).join(',\n')}\n${'  '.repeat(depth)}}`;
}

export const conv = (from: string, out_channels: JsonValue, more: Readonly<Record<string, JsonValue>> = {}): JsonValue => ({ op: 'Conv2d', in: [from], out_channels, kernel_size: 3, padding: 1, ...more });
export const relu = (from: string): JsonValue => ({ op: 'ReLU', in: [from] });
export const bn = (from: string): JsonValue => ({ op: 'BatchNorm2d', in: [from] });
/** An input `x` of another shape. */
export const input = (...shape: readonly (string | number)[]): Readonly<Record<string, JsonValue>> => ({ inputs: { x: { shape } } });
