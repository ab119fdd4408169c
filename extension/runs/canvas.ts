import * as vscode from 'vscode';
import type { Canvases } from '../editor/canvases.js';
import type { Runs } from './runs.js';

/** Sends every canvas the runs of its file: all of them when it opens (also after a reload of the window), then record by record. */
export function sendRuns(canvases: Canvases, runs: Runs): vscode.Disposable {
  return vscode.Disposable.from(
    canvases.onDidOpen((canvas) => {
      const { uri } = canvas.document;
      const watch = runs.watch(uri);
      canvas.panel.onDidDispose(() => watch.dispose());
      canvas.post({ type: 'runs', runs: runs.of(uri) });
    }),
    runs.onDidChange(({ uri, run, records, first }) => {
      for (const canvas of canvases.of(uri)) {
        if (first) canvas.post({ type: 'runs', runs: runs.of(uri) });
        else for (const record of records) canvas.post({ type: 'record', run: run.id, record });
      }
    }),
  );
}
