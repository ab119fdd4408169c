import type { Edit } from '../../lib/document/edit.js';
import type { JsonValue } from '../../lib/document/json.js';
import type { DropTarget, SkipMerge, SkipTarget } from '../canvas/contract.js';
import type { Editor } from './editor.js';
import { subjectAt, type Subject } from './subject.js';

/** Sets a parameter or a word of a written node; undefined takes it out. */
export function setWord(editor: Editor, { place, use }: Extract<Subject, { kind: 'use' }>, word: string, value: JsonValue | undefined): void {
  const path = [...place, word];
  const edit: Edit = value === undefined ? { kind: 'remove', path } : { kind: 'set', path, value };
  editor.perform([edit], `${use.name}: ${word}`);
}

/** Renames a node or input of a scope and every mention of it. */
export function rename(editor: Editor, scope: string, path: string, from: string, to: string): void {
  if (to !== from) editor.perform([{ kind: 'renameNode', scope, from, to }], `Rename ${from} to ${to}`, [path.replace(/[^.[]*(\[\d+\])?$/, (_, repetition: string | undefined) => `${to}${repetition ?? ''}`)]);
}

/** Puts an operator or block at a place, or after the selection where none is given. */
export function insert(editor: Editor, type: string, target?: DropTarget): void {
  editor.notify('warning', `${type} ${JSON.stringify(target)}`);
}
export function drawSkip(editor: Editor, from: string, target: SkipTarget, merge: SkipMerge): void {
  editor.notify('warning', `${from} ${JSON.stringify(target)} ${merge}`);
}
export function makeOwn(editor: Editor, path: string): void {
  editor.notify('warning', path);
}

/** What is said above the list of layers to add: where the next one goes. */
export function placeOf(editor: Editor, target: DropTarget | undefined): string {
  const [selected] = editor.store.get().selection;
  if (target?.kind === 'wire') return 'to' in target.wire ? `on the wire into ${target.wire.to}` : 'at the output';
  if (target?.kind === 'node') return `after ${target.path}`;
  if (selected !== undefined) return `after ${selected}`;
  return 'at the end of the network';
}

/** A C G: a skip between the two selected layers, the earlier one first. */
export function skipBetweenSelected(editor: Editor, merge: SkipMerge): void {
  const { selection, analysis } = editor.store.get();
  if (!analysis) return;
  const order = (path: string) => {
    const subject = subjectAt(analysis, path);
    return subject?.kind === 'input' ? -1 : analysis.program.nodes.findIndex((node) => node.path === path || node.path.startsWith(`${path}.`) || node.path.startsWith(`${path}[`));
  };
  const [from, to] = [...selection].sort((a, b) => order(a) - order(b));
  if (selection.length !== 2 || from === undefined || to === undefined) return editor.notify('info', 'Select the layer where the skip starts and the one where it arrives (Shift + click), then press A, C or G. Or drag from the edge of a layer to a later one.');
  drawSkip(editor, from, { kind: 'node', path: to }, merge);
}

export function toggleSkip(editor: Editor, to: string, input: number): void {
  editor.notify('warning', `${to} ${input}`);
}
export function remove(editor: Editor, paths: readonly string[]): void {
  editor.notify('warning', paths.join());
}
export function duplicate(editor: Editor, paths: readonly string[]): void {
  editor.notify('warning', paths.join());
}
export function copy(editor: Editor, paths: readonly string[], cut: boolean): void {
  editor.notify('warning', paths.join() + cut);
}
export async function paste(editor: Editor, target: DropTarget): Promise<void> {
  editor.notify('warning', JSON.stringify(target));
}
