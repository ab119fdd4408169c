import * as vscode from 'vscode';
import { exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { isOfTraining } from '../../lib/recipes/index.js';
import { viewType } from '../contributions/commands.js';
import { activeDesign } from '../designs/active.js';
import { rangeOf } from '../designs/edits.js';
import { readTemplates } from '../editor/templates.js';
import type { Workbench } from './commands.js';

/** The design that a command is for: what the menu gives, else the active one. Says so where there is none. */
export function targetOf(argument: unknown): vscode.Uri | undefined {
  const uri = argument instanceof vscode.Uri ? argument : activeDesign();
  if (!uri) void vscode.window.showInformationMessage('Open a *.nnet.json file first, or make one with "New Network from Template".');
  return uri;
}

export async function openCanvas(argument: unknown): Promise<void> {
  const uri = targetOf(argument);
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
}

/** Shows a problem on the canvas of its file; the link of its code and its Quick Fix name file, node and code. */
export async function showOnCanvas([uri, node, code]: readonly unknown[], { shown }: Workbench): Promise<void> {
  if (typeof uri === 'string' && typeof node === 'string' && typeof code === 'string') await shown.show(vscode.Uri.parse(uri), node, code);
}

/** The text stands beside the canvas, and both show the same selection. */
export async function openAsText(argument: unknown, { canvases }: Workbench): Promise<void> {
  const uri = targetOf(argument);
  if (!uri) return;
  const besideCanvas = canvases.of(uri).some(({ panel }) => panel.visible);
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default', besideCanvas ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
}

export async function copyPyTorch(argument: unknown, { designs }: Workbench): Promise<void> {
  const uri = targetOf(argument);
  if (!uri) return;
  const analysis = designs.analysis(await vscode.workspace.openTextDocument(uri));
  const error = analysis.problems.find((problem) => problem.severity === 'error' && !isOfTraining(problem));
  if (error) {
    void vscode.window.showErrorMessage(`No PyTorch code for a design with errors: ${error.message}`);
    return;
  }
  const code = exportPyTorch(analysis.program);
  await vscode.env.clipboard.writeText(code);
  const classes = code.match(/^class /gm)?.length ?? 0;
  void vscode.window.showInformationMessage(`Copied ${classes} PyTorch class${classes === 1 ? '' : 'es'}, ${code.trimEnd().split('\n').length} lines.`);
}

/** Asks for a template (unless it is named) and a place, and opens the new file on a canvas. Never overwrites without VS Code's own question. */
export async function newFromTemplate(argument: unknown, { extensionUri }: Workbench): Promise<void> {
  const templates = await readTemplates(extensionUri);
  const picked =
    templates.find(({ id }) => id === argument) ??
    (await vscode.window.showQuickPick(templates.map((template) => ({ ...template, label: template.title, description: `${template.id}.nnet.json`, ...(template.detail === undefined ? {} : { detail: template.detail }) })), { placeHolder: 'Start from', matchOnDescription: true, matchOnDetail: true }));
  if (!picked) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: `Save the new network (${picked.title}) as`,
    filters: { Netwright: ['nnet.json'] },
    ...(folder ? { defaultUri: await freeName(folder, picked.id) } : {}),
  });
  if (!uri) return;
  const named = uri.path.endsWith('.nnet.json') ? uri : uri.with({ path: `${uri.path.replace(/\.json$/, '')}.nnet.json` });
  await vscode.workspace.fs.writeFile(named, new TextEncoder().encode(picked.text));
  await vscode.commands.executeCommand('vscode.openWith', named, viewType);
}

/** `residual-20.nnet.json`, or with the first number at which no file stands. */
async function freeName(folder: vscode.Uri, id: string): Promise<vscode.Uri> {
  for (let count = 1; ; count++) {
    const uri = vscode.Uri.joinPath(folder, `${id}${count === 1 ? '' : `-${count}`}.nnet.json`);
    try {
      await vscode.workspace.fs.stat(uri);
    } catch {
      return uri;
    }
  }
}

/** Puts a template into a file that has nothing yet, as one undo step; makes a new file where there is something to lose. */
export async function useTemplate(id: string | undefined, document: vscode.TextDocument, workbench: Workbench): Promise<void> {
  const template = (await readTemplates(workbench.extensionUri)).find((one) => one.id === id);
  const { root, blocks } = workbench.designs.parsed(document).document;
  if (!template || root.nodes.size > 0 || blocks.size > 0) return newFromTemplate(id, workbench);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, rangeOf(document, { start: 0, end: document.getText().length }), template.text);
  await vscode.workspace.applyEdit(edit);
}
