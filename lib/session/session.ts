import { createAnalysis } from '../analysis/analyze.js';
import type { Analysis } from '../analysis/analysis.js';
import type { JsonValue } from '../document/json.js';
import type { Edit, Refusal, Replacement } from '../document/edit.js';
import { parse, type Parsed } from '../document/parse.js';
import { applyReplacements, patch } from '../document/patch.js';
import { createHistory, difference, inverse } from './history.js';

/** One open document. The text is the only truth; all else is derived from it when it is asked for. */
export interface Session {
  readonly text: string;
  /** Grows by one with every change of the text, from anywhere. */
  readonly version: number;
  readonly parsed: Parsed;
  readonly analysis: Analysis;
  /** The text differs from what was last saved. */
  readonly dirty: boolean;
  /** Names of the steps that undo and redo would take; undefined where there is none. */
  readonly undoable: string | undefined;
  readonly redoable: string | undefined;
  /**
   * Applies one action as one undo step. `base` is the version that its author saw: edits name nodes and not offsets, so on a newer text they
   * are applied when they still apply, and refused only when their target is gone.
   */
  apply(edits: readonly Edit[], options?: { readonly base?: number; readonly label?: string }): Applied | Refusal;
  /** The text changed from outside (typed in another editor, read from disk); one undo step. `saved`: it is what is on disk. */
  setText(text: string, options?: { readonly label?: string; readonly saved?: boolean }): void;
  undo(): boolean;
  redo(): boolean;
  /** The present text is what is on disk; `text` when that is another one. */
  saved(text?: string): void;
  /** Hears every change of text, version or dirty state; returns what ends that. */
  onChange(listener: () => void): () => void;
}

export interface Applied {
  readonly replacements: readonly Replacement[];
  readonly version: number;
}

export interface SessionOptions {
  /** The document's parameters, as `--set` gives them. */
  readonly set?: Readonly<Record<string, JsonValue>>;
  /** Undo steps kept; 1,000 unless given. */
  readonly undoLimit?: number;
}

/** Opens a session on a text that is taken as saved. Total: any text makes a session. */
export function createSession(initial: string, options: SessionOptions = {}): Session {
  let text = initial;
  let savedText = initial;
  let version = 1;
  let parsed: Parsed | undefined;
  let analysis: Analysis | undefined;
  const history = createHistory(options.undoLimit);
  const analyzer = createAnalysis(options.set === undefined ? {} : { set: options.set });
  const listeners = new Set<() => void>();

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const become = (next: string) => {
    text = next;
    version++;
    // The former result is handed to the parser: only the nodes whose text changed are parsed again.
    analysis = undefined;
    stale = parsed ?? stale;
    parsed = undefined;
    tell();
  };
  let stale: Parsed | undefined;
  const current = (): Parsed => (parsed ??= parse(text, stale));

  return {
    get text() {
      return text;
    },
    get version() {
      return version;
    },
    get parsed() {
      return current();
    },
    get analysis() {
      return (analysis ??= analyzer.update(current()));
    },
    get dirty() {
      return text !== savedText;
    },
    get undoable() {
      return history.undoable?.label;
    },
    get redoable() {
      return history.redoable?.label;
    },
    apply(edits, { label = 'Edit' } = {}) {
      const replacements = patch(current(), edits);
      if ('refused' in replacements) return replacements;
      if (replacements.length > 0) {
        history.push({ label, forward: replacements, back: inverse(text, replacements) });
        become(applyReplacements(text, replacements));
      }
      return { replacements, version };
    },
    setText(next, { label = 'Change from outside', saved = false } = {}) {
      if (saved) savedText = next;
      const replacements = difference(text, next);
      if (replacements.length === 0) return tell();
      history.push({ label, forward: replacements, back: inverse(text, replacements) });
      become(next);
    },
    undo() {
      const step = history.undo();
      if (step) become(applyReplacements(text, step.back));
      return step !== undefined;
    },
    redo() {
      const step = history.redo();
      if (step) become(applyReplacements(text, step.forward));
      return step !== undefined;
    },
    saved(disk = text) {
      savedText = disk;
      tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
