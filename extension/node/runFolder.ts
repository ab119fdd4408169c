import { closeSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as killed from '../../lib/protocol/killed.js';
import type { RunRecord } from '../../lib/protocol/records.js';
import { recordsOf, type RunManifest } from '../../lib/protocol/runs.js';

const runsOf = (home: string) => path.join(home, '.netwright', 'runs');

/** Folders of runs, oldest first (their names sort by time); none where nothing ran yet. */
export function runFolders(home: string): readonly string[] {
  try {
    return readdirSync(runsOf(home), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(runsOf(home), entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** The manifest of a run; undefined while it is not written, or where it cannot be read. */
export function readManifest(folder: string): RunManifest | undefined {
  try {
    const value = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Partial<RunManifest> | null;
    return typeof value?.file === 'string' && typeof value.design === 'string' && typeof value.pid === 'number' ? (value as RunManifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what was added to events.jsonl since the last time. A line is taken when it is complete; one that is no record is left out. */
export class EventTail {
  private offset = 0;
  private rest = Buffer.alloc(0);
  constructor(private readonly folder: string) {}

  read(): readonly RunRecord[] {
    const file = path.join(this.folder, 'events.jsonl');
    let added: Buffer;
    try {
      const { size } = statSync(file);
      if (size <= this.offset) return [];
      added = Buffer.alloc(size - this.offset);
      const descriptor = openSync(file, 'r');
      try {
        added = added.subarray(0, readSync(descriptor, added, 0, added.length, this.offset));
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return [];
    }
    this.offset += added.length;
    const bytes = Buffer.concat([this.rest, added]);
    const end = bytes.lastIndexOf(10) + 1;
    this.rest = bytes.subarray(end);
    return recordsOf(bytes.subarray(0, end).toString('utf8'));
  }
}

/** Asks a run to stop after its present step. */
export function askToStop(folder: string): void {
  writeFileSync(path.join(folder, 'stop'), '');
}

const processes = killed.processesOf((pid) => process.kill(pid, 0), (file) => readFileSync(file, 'utf8'));

/** Whether the process that makes a run is still there. */
export const isAlive = (manifest: Pick<RunManifest, 'pid' | 'processStart'>): boolean => killed.isAlive(manifest, processes);

/** The start time of a process in clock ticks after boot, where the system has /proc. */
export const processStartOf = (pid: number): string | undefined => killed.processStartOf(pid, processes);

/** Writes the end of a run whose process is gone. Where that fails (a full disk), the next look tries again. */
export function finishKilled(folder: string): void {
  try {
    killed.finishKilled({
      read: (name) => readOrNothing(path.join(folder, name)),
      replace(name, text) {
        const fresh = path.join(folder, `${name}.${process.pid}`);
        writeFileSync(fresh, text);
        renameSync(fresh, path.join(folder, name));
      },
      remove: (name) => rmSync(path.join(folder, name), { force: true }),
    });
  } catch {
    return;
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
