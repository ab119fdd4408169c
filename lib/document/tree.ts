import type { JsonPath, JsonValue } from './json.js';

/**
 * A value as it stands in a text. Positions are relative to the enclosing value, so a tree that did not change is shared between a text
 * and the text after a keystroke. Trees that no text stands behind (made from a document) have all positions 0.
 */
export type Tree = ObjectTree | ListTree | ScalarTree;

export interface ObjectTree {
  readonly kind: 'object';
  readonly length: number;
  /** In the order of the file; a key may come twice (the first counts). */
  readonly members: readonly Member[];
  /** What a reader made of it; see read.ts. */
  memo?: unknown;
  /** First member of each key, made when a large object is asked for one. */
  index?: ReadonlyMap<string, number>;
}
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Where the value starts. */
  readonly start: number;
  readonly value: Tree;
}
export interface ListTree {
  readonly kind: 'list';
  readonly length: number;
  readonly items: readonly Item[];
}
export interface Item {
  readonly start: number;
  readonly value: Tree;
}
export interface ScalarTree {
  readonly kind: 'scalar';
  readonly length: number;
  readonly value: null | boolean | number | string;
}

/** Index of the first member with this key; -1 without one. */
export function memberIndex(tree: ObjectTree, key: string): number {
  const { members } = tree;
  if (members.length <= 12) {
    for (let k = 0; k < members.length; k++) if (members[k]!.key === key) return k;
    return -1;
  }
  return indexOf(tree).get(key) ?? -1;
}

/** Positions of the first member of each key. */
export function indexOf(tree: ObjectTree): ReadonlyMap<string, number> {
  return (tree.index ??= firstPositions(tree.members));
}

export function firstPositions(members: readonly Member[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  let k = 0;
  for (const { key } of members) {
    index.set(key, k++);
    // Only the first of a key counts.
    if (index.size < k) return ofDuplicates(members);
  }
  return index;
}

function ofDuplicates(members: readonly Member[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  members.forEach(({ key }, k) => index.has(key) || index.set(key, k));
  return index;
}

/** Whether a key comes twice. */
export function hasDuplicates(tree: ObjectTree): boolean {
  const { members } = tree;
  if (members.length <= 12) {
    for (let k = 1; k < members.length; k++) for (let j = 0; j < k; j++) if (members[j]!.key === members[k]!.key) return true;
    return false;
  }
  return indexOf(tree).size < members.length;
}

export function memberOf(tree: Tree | undefined, key: string): Member | undefined {
  return tree?.kind === 'object' ? tree.members[memberIndex(tree, key)] : undefined;
}

/** The value under a key or at an index. */
export function childOf(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'object') return memberOf(tree, String(step))?.value;
  if (tree?.kind === 'list' && typeof step === 'number') return tree.items[step]?.value;
  return undefined;
}

export function treeAt(tree: Tree | undefined, path: JsonPath): Tree | undefined {
  let at = tree;
  for (const step of path) at = childOf(at, step);
  return at;
}

/** The text of a string, undefined for all else. */
export function stringOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

export function valueOf(tree: Tree): JsonValue {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map((item) => valueOf(item.value));
  const object: Record<string, JsonValue> = {};
  for (const { key, value } of tree.members) {
    if (Object.hasOwn(object, key)) continue;
    if (key === '__proto__') Object.defineProperty(object, key, { value: valueOf(value), enumerable: true, configurable: true, writable: true });
    else object[key] = valueOf(value);
  }
  return object;
}

export function treeOf(value: JsonValue): Tree {
  if (Array.isArray(value)) return listTree(value.map(treeOf));
  if (typeof value === 'object' && value !== null) return objectTree(Object.entries(value).filter((entry) => entry[1] !== undefined).map(([key, inner]) => [key, treeOf(inner)]));
  return scalarTree(typeof value === 'number' ? (Number.isFinite(value) ? value + 0 : null) : (value as ScalarTree['value']));
}

export function scalarTree(value: ScalarTree['value']): ScalarTree {
  return { kind: 'scalar', length: 0, value };
}
export function listTree(items: readonly Tree[]): ListTree {
  return { kind: 'list', length: 0, items: items.map((value) => ({ start: 0, value })) };
}
export function objectTree(entries: readonly (readonly [string, Tree])[]): ObjectTree {
  return { kind: 'object', length: 0, members: entries.map(([key, value]) => member(key, value)) };
}
export function member(key: string, value: Tree): Member {
  return { key, keyStart: 0, keyEnd: 0, start: 0, value };
}

/** Whether two trees say the same, positions aside. The order of keys counts. */
export function sameTree(a: Tree, b: Tree): boolean {
  if (a === b) return true;
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'list') return b.kind === 'list' && a.items.length === b.items.length && a.items.every((item, k) => sameTree(item.value, b.items[k]!.value));
  return b.kind === 'object' && a.members.length === b.members.length && a.members.every((one, k) => one.key === b.members[k]!.key && sameTree(one.value, b.members[k]!.value));
}
