import type { Edit, Refusal } from '../document/edit.js';

/** What a person did, as edits: one patch and one undo step. */
export interface Action {
  readonly edits: readonly Edit[];
  /** Name of the undo step. */
  readonly label: string;
  /** Expanded paths to select afterwards. */
  readonly select?: readonly string[];
  /** What the person should know of it. */
  readonly note?: string;
  /** What else could be done after it, as a step of its own. */
  readonly offer?: Action;
}

/** An action, or why it cannot be done. */
export type Acted = Action | Refusal;

/** The wire that arrives at an input of a node (`input` is the position in its `in`), or at an output of a scope. */
export type WireRef =
  | { readonly to: string; readonly input: number }
  | { readonly scope: string; readonly output: number };

/** Where a thing is dropped: on a wire, behind a node, or free in a scope. */
export type DropTarget =
  | { readonly kind: 'wire'; readonly wire: WireRef }
  | { readonly kind: 'node'; readonly path: string }
  | { readonly kind: 'point'; readonly scope: string };

/** Where a skip starts: a layer or an input by its path ("stage1[0].x" is the input x of the block), or what runs on a wire. */
export type SkipStart = string | WireRef;
export type SkipTarget = Exclude<DropTarget, { readonly kind: 'point' }>;
export type SkipMerge = 'add' | 'concat' | 'gate';

export const refuse = (refused: string): Refusal => ({ refused });
export const isRefusal = (result: object): result is Refusal => 'refused' in result;
