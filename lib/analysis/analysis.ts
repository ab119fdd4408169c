import type { JsonValue } from '../document/json.js';
import type { Parsed } from '../document/parse.js';
import type { Problem } from '../document/problem.js';
import type { Program } from '../program/program.js';
import type { Memory } from './memory.js';
import type { Dim } from '../shapes/dimension.js';

/** All that can be said of a design without running it. */
export interface Analysis {
  readonly parsed: Parsed;
  /** Parameters of the document that were replaced (`--set`), as given. */
  readonly set?: Readonly<Record<string, JsonValue>>;
  readonly program: Program;
  readonly problems: readonly Problem[];
  readonly totals: Totals;
  readonly skips: readonly Skip[];
  /** By expanded path. */
  readonly receptiveFields: ReadonlyMap<string, ReceptiveField>;
  /** Bytes that each node's outputs hold in float32, by expanded path. */
  readonly activationBytes: ReadonlyMap<string, Dim>;
  /** Activation memory in inference and training, by liveness. Derived when first read. */
  readonly memory: Memory;
  /** For which named sizes the network fits together; none where it fits for all. Derived when first read. */
  readonly conditions: readonly Condition[];
}

/** What named sizes must be, for example "H and W must be divisible by 16 (nearest to 100: 96, 112)". */
export interface Condition {
  readonly symbols: readonly string[];
  /**
   * Most kinds hold for each symbol by itself. `equal` with a name as its value: the symbols must be equal to each other. `product` and
   * `product-divisible`: what two symbols must make when multiplied. `related`: the first symbol follows from the second, as its value says
   * (null: in no simple way). `none`: no fitting sizes were found.
   */
  readonly kind: 'divisible' | 'remainder' | 'at-least' | 'at-most' | 'equal' | 'one-of' | 'product' | 'product-divisible' | 'related' | 'none';
  readonly value: number | string | readonly number[] | { readonly divisor: number; readonly remainders: readonly number[] } | null;
  /** Expanded paths of the layers that ask for it. */
  readonly nodes: readonly string[];
  readonly text: string;
  /** Sizes that fit next to one that does not. */
  readonly nearest?: readonly number[];
}

export interface Totals {
  /** Learned scalars; a shared tensor counts once. */
  readonly params: Dim;
  readonly macs: Dim;
  readonly macsConvLinear: Dim;
  readonly activationBytes: Dim;
  /** Nodes whose shape is unknown and which are therefore not counted. */
  readonly uncounted: number;
}

/** FORMAT.md, "Derived, never stored". Paths are expanded; `from` is the fork ("image" for an input), `to` the node after which it merges. */
export interface Skip {
  readonly from: string;
  readonly to: string;
  readonly kind: 'identity' | 'plain' | 'projection';
  readonly merge: 'add' | 'concat' | 'gate';
  /** Most weighted layers on a path that it passes by. */
  readonly layers: number;
  /** Nodes that stand on the skip itself, fork to merge. */
  readonly through: readonly string[];
  /** Input of the merge at which it arrives, counted among those that `off` leaves. */
  readonly input: number;
}

export interface ReceptiveField {
  /** Pixels of the input along each spatial axis. */
  readonly size: readonly number[];
  /** Step between neighbouring outputs, in input pixels. */
  readonly step: readonly number[];
}
