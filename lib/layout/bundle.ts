/** What bundling asks of a lane. */
export interface Strand {
  /** What it reaches. */
  readonly readers: readonly string[];
  /** It carries no layer, so that it can stand close to others. */
  readonly bare: boolean;
  readonly start: number;
  readonly end: number;
}

/** From so many lanes into one reader on, they stand close together, and the reader takes all of them in one row. */
export const MANY_LANES = 4;
/** From one strand of a bundle to the next. */
export const STRAND = 10;

/**
 * Lanes that belong together: many reach one reader, as in a dense block that is written out. What shares such a reader is one bundle, with
 * all that its lanes reach. In a bundle the lane that begins first stands outermost, so that none is crossed where another leaves the flow.
 */
export function bundlesOf<S extends Strand>(strands: readonly S[]): readonly (readonly S[])[] {
  const into = new Map<string, S[]>();
  for (const strand of strands) {
    if (!strand.bare) continue;
    for (const reader of strand.readers) into.set(reader, [...(into.get(reader) ?? []), strand]);
  }
  const bundles = new Map<S, Set<S>>();
  for (const many of into.values()) {
    if (many.length < MANY_LANES) continue;
    const joined = new Set<S>(many);
    for (const strand of many) for (const other of bundles.get(strand) ?? []) joined.add(other);
    for (const strand of joined) bundles.set(strand, joined);
  }
  return [...new Set(bundles.values())].map((bundle) => [...bundle].sort((a, b) => b.start - a.start || a.end - b.end));
}
