import * as vscode from 'vscode';
import type { Template } from '../../lib/protocol/messages.js';

const ending = '.nnet.json';

/** The first line of a template is `// Title: one sentence.` */
function describe(id: string, text: string): Template {
  const [, title, detail] = /^\/\/ *([^:\n]+?) *(?:: *(.*?))? *\r?\n/.exec(text) ?? [];
  return { id, title: title ?? id, text, ...(detail ? { detail } : {}) };
}

/** The designs that come with the extension, blank last; none where the folder cannot be read. */
export async function readTemplates(extensionUri: vscode.Uri): Promise<readonly Template[]> {
  const folder = vscode.Uri.joinPath(extensionUri, 'media', 'templates');
  let names: string[];
  try {
    names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name).filter((name) => name.endsWith(ending));
  } catch {
    return [];
  }
  const templates = await Promise.all(
    names.map(async (name) => {
      const id = name.slice(0, -ending.length);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name)));
      return describe(id, text);
    }),
  );
  return templates.sort((a, b) => Number(a.id === 'blank') - Number(b.id === 'blank') || a.id.localeCompare(b.id));
}
