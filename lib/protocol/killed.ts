import type { FinishedRecord, RunRecord } from './records.js';
import { recordsOf, type RunManifest } from './runs.js';

/** The files of one run folder, for who ends a run in place of its process. */
export interface RunFiles {
  /** The text of a file; empty where there is none. */
  read(name: string): string;
  /** Puts a text in the place of a file's in one go: whoever reads sees the old one or the new one. */
  replace(name: string, text: string): void;
  /** Takes a file away where it is there. */
  remove(name: string): void;
}

/** A file of a few thousand bytes that every run folder holds until its end, so that there is room for the last record on a full disk. */
export const reserve = 'reserve';

/** What the system tells of processes. */
export interface Processes {
  exists(pid: number): boolean;
  /** /proc/PID/stat, where there is that. */
  stat(pid: number): string | undefined;
}

/** The processes of this machine, by a signal 0 and by the file system; both throw where there is nothing. */
export function processesOf(probe: (pid: number) => void, read: (file: string) => string): Processes {
  return {
    exists(pid) {
      try {
        probe(pid);
        return true;
      } catch (error) {
        // A process of another user is there all the same.
        return (error as { readonly code?: string }).code === 'EPERM';
      }
    },
    stat(pid) {
      try {
        return read(`/proc/${pid}/stat`);
      } catch {
        return undefined;
      }
    },
  };
}

/** Whether the process that makes a run is still there, and not another one that was given its number. */
export function isAlive({ pid, processStart }: Pick<RunManifest, 'pid' | 'processStart'>, processes: Processes): boolean {
  if (!processes.exists(pid)) return false;
  const start = processStartOf(pid, processes);
  return processStart === undefined || start === undefined || start === processStart;
}

/** The start time of a process in clock ticks after boot: the 22nd field, behind a name in parentheses that may hold spaces. */
export function processStartOf(pid: number, processes: Pick<Processes, 'stat'>): string | undefined {
  const stat = processes.stat(pid);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/**
 * Writes the end of a run whose process is gone, so that every run ends in exactly one `finished`. Needs no lock: what is written follows from what is there
 * alone, and goes into place in one go, so that two finders, or one that dies half-way, leave the same.
 */
export function finishKilled(files: RunFiles): void {
  const text = files.read('events.jsonl');
  const record = killedRecord(recordsOf(text));
  // A line that was cut off in the middle is ended first, so that the record stands on one of its own.
  if (!record) return;
  files.remove(reserve);
  files.replace('events.jsonl', `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${JSON.stringify(record)}\n`);
}

/** The last record of a run whose process is gone; undefined where the run has one already. */
export function killedRecord(records: readonly RunRecord[]): FinishedRecord | undefined {
  if (records.some(({ type }) => type === 'finished')) return undefined;
  let [steps, time, kept] = [0, 0, -1];
  const reason = ['The process ended without a last word.'];
  for (const record of records) {
    if (record.type === 'progress') [steps, time] = [record.step, record.time];
    if (record.type === 'checkpoint') kept = record.step;
    if (record.type === 'started' && record.memory !== undefined && record.estimate.bytes > record.memory)
      reason.push(`It was estimated to need ${gigabytes(record.estimate.bytes)} of memory, and there were ${gigabytes(record.memory)}.`);
  }
  if (kept > 0) reason.push(`It can be gone on with from step ${kept}.`);
  return { type: 'finished', outcome: 'killed', reason: reason.join(' '), steps: Math.max(steps, kept), time, metrics: {} };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`;
