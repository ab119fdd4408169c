import { changeBetween } from '../document/change.js';
import type { Replacement } from '../document/edit.js';

/** One undo step: what turns the text before it into the text after it, and back. */
export interface Step {
  readonly label: string;
  readonly forward: readonly Replacement[];
  readonly back: readonly Replacement[];
}

/** Undo and redo for hosts that have none of their own. */
export interface History {
  readonly undoable: Step | undefined;
  readonly redoable: Step | undefined;
  /** Records a step; what was undone before it can no longer be redone. */
  push(step: Step): void;
  undo(): Step | undefined;
  redo(): Step | undefined;
}

/** The replacements that take back `replacements`, which were applied to `text`. */
export function inverse(text: string, replacements: readonly Replacement[]): readonly Replacement[] {
  let shift = 0;
  return replacements.map(({ start, end, text: inserted }) => {
    const back = { start: start + shift, end: start + shift + inserted.length, text: text.slice(start, end) };
    shift += inserted.length - (end - start);
    return back;
  });
}

/** The one smallest replacement between two texts; none where they are equal. */
export function difference(from: string, to: string): readonly Replacement[] {
  if (from === to) return [];
  const { start, oldEnd, end } = changeBetween(from, to);
  return [{ start, end: oldEnd, text: to.slice(start, end) }];
}

/** A history that keeps at most `limit` steps; the oldest are forgotten first. */
export function createHistory(limit = 1000): History {
  let steps: Step[] = [];
  let applied = 0;
  return {
    get undoable() {
      return steps[applied - 1];
    },
    get redoable() {
      return steps[applied];
    },
    push(step) {
      steps = [...steps.slice(0, applied), step].slice(-limit);
      applied = steps.length;
    },
    undo() {
      return applied > 0 ? steps[--applied] : undefined;
    },
    redo() {
      return applied < steps.length ? steps[applied++] : undefined;
    },
  };
}
