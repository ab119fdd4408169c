/**
 * Where the names of a scope differ from those of the version before. The names before `start` stand where they stood; those that stood from `oldEnd` on
 * stand from `end` on. Where all names are the same, `start` is their number.
 */
export interface Window {
  readonly start: number;
  readonly oldEnd: number;
  readonly end: number;
}

interface Names {
  readonly length: number;
  at(position: number): string;
}

/** The smallest window between two lists of names. */
export function windowBetween(before: Names, now: Names): Window {
  const least = Math.min(before.length, now.length);
  let start = 0;
  while (start < least && before.at(start) === now.at(start)) start++;
  let behind = 0;
  while (behind < least - start && before.at(before.length - 1 - behind) === now.at(now.length - 1 - behind)) behind++;
  return { start, oldEnd: before.length - behind, end: now.length - behind };
}

/** A list with one entry a name, as long as the names now: in a window that grew or shrank everything is undefined, in any other it is what it was. */
export function realigned<T>(list: readonly T[], { start, oldEnd, end }: Window): T[] {
  if (oldEnd === end) return list.slice();
  const made = list.slice(0, start);
  for (let k = start; k < end; k++) made.push(undefined as T);
  return made.concat(list.slice(oldEnd));
}

/** The same for numbers, with 0 for undefined. */
export function realignedNumbers(list: Int32Array, { start, oldEnd, end }: Window): Int32Array {
  if (oldEnd === end) return list.slice();
  const made = new Int32Array(list.length - oldEnd + end);
  made.set(list.subarray(0, start));
  made.set(list.subarray(oldEnd), end);
  return made;
}

/** The same for what few names have, by position. */
export function realignedMap<T>(map: ReadonlyMap<number, T>, { start, oldEnd, end }: Window): Map<number, T> {
  if (oldEnd === end) return new Map(map);
  const made = new Map<number, T>();
  for (const [k, value] of map) if (k < start || k >= oldEnd) made.set(k < start ? k : k - oldEnd + end, value);
  return made;
}
