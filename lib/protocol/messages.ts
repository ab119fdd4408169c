import type { Edit } from '../document/edit.js';
import type { JsonPath } from '../document/json.js';
import type { RunRecord, RunSummary } from './records.js';

/** Editor webview to host. */
export type ToHost =
  | { readonly type: 'ready' }
  /** One canvas action: one patch, one undo step. Answered by `edited`. */
  | { readonly type: 'edit'; readonly id: number; readonly base: number; readonly label: string; readonly edits: readonly Edit[] }
  /** The selection, as places in the file, so that the text can show the same. */
  | { readonly type: 'select'; readonly paths: readonly JsonPath[] }
  /** Show this place in the text editor beside. */
  | { readonly type: 'reveal'; readonly path: JsonPath }
  | { readonly type: 'command'; readonly command: HostCommand; readonly argument?: string }
  /** The text to put in the clipboard where the page may not. */
  | { readonly type: 'copy'; readonly text: string };

export type HostCommand =
  | 'undo' | 'redo' | 'save' | 'saveAs'
  /** `argument`: the recipe's name, or nothing for the quick one. */
  | 'train' | 'trace'
  /** `argument`: the run's id, or nothing for the run in progress. */
  | 'stop' | 'openRun'
  /** `argument`: the id of the run to go on with. */
  | 'resume'
  | 'openAsText' | 'openTextDiff' | 'copyPyTorch'
  /** `argument`: a template's id; the document's text becomes the template's. */
  | 'openTemplate'
  /** The file changed on disk under unsaved edits: take the disk's text, or keep ours and write it. */
  | 'reload' | 'overwrite';

/** Host to editor webview. */
export type ToEditor =
  /** The whole truth. `version` grows with every change from anywhere. */
  | { readonly type: 'document'; readonly version: number; readonly text: string; readonly name: string; readonly dirty: boolean }
  | { readonly type: 'edited'; readonly id: number; readonly ok: boolean; readonly reason?: string; readonly version: number }
  | { readonly type: 'settings'; readonly settings: EditorSettings }
  /** The cursor of the text editor stands here. */
  | { readonly type: 'select'; readonly paths: readonly JsonPath[] }
  | { readonly type: 'focusProblem'; readonly node: string; readonly code: string }
  | { readonly type: 'runs'; readonly runs: readonly RunSummary[] }
  | { readonly type: 'record'; readonly run: string; readonly record: RunRecord }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string; readonly actions?: readonly NoticeAction[] };

/** A button in a notice. */
export interface NoticeAction {
  readonly title: string;
  readonly command: HostCommand;
  readonly argument?: string;
}

export interface EditorSettings {
  /** False in an untrusted workspace: nothing can be run. */
  readonly trusted: boolean;
  readonly readOnly: boolean;
  /** The editor stands in a diff: it offers the text diff. */
  readonly diff: boolean;
  /** 'vscode' or 'browser': who owns undo and save buttons. */
  readonly host: 'vscode' | 'browser';
  readonly templates: readonly Template[];
  /** What the Run button says, with what it changes for a quick run: "Run 200 steps", "Run 100 steps, width 8". */
  readonly runLabel: string;
}

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** One line below the title: "2 residual blocks, one with projection". */
  readonly detail?: string;
}
