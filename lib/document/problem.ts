import type { Edit } from './edit.js';
import type { JsonPath, TextRange } from './json.js';

export type Severity = 'error' | 'warning' | 'hint';

/** What is wrong, where, why, and what would mend it. */
export interface Problem {
  /** Stable, kebab-case: `shape-mismatch`, `unknown-operator`. */
  readonly code: string;
  readonly severity: Severity;
  /** Expanded path of the node ("stage1[0].sum"); '' for the document. */
  readonly node: string;
  /** The port or parameter concerned. */
  readonly at?: { readonly port: string | number } | { readonly param: string };
  /** Where it stands in the file; `part` picks the key or the value there (value unless written). */
  readonly place: { readonly path: JsonPath; readonly part?: 'key' | 'value' };
  /** One sentence with the names and the numbers. */
  readonly message: string;
  /** Why, step by step; the last step of a mismatch is the fork. */
  readonly explanation: readonly Step[];
  /** Best first. Fixes that cannot work stay in the list with `refusal`. */
  readonly fixes: readonly Fix[];
  /** Machine-readable facts behind the message: sizes, axis, names. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Filled in where a text is at hand. */
  readonly range?: TextRange;
}

/** One numbered step of an explanation: a pin on the canvas. */
export interface Step {
  readonly text: string;
  /** Expanded path of the node that it is about. */
  readonly node?: string;
}

export interface Fix {
  readonly title: string;
  /** What it costs and gives: "+8,448 parameters · result 128 × 13 × 13". */
  readonly detail?: string;
  readonly edits: readonly Edit[];
  /** Why it cannot work; such a fix has no edits and cannot be applied. */
  readonly refusal?: string;
}
