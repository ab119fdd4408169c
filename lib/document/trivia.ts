import { skipTrivia } from './scan.js';

/** A comment between two tokens. */
export interface Comment {
  readonly start: number;
  readonly end: number;
}

/** The comments in a gap between tokens, in order. */
export function commentsIn(text: string, start: number, end: number): readonly Comment[] {
  const comments: Comment[] = [];
  for (let at = start; at < end; at++) {
    if (text[at] !== '/') continue;
    const close = text[at + 1] === '*' ? Math.min(end, text.indexOf('*/', at + 2) + 2) : lineEnd(text, at);
    comments.push({ start: at, end: close });
    at = close - 1;
  }
  return comments;
}

/** Offset of the line break after `at`, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}

/** Offset of the first character of the line. */
export function lineStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}

/** Past the line break that stands at `at`. */
export function afterBreak(text: string, at: number): number {
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at < text.length ? at + 1 : at;
}

export function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isSpace(text[at])) return false;
  return true;
}
function isSpace(c: string | undefined): boolean {
  return c === ' ' || c === '\t' || c === '\n' || c === '\r';
}

/** Leading spaces of the line on which `at` stands. */
export function indentAt(text: string, at: number): string {
  const start = lineStart(text, at);
  let end = start;
  if (text.charCodeAt(end) === 0xfeff) end++;
  const from = end;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return text.slice(from, end);
}

/** Whether only spaces stand before `at` on its line. */
export function startsLine(text: string, at: number): boolean {
  return isBlank(text, lineStart(text, at), at);
}

/** The end of the comments that follow on the same line, and whether the line ends there. */
export function restOfLine(text: string, from: number): { readonly end: number; readonly breaks: boolean } {
  let end = from;
  let at = from;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (text[at] === '/' && text[at + 1] === '/') return { end: lineEnd(text, at), breaks: true };
    if (text[at] !== '/' || text[at + 1] !== '*') return { end, breaks: at >= text.length || text[at] === '\n' || text[at] === '\r' };
    const close = text.indexOf('*/', at + 2) + 2;
    if (close < 2 || lineEnd(text, at) < close) return { end, breaks: false };
    at = end = close;
  }
}

/** Offset of the comma after a value, if one follows. */
export function commaAfter(text: string, end: number): number | undefined {
  const at = skipTrivia(text, end);
  return text[at] === ',' ? at : undefined;
}
