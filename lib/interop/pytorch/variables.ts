import type { Scope, WrittenSource } from '../../program/scope.js';
import { variable } from './python.js';

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
  return Array.isArray(ports) ? Math.max(0, ports.indexOf(port)) : Number(port) || 0;
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
  /** A new name like the one wanted. */
  fresh(wanted: string, place: number): string;
}

/** `lastRead` gives the last place in the order where a value is read; the end is Infinity. */
export function createVariables(lastRead: ReadonlyMap<Key, number>): Variables {
  const holder = new Map<Key, string>();
  const held = new Map<string, Set<Key>>();
  const isFree = (name: string, place: number): boolean => [...(held.get(name) ?? [])].every((key) => (lastRead.get(key) ?? -1) <= place);
  const alias = (key: Key, name: string): void => {
    holder.set(key, name);
    const keys = held.get(name);
    if (keys) keys.add(key);
    else held.set(name, new Set([key]));
  };
  return {
    isFree, alias,
    of: (key) => holder.get(key),
    assign: (key, name) => {
      held.set(name, new Set());
      alias(key, name);
    },
    fresh: (wanted, place) => {
      let name = variable(wanted);
      while (held.has(name) && !isFree(name, place)) name += '_';
      return name;
    },
  };
}
