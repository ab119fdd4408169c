import * as vscode from 'vscode';
import { viewType } from '../contributions/commands.js';

/** The design in the active tab, on a canvas or as text; undefined where something else is active. */
export function activeDesign(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom && input.viewType === viewType) return input.uri;
  const uri = input instanceof vscode.TabInputTextDiff ? input.modified : input instanceof vscode.TabInputText ? input.uri : vscode.window.activeTextEditor?.document.uri;
  return uri?.path.endsWith('.nnet.json') ? uri : undefined;
}
