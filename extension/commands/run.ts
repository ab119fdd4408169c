import * as vscode from 'vscode';
import type { TaskCommand } from '../contributions/tasks.js';
import { startTask, type TaskOptions } from '../tasks/tasks.js';
import { targetOf } from './design.js';
import type { Workbench } from './commands.js';

/** Starts the task process on a design, and looks at its run until it ends. */
export async function start(command: TaskCommand, argument: unknown, { extensionUri, runs, canvases }: Workbench, options: TaskOptions = {}): Promise<void> {
  const uri = targetOf(argument);
  const execution = uri && (await startTask(extensionUri, uri, command, options));
  if (!execution) return;
  const before = runs.of(uri).length;
  const watch = runs.watch(uri);
  const subscription = vscode.tasks.onDidEndTaskProcess(({ execution: ended, exitCode }) => {
    if (ended !== execution) return;
    subscription.dispose();
    runs.look();
    if (command === 'train' && exitCode !== 0 && runs.of(uri).length === before) {
      const message = `The run of ${vscode.workspace.asRelativePath(uri)} did not begin (exit code ${exitCode ?? 'none'}); its terminal says why.`;
      for (const canvas of canvases.of(uri)) canvas.post({ type: 'notice', level: 'error', message });
      void vscode.commands.executeCommand('workbench.action.terminal.focus');
    }
    watch.dispose();
  });
}

/** Goes on with a run of a design from its last checkpoint: the one that is named, else the design's last one. */
export async function resume(argument: unknown, workbench: Workbench, id?: string): Promise<void> {
  const uri = targetOf(argument);
  const folder = uri && workbench.runs.folderOf(uri, id);
  if (folder) await start('train', uri, workbench, { args: ['--resume', folder.fsPath] });
  else if (uri) void vscode.window.showInformationMessage(`${vscode.workspace.asRelativePath(uri)} has no run to go on with.`);
}

/** Stops what runs on a design: after its present step where it has a run folder, else by ending the task. */
export function stop(argument: unknown, { runs }: Workbench): void {
  const uri = targetOf(argument);
  if (!uri || runs.stop(uri)) return;
  const mine = vscode.tasks.taskExecutions.filter(({ task }) => task.source === 'netwright' && uri.path.endsWith(String(task.definition['file'])));
  for (const execution of mine) execution.terminate();
  if (mine.length === 0) void vscode.window.showInformationMessage(`Nothing runs on ${vscode.workspace.asRelativePath(uri)}.`);
}

/** Shows a run's folder in the Explorer: the one that is named, else the design's last one. */
export async function openRun(id: string | undefined, uri: vscode.Uri, { runs }: Workbench): Promise<void> {
  const folder = runs.folderOf(uri, id);
  if (folder) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.joinPath(folder, 'events.jsonl'));
  else void vscode.window.showInformationMessage(`${vscode.workspace.asRelativePath(uri)} has no run yet.`);
}
