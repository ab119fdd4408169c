import type { JsonValue } from '../../document/json.js';
import { isExpression, parseExpression, references } from '../../program/index.js';
import type { Scope, WrittenNode, WrittenSource } from '../../program/scope.js';
import { keyOf, portNumber, type Key } from './variables.js';

/** For each value the last place in the order where it is read; what the scope puts out is read at the end. */
function lastReads(scope: Scope): ReadonlyMap<Key, number> {
  const last = new Map<Key, number>();
  scope.order.forEach((index, place) => {
    for (const key of readBy(scope, scope.nodes[index]!)) last.set(key, place);
  });
  for (const { source } of scope.outputs) {
    const key = keyOf(scope, source);
    if (key !== undefined) last.set(key, Infinity);
  }
  return last;
}

/** Values that a use reads: its sources, and the inputs whose sizes its expressions ask for. */
function readBy(scope: Scope, { node, sources }: WrittenNode): readonly Key[] {
  const keys = sources.flatMap((source) => keyOf(scope, source) ?? []);
  const ask = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) value.forEach((element: JsonValue) => ask(element));
    if (!isExpression(value)) return;
    const parsed = parseExpression(value);
    if ('expression' in parsed) for (const { kind, name } of references(parsed.expression)) if (kind === 'source' && scope.inputs.includes(name)) keys.push(name);
  };
  for (const value of node.params.values()) ask(value);
  ask(node.when);
  ask(node.repeat?.times);
  return keys;
}

/** An output of a node that something reads, of the whole or of one repetition. */
export interface PortRead {
  readonly port: number;
  readonly repetition: number | undefined;
}

/** What is read of every node and value of a scope. */
export interface Reading {
  readonly last: ReadonlyMap<Key, number>;
  /** How many nodes (and the scope's outputs) read a value. */
  readonly readers: ReadonlyMap<Key, number>;
  /** Ports of a node that are read of the whole, in order. */
  ports(index: number): readonly number[];
  /** Ports that are read of single repetitions. */
  own(index: number): readonly PortRead[];
}

export function reading(scope: Scope): Reading {
  const readers = new Map<Key, number>();
  const ports = new Map<number, PortRead[]>();
  const count = (sources: readonly WrittenSource[]): void => {
    new Set(sources.flatMap((source) => keyOf(scope, source) ?? [])).forEach((key) => readers.set(key, (readers.get(key) ?? 0) + 1));
    for (const source of sources) {
      if (source.kind !== 'node') continue;
      const read = { port: portNumber(scope, source.index, source.port), repetition: source.repetition };
      const known = ports.get(source.index);
      if (known) known.push(read);
      else ports.set(source.index, [read]);
    }
  };
  scope.nodes.forEach(({ sources }) => count(sources));
  count(scope.outputs.map(({ source }) => source));
  const of = (index: number): readonly PortRead[] => ports.get(index) ?? [];
  return {
    readers, last: lastReads(scope),
    ports: (index) => [...new Set(of(index).filter(({ repetition }) => repetition === undefined).map(({ port }) => port))].sort((a, b) => a - b),
    own: (index) => of(index).filter(({ repetition }) => repetition !== undefined),
  };
}
