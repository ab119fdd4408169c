/**
 * A dimension of a tensor: a known size, a symbolic expression over named sizes ("N", floor(H / 2)), or null for unknown.
 * Every function here is total and passes null through: what depends on something unknown is unknown.
 */
export type Dim = number | Sym | null;

/** A shape; null when not even the rank is known. */
export type Shape = readonly Dim[];

/** An immutable symbolic size in canonical form: equal values have equal `text`. Build only with the functions of this folder. */
export interface Sym {
  readonly kind: 'sym';
  /** Canonical text, for example `floor((H - 1) / 2) + 1`. */
  readonly text: string;
}

/** Whether a value is a symbolic size (rather than a number, unknown, or something that is no dimension at all). */
export function isSym(value: unknown): value is Sym {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'sym';
}
