import type { JsonValue } from './json.js';

/**
 * A design, as written (FORMAT.md): nothing is expanded, evaluated or inferred here. It holds no text offsets, so two texts that say
 * the same give equal documents; ranges are looked up by JSON path in the `Parsed` that came with it.
 */
export interface Document {
  /** The format's version, 1. */
  readonly nnet: number;
  /** The document's own scope; its name is ''. */
  readonly root: Block;
  readonly blocks: ReadonlyMap<string, Block>;
  /** Operators that the document declares, as written; lib/program reads what they say. */
  readonly operators: ReadonlyMap<string, JsonValue>;
  /** Training recipes by name; read by lib/recipes. */
  readonly training: ReadonlyMap<string, JsonValue>;
  /** Keys of the top level that this version does not read, kept as they are. */
  readonly others: ReadonlyMap<string, JsonValue>;
}

/** A scope: the document itself or a named block. */
export interface Block {
  readonly name: string;
  /** Parameter defaults; null means that a use must give it. */
  readonly params: ReadonlyMap<string, JsonValue>;
  readonly inputs: ReadonlyMap<string, Input>;
  readonly nodes: ReadonlyMap<string, Node>;
  /** In order; `name` is the key of the object form, else undefined. */
  readonly outputs: readonly Output[];
  /** What a person placed by hand, by node name. */
  readonly view: ReadonlyMap<string, JsonValue>;
  /** Keys of a named block that this version does not read, kept as they are; absent where there are none (the document's stand in `Document.others`). */
  readonly others?: ReadonlyMap<string, JsonValue>;
}

export interface Input {
  readonly name: string;
  /** Only the document's inputs have one: integers, symbols ("N") or expressions ("=size"). Undefined for a block's inputs. */
  readonly shape?: readonly JsonValue[];
  readonly dtype?: string;
  /** Unknown keys, kept as they are; absent where there are none. */
  readonly others?: ReadonlyMap<string, JsonValue>;
}

export interface Output {
  readonly name?: string;
  readonly source: Source;
}

/** A name, a port of it, one repetition of it; or a constant; or null for an optional input left out. */
export type Source = NamedSource | number | null;
export interface NamedSource {
  readonly name: string;
  /** `name[k]`. */
  readonly repetition?: number;
  /** `name.port`. */
  readonly port?: string | number;
}

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly in: readonly Source[];
  /** Everything that is not a word of the format, in the file's order; values may be expressions ("=..."). */
  readonly params: ReadonlyMap<string, JsonValue>;
  /** Path of the node whose weights this one uses. */
  readonly weights?: string;
  readonly when?: JsonValue;
  /** Sources cut, spelled as in `in`. */
  readonly off: readonly string[];
  readonly repeat?: Repeat;
  /** Silenced codes with their reasons. */
  readonly allow: ReadonlyMap<string, string>;
  /** Words of the format that this version keeps and does not read (freeze, initialize, note); absent where there are none. */
  readonly others?: ReadonlyMap<string, JsonValue>;
}

export interface Repeat {
  /** An integer or an expression. */
  readonly times: JsonValue;
  readonly shared: boolean;
  readonly wiring: 'chain' | 'dense';
  /** Axis of dense concatenation, 1 unless written. */
  readonly dim: JsonValue;
}
