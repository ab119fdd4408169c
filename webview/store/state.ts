import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Problem } from '../../lib/document/problem.js';
import { emptyView, type Direction, type ViewState } from '../../lib/layout/view.js';
import type { EditorSettings } from '../../lib/protocol/messages.js';
import type { RunSummary } from '../../lib/protocol/records.js';
import type { DropTarget, Overlay } from '../canvas/contract.js';

export type RunTab = 'recipe' | 'run' | 'inside' | 'history' | 'log';

/** All that the page shows. The document's text and history belong to the host; this is what was last heard of it. */
export interface EditorState {
  readonly name: string;
  /** 0 until the host has sent the document. */
  readonly version: number;
  readonly text: string;
  readonly dirty: boolean;
  /** Of the last text that could be read; it stays while the text is broken. */
  readonly analysis: Analysis | undefined;
  /** Why the present text cannot be read; undefined while it can. */
  readonly unreadable: string | undefined;
  readonly settings: EditorSettings | undefined;
  readonly selection: readonly string[];
  readonly view: ViewState;
  readonly direction: Direction;
  readonly overlay: Overlay;
  readonly zoom: number;
  readonly problem: OpenProblem | undefined;
  /** The inspector is shown; it can be closed where it floats over the canvas. */
  readonly inspector: boolean;
  readonly notices: readonly Notice[];
  readonly runs: readonly RunSummary[];
  readonly runPanel: boolean;
  readonly runTab: RunTab;
  /** The recipe that was chosen for Run; where the design does not have it, and where none was chosen, Run takes the usual one. */
  readonly recipe: string | undefined;
  readonly quickAdd: QuickAdd | undefined;
  readonly menu: ContextMenu | undefined;
  /** Said to screen readers. */
  readonly announcement: string;
}

/** The problem whose callout is open, named by what outlives a new analysis, and its focused fix. */
export interface OpenProblem {
  readonly key: string;
  readonly fix: number | undefined;
}

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly actions: readonly { readonly title: string; run(): void }[];
}

export interface QuickAdd {
  readonly at: { readonly x: number; readonly y: number };
  readonly target: DropTarget | undefined;
}

export interface ContextMenu {
  readonly paths: readonly string[];
  readonly at: { readonly x: number; readonly y: number };
  readonly target: DropTarget;
}

export const initialState: EditorState = {
  name: '', version: 0, text: '', dirty: false, analysis: undefined, unreadable: undefined, settings: undefined,
  selection: [], view: emptyView, direction: 'down', overlay: 'shapes', zoom: 1, problem: undefined, inspector: true,
  notices: [], runs: [], runPanel: false, runTab: 'run', recipe: undefined, quickAdd: undefined, menu: undefined, announcement: '',
};

/** The same problem has the same key in the analysis of another text. */
export function problemKey(problem: Problem): string {
  return JSON.stringify([problem.code, problem.node, problem.at ?? null]);
}

/** The problem whose callout is open, as the present analysis knows it. */
export function openProblem({ problem, analysis }: EditorState): Problem | undefined {
  return problem && analysis?.problems.find((candidate) => problemKey(candidate) === problem.key);
}

/** A document that says nothing yet: the templates are offered instead of a canvas. */
export function isEmpty({ version, text, analysis, unreadable }: EditorState): boolean {
  if (version === 0) return false;
  if (text.trim() === '') return true;
  const document = unreadable === undefined ? analysis?.parsed.document : undefined;
  return document !== undefined && document.root.nodes.size === 0 && document.root.inputs.size === 0 && document.blocks.size === 0;
}
