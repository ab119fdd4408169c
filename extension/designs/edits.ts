import * as vscode from 'vscode';
import type { Edit, Refusal, Replacement } from '../../lib/document/edit.js';
import { patch } from '../../lib/document/patch.js';
import type { Designs } from './designs.js';

/** The change to the file that an action makes; one undo step when it is applied. */
export function workspaceEdit(document: vscode.TextDocument, replacements: readonly Replacement[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    document.uri,
    replacements.map(({ start, end, text }) => vscode.TextEdit.replace(rangeOf(document, { start, end }), text)),
  );
  return edit;
}

export function rangeOf(document: vscode.TextDocument, { start, end }: { readonly start: number; readonly end: number }): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/**
 * Applies one action to the text as it is now. Edits name nodes and not offsets, so a text that changed since the action was made takes them
 * when they still apply. VS Code answers false when the text changed under its hands; the patch is then computed again.
 */
export async function applyEdits(designs: Designs, document: vscode.TextDocument, edits: readonly Edit[]): Promise<Refusal | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const replacements = patch(designs.parsed(document), edits);
    if ('refused' in replacements) return replacements;
    if (replacements.length === 0) return undefined;
    if (await vscode.workspace.applyEdit(workspaceEdit(document, replacements))) return undefined;
  }
  return { refused: `${vscode.workspace.asRelativePath(document.uri)} could not be changed: it is read-only, or it keeps changing.` };
}
