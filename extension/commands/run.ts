import * as vscode from 'vscode';
import type { TaskCommand } from '../contributions/tasks.js';
import { startTask } from '../tasks/tasks.js';
import { targetOf } from './design.js';
import type { Workbench } from './commands.js';

/** Starts the task process on a design. Words of `extra` go to its command line as they are. */
export async function start(command: TaskCommand, argument: unknown, { extensionUri, runs }: Workbench, extra: readonly string[] = []): Promise<void> {
  const uri = targetOf(argument);
  if (!uri) return;
  if (await startTask(extensionUri, uri, command, { args: extra })) runs.look();
}

/** Stops what runs on a design: after its present step where it has a run folder, else by ending the task. */
export function stop(argument: unknown, { runs }: Workbench): void {
  const uri = targetOf(argument);
  if (!uri || runs.stop(uri)) return;
  const mine = vscode.tasks.taskExecutions.filter(({ task }) => task.source === 'netwright' && uri.path.endsWith(String(task.definition['file'])));
  for (const execution of mine) execution.terminate();
  if (mine.length === 0) void vscode.window.showInformationMessage(`Nothing runs on ${vscode.workspace.asRelativePath(uri)}.`);
}
