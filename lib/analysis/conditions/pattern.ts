/** What the sizes that fit have in common. */
export type Pattern =
  | { readonly kind: 'divisible'; readonly value: number }
  /** A size leaves one of `remainders` when divided by `divisor`. */
  | { readonly kind: 'remainder'; readonly value: { readonly divisor: number; readonly remainders: readonly number[] } }
  | { readonly kind: 'at-least'; readonly value: number }
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'equal'; readonly value: number }
  /** One of few numbers. */
  | { readonly kind: 'one-of'; readonly value: readonly number[] };

export function holds(pattern: Pattern, size: number): boolean {
  switch (pattern.kind) {
    case 'divisible': return size % pattern.value === 0;
    case 'remainder': return pattern.value.remainders.includes(size % pattern.value.divisor);
    case 'at-least': return size >= pattern.value;
    case 'at-most': return size <= pattern.value;
    case 'equal': return size === pattern.value;
    case 'one-of': return pattern.value.includes(size);
  }
}

/**
 * The fewest words for a set of sizes: `fits[n]` says whether n fits, from 1 up to the end of the list. Together the patterns allow only what
 * fits; a few small sizes that fit by chance may be left out. Undefined where nothing fits.
 */
export function patternsOf(fits: readonly boolean[]): readonly Pattern[] | undefined {
  const all = fits.flatMap((fit, size) => (fit && size > 0 ? [size] : []));
  const last = fits.length - 1;
  const [first] = all;
  const end = all[all.length - 1];
  if (first === undefined || end === undefined) return undefined;
  if (all.length === last) return [];
  if (all.length === 1) return [{ kind: 'equal', value: first }];
  // A period is believed when the sizes show it several times.
  const longest = Math.floor(last / 4);
  const bounded = end < last - longest;
  if (bounded && all.length <= 4) return [{ kind: 'one-of', value: all }];
  const top = bounded ? end : last;
  const period = periodOf(fits, top, longest);
  if (period === undefined) return end - first + 1 === all.length ? [...lowest(first, 0), { kind: 'at-most', value: end }] : [{ kind: 'one-of', value: all.slice(-12) }];
  const remainders: number[] = [];
  for (let size = top - period + 1; size <= top; size += 1) if (fits[size] === true) remainders.push(size % period);
  remainders.sort((a, b) => a - b);
  const regular = (size: number): boolean => remainders.includes(size % period);
  let least = top;
  while (least > 1 && fits[least - 1] === regular(least - 1)) least -= 1;
  while (!regular(least)) least += 1;
  const smallest = Array.from({ length: period }, (_, k) => k + 1).find(regular)!;
  const patterns: Pattern[] = [];
  if (period > 1) patterns.push(remainders.length === 1 && remainders[0] === 0 ? { kind: 'divisible', value: period } : { kind: 'remainder', value: { divisor: period, remainders } });
  // The first multiple says already that nothing smaller fits.
  patterns.push(...lowest(least, smallest));
  if (bounded) patterns.push({ kind: 'at-most', value: end });
  return patterns;
}

function lowest(least: number, implied: number): readonly Pattern[] {
  return least > Math.max(1, implied) ? [{ kind: 'at-least', value: least }] : [];
}

/** The shortest period of the larger half; undefined where there is none. */
function periodOf(fits: readonly boolean[], top: number, longest: number): number | undefined {
  const from = Math.ceil(top / 2);
  for (let period = 1; period <= Math.min(longest, (top - from) / 2); period += 1) {
    let repeats = true;
    for (let size = from; repeats && size + period <= top; size += 1) repeats = fits[size] === fits[size + period];
    if (!repeats) continue;
    for (let size = top - period + 1; size <= top; size += 1) if (fits[size] === true) return period;
  }
  return undefined;
}

/** The largest size below and the smallest above `size` (or `size` itself) for which all patterns hold; undefined where there is none near. */
export function nearest(patterns: readonly Pattern[], size: number): { readonly below: number | undefined; readonly above: number | undefined } {
  const good = (candidate: number): boolean => patterns.every((pattern) => holds(pattern, candidate));
  const reach = 4096;
  let below: number | undefined;
  let above: number | undefined;
  for (let candidate = size; candidate >= Math.max(1, size - reach) && below === undefined; candidate -= 1) if (good(candidate)) below = candidate;
  for (let candidate = size; candidate <= size + reach && above === undefined; candidate += 1) if (good(candidate)) above = candidate;
  return { below, above };
}
