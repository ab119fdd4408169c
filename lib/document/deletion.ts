import type { Replacement } from './edit.js';
import type { ListTree, ObjectTree } from './tree.js';
import { afterBreak, commaAfter, commentsIn, isBlank, lineStart, restOfLine, startsLine } from './trivia.js';

/**
 * Takes out member or item `at` of a container that starts at `base`. Where it stands on lines of its own these go, with the comment behind it and
 * the comment lines directly above; else what stands beside it on its line stays as it is.
 */
export function deletion(text: string, container: ObjectTree | ListTree, base: number, at: number): readonly Replacement[] {
  const { start, end, before, comma, previousComma } = surroundings(text, container, base, at);
  const count = container.kind === 'object' ? container.members.length : container.items.length;
  const inner = { start: base + 1, end: base + container.length - 1 };
  const after = comma === undefined ? end : comma + 1;
  const isLast = at === count - 1;
  const commaToo: readonly Replacement[] = isLast && comma === undefined && previousComma !== undefined ? [{ start: previousComma, end: previousComma + 1, text: '' }] : [];

  const first = attached(text, before, start);
  const line = restOfLine(text, after);
  const ownLines = startsLine(text, first) && lineStart(text, first) >= before - 0 && line.breaks;
  const removed = ownLines ? { start: lineStart(text, first), end: afterBreak(text, line.end) } : undefined;
  if (count === 1) {
    const hole = removed ?? { start: first, end: after };
    if (isBlank(text, inner.start, hole.start) && isBlank(text, Math.min(hole.end, inner.end), inner.end)) return [{ ...inner, text: '' }];
  }
  if (removed) return [...commaToo, { ...removed, text: '' }];
  if (!isLast) {
    let to = after;
    while (text[to] === ' ' || text[to] === '\t') to++;
    return [{ start: first, end: to, text: '' }];
  }
  let from = first;
  while (from > before && isBlank(text, from - 1, from) && text[from - 1] !== '\n' && text[from - 1] !== '\r') from--;
  if (isBlank(text, before, first)) from = before;
  // Spaces inside the bracket of a list or object stay with the bracket.
  if (at === 0) from = first;
  if (commaToo.length > 0 && commaToo[0]!.end === from) return [{ start: commaToo[0]!.start, end: after, text: '' }];
  return [...commaToo, { start: from, end: after, text: '' }];
}

function surroundings(text: string, container: ObjectTree | ListTree, base: number, at: number): { start: number; end: number; before: number; comma: number | undefined; previousComma: number | undefined } {
  const span = (k: number): { start: number; end: number } => {
    if (container.kind === 'list') return { start: base + container.items[k]!.start, end: base + container.items[k]!.start + container.items[k]!.value.length };
    const member = container.members[k]!;
    return { start: base + member.keyStart, end: base + member.start + member.value.length };
  };
  const { start, end } = span(at);
  const previousComma = at > 0 ? commaAfter(text, span(at - 1).end) : undefined;
  return { start, end, before: at > 0 ? (previousComma ?? span(at - 1).end) + (previousComma === undefined ? 0 : 1) : base + 1, comma: commaAfter(text, end), previousComma };
}

/** Where what belongs to the entry begins: at comment lines directly above it, or at comments before it on its line. */
export function attached(text: string, before: number, start: number): number {
  let first = start;
  for (const comment of [...commentsIn(text, before, start)].reverse()) {
    const breaks = text.slice(comment.end, first).replaceAll('\r\n', '\n').replace(/[^\n\r]/g, '').length;
    if (breaks > 1) break;
    // A comment behind the comma of the entry before belongs to that one.
    if (breaks === 1 && !(startsLine(text, comment.start) && lineStart(text, comment.start) >= before)) break;
    first = comment.start;
  }
  return first;
}
