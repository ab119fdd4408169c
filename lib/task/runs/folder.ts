import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunRecord } from '../../protocol/records.js';
import { killedRecord, recordsOf, type RunManifest } from '../../protocol/runs.js';
import type { Weights } from '../safetensors.js';
import { writeSafeTensors } from '../safetensors.js';

/** A run's folder, `.netwright/runs/ID/`: the interface between the process that trains and everyone who looks on. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  append(record: RunRecord): void;
  /** Whether someone has put the file `stop` here. */
  stopAsked(): boolean;
  saveWeights(weights: Weights): void;
}

export const runsOf = (home: string): string => path.join(home, '.netwright', 'runs');

/** Makes the folder with its manifest. `.netwright` ignores itself in git. */
export function createRunFolder(home: string, manifest: Omit<RunManifest, 'id' | 'pid' | 'processStart'>): RunFolder {
  mkdirSync(runsOf(home), { recursive: true });
  const ignore = path.join(home, '.netwright', '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  const id = claim(runsOf(home), path.basename(manifest.file).replace(/\.nnet\.json$/, '').replace(/[^A-Za-z0-9._-]+/g, '-'));
  const folder = path.join(runsOf(home), id);
  const start = processStartOf(process.pid);
  const full: RunManifest = { id, ...manifest, pid: process.pid, ...(start !== undefined && { processStart: start }) };
  writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(full, null, 2)}\n`);
  const events = path.join(folder, 'events.jsonl');
  return {
    id,
    path: folder,
    append: (record) => appendFileSync(events, `${JSON.stringify(record)}\n`),
    stopAsked: () => existsSync(path.join(folder, 'stop')),
    saveWeights: (weights) => writeFileSync(path.join(folder, 'weights.safetensors'), writeSafeTensors(weights, { format: 'pt', netwright: id })),
  };
}

/** Names sort by time: 20261124-075009-123-residual-20. */
function claim(runs: string, name: string): string {
  for (;;) {
    const id = `${new Date().toISOString().replace(/[-:Z]/g, '').replace(/[T.]/g, '-')}-${name}`;
    try {
      mkdirSync(path.join(runs, id));
      return id;
    } catch (error) {
      // Two runs of one millisecond: the next one is free.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Manifests of the runs here, oldest first; what cannot be read is left out. */
export function manifests(home: string): readonly (RunManifest & { readonly folder: string })[] {
  if (!existsSync(runsOf(home))) return [];
  return readdirSync(runsOf(home))
    .sort()
    .flatMap((id) => {
      const folder = path.join(runsOf(home), id);
      try {
        return [{ ...(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as RunManifest), folder }];
      } catch {
        return [];
      }
    });
}

/** Ends every run here whose process is gone with one `finished {killed}`. */
export function finishKilledRuns(home: string): void {
  for (const manifest of manifests(home).slice(-30)) if (!isAlive(manifest)) finishKilled(manifest.folder);
}

/** Appends the last record of a dead run. A lock file keeps two finders from both writing it. */
export function finishKilled(folder: string): void {
  const lock = path.join(folder, 'finish.lock');
  try {
    closeSync(openSync(lock, 'wx'));
  } catch {
    return;
  }
  try {
    const file = path.join(folder, 'events.jsonl');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const record = killedRecord(recordsOf(text));
    // A line that was cut off is ended first, so that the record stands on one of its own.
    if (record) appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(record)}\n`);
  } finally {
    rmSync(lock, { force: true });
  }
}

export function isAlive({ pid, processStart }: Pick<RunManifest, 'pid' | 'processStart'>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = processStartOf(pid);
  return processStart === undefined || start === undefined || start === processStart;
}

/** Start time of a process in clock ticks after boot, where the system has /proc: the 22nd field, behind a name in parentheses that may hold spaces. */
function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
