import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { activeTab, closeAll, fitting, mismatch, until, write } from './workspace.js';

describe('comparing', () => {
  afterEach(closeAll);

  it('a change in Source Control opens as a text diff', async () => {
    const uri = await write('repository/changed.nnet.json', fitting);
    const cwd = vscode.Uri.joinPath(uri, '..').fsPath;
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args], { cwd });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'First');
    await write('repository/changed.nnet.json', mismatch);
    const extension = vscode.extensions.getExtension('vscode.git');
    assert.ok(extension, 'the git extension is there');
    const api = (await extension.activate()).getAPI(1);
    const repository = await until('the repository is open', () => api.openRepository(vscode.Uri.file(cwd)));
    await until('git sees the change', async () => {
      await repository.status();
      return repository.state.workingTreeChanges.length > 0;
    });
    await vscode.commands.executeCommand('git.openChange', uri);
    const input = await until('a text diff is open', () => activeTab()?.input instanceof vscode.TabInputTextDiff && (activeTab()!.input as vscode.TabInputTextDiff));
    assert.strictEqual(input.original.scheme, 'git');
  });

  for (const [names, first, second] of [['of two names', 'zz.nnet.json', 'aa.nnet.json'], ['of one name', 'z/same.nnet.json', 'a/same.nnet.json']] as const) it(`two files ${names} compared by hand open as a text diff, left and right as asked`, async () => {
    const left = await write(first, fitting);
    const right = await write(second, mismatch);
    await vscode.commands.executeCommand('vscode.diff', left, right);
    const input = await until('a text diff is open', () => activeTab()?.input instanceof vscode.TabInputTextDiff && (activeTab()!.input as vscode.TabInputTextDiff));
    assert.deepStrictEqual([input.original.path, input.modified.path], [left.path, right.path]);
    await until('no other tab is open', () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length === 1);
  });
});
