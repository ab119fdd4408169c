import * as vscode from 'vscode';
import type { RunRecord, RunSummary } from '../../lib/protocol/records.js';
import type { RunManifest } from '../../lib/protocol/runs.js';
import { askToStop, EventTail, finishKilled, isAlive, readManifest, runFolders } from '../node/runFolder.js';
import { homesOf } from '../tasks/tasks.js';

/** Runs of the designs that are open on a canvas, read from their run folders: also those started from a terminal or before a reload. */
export interface Runs extends vscode.Disposable {
  /** Runs of a design, oldest first. */
  of(uri: vscode.Uri): readonly RunSummary[];
  running(uri: vscode.Uri): boolean;
  /** Asks all runs of a design to stop; false where none runs. */
  stop(uri: vscode.Uri): boolean;
  /** The folder of a run: the one of that id, else the design's last. */
  folderOf(uri: vscode.Uri, id?: string): vscode.Uri | undefined;
  /** Starts watching a design's runs; ends with what is returned. */
  watch(uri: vscode.Uri): vscode.Disposable;
  /** Looks for new runs now and not at the next turn. */
  look(): void;
  readonly onDidChange: vscode.Event<RunChange>;
}

export interface RunChange {
  readonly uri: vscode.Uri;
  readonly run: RunSummary;
  /** What is new; all of the run's records where it is seen for the first time. */
  readonly records: readonly RunRecord[];
  readonly first: boolean;
}

interface Watched {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly uri: vscode.Uri;
  readonly tail: EventTail;
  readonly records: RunRecord[];
}

/** Runs that are kept in view: the last ones of a home. */
const kept = 30;
const interval = 150;

export function watchRuns(): Runs {
  const changed = new vscode.EventEmitter<RunChange>();
  const homes = new Map<string, { readonly home: vscode.Uri; users: number }>();
  const runs = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;

  const summaryOf = ({ manifest, records }: Watched): RunSummary => ({
    id: manifest.id,
    design: manifest.design,
    records,
    ...(manifest.change === undefined ? {} : { change: manifest.change }),
  });
  const isRunning = ({ records }: Watched) => !records.some(({ type }) => type === 'finished');

  const look = () => {
    for (const { home } of homes.values()) {
      for (const folder of runFolders(home.fsPath).slice(-kept)) {
        let run = runs.get(folder);
        const first = run === undefined;
        if (!run) {
          const manifest = readManifest(folder);
          if (!manifest) continue;
          run = { folder, manifest, uri: vscode.Uri.file(absolute(home.fsPath, manifest.file)), tail: new EventTail(folder), records: [] };
          runs.set(folder, run);
        } else if (!isRunning(run)) continue;
        const records = run.tail.read();
        run.records.push(...records);
        if (first || records.length > 0) changed.fire({ uri: run.uri, run: summaryOf(run), records, first });
        // A run that says nothing may have died; what it wrote last is read before that is asked.
        if (records.length === 0 && isRunning(run) && !isAlive(run.manifest)) finishKilled(folder);
      }
    }
  };

  return {
    of: (uri) => [...runs.values()].filter((run) => run.uri.toString() === uri.toString()).map(summaryOf).sort((a, b) => (a.id < b.id ? -1 : 1)),
    running: (uri) => [...runs.values()].some((run) => run.uri.toString() === uri.toString() && isRunning(run)),
    stop(uri) {
      const mine = [...runs.values()].filter((run) => run.uri.toString() === uri.toString() && isRunning(run));
      for (const run of mine) askToStop(run.folder);
      return mine.length > 0;
    },
    folderOf(uri, id) {
      const folder = [...runs.values()].findLast((run) => run.uri.toString() === uri.toString() && (id === undefined || run.manifest.id === id))?.folder;
      return folder === undefined ? undefined : vscode.Uri.file(folder);
    },
    watch(uri) {
      if (uri.scheme !== 'file') return new vscode.Disposable(() => undefined);
      const watched = homesOf(uri).map((home) => {
        const entry = homes.get(home.toString()) ?? { home, users: 0 };
        entry.users++;
        homes.set(home.toString(), entry);
        return entry;
      });
      timer ??= setInterval(look, interval);
      look();
      return new vscode.Disposable(() => {
        for (const entry of watched) if (--entry.users === 0) homes.delete(entry.home.toString());
        if (homes.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
    look,
    onDidChange: changed.event,
    dispose() {
      clearInterval(timer);
      changed.dispose();
    },
  };
}

function absolute(home: string, file: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(file) ? file : vscode.Uri.joinPath(vscode.Uri.file(home), file).fsPath;
}
