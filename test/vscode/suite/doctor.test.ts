import assert from 'node:assert';
import * as vscode from 'vscode';
import { until } from './workspace.js';

interface Report {
  readonly backends: readonly { readonly backend: string; readonly works: boolean; readonly remedy?: string }[];
  readonly auto: string | null;
}

describe('the doctor', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeQuickOpen'));

  it('tells what trains here, and what gets the rest', async () => {
    const report = (await vscode.commands.executeCommand('netwright.doctor', 'look')) as Report | undefined;
    assert.ok(report, 'there is a report');
    assert.deepStrictEqual(report.backends.map(({ backend }) => backend).toSorted(), ['tfjs-node', 'tfjs-webgpu', 'torch', 'wasm']);
    assert.ok(report.backends.find(({ backend }) => backend === 'wasm')?.works, 'wasm needs nothing that is not here');
    for (const { backend, works, remedy } of report.backends) assert.ok(works || remedy, `${backend} works, or says what to do`);
    assert.ok(report.auto);
  });

  it('hands on settings and storage to what a task starts', async () => {
    const settings = vscode.workspace.getConfiguration('netwright');
    await settings.update('backend', 'wasm', vscode.ConfigurationTarget.Global);
    try {
      const uri = vscode.Uri.joinPath((vscode.workspace.workspaceFolders?.[0] as vscode.WorkspaceFolder).uri, 'settled.nnet.json');
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{ "nnet": 1 }'));
      const tasks = await until('tasks of the file', async () => {
        const mine = (await vscode.tasks.fetchTasks({ type: 'netwright' })).filter(({ definition }) => definition['file'] === 'settled.nnet.json');
        return mine.length > 0 && mine;
      });
      const execution = tasks.find(({ definition }) => definition['command'] === 'train')?.execution as vscode.ProcessExecution;
      assert.deepStrictEqual(execution.args.slice(-2), ['--backend', 'wasm']);
      assert.ok(execution.options?.env?.['NETWRIGHT_STORAGE']);
    } finally {
      await settings.update('backend', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
