import assert from 'node:assert';
import * as vscode from 'vscode';
import { closeAll, fitting, mismatch, write } from './workspace.js';

describe('Copy as PyTorch', () => {
  afterEach(closeAll);

  it('puts the module into the clipboard', async () => {
    const uri = await write('copied.nnet.json', fitting);
    await vscode.env.clipboard.writeText('before');
    await vscode.commands.executeCommand('netwright.copyPyTorch', uri);
    const code = await vscode.env.clipboard.readText();
    assert.match(code, /class \w+\(nn\.Module\):/);
    assert.match(code, /nn\.Conv2d\(/);
  });

  it('leaves the clipboard alone for a design with errors', async () => {
    const uri = await write('refused.nnet.json', mismatch);
    await vscode.env.clipboard.writeText('before');
    void vscode.commands.executeCommand('netwright.copyPyTorch', uri);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.strictEqual(await vscode.env.clipboard.readText(), 'before');
  });
});
