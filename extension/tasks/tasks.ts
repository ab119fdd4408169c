import * as vscode from 'vscode';
import { environmentOf } from './environment.js';
import { taskCommands, taskType, type TaskCommand } from '../contributions/tasks.js';

/** A task of tasks.json, or one that a command makes. */
export interface NetwrightTask extends vscode.TaskDefinition {
  readonly type: typeof taskType;
  readonly command: TaskCommand;
  readonly file: string;
  readonly set?: Readonly<Record<string, number | string | boolean>>;
  readonly recipe?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly backend?: string;
  readonly args?: readonly string[];
}

const isCommand = (command: unknown): command is TaskCommand => typeof command === 'string' && Object.hasOwn(taskCommands, command);

/** What a command may say beside the design. */
export type TaskOptions = Pick<NetwrightTask, 'set' | 'recipe' | 'steps' | 'seed' | 'backend' | 'args'>;

/** The command line of a task, without the program. */
export function argumentsOf(task: NetwrightTask): string[] {
  return [
    task.command,
    task.file,
    ...Object.entries(task.set ?? {}).flatMap(([name, value]) => ['--set', `${name}=${String(value)}`]),
    ...(['recipe', 'steps', 'seed', 'backend'] as const).flatMap((name) => (task[name] === undefined ? [] : [`--${name}`, String(task[name])])),
    ...(task.args ?? []),
  ];
}

/** The backend and device of the settings, where the task itself names none. */
function chosenBackend({ command, backend, args = [] }: NetwrightTask, folder: vscode.Uri | undefined): string[] {
  const named = (option: string): boolean => args.some((arg) => arg === option || arg.startsWith(`${option}=`));
  if (command === 'check' || backend !== undefined || ['--backend', '--device', '--resume'].some(named)) return [];
  const settings = vscode.workspace.getConfiguration('netwright', folder);
  const [chosen, device] = [settings.get<string>('backend', 'auto'), settings.get<string>('device', '').trim()];
  return [...(chosen === 'auto' ? [] : ['--backend', chosen]), ...(device && (chosen === 'torch' || chosen === 'tfjs-webgpu') ? ['--device', device] : [])];
}

/** The folder that a design's runs are kept in and that its tasks run in: the workspace folder, else the file's own. */
export function homeOf(uri: vscode.Uri): vscode.Uri {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, '..');
}

/** Where a design's runs may be: those that VS Code started, and those that somebody started beside the file. */
export function homesOf(uri: vscode.Uri): readonly vscode.Uri[] {
  const [home, own] = [homeOf(uri), vscode.Uri.joinPath(uri, '..')];
  return home.toString() === own.toString() ? [home] : [home, own];
}

/** The task that runs `definition`; undefined where it names no command of ours. */
export async function taskOf(extensionUri: vscode.Uri, definition: NetwrightTask, scope: vscode.WorkspaceFolder | vscode.TaskScope, cwd: string | undefined): Promise<vscode.Task | undefined> {
  if (!isCommand(definition.command) || typeof definition.file !== 'string') return undefined;
  const row = taskCommands[definition.command];
  const program = vscode.Uri.joinPath(extensionUri, 'dist', 'netwright.js').fsPath;
  const folder = typeof scope === 'object' ? scope.uri : undefined;
  const execution = new vscode.ProcessExecution(process.execPath, [program, ...argumentsOf(definition), ...chosenBackend(definition, folder)], {
    env: await environmentOf(folder),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const task = new vscode.Task(definition, scope, `${row.title} ${definition.file}`, 'netwright', execution, row.matcher ? ['$netwright'] : []);
  task.detail = row.detail;
  task.presentationOptions = { reveal: definition.command === 'train' ? vscode.TaskRevealKind.Silent : vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true, showReuseMessage: false };
  if (definition.command === 'train') task.group = vscode.TaskGroup.Test;
  return task;
}

/** Offers Check, Trace and Train of the designs in the workspace to "Run Task", and runs those of tasks.json. Nothing runs in an untrusted workspace. */
export function registerTasks(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    async provideTasks() {
      if (!vscode.workspace.isTrusted) return [];
      const files = await vscode.workspace.findFiles('**/*.nnet.json', '**/{node_modules,.netwright}/**', 50);
      const tasks = files.flatMap((uri) => {
        const folder = vscode.workspace.getWorkspaceFolder(uri);
        if (!folder) return [];
        const file = vscode.workspace.asRelativePath(uri, false);
        return (Object.keys(taskCommands) as TaskCommand[]).map((command) => taskOf(extensionUri, { type: taskType, command, file }, folder, folder.uri.fsPath));
      });
      return (await Promise.all(tasks)).filter((task) => task !== undefined);
    },
    resolveTask(task) {
      if (!vscode.workspace.isTrusted) return undefined;
      const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
      return taskOf(extensionUri, task.definition as NetwrightTask, task.scope ?? vscode.TaskScope.Workspace, folder?.uri.fsPath);
    },
  });
}

/** Starts a task on a design, saved first; says why not where it cannot. */
export async function startTask(extensionUri: vscode.Uri, uri: vscode.Uri, command: TaskCommand, options: TaskOptions = {}): Promise<vscode.TaskExecution | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showErrorMessage(`${taskCommands[command].title} runs code on this machine: trust the workspace first.`);
    return undefined;
  }
  if (uri.scheme !== 'file') {
    void vscode.window.showErrorMessage(`${taskCommands[command].title} needs a file on a disk; ${uri.toString()} has none. Save it first.`);
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) {
    void vscode.window.showErrorMessage(`${vscode.workspace.asRelativePath(uri)} could not be saved, so ${taskCommands[command].title} was not started.`);
    return undefined;
  }
  const home = homeOf(uri);
  const file = vscode.workspace.getWorkspaceFolder(uri) ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath;
  const task = await taskOf(extensionUri, { ...options, type: taskType, command, file }, vscode.workspace.getWorkspaceFolder(uri) ?? vscode.TaskScope.Workspace, home.fsPath);
  if (!task) return undefined;
  await untilEnded(command, file);
  return vscode.tasks.executeTask(task);
}

/** Most milliseconds that a start waits for the task before it. */
const longestWait = 5000;

/** Waits for a task of this kind on this file that is about to end: VS Code starts none beside one that it still counts, and does not say so. */
async function untilEnded(command: TaskCommand, file: string): Promise<void> {
  const before = vscode.tasks.taskExecutions.filter(({ task: { source, definition } }) => source === 'netwright' && definition['command'] === command && definition['file'] === file);
  if (before.length === 0) return;
  await new Promise<void>((resolve) => {
    const waiting = new Set(before);
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, longestWait);
    const subscription = vscode.tasks.onDidEndTask(({ execution }) => {
      waiting.delete(execution);
      if (waiting.size === 0) done();
    });
  });
}
