import * as vscode from 'vscode';
import { viewType } from '../contributions/commands.js';

export interface Diffs extends vscode.Disposable {
  /** The file stands only in a comparison of canvases, for which VS Code has no kind of tab. */
  isInDiff(uri: vscode.Uri): boolean;
  readonly onDidChange: vscode.Event<void>;
}

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

const showsCanvas = (uri: vscode.Uri) => tabs().some(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === viewType && input.uri.toString() === uri.toString());

/** Recognises that a canvas stands in a diff. Two files that are compared by hand have no side that opens as text by itself. */
export function watchDiffs(): Diffs {
  const changed = new vscode.EventEmitter<void>();
  const subscription = vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => (opened.length > 0 || closed.length > 0) && changed.fire());
  return {
    isInDiff: (uri) => !showsCanvas(uri),
    onDidChange: changed.event,
    dispose: vscode.Disposable.from(changed, subscription).dispose,
  };
}
