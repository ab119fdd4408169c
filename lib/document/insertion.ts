import type { Replacement } from './edit.js';
import { hasLines, printTree, type Style } from './print.js';
import type { ListTree, Member, ObjectTree, Tree } from './tree.js';
import { commaAfter, commentsIn, indentAt, isBlank, lineStart, restOfLine, startsLine } from './trivia.js';
import type { Role } from './write.js';

/** How this text indents and ends its lines. */
export function styleOf(text: string): Style {
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const unit = /^[ \t]*\{[^\n\r]*[\n\r]+([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return { eol, unit };
}

/** The text of a value that starts at `at`. */
export function valueText(text: string, at: number, value: Tree, role: Role): string {
  return printTree(value, role, indentAt(text, at), styleOf(text));
}

/** Puts a new entry in a container that starts at `base`, before what is number `at` there now. No line is touched but for a comma. */
export function insertion(text: string, container: ObjectTree | ListTree, base: number, at: number, value: Tree, role: Role, containerRole: Role, key?: string): readonly Replacement[] {
  const style = styleOf(text);
  const span = (k: number): { readonly start: number; readonly end: number } | undefined => {
    const entry = container.kind === 'object' ? container.members[k] : container.items[k];
    return entry && { start: base + ('keyStart' in entry ? (entry as Member).keyStart : entry.start), end: base + entry.start + entry.value.length };
  };
  const entry = (indent: string): string => (key === undefined ? '' : `${JSON.stringify(key)}:${padding(text, container, base, key)}`) + printTree(value, role, indent, style);
  const outer = indentAt(text, base);
  const beside = [span(at - 1), span(at)].find((one) => one && startsLine(text, one.start));
  const indent = beside ? indentAt(text, beside.start) : outer + style.unit;
  const onLine = `${style.eol}${indent}${entry(indent)}`;

  const first = span(0);
  if (!first) {
    const end = base + container.length - 1;
    const comments = commentsIn(text, base + 1, end);
    const last = comments[comments.length - 1];
    if (last) return [{ start: last.end, end: last.end, text: lineBreaks(text, base + 1, end) ? onLine : ` ${entry(outer)}` }];
    if (hasLines(containerRole)) return [{ start: base + 1, end, text: `${onLine}${style.eol}${outer}` }];
    return [{ start: base + 1, end, text: container.kind === 'object' ? ` ${entry(outer)} ` : entry(outer) }];
  }
  const previous = span(at - 1);
  if (!previous) {
    const line = restOfLine(text, base + 1);
    if (line.breaks) return [{ start: line.end, end: line.end, text: `${onLine},` }];
    return [{ start: first.start, end: first.start, text: `${entry(outer)}, ` }];
  }
  const comma = commaAfter(text, previous.end);
  const line = restOfLine(text, comma === undefined ? previous.end : comma + 1);
  if (comma !== undefined) {
    if (line.breaks) return [{ start: line.end, end: line.end, text: `${onLine},` }];
    return [{ start: comma + 1, end: comma + 1, text: ` ${entry(indentAt(text, comma))},` }];
  }
  const added = line.breaks ? onLine : ` ${entry(indentAt(text, previous.end))}`;
  if (line.end === previous.end) return [{ start: line.end, end: line.end, text: `,${added}` }];
  return [{ start: previous.end, end: previous.end, text: ',' }, { start: line.end, end: line.end, text: added }];
}

/** Gives a key another name, and keeps its value in the column where the values beside it stand. */
export function keyPadding(text: string, container: ObjectTree, base: number, member: Member, to: string): readonly Replacement[] {
  const start = base + member.keyStart;
  const written = JSON.stringify(to);
  const gap = text.slice(base + member.keyEnd, base + member.start);
  const column = alignedColumn(text, container, base);
  if (column === undefined || !/^: +$/.test(gap) || base + member.start - lineStart(text, start) !== column) return [{ start, end: base + member.keyEnd, text: written }];
  const spaces = column - (start - lineStart(text, start)) - written.length - 1;
  return [{ start, end: base + member.start, text: `${written}:${' '.repeat(Math.max(1, spaces))}` }];
}

/** Spaces between the colon of a new key and its value: one, or as many as the entries around it are aligned by. */
function padding(text: string, container: ObjectTree | ListTree, base: number, key: string): string {
  const column = container.kind === 'object' ? alignedColumn(text, container, base) : undefined;
  if (column === undefined || container.kind !== 'object') return ' ';
  const first = base + container.members[0]!.keyStart;
  return ' '.repeat(Math.max(1, column - (first - lineStart(text, first)) - JSON.stringify(key).length - 1));
}

/** The column in which all values start, where someone has lined them up with spaces. */
function alignedColumn(text: string, container: ObjectTree, base: number): number | undefined {
  const [first] = container.members;
  if (!first || container.members.length < 2) return undefined;
  const column = first.start - first.keyStart;
  let padded = false;
  for (const member of container.members) {
    if (member.start - member.keyStart !== column || !startsLine(text, base + member.keyStart)) return undefined;
    if (member.start - member.keyEnd > 2) padded = true;
  }
  if (!padded) return undefined;
  return base + first.start - lineStart(text, base + first.keyStart);
}

function lineBreaks(text: string, start: number, end: number): boolean {
  const gap = text.slice(start, end);
  return !isBlank(gap, 0, gap.length) && /[\n\r]/.test(gap);
}
