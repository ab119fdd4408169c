import type { Scope, WrittenSource } from '../../program/scope.js';
import { variable } from './python.js';

/** Functions of Python that a variable should not hide. */
const builtins = new Set('abs all any bin bool bytes dict filter float format hash id input int iter len list map max min next object open pow print range repr round set slice sorted str sum tuple type vars zip'.split(' '));

/** Names one output of a node (or an input) within a scope: "3:0", "3[1]:0", "x". */
export type Key = string;

export function keyOf(scope: Scope, source: WrittenSource): Key | undefined {
  if (source.kind === 'input') return source.name;
  if (source.kind !== 'node') return undefined;
  return portKey(source.index, portNumber(scope, source.index, source.port), source.repetition);
}

export function portKey(index: number, port: number, repetition?: number): Key {
  return `${index}${repetition === undefined ? '' : `[${repetition}]`}:${port}`;
}

export function portNumber(scope: Scope, index: number, port: string | number | undefined): number {
  if (port === undefined) return 0;
  if (typeof port === 'number') return port;
  const { target } = scope.nodes[index]!;
  if (target?.kind === 'block') return Math.max(0, target.block.outputs.findIndex(({ name }) => name === port));
  const ports = target?.operator.outputs;
  if (typeof ports !== 'function') return Math.max(0, ports?.indexOf(port) ?? 0);
  // Pieces of a Split are counted; a port that a flag brings in is the last of those there are.
  const named = ports(scope.nodes[index]!.params?.values ?? {}, []).indexOf(port);
  return named >= 0 ? named : Number.isInteger(Number(port)) ? Number(port) : 1;
}

/** Which Python variable holds which value, so that one whose value is not read any more can be written over. */
export interface Variables {
  /** The variable of a value; undefined where nothing holds it. */
  of(key: Key): string | undefined;
  /** Whether nothing after this place in the order reads what the variable holds. */
  isFree(name: string, place: number): boolean;
  /** Puts a value into a variable, in place of what it held. */
  assign(key: Key, name: string): void;
  /** Another value that is the same tensor. */
  alias(key: Key, name: string): void;
  /** A value that is an element of a list: the list is held as long as the value is read. */
  element(key: Key, list: string, position: number): void;
  /** A name that can be written at this place, like the one wanted. */
  fresh(wanted: string, place: number): string;
  /**
   * A name for a value: that of its node where several read it, so that a skip is seen by its name; what only goes on to the next layer is `x` or
   * `out`, as far as these are free.
   */
  named(key: Key, node: string, place: number): string;
  /** Whether the variable holds only what goes on to a next layer. */
  isPassing(name: string): boolean;
}

/** `lastRead` gives the last place in the order where a value is read (the end is Infinity), `readers` how many read it. */
export function createVariables(lastRead: ReadonlyMap<Key, number>, readers: ReadonlyMap<Key, number>, inputs: readonly string[]): Variables {
  const holder = new Map<Key, string>();
  const held = new Map<string, Set<Key>>();
  const isFree = (name: string, place: number): boolean => [...(held.get(name) ?? [])].every((key) => (lastRead.get(key) ?? -1) <= place);
  const hold = (key: Key, name: string): void => {
    const keys = held.get(name);
    if (keys) keys.add(key);
    else held.set(name, new Set([key]));
  };
  const alias = (key: Key, name: string): void => {
    holder.set(key, name);
    hold(key, name);
  };
  const isPassing = (key: Key): boolean => (readers.get(key) ?? 0) <= 1;
  const fresh = (wanted: string, place: number): string => {
    let name = builtins.has(wanted) ? `${wanted}_` : variable(wanted);
    while (held.has(name) && !isFree(name, place)) name += '_';
    return name;
  };
  return {
    isFree, alias, fresh,
    isPassing: (name) => [...(held.get(name) ?? [])].every(isPassing),
    named: (key, node, place) => (isPassing(key) ? ['x', 'out'].find((name) => isFree(name, place) && (name === 'x' || !inputs.includes(name))) : undefined) ?? fresh(node, place),
    of: (key) => holder.get(key),
    element: (key, list, position) => {
      holder.set(key, `${list}[${position}]`);
      hold(key, list);
    },
    assign: (key, name) => {
      held.set(name, new Set());
      alias(key, name);
    },
  };
}
