import * as vscode from 'vscode';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;

export const uriOf = (name: string) => vscode.Uri.joinPath(folder(), name);

/** Writes a file of the workspace on disk. */
export async function write(name: string, text: string | Uint8Array): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(uriOf(name), typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return uriOf(name);
}

export async function read(name: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uriOf(name)));
}

/** Waits until `probe` gives something; fails with `claim` after `ms`. */
export async function until<T>(claim: string, probe: () => T | undefined | false | Promise<T | undefined | false>, ms = 60_000): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`Not within ${ms} ms: ${claim}`);
}

export const problemsOf = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'netwright');

export const activeTab = () => vscode.window.tabGroups.activeTabGroup.activeTab;

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Two branches that do not fit: 16 channels of 16 x 16 from `conv2`, 8 of 32 x 32 from `conv1`. */
export const mismatch = `{
  "nnet": 1,
  // The comment stays.
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    "conv1": { "op": "Conv2d", "in": ["image"], "out_channels": 8, "kernel_size": 3, "padding": 1 },
    "conv2": { "op": "Conv2d", "in": ["conv1"], "out_channels": 16, "kernel_size": 3, "padding": 1, "stride": 2 },
    "sum": { "op": "Add", "in": ["conv2", "conv1"] }
  },
  "outputs": ["sum"]
}
`;

export const fitting = mismatch.replace('"out_channels": 16', '"out_channels": 8').replace(', "stride": 2', '');
