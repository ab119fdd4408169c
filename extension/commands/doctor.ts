import * as vscode from 'vscode';
import { runCommand } from '../node/command.js';
import { environmentOf, fetchingEnvironment } from '../tasks/environment.js';

/** A backend as `netwright doctor --json` tells of it. */
export interface Checkup {
  readonly backend: string;
  readonly works: boolean;
  readonly device?: string;
  readonly reason?: string;
  readonly remedy?: string;
  readonly part?: string;
  readonly milliseconds?: number;
}

export interface Report {
  readonly backends: readonly Checkup[];
  readonly auto: string | null;
  readonly parts: readonly { readonly part: string; readonly version: string | null }[];
}

type Choice = vscode.QuickPickItem & { readonly get?: string; readonly remove?: string };

/** Looks at what trains here, shows it, and offers to fetch what is missing. `measure` false leaves the ten seconds of training out. */
export async function doctor(extensionUri: vscode.Uri, measure = true): Promise<Report | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showErrorMessage('The doctor starts Python and loads drivers on this machine: trust the workspace first.');
    return undefined;
  }
  const said: string[] = [];
  const { code, complaint } = await withProgress(measure ? 'Netwright looks at what trains here, and measures it for ten seconds' : 'Netwright looks at what trains here', extensionUri, ['doctor', '--json', ...(measure ? [] : ['--no-measure'])], (line) => said.push(line));
  const report = readReport(said);
  if (!report) {
    void vscode.window.showErrorMessage(`The doctor did not finish (exit code ${code ?? 'none'}). ${complaint}`);
    return undefined;
  }
  void offer(report, extensionUri);
  return report;
}

function readReport(said: readonly string[]): Report | undefined {
  try {
    return JSON.parse(said.at(-1) ?? '') as Report;
  } catch {
    return undefined;
  }
}

/** The report as a list; what can be fetched or taken away is done when it is chosen. */
async function offer({ backends, auto, parts }: Report, extensionUri: vscode.Uri): Promise<void> {
  const choices: Choice[] = [
    ...backends.map(({ backend, works, device, reason, remedy, part, milliseconds }) => ({
      label: `$(${works ? 'pass' : part === undefined ? 'circle-slash' : 'cloud-download'}) ${backend}${backend === auto ? ' (auto takes this)' : ''}`,
      ...(device !== undefined && { description: `${device}${milliseconds === undefined ? '' : `, ${milliseconds.toFixed(1)} ms a step`}` }),
      ...((remedy ?? reason) !== undefined && { detail: part === undefined ? [reason, remedy].filter(Boolean).join('. ') : `${reason ?? ''}. Choose it to fetch it.` }),
      ...(part !== undefined && { get: part }),
    })),
    ...parts.flatMap(({ part, version }) => (version === null ? [] : [{ label: `$(trash) Remove ${part} ${version}`, detail: 'It was fetched on request and can be fetched again.', remove: part }])),
  ];
  const picked = await vscode.window.showQuickPick(choices, { title: 'Netwright: Doctor', placeHolder: 'What trains here; choose what is missing to fetch it', matchOnDescription: true, matchOnDetail: true });
  if (picked?.get !== undefined) await change('get', picked.get, extensionUri);
  else if (picked?.remove !== undefined) await change('remove', picked.remove, extensionUri);
}

/** One line of `netwright get --json`. */
interface Line {
  readonly type?: string;
  readonly what?: string;
  readonly bytes?: number;
  readonly total?: number;
  readonly version?: string;
  readonly reason?: string;
}

async function change(verb: 'get' | 'remove', part: string, extensionUri: vscode.Uri): Promise<void> {
  let last: Line = {};
  const title = verb === 'get' ? `Netwright fetches ${part}` : `Netwright removes ${part}`;
  const { code, complaint } = await withProgress(title, extensionUri, [verb, part, '--json'], (line, progress) => {
    last = JSON.parse(line) as Line;
    if (last.type === 'progress') progress.report({ message: `${last.what ?? ''}${last.bytes === undefined ? '' : ` ${(last.bytes / 1e6).toFixed(0)} MB${last.total === undefined ? '' : ` of ${(last.total / 1e6).toFixed(0)} MB`}`}` });
  });
  if (code === 0) {
    const again = await vscode.window.showInformationMessage(verb === 'get' ? `${part} ${last.version ?? ''} is here.` : `${part} was removed.`, 'Doctor');
    if (again) await doctor(extensionUri);
  } else if (code !== null) void vscode.window.showErrorMessage(`${part}: ${last.reason ?? complaint}`);
}

/** Runs a command of ours under a notification with a button that ends it. */
function withProgress(title: string, extensionUri: vscode.Uri, args: readonly string[], line: (line: string, progress: vscode.Progress<{ message?: string }>) => void) {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) =>
    runCommand(vscode.Uri.joinPath(extensionUri, 'dist', 'netwright.js').fsPath, args, {
      environment: await (args[0] === 'get' ? fetchingEnvironment() : environmentOf(vscode.workspace.workspaceFolders?.[0]?.uri)),
      line: (each) => line(each, progress),
      stoppable: (stop) => token.onCancellationRequested(stop),
    }),
  );
}
