import assert from 'node:assert';
import * as vscode from 'vscode';
import { closeAll, fitting, mismatch, problemsOf, until, write } from './workspace.js';

describe('problems', function () {
  this.timeout(90_000);
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
    const actions = (await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, problem!.range)).filter(({ kind, edit }) => kind?.value === 'quickfix' && edit);
    const projection = actions.find(({ title }) => /projection/i.test(title));
    assert.ok(projection, `no projection among ${actions.map(({ title }) => title).join('; ')}`);
    assert.ok(await vscode.workspace.applyEdit(projection.edit!));
    await until('no error is left', () => problemsOf(uri).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error));
    assert.ok(document.getText().includes('// The comment stays.'));
    await vscode.commands.executeCommand('undo');
    assert.strictEqual(document.getText(), mismatch);
    await vscode.commands.executeCommand('redo');
    assert.notStrictEqual(document.getText(), mismatch);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('follow a keystroke within 100 ms in a design of 500 layers', async () => {
    const layers = Array.from({ length: 500 }, (_, k) => `    "conv${k}": { "op": "Conv2d", "in": ["${k === 0 ? 'image' : `conv${k - 1}`}"], "out_channels": 8, "kernel_size": 3, "padding": 1 }`);
    const text = `{\n  "nnet": 1,\n  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },\n  "nodes": {\n${layers.join(',\n')}\n  },\n  "outputs": ["conv499"]\n}\n`;
    const uri = await write('large.nnet.json', text);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const times: number[] = [];
    for (let round = 0; round < 19; round++) {
      const wrong = round % 2 === 0;
      const place = document.positionAt(document.getText().indexOf('"op": "Conv2') + '"op": "Conv2'.length);
      let start = Infinity;
      const typed = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document) start = Math.min(start, performance.now());
      });
      const shown = new Promise<number>((resolve) => {
        const subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
          if (!uris.some((one) => one.toString() === uri.toString()) || problemsOf(uri).length > 0 !== wrong) return;
          subscription.dispose();
          resolve(performance.now() - start);
        });
      });
      await editor.edit((edit) => (wrong ? edit.insert(place, 'x') : edit.delete(new vscode.Range(place, place.translate(0, 1)))));
      times.push(await shown);
      typed.dispose();
    }
    // The first rounds are slower: their code has not been compiled yet.
    const median = times.slice(-9).toSorted((a, b) => a - b)[4]!;
    assert.ok(median <= 100, `median ${median.toFixed(0)} ms of ${times.map((time) => time.toFixed(0)).join(', ')}`);
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
