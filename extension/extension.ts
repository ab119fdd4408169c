import * as vscode from 'vscode';
import { registerCommands, type Workbench } from './commands/commands.js';
import { copyPyTorch, newFromTemplate, openAsText, openCanvas, showOnCanvas, useTemplate } from './commands/design.js';
import { doctor } from './commands/doctor.js';
import { openRun, resume, start, stop } from './commands/run.js';
import { watchDesigns } from './designs/designs.js';
import { registerCanvases, type CommandRunner } from './editor/canvases.js';
import { openTextDiff } from './editor/diffs.js';
import { shownProblem } from './editor/shown-problem.js';
import { completions, hovers, triggers } from './language/completion.js';
import { quickFixes } from './language/fixes.js';
import { showProblems } from './language/problems.js';
import { renames } from './language/rename.js';
import { sendRuns } from './runs/canvas.js';
import { watchRuns } from './runs/runs.js';
import { showStatus } from './runs/status.js';
import { keepIn } from './tasks/environment.js';
import { registerTasks } from './tasks/tasks.js';

const selector: vscode.DocumentSelector = { pattern: '**/*.nnet.json' };

export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri } = context;
  keepIn(context.globalStorageUri);
  const designs = watchDesigns();
  const runs = watchRuns();
  const run: CommandRunner = (command, canvas, argument) => runPageCommand(command, canvas, argument, workbench);
  const canvases = registerCanvases(extensionUri, designs, run);
  const problems = showProblems(designs);
  const shown = shownProblem(canvases, problems);
  const workbench: Workbench = { extensionUri, designs, canvases, runs, shown };

  context.subscriptions.push(
    designs,
    runs,
    canvases,
    sendRuns(canvases, runs),
    problems,
    shown,
    showStatus(designs, runs),
    vscode.languages.registerCodeActionsProvider(selector, quickFixes(designs, shown.choose), { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    vscode.languages.registerCompletionItemProvider(selector, completions(designs), ...triggers),
    vscode.languages.registerRenameProvider(selector, renames(designs)),
    vscode.languages.registerHoverProvider(selector, hovers(designs)),
    registerTasks(extensionUri),
    registerCommands({
      'netwright.openCanvas': openCanvas,
      'netwright.openAsText': (argument) => openAsText(argument, workbench),
      'netwright.showOnCanvas': (...place) => showOnCanvas(place, workbench),
      'netwright.openTextDiff': () => openTextDiff(canvases.all),
      'netwright.newFromTemplate': (argument) => newFromTemplate(argument, workbench),
      'netwright.check': (argument) => start('check', argument, workbench),
      'netwright.trace': (argument) => start('trace', argument, workbench),
      'netwright.train': (argument) => start('train', argument, workbench),
      'netwright.resume': (argument) => resume(argument, workbench),
      'netwright.stop': (argument) => stop(argument, workbench),
      'netwright.copyPyTorch': (argument) => copyPyTorch(argument, workbench),
      'netwright.doctor': (argument) => doctor(extensionUri, argument !== 'look'),
      'netwright.showProblems': () => vscode.commands.executeCommand('workbench.actions.view.problems'),
    }),
  );
}

/** Commands that the page asks for; undo, redo and save are VS Code's own, on the canvas's document. */
function runPageCommand(command: Parameters<CommandRunner>[0], canvas: Parameters<CommandRunner>[1], argument: string | undefined, workbench: Workbench): unknown {
  const { uri } = canvas.document;
  switch (command) {
    case 'undo':
    case 'redo':
      return vscode.commands.executeCommand(command);
    case 'save':
      return canvas.document.save();
    case 'saveAs':
      return vscode.commands.executeCommand('workbench.action.files.saveAs');
    case 'train':
    case 'trace':
      return start(command, uri, workbench, argument === undefined ? {} : { recipe: argument });
    case 'resume':
      return resume(uri, workbench, argument);
    case 'stop':
      return stop(uri, workbench);
    case 'openAsText':
      return openAsText(uri, workbench);
    case 'openTextDiff':
      return openTextDiff(workbench.canvases.all);
    case 'copyPyTorch':
      return copyPyTorch(uri, workbench);
    case 'openTemplate':
      return useTemplate(argument, canvas.document, workbench);
    case 'openRun':
      return openRun(argument, uri, workbench);
    case 'reload':
      return vscode.commands.executeCommand('workbench.action.files.revert');
    case 'overwrite':
      return canvas.document.save();
  }
}
