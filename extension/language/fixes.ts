import * as vscode from 'vscode';
import type { Problem } from '../../lib/document/problem.js';
import { patch } from '../../lib/document/patch.js';
import type { Designs } from '../designs/designs.js';
import { workspaceEdit } from '../designs/edits.js';
import { codeOf, placeOf, showing } from './problems.js';

/** Asked for a problem's fixes by its row in the Problems panel. */
export type OnRow = (document: vscode.TextDocument, problem: Problem) => void;

/**
 * The fixes of problems as Quick Fixes of the text editor: the same titles, in the same order, as on the canvas. Each problem can also be shown
 * there. `onRow` hears of the row that is chosen in the Problems panel: VS Code tells a custom editor nothing of it, but asks here for the row's fixes.
 */
export function quickFixes(designs: Designs, onRow: OnRow): vscode.CodeActionProvider {
  return {
    provideCodeActions(document, range, context) {
      const actions: vscode.CodeAction[] = [];
      // A row asks for quick fixes of exactly its range; a text editor asks for every kind, or by itself.
      let row = context.triggerKind === vscode.CodeActionTriggerKind.Invoke && context.only?.value === vscode.CodeActionKind.QuickFix.value;
      for (const problem of designs.analysis(document).problems) {
        const place = placeOf(document, designs, problem);
        if (!place.intersection(range)) continue;
        if (row && place.isEqual(range)) {
          row = false;
          onRow(document, problem);
        }
        const diagnostics = context.diagnostics.filter((one) => one.source === 'netwright' && codeOf(one) === problem.code && one.range.isEqual(place));
        for (const fix of problem.fixes) {
          if (fix.refusal !== undefined) continue;
          const replacements = patch(designs.parsed(document), fix.edits);
          if ('refused' in replacements) continue;
          const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
          action.edit = workspaceEdit(document, replacements);
          action.diagnostics = diagnostics;
          action.isPreferred = fix === problem.fixes.find((one) => one.refusal === undefined);
          actions.push(action);
        }
        const show = new vscode.CodeAction('Show on the canvas', vscode.CodeActionKind.QuickFix);
        show.command = { title: show.title, ...showing(document, problem) };
        show.diagnostics = diagnostics;
        actions.push(show);
      }
      return actions;
    },
  };
}
