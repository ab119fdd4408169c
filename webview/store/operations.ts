import {
  addBlockInput, addInput as addInputAction, connect, copyNodes, disconnect as disconnectAction, drawSkip as drawSkipAction, duplicate as duplicateAction, insertAt, isRefusal, join as joinAction, makeOwn as makeOwnAction, moveBlockInput, moveInput as moveInputAction, moveOutput as moveOutputAction, pasteNodes, removeBlockInput, removeNodes, rename as renameAction, renameBlock, renameParam, resetPositions as resetPositionsAction, setParam, toggleOff, wrapInBlock, type Acted,
} from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { scopePath } from '../../lib/analysis/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { isOfTraining } from '../../lib/recipes/index.js';
import type { DropTarget, SkipMerge, SkipStart, SkipTarget, WireRef } from '../canvas/contract.js';
import { parseWireKey } from '../canvas/marks.js';
import type { Editor } from './editor.js';
import { arrivalOf } from './lane.js';
import { subjectAt } from './subject.js';

/** Does an action on the present design, or says why it cannot be done. What was done just before and is not in the text yet comes first. */
function act(editor: Editor, action: (analysis: Analysis) => Acted): void {
  editor.whenCurrent(() => actNow(editor, action));
}

function actNow(editor: Editor, action: (analysis: Analysis) => Acted): void {
  const { analysis } = editor.store.get();
  if (!analysis) return;
  const acted = action(analysis);
  if (isRefusal(acted)) return editor.notify('warning', acted.refused.replace(/`/g, ''));
  editor.perform(acted.edits, acted.label, acted.select);
  const { note, offer } = acted;
  if (note !== undefined) editor.notify('info', note, offer ? [{ title: offer.label, run: () => act(editor, (now) => (offer.select?.every((path) => subjectAt(now, path)) === false ? { refused: 'What this was offered for is not in the design any more.' } : offer)) }] : []);
}

/** Sets a parameter or a word of a written node; undefined takes it out. */
export const setWord = (editor: Editor, path: string, word: string, value: JsonValue | undefined): void => act(editor, (analysis) => setParam(analysis, path, word, value));

/** Renames a node or input of a scope and every mention of it. */
export const rename = (editor: Editor, path: string, to: string): void => act(editor, (analysis) => renameAction(analysis, path, to));

/** Renames a block and every use of it. */
export const renameUsedBlock = (editor: Editor, from: string, to: string): void => act(editor, (analysis) => renameBlock(analysis, from, to));

/** Renames a parameter of a block or the network and every mention of it. */
export const renameScopeParam = (editor: Editor, scope: string, from: string, to: string): void => act(editor, (analysis) => renameParam(analysis, scope, from, to));

/** The inputs of a block; its uses follow. */
export const renameInputOf = (editor: Editor, path: string, to: string): void =>
  act(editor, (analysis) => {
    const acted = renameAction(analysis, path, to);
    return isRefusal(acted) ? acted : { edits: acted.edits, label: acted.label };
  });
export const addInputOf = (editor: Editor, block: string): void => act(editor, (analysis) => addBlockInput(analysis, block));
export const removeInputOf = (editor: Editor, block: string, input: string): void => act(editor, (analysis) => removeBlockInput(analysis, block, input));
export const moveInputOf = (editor: Editor, block: string, input: string, by: 1 | -1): void => act(editor, (analysis) => moveBlockInput(analysis, block, input, by));

/** The order of the network's own inputs and outputs. */
export const moveInput = (editor: Editor, input: string, by: 1 | -1): void => act(editor, (analysis) => moveInputAction(analysis, input, by));
export const moveOutput = (editor: Editor, index: number, by: 1 | -1): void => act(editor, (analysis) => moveOutputAction(analysis, index, by));

/** Lets a node read one more layer or input of its scope. */
export const readAlso = (editor: Editor, path: string, from: string, input: number): void => act(editor, (analysis) => connect(analysis, from, { path, input }));

/** What a layer gives becomes an output of its scope, under its own name where the outputs have names. */
export function putOut(editor: Editor, path: string): void {
  act(editor, (analysis) => {
    const subject = subjectAt(analysis, path);
    if (subject?.kind !== 'use') return { refused: 'A layer can be put out; an input is there already.' };
    const { block } = subject.scope;
    const named = block.outputs.some(({ name }) => name !== undefined);
    return { edits: [{ kind: 'set', path: [...scopePath(block.name), 'outputs', named ? subject.use.name : block.outputs.length], value: subject.use.name }], label: `Put out ${subject.use.name}`, select: [path] };
  });
}

/** One more input of the network, of the shape that the first one has. */
export const addInput = (editor: Editor): void => act(editor, (analysis) => addInputAction(analysis));

/** Puts an operator or block at a place; after what is selected then, else at the end of the network, where none is given. */
export const insert = (editor: Editor, type: string, given?: DropTarget): void =>
  act(editor, (analysis) => {
    const target = given ?? standardTarget(editor);
    const acted = insertAt(analysis, type, target);
    const { root } = analysis.parsed.document;
    const made = isRefusal(acted) ? undefined : acted.select?.[0];
    // A network that gives nothing out yet gives out what is put behind its last layer, so that what is built up can be run.
    const last = made !== undefined && root.outputs.length === 0 && target.kind === 'node' && !target.path.includes('.');
    if (isRefusal(acted) || !last) return acted;
    const name = target.path.replace(/\[\d+\]$/, '');
    const read = [...root.nodes.values()].some((node) => node.in.some((source) => typeof source === 'object' && source?.name === name));
    return read ? acted : { ...acted, edits: [...acted.edits, { kind: 'set', path: ['outputs'], value: [made] }] };
  });

export const drawSkip = (editor: Editor, from: SkipStart, target: SkipTarget, merge: SkipMerge): void => act(editor, (analysis) => drawSkipAction(analysis, from, target, merge));
/** Leads a wire to the input that a layer lacks. */
export const join = (editor: Editor, from: SkipStart, path: string): void => act(editor, (analysis) => joinAction(analysis, from, path));
/** Cuts a skip or lets it through again; any part of its lane stands for the whole, also the one before its projection. */
export const toggleSkip = (editor: Editor, to: string, input: number): void =>
  act(editor, (analysis) => {
    const end = arrivalOf(analysis, to, input);
    const acted = end && toggleOff(analysis, end.to, end.input);
    // The lane stays selected, so that the same key lets it through again.
    return acted ? (isRefusal(acted) ? acted : { edits: acted.edits, label: acted.label }) : { refused: 'Only what arrives at a merge can be cut off; this wire is part of the branch.' };
  });
export const remove = (editor: Editor, paths: readonly string[]): void => act(editor, (analysis) => removeNodes(analysis, paths));
export const disconnect = (editor: Editor, wire: WireRef): void => act(editor, (analysis) => disconnectAction(analysis, wire));
export const duplicate = (editor: Editor, paths: readonly string[]): void => act(editor, (analysis) => duplicateAction(analysis, paths));
export const makeOwn = (editor: Editor, path: string): void => act(editor, (analysis) => makeOwnAction(analysis, path));

/** Lets layers stand where the layout puts them; all of the design where none is named. */
export const resetPositions = (editor: Editor, paths: readonly string[]): void => act(editor, (analysis) => resetPositionsAction(analysis, paths));

/** Makes a block of some layers of one scope. */
export const wrap = (editor: Editor, paths: readonly string[]): void => act(editor, (analysis) => wrapInBlock(analysis, paths));

/** Puts the network as PyTorch code on the clipboard; in VS Code the host does it. */
export function copyPyTorch(editor: Editor): void {
  const { analysis } = editor.store.get();
  if (editor.host.kind === 'vscode') return editor.command('copyPyTorch');
  if (!analysis) return;
  const errors = analysis.problems.filter((problem) => problem.severity === 'error' && !isOfTraining(problem)).length;
  if (errors > 0) return editor.notify('warning', `PyTorch code is written of networks without errors; ${errors} ${errors === 1 ? 'stands' : 'stand'} in the way.`);
  void navigator.clipboard.writeText(exportPyTorch(analysis.program, { fileName: editor.store.get().name })).then(() => editor.notify('info', 'The network is on the clipboard as PyTorch code.'), (error: unknown) => editor.notify('warning', `The clipboard did not take it: ${String(error)}`));
}

/** What was copied last, for a page that may not read the clipboard. */
let copied = '';

export function copy(editor: Editor, paths: readonly string[], cut: boolean): void {
  const { analysis } = editor.store.get();
  if (!analysis || paths.length === 0) return;
  const text = copyNodes(analysis, paths);
  if (text === undefined) return;
  copied = text;
  // The host writes where the page is not allowed to; a browser page writes itself.
  if (editor.host.kind === 'vscode') editor.host.channel.send({ type: 'copy', text });
  else void navigator.clipboard?.writeText(text).catch(() => undefined);
  editor.announce(`${paths.length === 1 ? paths[0] : `${paths.length} layers`} ${cut ? 'cut' : 'copied'}`);
  if (cut) remove(editor, paths);
}

export async function paste(editor: Editor, target: DropTarget): Promise<void> {
  const text = await Promise.resolve(navigator.clipboard?.readText()).catch(() => undefined);
  act(editor, (analysis) => pasteNodes(analysis, text !== undefined && text.trim() !== '' ? text : copied, target));
}

/** Where a layer goes when no place is named. */
function standardTarget(editor: Editor): DropTarget {
  const { selection, analysis } = editor.store.get();
  const selected = selection.at(-1);
  if (selected !== undefined) return { kind: 'node', path: selected };
  const root = analysis?.parsed.document.root;
  if (root?.outputs[0] !== undefined) return { kind: 'wire', wire: { scope: '', output: 0 } };
  const last = [...(root?.nodes.keys() ?? [])].at(-1) ?? [...(root?.inputs.keys() ?? [])].at(-1);
  return last === undefined ? { kind: 'point', scope: '', x: 0, y: 0 } : { kind: 'node', path: last };
}

/** How many axes arrive where the next layer goes; undefined where that is unknown. */
export function rankAt(editor: Editor, target: DropTarget = standardTarget(editor)): number | undefined {
  const { analysis } = editor.store.get();
  if (!analysis || target.kind === 'point') return undefined;
  if (target.kind === 'wire') {
    const { wire } = target;
    if (!('to' in wire)) return wire.scope === '' ? analysis.program.outputs[wire.output]?.value.tensor.shape?.length : undefined;
    const reader = subjectAt(analysis, wire.to);
    return reader?.kind === 'use' ? reader.use.inputs[wire.input]?.tensor.shape?.length : undefined;
  }
  const subject = subjectAt(analysis, target.path);
  return (subject?.kind === 'use' ? subject.use.outputs[0] : undefined)?.tensor.shape?.length ?? analysis.program.inputs.find(({ name }) => name === target.path)?.tensor.shape?.length;
}

/** What is said above the list of layers to add: where the next one goes. */
export function placeOf(editor: Editor, target: DropTarget = standardTarget(editor)): string {
  switch (target.kind) {
    case 'wire': return 'to' in target.wire ? `on the wire into ${target.wire.to}` : target.wire.scope === '' ? 'before the output' : `before the output of ${target.wire.scope}`;
    case 'node': return `after ${target.path}`;
    case 'point': return target.scope === '' ? 'in the network' : `in ${target.scope}`;
  }
}

/** A C G: a skip between the two selected layers or wires, the earlier one first; a wire comes right before what reads it. */
export function skipBetweenSelected(editor: Editor, merge: SkipMerge): void {
  const { selection, analysis } = editor.store.get();
  if (!analysis) return;
  const order = (path: string): number => {
    const wire = parseWireKey(path);
    if (wire) return 'to' in wire ? order(wire.to) - 0.5 : Infinity;
    return subjectAt(analysis, path)?.kind === 'input' ? -1 : analysis.program.nodes.findIndex((node) => node.path === path || node.path.startsWith(`${path}.`) || node.path.startsWith(`${path}[`));
  };
  const [from, to] = [...selection].sort((a, b) => order(a) - order(b));
  if (selection.length !== 2 || from === undefined || to === undefined) return editor.notify('info', 'Select the layer or wire where the skip starts and the one where it arrives (Shift + click), then press A, C or G. Or drag from the edge of a layer, or from a wire, to a later one.');
  const end = parseWireKey(to);
  drawSkip(editor, parseWireKey(from) ?? from, end ? { kind: 'wire', wire: end } : { kind: 'node', path: to }, merge);
}
