import { flushDrafts } from '../store/drafts.js';
import type { Editor } from '../store/editor.js';

/** Keys that work wherever the focus is. What a field or the canvas has taken (preventDefault) is not taken twice. */
export function installKeys(editor: Editor): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const target = event.target as HTMLElement | null;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
    const command = event.ctrlKey || event.metaKey;
    // A search that is being typed has an undo of its own, the browser's.
    if (command && isSearch(target) && 'zy'.includes(event.key.toLowerCase())) return;
    const taken = command ? withCommand(editor, event) : plain(editor, event, typing);
    if (taken) event.preventDefault();
  };
  // What stands typed in a field outlives a page that is closed or hidden.
  const leave = () => flushDrafts();
  window.addEventListener('keydown', hear);
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', leave);
  return () => {
    window.removeEventListener('keydown', hear);
    window.removeEventListener('pagehide', leave);
    document.removeEventListener('visibilitychange', leave);
  };
}

const isSearch = (target: HTMLElement | null): boolean => target instanceof HTMLInputElement && target.value !== '' && target.closest('.palette .search, .quick-add') !== null;

function withCommand(editor: Editor, { key, shiftKey }: KeyboardEvent): boolean {
  const { settings, problem } = editor.store.get();
  if (key === '.') {
    const { analysis, selection } = editor.store.get();
    const here = analysis?.problems.find(({ node }) => selection.includes(node));
    if (!problem && here) editor.focusProblem(here);
    else if (!problem) editor.nextProblem(1);
    return true;
  }
  // In VS Code these are VS Code's own; in the browser nobody else has them. What is typed goes before either.
  if (key.toLowerCase() === 's') flushDrafts();
  if (settings?.host !== 'browser') return false;
  const wanted = key.toLowerCase();
  if (wanted === 'z') editor.command(shiftKey ? 'redo' : 'undo');
  else if (wanted === 'y') editor.command('redo');
  else if (wanted === 's') editor.command('save');
  else return false;
  return true;
}

function plain(editor: Editor, event: KeyboardEvent, typing: boolean): boolean {
  if (event.key === 'F8') {
    editor.nextProblem(event.shiftKey ? -1 : 1);
    return true;
  }
  if (event.key === 'Escape') {
    const { problem, menu, quickAdd } = editor.store.get();
    if (!problem && !menu && !quickAdd) return false;
    editor.store.set({ problem: undefined, menu: undefined, quickAdd: undefined });
    editor.canvas.current?.focus();
    return true;
  }
  if (typing || event.altKey) return false;
  if (event.key === '/') {
    editor.store.set({ quickAdd: { at: { x: innerWidth / 2 - 150, y: innerHeight / 4 }, target: undefined } });
    return true;
  }
  if (event.key === 'F2') {
    const name = document.querySelector<HTMLElement>('.inspector [data-rename]');
    name?.click();
    return name !== null;
  }
  return false;
}
