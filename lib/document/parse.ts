import type { JsonPath, JsonValue, TextRange } from './json.js';
import type { Document } from './model.js';
import type { Problem } from './problem.js';
import { readDocument } from './read.js';
import { rescanned } from './rescan.js';
import { scan, type Scanned } from './scan.js';
import { childOf, memberIndex, treeAt, valueOf } from './tree.js';

/** A text and all that it says. */
export interface Parsed {
  readonly text: string;
  readonly document: Document;
  /** In the order of the text. Each has a range. */
  readonly problems: readonly Problem[];
  /** False when the text breaks off or is garbled, so that the document misses parts that the text has: hosts keep the last good picture, and nothing is edited. */
  readonly readable: boolean;
  /** Where the value at a path stands; its key; or both (`entry`). Undefined where the text has no such place. */
  rangeOf(path: JsonPath, part?: 'key' | 'value' | 'entry'): TextRange | undefined;
  /** The deepest place at an offset: [] outside of everything. */
  pathAt(offset: number): JsonPath;
  valueAt(path: JsonPath): JsonValue | undefined;
  /** The values with their positions; for lib/document itself. */
  readonly syntax: Scanned;
}

/**
 * Reads any text as a design: there is always a document, and a problem with a place for everything that is wrong. With `previous`, what did not
 * change is taken over from it, down to identical `Node` objects.
 */
export function parse(text: string, previous?: Parsed): Parsed {
  if (previous && previous.text === text) return previous;
  const syntax = (previous && rescanned(previous, text)) ?? scan(text);
  const reading = readDocument(syntax.tree);
  const readable = syntax.faults.every(({ code }) => code === 'number-too-large') && (!syntax.tree || syntax.tree.kind === 'object');
  const rangeOf: Parsed['rangeOf'] = (path, part = 'value') => rangeIn(syntax, path, part);
  return {
    text, document: reading.document, readable, syntax, rangeOf,
    problems: located(text, syntax, reading.problems),
    pathAt: (offset) => pathIn(syntax, offset),
    valueAt: (path) => {
      const tree = treeAt(syntax.tree, path);
      return tree && valueOf(tree);
    },
  };
}

/** Nobody reads more of them, and a file that is no design at all should not fill the Problems panel. */
const mostProblems = 1000;

function located(text: string, syntax: Scanned, found: readonly Problem[]): readonly Problem[] {
  const problems: Problem[] = syntax.faults.map(({ code, message, start, end }) => ({
    code, severity: 'error', node: '', place: { path: pathIn(syntax, start) }, message, explanation: [], fixes: [], range: { start, end },
  }));
  if (!syntax.tree) {
    // A file that holds nothing yet is no fault: the canvas shows its empty state.
    const empty = syntax.faults.length === 0;
    return empty ? [{ code: 'empty-file', severity: 'hint', node: '', place: { path: [] }, message: 'The file is empty: add a layer on the canvas, or start from a template.', explanation: [], fixes: [], range: { start: 0, end: text.length } }] : problems;
  }
  // What a garbled text seems to lack says nothing about the design.
  if (problems.some(({ code }) => code !== 'number-too-large')) return problems.sort((a, b) => a.range!.start - b.range!.start);
  const garbled = new Set(problems.map(({ place }) => place.path.join('/')));
  for (const problem of found.slice(0, mostProblems)) if (!garbled.has(problem.place.path.join('/'))) problems.push({ ...problem, range: rangeOfProblem(syntax, problem) });
  if (found.length > mostProblems) problems.push({ code: 'too-many-problems', severity: 'error', node: '', place: { path: [] }, message: `${(found.length - mostProblems).toLocaleString('en')} more problems of this kind are not told.`, explanation: [], fixes: [], range: { start: syntax.start, end: syntax.start + 1 } });
  return problems.sort((a, b) => a.range!.start - b.range!.start);
}

/** Where a problem stands: at its place, else at the nearest place around it that the text has. */
function rangeOfProblem(syntax: Scanned, { code, place, facts }: Problem): TextRange {
  if (code === 'duplicate-key' && typeof facts?.['position'] === 'number') {
    const around = find(syntax, place.path.slice(0, -1));
    const member = around?.tree.kind === 'object' ? around.tree.members[facts['position']] : undefined;
    if (around && member) return { start: around.start + member.keyStart, end: around.start + member.keyEnd };
  }
  for (let path = place.path, part = place.part; ; path = path.slice(0, -1), part = 'key') {
    const range = rangeIn(syntax, path, part ?? 'value') ?? rangeIn(syntax, path, 'value');
    if (range) return path.length === 0 ? { start: range.start, end: Math.min(range.start + 1, range.end) } : range;
    if (path.length === 0) return { start: 0, end: 0 };
  }
}

/** The value at a path with its absolute start. */
export function find(syntax: Scanned, path: JsonPath): { readonly tree: NonNullable<Scanned['tree']>; readonly start: number } | undefined {
  let { tree, start } = syntax;
  for (const step of path) {
    if (tree?.kind === 'object') start += tree.members[memberIndex(tree, String(step))]?.start ?? 0;
    else if (tree?.kind === 'list' && typeof step === 'number') start += tree.items[step]?.start ?? 0;
    tree = childOf(tree, step);
  }
  return tree && { tree, start };
}

function rangeIn(syntax: Scanned, path: JsonPath, part: 'key' | 'value' | 'entry'): TextRange | undefined {
  if (part === 'value' || path.length === 0) {
    const found = find(syntax, path);
    return found && { start: found.start, end: found.start + found.tree.length };
  }
  const around = find(syntax, path.slice(0, -1));
  const key = String(path[path.length - 1]);
  const member = around?.tree.kind === 'object' ? around.tree.members[memberIndex(around.tree, key)] : undefined;
  if (around && member) return { start: around.start + member.keyStart, end: around.start + (part === 'key' ? member.keyEnd : member.start + member.value.length) };
  return part === 'entry' ? rangeIn(syntax, path, 'value') : undefined;
}

function pathIn(syntax: Scanned, offset: number): JsonPath {
  const path: (string | number)[] = [];
  let { tree, start } = syntax;
  while (tree && tree.kind !== 'scalar') {
    const at = offset - start;
    const children: readonly { readonly start: number; readonly keyStart?: number; readonly key?: string; readonly value: NonNullable<Scanned['tree']> }[] = tree.kind === 'object' ? tree.members : tree.items;
    let low = 0;
    let high = children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const child = children[middle]!;
      if (child.start + child.value.length < at) low = middle + 1;
      else high = middle;
    }
    const child = children[low];
    if (!child || (child.keyStart ?? child.start) > at) break;
    path.push(child.key ?? low);
    if (at < child.start) break;
    start += child.start;
    tree = child.value;
  }
  return path;
}
