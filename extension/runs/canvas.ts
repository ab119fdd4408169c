import * as vscode from 'vscode';
import type { Canvases } from '../editor/canvases.js';
import type { RunSummary } from '../../lib/protocol/records.js';
import type { Runs } from './runs.js';

/** A trace has no curves; its table stands in its terminal. */
const isTraining = ({ records }: RunSummary) => !records.some((record) => record.type === 'started' && record.command === 'trace');

/** Sends every canvas the runs of its file: all of them when it opens (also after a reload of the window), then record by record. */
export function sendRuns(canvases: Canvases, runs: Runs): vscode.Disposable {
  return vscode.Disposable.from(
    canvases.onDidOpen((canvas) => {
      const { uri } = canvas.document;
      const watch = runs.watch(uri);
      canvas.panel.onDidDispose(() => watch.dispose());
      canvas.post({ type: 'runs', runs: runs.of(uri).filter(isTraining) });
    }),
    runs.onDidChange(({ uri, run, records, first }) => {
      if (!isTraining(run)) return;
      for (const canvas of canvases.of(uri)) {
        if (first) canvas.post({ type: 'runs', runs: runs.of(uri).filter(isTraining) });
        else for (const record of records) canvas.post({ type: 'record', run: run.id, record });
      }
    }),
  );
}
