import assert from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { runCommand } from '../../../extension/node/command.js';
import { fetchingEnvironment } from '../../../extension/tasks/environment.js';
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

  it('has a part fetched through the proxy of VS Code\'s own settings', async () => {
    const asked: string[] = [];
    const proxy = http.createServer().on('connect', ({ url }: http.IncomingMessage, client: Socket) => {
      asked.push(url ?? '');
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
    const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const storage = mkdtempSync(path.join(os.tmpdir(), 'netwright-storage-'));
    const settings = vscode.workspace.getConfiguration('http');
    await settings.update('proxy', `http://${address}`, vscode.ConfigurationTarget.Global);
    try {
      const environment = await until('the setting is handed on', async () => {
        const made = await fetchingEnvironment();
        return made['https_proxy'] !== undefined && made;
      });
      const program = path.join((vscode.extensions.getExtension('netwright.netwright') as vscode.Extension<unknown>).extensionPath, 'dist/netwright.js');
      const said: string[] = [];
      const { code } = await runCommand(program, ['get', 'webgpu', '--json'], { environment: { ...environment, NETWRIGHT_STORAGE: storage, npm_config_registry: 'https://registry.example' }, line: (line) => said.push(line), stoppable: () => undefined });
      assert.strictEqual(code, 1);
      assert.deepStrictEqual(asked, ['registry.example:443']);
      assert.match(said.at(-1) ?? '', new RegExp(`the proxy ${address} answers 407`));
    } finally {
      await settings.update('proxy', undefined, vscode.ConfigurationTarget.Global);
      proxy.close();
      rmSync(storage, { recursive: true, force: true });
    }
  });
});
