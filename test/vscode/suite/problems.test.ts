import assert from 'node:assert';
import * as vscode from 'vscode';
import { activeTab, closeAll, fitting, mismatch, problemsOf, until, write } from './workspace.js';

describe('problems', function () {
  this.timeout(180_000);
  afterEach(closeAll);

  it('name both branches of a merge, also in a file that is open only as text', async () => {
    const uri = await write('text.nnet.json', mismatch);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const [problem] = await until('a problem stands on the merge', () => problemsOf(uri).length > 0 && problemsOf(uri));
    assert.match(problem!.message, /conv1/);
    assert.match(problem!.message, /conv2/);
    assert.strictEqual(problem!.severity, vscode.DiagnosticSeverity.Error);
    assert.ok(problem!.relatedInformation!.length > 0);
  });

  it('go with a Quick Fix, and come back with one undo', async () => {
    const uri = await write('fix.nnet.json', mismatch);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const [problem] = await until('a problem', () => problemsOf(uri).length > 0 && problemsOf(uri));
    const projection = await until('a projection is among the Quick Fixes', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, problem!.range);
      return actions.find(({ title, kind, edit }) => kind?.value === 'quickfix' && edit && /projection/i.test(title));
    });
    assert.ok(await vscode.workspace.applyEdit(projection.edit!));
    await until('no error is left', () => problemsOf(uri).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error));
    assert.ok(document.getText().includes('// The comment stays.'));
    await vscode.commands.executeCommand('undo');
    await until('one undo gives the text as it was', () => document.getText() === mismatch);
    await vscode.commands.executeCommand('redo');
    await until('redo gives the fix again', () => document.getText() !== mismatch);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('are shown on the canvas by a Quick Fix and by the link of their code', async () => {
    const uri = await write('show.nnet.json', mismatch);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const [problem] = await until('a problem', () => problemsOf(uri).length > 0 && problemsOf(uri));
    const show = await until('one Quick Fix shows the problem on the canvas', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, problem!.range);
      return actions.find(({ title }) => title === 'Show on the canvas')?.command;
    });
    const { code } = problem!;
    assert.ok(typeof code === 'object' && code.target.toString(true).startsWith(`command:${show.command}`));
    await vscode.commands.executeCommand(show.command, ...show.arguments!);
    await until('the canvas is the active editor', () => activeTab()?.input instanceof vscode.TabInputCustom);
  });

  it('follow every keystroke in a design of 500 layers', async () => {
    const layers = Array.from({ length: 500 }, (_, k) => `    "conv${k}": { "op": "Conv2d", "in": ["${k === 0 ? 'image' : `conv${k - 1}`}"], "out_channels": 8, "kernel_size": 3, "padding": 1 }`);
    const text = `{\n  "nnet": 1,\n  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },\n  "nodes": {\n${layers.join(',\n')}\n  },\n  "outputs": ["conv499"]\n}\n`;
    const uri = await write('large.nnet.json', text);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const place = document.positionAt(text.indexOf('"op": "Conv2') + '"op": "Conv2'.length);
    for (let round = 0; round < 4; round++) {
      await editor.edit((edit) => edit.insert(place, 'x'));
      const [problem] = await until('the misspelt operator is a problem', () => problemsOf(uri).length > 0 && problemsOf(uri), 60_000);
      assert.match(problem!.message, /Conv2xd/);
      await editor.edit((edit) => edit.delete(new vscode.Range(place, place.translate(0, 1))));
      await until('no problem is left', () => problemsOf(uri).length === 0, 60_000);
    }
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('are none where a design is right', async () => {
    const uri = await write('right.nnet.json', fitting);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepStrictEqual(problemsOf(uri).map(({ message }) => message), []);
  });

  it('go when the file is closed', async () => {
    const uri = await write('closing.nnet.json', mismatch);
    await vscode.commands.executeCommand('vscode.open', uri);
    await until('a problem', () => problemsOf(uri).length > 0);
    await closeAll();
    await until('no problem', () => problemsOf(uri).length === 0, 60_000);
  });
});
