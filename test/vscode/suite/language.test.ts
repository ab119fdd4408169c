import assert from 'node:assert';
import * as vscode from 'vscode';
import { closeAll, fitting, until, write } from './workspace.js';

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(await write(name, text));
  await vscode.window.showTextDocument(document);
  return document;
}

describe('the text editor', () => {
  afterEach(closeAll);

  it('completes the sources of a layer with the names of its scope', async () => {
    const document = await open('complete.nnet.json', fitting);
    const at = document.positionAt(document.getText().indexOf('"conv2", "conv1"') + 1);
    for (const name of ['image', 'conv1', 'conv2']) {
      await until(`${name} is among the completions`, async () => {
        const { items } = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
        return items.some(({ label }) => (typeof label === 'string' ? label : label.label).includes(name));
      });
    }
  });

  it('tells a layer\'s shape under the pointer', async () => {
    const document = await open('hover.nnet.json', fitting);
    const at = document.positionAt(document.getText().indexOf('"conv2"') + 2);
    const text = await until('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
      const all = hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value))).join('\n');
      return all.includes('8 × 32 × 32') && all;
    });
    assert.match(text, /conv2/);
  });

  it('renames a layer wherever the design names it, and nothing that only looks like it', async () => {
    const document = await open('rename.nnet.json', fitting);
    const at = document.positionAt(fitting.indexOf('"conv2", "conv1"') + 2);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, at, 'branch');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('every mention is renamed, and nothing else', () => document.getText() === fitting.replaceAll('"conv2"', '"branch"'));
    await assert.rejects(Promise.resolve(vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', document.uri, at, 'image')));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('has one diagnostic for one fault: VS Code\'s own JSON check adds none to ours', async () => {
    const document = await open('schema.nnet.json', fitting.replace('"out_channels": 8', '"out_channels": -8'));
    const diagnostics = await until('a problem', () => vscode.languages.getDiagnostics(document.uri).length > 0 && vscode.languages.getDiagnostics(document.uri));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepStrictEqual([...new Set(diagnostics.map(({ source }) => source))], ['netwright']);
    assert.deepStrictEqual(vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source !== 'netwright').map(({ message }) => message), []);
  });

  it('allows comments and trailing commas', async () => {
    const document = await open('trailing.nnet.json', fitting.replace('"sum"]\n', '"sum",], // the end\n'));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.deepStrictEqual(vscode.languages.getDiagnostics(document.uri).map(({ message }) => message), []);
  });
});
