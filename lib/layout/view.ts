/**
 * What a person has opened on the canvas. Blocks are named by key: an expanded path without its repetitions ("stage1.conv"), so that
 * stepping through repetitions keeps what is open inside.
 */
export interface ViewState {
  /** Keys of the blocks that stand open. */
  readonly expanded: ReadonlySet<string>;
  /** Which repetition an open block shows, by key; 0 where it is missing. */
  readonly repetition: ReadonlyMap<string, number>;
}

export type Direction = 'down' | 'right';

export const emptyView: ViewState = { expanded: new Set(), repetition: new Map() };

/** The key of a path: "stage1[0].conv" becomes "stage1.conv". */
export function keyOf(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}

/** Opens or closes one block. */
export function toggled(view: ViewState, path: string): ViewState {
  const key = keyOf(path);
  const expanded = new Set(view.expanded);
  if (!expanded.delete(key)) expanded.add(key);
  return { ...view, expanded };
}

/** The view in which the k-th repetition of an open block is shown. */
export function withRepetition(view: ViewState, path: string, k: number): ViewState {
  return { ...view, repetition: new Map(view.repetition).set(keyOf(path), k) };
}

/** The view in which the node at `path` can be seen: every block around it open, at its repetition. */
export function revealing(view: ViewState, path: string): ViewState {
  const expanded = new Set(view.expanded);
  const repetition = new Map(view.repetition);
  const parts = path.split('.');
  for (let end = 1; end < parts.length; end++) {
    const around = parts.slice(0, end).join('.');
    expanded.add(keyOf(around));
    const k = /\[(\d+)\]$/.exec(around);
    if (k) repetition.set(keyOf(around), Number(k[1]));
  }
  return { expanded, repetition };
}
