import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Edit } from '../../lib/document/edit.js';
import type { Fix, Problem } from '../../lib/document/problem.js';
import type { Direction, ViewState } from '../../lib/layout/view.js';

/**
 * How the shell and the canvas agree. The canvas shows an analysis and says what the person did on it; it holds no truth of its own.
 * Paths are expanded paths of the program ("stage1[0].conv1"); an input of the document is its name.
 */
export interface CanvasProps {
  readonly analysis: Analysis;
  readonly view: ViewState;
  readonly direction: Direction;
  /** Expanded paths of nodes; a selected wire stands in it as `wireKey(ref)` (marks.ts), which `parseWireKey` reads. */
  readonly selection: readonly string[];
  readonly overlay: Overlay;
  /** Its pins and arriving shapes are drawn. */
  readonly focusedProblem?: Problem | undefined;
  /** Drawn as a dashed ghost. */
  readonly focusedFix?: Fix | undefined;
  /** The text cannot be read: this is the last good picture, and nothing on it can be changed. */
  readonly lastGood?: boolean;
  readonly readOnly?: boolean;
  /** Pixels at the right that a floating panel or callout covers; fit and reveal keep clear of them. */
  readonly coveredRight?: number;
  /** Where the layout worker's script is, as the host says (`data-worker` of #root). Absent: layout runs on the page. */
  readonly workerUrl?: string | undefined;
  readonly on: CanvasHandlers;
}

export type Overlay = 'none' | 'shapes';

/** One input of one reader: the wire that arrives there. */
export type WireRef =
  | { readonly to: string; readonly input: number }
  /** An output of the scope with this path ('' is the document). */
  | { readonly scope: string; readonly output: number };

/** Where a thing is dropped. */
export type DropTarget =
  | { readonly kind: 'wire'; readonly wire: WireRef }
  | { readonly kind: 'node'; readonly path: string }
  /** Beside everything; `scope` is the open block under the pointer ('' for the document). */
  | { readonly kind: 'point'; readonly scope: string; readonly x: number; readonly y: number };

/** Where a drawn skip ends: a layer (its output is merged) or a wire. */
export type SkipTarget = { readonly kind: 'node'; readonly path: string } | { readonly kind: 'wire'; readonly wire: WireRef };
/** Where a drawn skip starts: a layer or an input by its path ("stage1[0].x" is a block's own input), or what runs on a wire. */
export type SkipStart = string | WireRef;
export type SkipMerge = 'add' | 'concat' | 'gate';

export type SelectMode = 'replace' | 'add' | 'toggle';

export interface CanvasHandlers {
  onSelect(paths: readonly string[], mode: SelectMode): void;
  onAction(edits: readonly Edit[], label: string, select?: readonly string[]): void;
  /** Opens or closes a block. */
  onOpenBlock(path: string): void;
  onRepetition(path: string, k: number): void;
  /** `type` is an operator's type or 'block:NAME'. */
  onDropOperator(type: string, target: DropTarget): void;
  onDrawSkip(from: SkipStart, target: SkipTarget, merge: SkipMerge): void;
  /** A wire was drawn to a layer that lacks an input. */
  onJoin(from: SkipStart, path: string): void;
  /** Something was tried on a picture that cannot be changed. */
  onFrozen(): void;
  /** X on a selected skip: cut it, or let it through again. `to` is the merge, `input` where the skip arrives. */
  onToggleSkip(to: string, input: number): void;
  /** '/' pressed: ask for a layer and put it there; `at` is in page pixels. */
  onQuickAdd(at: { readonly x: number; readonly y: number }, target: DropTarget): void;
  onFocusProblem(problem: Problem): void;
  /** F8 (+1) or Shift+F8 (-1). */
  onNextProblem(step: 1 | -1): void;
  /** Enter on a node: the keyboard goes to its form. */
  onInspect(path: string): void;
  onDelete(paths: readonly string[]): void;
  onCopy(paths: readonly string[], cut: boolean): void;
  onPaste(target: DropTarget): void;
  onDuplicate(paths: readonly string[]): void;
  /** Right click, or the menu key; `at` is in page pixels. */
  onContext(paths: readonly string[], at: { readonly x: number; readonly y: number }, target: DropTarget): void;
  /** The zoom as a factor, whenever it changed. */
  onZoom?(zoom: number): void;
  /** Where the focused problem's merge stands on the page, so that the callout can keep clear of it and draw its leader. Undefined: not in sight. */
  onProblemPlace?(place: ProblemPlace | undefined): void;
}

/** Page pixels relative to the canvas' own box. */
export interface ProblemPlace {
  /** Where the leader starts. */
  readonly x: number;
  readonly y: number;
  /** Box of the two branches, which the callout must not cover. */
  readonly keepClear: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

/** What the shell can ask of the canvas (through a ref). */
export interface CanvasHandle {
  /** Shows the whole network. */
  fit(): void;
  zoomIn(): void;
  zoomOut(): void;
  zoomTo(zoom: number): void;
  /** Brings a node into sight; it must be visible in the view (see `revealing` of lib/layout/view). */
  reveal(path: string): void;
  focus(): void;
}

/** HTML5 drag type; its value is an operator's type or 'block:NAME'. */
export const dragType = 'application/x-netwright-op';

/** The value under way: dragover may not read dataTransfer. The palette sets it at dragstart and clears it at dragend. */
export const drag: { type: string | undefined } = { type: undefined };
