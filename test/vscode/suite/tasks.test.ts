import assert from 'node:assert';
import * as vscode from 'vscode';
import { closeAll, fitting, mismatch, until, write } from './workspace.js';

const ended = (name: string) =>
  new Promise<number | undefined>((resolve) => {
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (!execution.task.name.includes(name)) return;
      subscription.dispose();
      resolve(exitCode);
    });
  });

describe('tasks', () => {
  afterEach(closeAll);

  it('are offered for every design of the workspace', async () => {
    await write('offered.nnet.json', fitting);
    const tasks = await until('tasks of the file', async () => {
      const mine = (await vscode.tasks.fetchTasks({ type: 'netwright' })).filter(({ definition }) => definition['file'] === 'offered.nnet.json');
      return mine.length > 0 && mine;
    });
    assert.deepStrictEqual(tasks.map(({ definition }) => definition['command'] as string).toSorted(), ['check', 'trace', 'train']);
  });

  it('Check ends with 0 on a clean design and with 1 on one with errors', async () => {
    for (const [name, text, code] of [['clean.nnet.json', fitting, 0], ['wrong.nnet.json', mismatch, 1]] as const) {
      const uri = await write(name, text);
      const exit = ended(name);
      await vscode.commands.executeCommand('netwright.check', uri);
      assert.strictEqual(await exit, code, name);
    }
  });

  it('Check puts problems of files that are not open into the Problems panel', async () => {
    const uri = await write('closed.nnet.json', mismatch);
    const exit = ended('closed.nnet.json');
    await vscode.commands.executeCommand('netwright.check', uri);
    await exit;
    await closeAll();
    const problems = await until('the matcher found the problem', () => vscode.languages.getDiagnostics(uri).length > 0 && vscode.languages.getDiagnostics(uri));
    assert.match(problems[0]!.message, /sum/);
  });

  it('Check of an unsaved design saves it first', async () => {
    const uri = await write('unsaved.nnet.json', mismatch);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), fitting);
    await vscode.workspace.applyEdit(edit);
    const exit = ended('unsaved.nnet.json');
    await vscode.commands.executeCommand('netwright.check', uri);
    assert.strictEqual(await exit, 0);
    await until('the document is saved', () => !document.isDirty);
  });
});
