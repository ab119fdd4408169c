import * as vscode from 'vscode';
import { viewType } from '../contributions/commands.js';
import type { Canvas } from './canvases.js';

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

/** The file stands only in a comparison of canvases, for which VS Code has no kind of tab. */
export function isInDiff(uri: vscode.Uri): boolean {
  return !tabs().some(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === viewType && input.uri.toString() === uri.toString());
}

/**
 * Opens the text diff in place of a comparison of two canvases. A version of a file opens as text by itself, and every diff with it; two files
 * that are compared by hand do not, because VS Code asks neither the extension nor the user there.
 */
export async function openTextDiff(canvases: ReadonlySet<Canvas>): Promise<void> {
  const tab = tabs().find(({ input, isActive, label }) => isActive && input === undefined && label.includes('.nnet.json'));
  const sides = [...canvases].filter(({ document }) => isInDiff(document.uri)).map(({ document }) => document.uri);
  if (!tab || sides.length < 2) return;
  const [left, right] = inOrder(sides.slice(-2), tab.label);
  // `override: false` asks for VS Code's own diff editor.
  await vscode.commands.executeCommand('vscode.diff', left, right, undefined, { override: false, viewColumn: tab.group.viewColumn });
  await vscode.window.tabGroups.close(tab);
}

/** Left and right, as the tab's label names them; where both have one name, as VS Code opened them. */
function inOrder(uris: readonly vscode.Uri[], label: string): readonly vscode.Uri[] {
  const place = (uri: vscode.Uri) => label.indexOf(uri.path.split('/').at(-1) ?? uri.path);
  return uris.toSorted((a, b) => place(a) - place(b));
}
