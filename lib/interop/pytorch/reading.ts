import type { JsonValue } from '../../document/json.js';
import { isExpression, parseExpression, references } from '../../program/index.js';
import type { Scope, WrittenNode } from '../../program/scope.js';
import { keyOf, portKey, portNumber, type Key, type Variables } from './variables.js';

/** For each value the last place in the order where it is read; what the scope puts out is read at the end. */
export function lastReads(scope: Scope): ReadonlyMap<Key, number> {
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

/** Ports of a node that something reads; with `own`, those of single repetitions. */
export function portsRead(scope: Scope, index: number): readonly number[];
export function portsRead(scope: Scope, index: number, own: true): ReadonlyArray<{ readonly port: number; readonly repetition: number | undefined }>;
export function portsRead(scope: Scope, index: number, own = false): readonly number[] | ReadonlyArray<{ readonly port: number; readonly repetition: number | undefined }> {
  const sources = [...scope.nodes.flatMap((node) => node.sources), ...scope.outputs.map(({ source }) => source)];
  const found = sources.flatMap((source) => (source.kind === 'node' && source.index === index && (source.repetition !== undefined) === own ? [{ port: portNumber(scope, index, source.port), repetition: source.repetition }] : []));
  return own ? found : [...new Set(found.map(({ port }) => port))].sort((a, b) => a - b);
}

/**
 * A name for a new variable. What only goes on to the next layer, and from there to the next, is `x` or `out` as long as that name is free; what others read
 * later is called after the layer at the end of its chain.
 */
export function chainName(scope: Scope, place: number, variables: Variables): string {
  const last = lastReads(scope);
  let end = place;
  for (let at = place; ; ) {
    const key = portKey(scope.order[at]!, 0);
    const read = last.get(key);
    const readers = scope.order.flatMap((index, p) => (readBy(scope, scope.nodes[index]!).includes(key) ? [p] : []));
    if (read === undefined || read === Infinity || readers.length !== 1) break;
    const reader = scope.nodes[scope.order[read]!]!;
    if (reader.sources[0]?.kind !== 'node' || keyOf(scope, reader.sources[0]) !== key) break;
    at = read;
    end = at;
  }
  if (end !== place) for (const name of ['x', 'out']) if (variables.isFree(name, place) && !scope.inputs.includes(name)) return name;
  return scope.nodes[scope.order[end]!]!.node.name;
}
