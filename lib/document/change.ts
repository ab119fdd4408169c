/** The one place in which two texts differ: [start, oldEnd) of the one became [start, end) of the other. */
export interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly end: number;
}

/** The smallest change between two texts. Long texts are compared by pieces, which the machine does many times faster than by characters. */
export function changeBetween(before: string, after: string): Change {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start + piece <= least && before.slice(start, start + piece) === after.slice(start, start + piece)) start += piece;
  while (start < least && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let oldEnd = before.length;
  let end = after.length;
  while (Math.min(oldEnd, end) - start >= piece && before.slice(oldEnd - piece, oldEnd) === after.slice(end - piece, end)) {
    oldEnd -= piece;
    end -= piece;
  }
  while (oldEnd > start && end > start && before.charCodeAt(oldEnd - 1) === after.charCodeAt(end - 1)) {
    oldEnd--;
    end--;
  }
  return { start, oldEnd, end };
}

const piece = 4096;

/**
 * A copy that does not hold on to the text it was cut from: else a name cut from each of many versions of a long text would keep all of these
 * versions in memory. Engines copy short pieces anyway.
 */
export function detached(cut: string): string {
  return cut.length < 13 ? cut : ` ${cut}`.slice(1);
}
