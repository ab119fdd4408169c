import type { Member, ObjectTree } from './tree.js';

/**
 * An object as nearly all nodes are written: plain texts, numbers, true, false, null, and lists of these; no comments, no escapes. Its text is
 * known to be without fault, and it is taken apart only where somebody looks inside.
 */
export class FlatObject implements ObjectTree {
  readonly kind = 'object';
  memo: unknown = undefined;
  index?: ReadonlyMap<string, number>;
  private read: readonly Member[] | undefined = undefined;

  constructor(readonly raw: string, private readonly scan: (raw: string) => readonly Member[]) {}

  get length(): number {
    return this.raw.length;
  }
  get members(): readonly Member[] {
    return (this.read ??= this.scan(this.raw));
  }
}

/** Where the flat object that starts at `start` ends; -1 where what stands there is anything else. */
export function flatEnd(text: string, start: number): number {
  let at = pastSpace(text, start + 1);
  if (text.charCodeAt(at) === 125) return at + 1;
  for (;;) {
    if (text.charCodeAt(at) !== 34 || (at = stringEnd(text, at)) < 0) return -1;
    at = pastSpace(text, at);
    if (text.charCodeAt(at) !== 58) return -1;
    at = pastSpace(text, at + 1);
    at = text.charCodeAt(at) === 91 ? listEnd(text, at) : scalarEnd(text, at);
    if (at < 0) return -1;
    at = pastSpace(text, at);
    const c = text.charCodeAt(at);
    if (c === 125) return at + 1;
    if (c !== 44) return -1;
    at = pastSpace(text, at + 1);
  }
}

function listEnd(text: string, start: number): number {
  let at = pastSpace(text, start + 1);
  if (text.charCodeAt(at) === 93) return at + 1;
  for (;;) {
    if ((at = scalarEnd(text, at)) < 0) return -1;
    at = pastSpace(text, at);
    const c = text.charCodeAt(at);
    if (c === 93) return at + 1;
    if (c !== 44) return -1;
    at = pastSpace(text, at + 1);
  }
}

function scalarEnd(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === 34) return stringEnd(text, at);
  if (c === 45 || (c >= 48 && c <= 57)) return numberEnd(text, c === 45 ? at + 1 : at);
  if (c === 116 && text.startsWith('true', at)) return at + 4;
  if (c === 102 && text.startsWith('false', at)) return at + 5;
  return c === 110 && text.startsWith('null', at) ? at + 4 : -1;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const c = text.charCodeAt(at);
    if (c === 34) return at + 1;
    // Escapes, control characters and the end of the text.
    if (c === 92 || !(c >= 32)) return -1;
  }
}

/** Numbers without an exponent and with few digits: the others may be too large. What follows a number directly is seen by the caller. */
function numberEnd(text: string, start: number): number {
  let at = digitsEnd(text, start);
  if (at === start || at - start > 15 || (at - start > 1 && text.charCodeAt(start) === 48)) return -1;
  if (text.charCodeAt(at) === 46) {
    const point = at;
    at = digitsEnd(text, at + 1);
    if (at === point + 1) return -1;
  }
  return at;
}

function digitsEnd(text: string, start: number): number {
  let at = start;
  for (let c = text.charCodeAt(at); c >= 48 && c <= 57; c = text.charCodeAt(at)) at++;
  return at;
}

/** Past spaces and line breaks. */
export function pastSpace(text: string, start: number): number {
  let at = start;
  for (let c = text.charCodeAt(at); c === 32 || c === 10 || c === 13 || c === 9; c = text.charCodeAt(at)) at++;
  return at;
}
