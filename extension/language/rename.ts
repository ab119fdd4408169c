import * as vscode from 'vscode';
import { renamableAt } from '../../lib/actions/index.js';
import { patch } from '../../lib/document/patch.js';
import type { Designs } from '../designs/designs.js';
import { rangeOf, workspaceEdit } from '../designs/edits.js';

/** F2 in the text: a node, an input, a parameter or a block is renamed wherever the design names it, as on the canvas. */
export function renames(designs: Designs): vscode.RenameProvider {
  const found = (document: vscode.TextDocument, position: vscode.Position) => {
    const renamable = renamableAt(designs.analysis(document), document.offsetAt(position));
    if (!renamable) throw new Error('No layer, input, parameter or block of the design has a name here.');
    return renamable;
  };
  return {
    prepareRename(document, position) {
      const { name, range } = found(document, position);
      return { range: rangeOf(document, range), placeholder: name };
    },
    provideRenameEdits(document, position, to) {
      const acted = found(document, position).rename(to);
      const replacements = 'refused' in acted ? acted : patch(designs.parsed(document), acted.edits);
      // VS Code shows what is thrown here below the name.
      if ('refused' in replacements) throw new Error(replacements.refused.replaceAll('`', ''));
      return workspaceEdit(document, replacements);
    },
  };
}
