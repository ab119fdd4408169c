import * as vscode from 'vscode';
import { complete, hover, type Completion } from '../../lib/language/index.js';
import type { Designs } from '../designs/designs.js';
import { rangeOf } from '../designs/edits.js';

/** Characters after which names of the design are offered. */
export const triggers = ['"', '=', '(', ',', ' '];

const kinds: Record<Completion['kind'], vscode.CompletionItemKind> = {
  block: vscode.CompletionItemKind.Class,
  parameter: vscode.CompletionItemKind.Variable,
  source: vscode.CompletionItemKind.Reference,
  weights: vscode.CompletionItemKind.Reference,
  function: vscode.CompletionItemKind.Function,
  value: vscode.CompletionItemKind.Value,
};

/** Names that only the design knows: blocks, their parameters, sources. What any design may say comes from the JSON schema. */
export function completions(designs: Designs): vscode.CompletionItemProvider {
  return {
    provideCompletionItems(document, position) {
      return complete(designs.parsed(document), document.offsetAt(position)).map(({ label, kind, range, insert, detail, documentation, order }) => {
        const item = new vscode.CompletionItem(label, kinds[kind]);
        item.range = rangeOf(document, range);
        item.insertText = insert;
        // VS Code filters by the text in the range, which has the quotes.
        item.filterText = insert;
        item.sortText = String(order).padStart(6, '0');
        if (detail !== undefined) item.detail = detail;
        if (documentation !== undefined) item.documentation = new vscode.MarkdownString(documentation);
        return item;
      });
    },
  };
}

/** What stands under the pointer: an operator's words, a layer's shapes and cost, the value of an expression. */
export function hovers(designs: Designs): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const found = hover(designs.analysis(document), document.offsetAt(position));
      return found && new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(document, found.range));
    },
  };
}
