import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as killed from '../../protocol/killed.js';
import type { RunRecord } from '../../protocol/records.js';
import type { RunManifest } from '../../protocol/runs.js';
import type { Weights } from '../safetensors.js';
import { writeSafeTensors } from '../safetensors.js';
import { type Checkpoint, checkpointFile, checkpointBytes } from './checkpoint.js';
import { appendTo, type Disk, makeFolder, replaceFile, systemDisk, told } from './disk.js';

/** A run's folder, `.netwright/runs/ID/`: the interface between the process that trains and everyone who looks on. What cannot be written is a DiskError. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  /** Adds a record. The last one, `finished`, finds room on a full disk too. */
  append(record: RunRecord): void;
  /** Whether someone has put the file `stop` here. */
  stopAsked(): boolean;
  saveWeights(weights: Weights): void;
  saveCheckpoint(checkpoint: Checkpoint): void;
}

export const runsOf = (home: string): string => path.join(home, '.netwright', 'runs');

/** Of a design's name so much stands in the run's ID: a folder's name has 255 bytes at most. */
const longestName = 80;

/** Room for a last record of any length. */
const reserved = 16_384;

/** Makes the folder with its manifest. `.netwright` ignores itself in git. */
export function createRunFolder(home: string, manifest: Omit<RunManifest, 'id' | 'pid' | 'processStart'>, disk: Disk = systemDisk): RunFolder {
  makeFolder(runsOf(home));
  const ignore = path.join(home, '.netwright', '.gitignore');
  if (!existsSync(ignore)) replaceFile(ignore, Buffer.from('*\n'), disk);
  const id = told(runsOf(home), () => claim(runsOf(home), path.basename(manifest.file).replace(/\.nnet\.json$/, '').replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, longestName)));
  const folder = path.join(runsOf(home), id);
  const within = (name: string): string => path.join(folder, name);
  const start = killed.processStartOf(process.pid, processes);
  const full: RunManifest = { id, ...manifest, pid: process.pid, ...(start !== undefined && { processStart: start }) };
  try {
    replaceFile(within(killed.reserve), new Uint8Array(reserved).fill(0x2e), disk);
    replaceFile(within('manifest.json'), Buffer.from(`${JSON.stringify(full, null, 2)}\n`), disk);
  } catch (error) {
    // Without its manifest it is nobody's run.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const events = within('events.jsonl');
  let torn = false;
  return {
    id,
    path: folder,
    append(record) {
      if (record.type === 'finished') rmSync(within(killed.reserve), { force: true });
      const line = `${torn ? '\n' : ''}${JSON.stringify(record)}\n`;
      // Of a line that does not fit a part may be written; the next one begins anew.
      torn = true;
      appendTo(events, Buffer.from(line), disk);
      torn = false;
    },
    stopAsked: () => existsSync(within('stop')),
    saveWeights: (weights) => replaceFile(within('weights.safetensors'), writeSafeTensors(weights, { format: 'pt', netwright: id }), disk),
    saveCheckpoint: (checkpoint) => replaceFile(within(checkpointFile), checkpointBytes(checkpoint, id), disk),
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

export interface FoundRun extends RunManifest {
  readonly folder: string;
}

/** Manifests of the runs here, oldest first; what cannot be read is left out. */
export function manifests(home: string): readonly FoundRun[] {
  return runNames(home).flatMap((id) => readRun(path.join(runsOf(home), id)) ?? []);
}

/** Names of the run folders here, oldest first. Where none can be listed, nothing has been made here; who makes one is told why that fails. */
export function runNames(home: string): readonly string[] {
  try {
    return readdirSync(runsOf(home)).sort();
  } catch {
    return [];
  }
}

/** The run in a folder; undefined where there is none that can be read, or whose manifest lacks what everybody reads of it. */
export function readRun(folder: string): FoundRun | undefined {
  try {
    const read = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Partial<RunManifest> | null;
    const texts = [read?.command, read?.file, read?.design, read?.recipe, read?.backend, read?.device];
    const whole = texts.every((text) => typeof text === 'string') && isObject(read?.settings) && isObject(read?.set) && typeof read?.pid === 'number';
    return whole ? { ...(read as RunManifest), id: path.basename(folder), folder } : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ends every run here whose process is gone with one `finished {killed}`. */
export function finishKilledRuns(home: string): void {
  for (const manifest of manifests(home).slice(-30)) if (!isAlive(manifest)) finishKilled(manifest.folder);
}

/** Writes the end of a run whose process is gone, and takes away what it had not finished writing. Where that fails (a full disk), the next look tries again. */
export function finishKilled(folder: string): void {
  try {
    killed.finishKilled({
      read: (name) => (existsSync(path.join(folder, name)) ? readFileSync(path.join(folder, name), 'utf8') : ''),
      replace: (name, text) => replaceFile(path.join(folder, name), Buffer.from(text)),
      remove: (name) => rmSync(path.join(folder, name), { force: true }),
    });
    for (const name of readdirSync(folder)) if (/^(checkpoint|weights)\.safetensors\.\d+$/.test(name)) rmSync(path.join(folder, name), { force: true });
  } catch {
    return;
  }
}

const processes = killed.processesOf((pid) => process.kill(pid, 0), (file) => readFileSync(file, 'utf8'));

export const isAlive = (manifest: Pick<RunManifest, 'pid' | 'processStart'>): boolean => killed.isAlive(manifest, processes);
