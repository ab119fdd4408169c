import { attached } from './deletion.js';
import type { Replacement } from './edit.js';
import type { ListTree } from './tree.js';
import { commaAfter, restOfLine } from './trivia.js';

/** Lets two items of a list that starts at `base` change places. The comments above, before and behind each go with it. */
export function exchange(text: string, list: ListTree, base: number, a: number, b: number): readonly Replacement[] {
  const [one, other] = [partsOf(text, list, base, Math.min(a, b)), partsOf(text, list, base, Math.max(a, b))];
  const pairs = [[one.entry, other.entry], [one.beside, other.beside], ...(one.behind && other.behind ? [[one.behind, other.behind]] : [])] as const;
  const replacements = pairs.flatMap(([first, second]) => {
    const [before, after] = [text.slice(first!.start, first!.end), text.slice(second!.start, second!.end)];
    return before === after ? [] : [{ ...first!, text: after }, { ...second!, text: before }];
  });
  return replacements.sort((left, right) => left.start - right.start || left.end - right.end);
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** What belongs to an item: itself with what stands before it; what stands between it and its comma; and what ends its line, which another line's end can take. */
function partsOf(text: string, list: ListTree, base: number, at: number): { readonly entry: Part; readonly beside: Part; readonly behind: Part | undefined } {
  const span = (k: number): Part => ({ start: base + list.items[k]!.start, end: base + list.items[k]!.start + list.items[k]!.value.length });
  const { start, end } = span(at);
  const previous = at === 0 ? undefined : commaAfter(text, span(at - 1).end);
  const entry = { start: attached(text, previous === undefined ? base + 1 : previous + 1, start), end };
  const comma = commaAfter(text, end);
  const after = comma === undefined ? end : comma + 1;
  const line = restOfLine(text, after);
  const behind = line.breaks ? { start: after, end: line.end } : undefined;
  // The last item may have no comma: what stands behind it on a line that goes on is beside it.
  return { entry, beside: { start: end, end: comma ?? (line.breaks ? end : line.end) }, behind };
}
