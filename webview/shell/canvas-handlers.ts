import type { CanvasHandlers } from '../canvas/contract.js';
import { copy, drawSkip, duplicate, insert, join, paste, remove, toggleSkip } from '../store/operations.js';
import type { Editor } from '../store/editor.js';

/** What the canvas says, done. */
export function canvasHandlers(editor: Editor): CanvasHandlers {
  const { store } = editor;
  return {
    onSelect: editor.select,
    onAction: editor.perform,
    onOpenBlock: editor.openBlock,
    onRepetition: editor.stepRepetition,
    onDropOperator: (type, target) => insert(editor, type, target),
    onDrawSkip: (from, target, merge) => drawSkip(editor, from, target, merge),
    onJoin: (from, path) => join(editor, from, path),
    onFrozen: () => void editor.isFrozen(),
    onToggleSkip: (to, input) => toggleSkip(editor, to, input),
    // What is just being put in is what the next layer follows, though the keyboard is not there yet.
    onQuickAdd: (at, target) => store.set({ quickAdd: { at, target: editor.isAboutToSelect() ? undefined : target } }),
    onFocusProblem: (problem) => editor.focusProblem(problem),
    onNextProblem: editor.nextProblem,
    onInspect: (path) => {
      store.set({ inspector: true, problem: undefined });
      editor.select([path]);
      // The form of what was just selected exists after the next render.
      requestAnimationFrame(() => (document.querySelector<HTMLElement>('.inspector .field input, .inspector .field select') ?? document.querySelector<HTMLElement>('.inspector button'))?.focus());
    },
    onDelete: (paths) => remove(editor, paths),
    onCopy: (paths, cut) => copy(editor, paths, cut),
    onPaste: (target) => void paste(editor, target),
    onDuplicate: (paths) => duplicate(editor, paths),
    onContext: (paths, at, target) => store.set({ menu: { paths, at, target } }),
    onZoom: (zoom) => store.set({ zoom }),
  };
}
