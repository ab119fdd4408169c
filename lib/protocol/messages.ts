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

export type HostCommand = 'undo' | 'redo' | 'save' | 'train' | 'trace' | 'stop' | 'openAsText' | 'openTextDiff' | 'copyPyTorch' | 'openTemplate' | 'openRun' | 'saveAs';

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
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string };

export interface EditorSettings {
  /** False in an untrusted workspace: nothing can be run. */
  readonly trusted: boolean;
  readonly readOnly: boolean;
  /** The editor stands in a diff: it offers the text diff. */
  readonly diff: boolean;
  /** 'vscode' or 'browser': who owns undo and save buttons. */
  readonly host: 'vscode' | 'browser';
  readonly templates: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly runLabel: string;
}
