import * as vscode from 'vscode';

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

const ending = '.nnet.json';

/** "residual-20" becomes "Residual 20". */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
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
      return { id, title: titleOf(id), text };
    }),
  );
  return templates.sort((a, b) => Number(a.id === 'blank') - Number(b.id === 'blank') || a.id.localeCompare(b.id));
}
