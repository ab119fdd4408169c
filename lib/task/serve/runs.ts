import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ToEditor } from '../../protocol/messages.js';
import type { RunRecord, RunSummary } from '../../protocol/records.js';
import { recordsOf, type RunManifest } from '../../protocol/runs.js';
import { finishKilledRuns, runNames, runsOf } from '../runs/folder.js';
import { startTraining, type Training } from './training.js';

/** The runs of one file: those on disk, and the one that this process has started. */
export interface Runs {
  all(): readonly RunSummary[];
  /** Trains with a recipe; or goes on with a run. */
  train(recipe?: string, resumed?: string): void;
  stop(): void;
  close(): void;
}

export interface RunsOptions {
  readonly file: string;
  readonly packageFolder: string;
  tell(message: ToEditor): void;
}

export function createRuns({ file, packageFolder, tell }: RunsOptions): Runs {
  const folder = path.dirname(file);
  const command = path.join(packageFolder, 'dist', 'netwright.js');
  let training: Training | undefined;
  finishKilledRuns(folder);
  const all = () => readRuns(folder, file);
  return {
    all,
    train(recipe, resumed) {
      if (training?.running) return tell({ type: 'notice', level: 'warning', message: 'A run is in progress; stop it first.' });
      let id = '';
      let finished = false;
      training = startTraining({
        command,
        arguments: ['train', file, '--events', ...(recipe ? ['--recipe', recipe] : []), ...(resumed ? ['--resume', resumed] : [])],
        folder,
        record: (record: RunRecord) => {
          if (record.type === 'started') {
            id = record.id;
            // The manifest of the new run is on disk by now: the list says what changed since the run before.
            tell({ type: 'runs', runs: all().map((run) => (run.id === id ? { ...run, records: [] } : run)) });
          }
          finished ||= record.type === 'finished';
          if (id !== '') tell({ type: 'record', run: id, record });
        },
        ended: (code, reason) => {
          if (!finished) tell({ type: 'notice', level: 'error', message: `The run ended without a result (exit code ${code ?? 'none'}). ${reason}`.trim() });
          finishKilledRuns(folder);
          tell({ type: 'runs', runs: all() });
        },
      });
    },
    stop: () => training?.stop(),
    close() {
      if (training?.running) training.stop();
    },
  };
}

/** The last runs of a file, oldest first, from its folder's `.netwright/runs`. Total: what cannot be read is left out. */
function readRuns(folder: string, file: string, most = 10): readonly RunSummary[] {
  return runNames(folder)
    .flatMap((id) => readRun(path.join(runsOf(folder), id), id, file))
    .slice(-most);
}

function readRun(folder: string, id: string, file: string): readonly RunSummary[] {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as RunManifest;
    if (path.basename(manifest.file) !== path.basename(file)) return [];
    const records = recordsOf(readFileSync(path.join(folder, 'events.jsonl'), 'utf8'));
    return records.length === 0 ? [] : [{ id, design: manifest.design, records, ...(manifest.change !== undefined && { change: manifest.change }) }];
  } catch {
    return [];
  }
}
