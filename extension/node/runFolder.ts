import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync, unlinkSync, writeFileSync, appendFileSync } from 'node:fs';
import path from 'node:path';
import type { RunRecord } from '../../lib/protocol/records.js';
import { killedRecord, recordsOf, type RunManifest } from '../../lib/protocol/runs.js';

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

/** Whether the process that makes a run is still there. */
export function isAlive({ pid, processStart }: Pick<RunManifest, 'pid' | 'processStart'>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = processStartOf(pid);
  return processStart === undefined || start === undefined || start === processStart;
}

/** The start time of a process in clock ticks after boot, where the system has /proc. */
export function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; the start time is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Writes the end of a run whose process is gone, so that every run ends in exactly one `finished`. A lock keeps two finders from both writing it. */
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
    // A line that was cut off in the middle is ended first, so that the record stands on one of its own.
    if (record) appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(record)}\n`);
  } finally {
    unlinkSync(lock);
  }
}
