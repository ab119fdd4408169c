import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions/commands.js';
import type { Canvases, CommandRunner } from '../editor/canvases.js';
import type { ShownProblem } from '../editor/shown-problem.js';
import type { Designs } from '../designs/designs.js';
import type { Runs } from '../runs/runs.js';

/** What commands act on. */
export interface Workbench {
  readonly extensionUri: vscode.Uri;
  readonly designs: Designs;
  readonly canvases: Canvases;
  readonly runs: Runs;
  readonly shown: ShownProblem;
}

/** One handler a command of the table: a missing one does not compile. The argument is what menus and keys give. */
export type Handlers = { readonly [K in CommandId]: (argument: unknown, ...more: readonly unknown[]) => unknown };

export function registerCommands(handlers: Handlers): vscode.Disposable {
  return vscode.Disposable.from(...(Object.keys(commands) as CommandId[]).map((id) => vscode.commands.registerCommand(id, handlers[id])));
}

export type { CommandRunner };
