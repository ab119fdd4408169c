import type { JsonPath, JsonValue } from './json.js';

/**
 * A change to a design, as data. It names things by path, never by offset, so it survives changes elsewhere in the file. A canvas action is a
 * list of these, applied together as one patch and one undo step; each sees what the ones before it did.
 */
export type Edit =
  /** Replaces the value at `path`; a missing last key is added at the end of its object (missing parents are made as objects). */
  | { readonly kind: 'set'; readonly path: JsonPath; readonly value: JsonValue }
  /** Adds a key to the object at `path`, after the key `after` (null: first; undefined: last). Refused when the key exists. */
  | { readonly kind: 'insert'; readonly path: JsonPath; readonly key: string; readonly value: JsonValue; readonly after?: string | null }
  /** Removes the key or list item at `path`. Removing what is not there changes nothing. */
  | { readonly kind: 'remove'; readonly path: JsonPath }
  /** Lets two items of the list at `path` change places, with their comments. Refused where the list has not both. */
  | { readonly kind: 'exchange'; readonly path: JsonPath; readonly items: readonly [number, number] }
  /** Gives the key at `path` another name and leaves its value, with its comments, as it is. Refused when the new name is taken. */
  | { readonly kind: 'renameKey'; readonly path: JsonPath; readonly to: string }
  /** Renames a node or input of a scope ('' is the document) and every mention of it: in, off, weights, outputs, dim(...), view. */
  | { readonly kind: 'renameNode'; readonly scope: string; readonly from: string; readonly to: string }
  /** Renames a block and every `op` that names it. */
  | { readonly kind: 'renameBlock'; readonly from: string; readonly to: string };

/** Replacements in a text, sorted and disjoint. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Why an edit does not apply. */
export interface Refusal {
  readonly refused: string;
}
