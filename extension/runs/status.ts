import * as vscode from 'vscode';
import type { Designs } from '../designs/designs.js';
import type { Dim } from '../../lib/shapes/dimension.js';
import { formatDim } from '../../lib/shapes/format.js';
import { activeDesign } from '../designs/active.js';
import type { Runs } from './runs.js';

/** The status bar of the active design: its size, or the run that goes on. */
export function showStatus(designs: Designs, runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('netwright.status', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Netwright';

  const show = () => {
    const uri = activeDesign();
    const document = uri && vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    const running = uri !== undefined && runs.running(uri);
    void vscode.commands.executeCommand('setContext', 'netwright.running', running);
    if (!document) return item.hide();
    const { problems, totals } = designs.analysis(document);
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (running) {
      const run = runs.of(uri).at(-1);
      const started = run?.records.find((record) => record.type === 'started');
      const progress = run?.records.findLast((record) => record.type === 'progress');
      item.text = `$(sync~spin) ${progress?.type === 'progress' ? `step ${progress.step}${started?.type === 'started' ? ` of ${started.steps}` : ''}, loss ${progress.loss.toPrecision(3)}` : 'starting'}`;
      item.tooltip = 'A run of this design goes on. Press to stop it after its present step.';
      item.command = 'netwright.stop';
    } else {
      item.text = `${errors > 0 ? `$(error) ${errors}` : '$(type-hierarchy-sub)'} ${count(totals.params)} parameters`;
      item.tooltip = `${count(totals.params)} parameters, ${count(totals.macs)} multiply-accumulates${errors > 0 ? `, ${errors} error${errors > 1 ? 's' : ''}` : ''}. Press to show problems.`;
      item.command = 'netwright.showProblems';
    }
    item.show();
  };
  show();
  return vscode.Disposable.from(
    item,
    designs.onDidAnalyze(show),
    runs.onDidChange(show),
    vscode.window.tabGroups.onDidChangeTabs(show),
    vscode.window.tabGroups.onDidChangeTabGroups(show),
    vscode.window.onDidChangeActiveTextEditor(show),
  );
}

/** "269,722"; an expression of symbols as it is. */
function count(dim: Dim): string {
  return typeof dim === 'number' ? dim.toLocaleString('en-US') : formatDim(dim);
}
