import * as vscode from 'vscode';
import { patch } from '../../lib/document/patch.js';
import type { Designs } from '../designs/designs.js';
import { workspaceEdit } from '../designs/edits.js';
import { placeOf } from './problems.js';

/** The fixes of problems as Quick Fixes of the text editor: the same titles, in the same order, as on the canvas. */
export function quickFixes(designs: Designs): vscode.CodeActionProvider {
  return {
    provideCodeActions(document, range, context) {
      const actions: vscode.CodeAction[] = [];
      for (const problem of designs.analysis(document).problems) {
        const place = placeOf(document, designs, problem);
        if (!place.intersection(range)) continue;
        const diagnostics = context.diagnostics.filter((one) => one.source === 'netwright' && one.code === problem.code && one.range.isEqual(place));
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
      }
      return actions;
    },
  };
}
