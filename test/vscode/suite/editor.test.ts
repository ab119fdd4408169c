import assert from 'node:assert';
import * as vscode from 'vscode';
import { activeTab, closeAll, fitting, mismatch, problemsOf, read, until, write } from './workspace.js';

const viewType = 'netwright.editor';

async function openOnCanvas(name: string, text: string | Uint8Array): Promise<vscode.Uri> {
  const uri = await write(name, text);
  await vscode.commands.executeCommand('vscode.open', uri);
  await until('a canvas is open', () => (activeTab()?.input as vscode.TabInputCustom | undefined)?.viewType === viewType);
  return uri;
}

describe('the canvas as an editor', () => {
  afterEach(closeAll);

  it('is the default for *.nnet.json, whose language is JSON with comments', async () => {
    const uri = await openOnCanvas('default.nnet.json', fitting);
    assert.strictEqual((await vscode.workspace.openTextDocument(uri)).languageId, 'jsonc');
  });

  it('stands beside the text of the same file with Open as Text', async () => {
    const uri = await openOnCanvas('beside.nnet.json', fitting);
    await vscode.commands.executeCommand('netwright.openAsText', uri);
    await until('a text tab is open beside', () => vscode.window.tabGroups.all.length === 2 && activeTab()?.input instanceof vscode.TabInputText);
    await vscode.commands.executeCommand('netwright.openCanvas');
    await until('the canvas is open here', () => activeTab()?.input instanceof vscode.TabInputCustom);
  });

  it('takes a change on disk while it is clean', async () => {
    const uri = await openOnCanvas('disk.nnet.json', fitting);
    const document = await vscode.workspace.openTextDocument(uri);
    await write('disk.nnet.json', mismatch);
    await until('the document has the text of the disk', () => document.getText() === mismatch);
    await until('the problem is shown', () => problemsOf(uri).length > 0);
  });

  it('keeps unsaved work when the file changes on disk or is deleted', async () => {
    const uri = await openOnCanvas('dirty.nnet.json', fitting);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '// mine\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await write('dirty.nnet.json', mismatch);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.ok(document.getText().startsWith('// mine\n'));
    await vscode.workspace.fs.delete(uri);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.ok(document.isDirty && document.getText().startsWith('// mine\n'));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('follows a renamed file', async () => {
    const uri = await openOnCanvas('old.nnet.json', mismatch);
    const target = uri.with({ path: uri.path.replace('old', 'new') });
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(uri, target);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('the canvas is on the new name', () => (activeTab()?.input as vscode.TabInputCustom | undefined)?.uri.path.endsWith('new.nnet.json'));
    await until('problems stand at the new name', () => problemsOf(target).length > 0);
    await until('and no longer at the old one', () => problemsOf(uri).length === 0);
  });

  it('reverts to what is on disk', async () => {
    const uri = await openOnCanvas('revert.nnet.json', fitting);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), ' ');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('the document is clean', () => !document.isDirty);
    const disk = await read('revert.nnet.json');
    await until('its text is that of the disk', () => document.getText() === disk);
  });
});
