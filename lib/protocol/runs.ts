import type { FinishedRecord, RunRecord } from './records.js';

/** manifest.json of a run folder: what ran, and who runs it. Written before the first record and never changed. */
export interface RunManifest {
  readonly id: string;
  readonly command: 'train' | 'trace';
  /** The design's path as it was given, and the text of it that runs. */
  readonly file: string;
  readonly design: string;
  readonly recipe: string;
  /** The recipe, every default filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly set: Readonly<Record<string, unknown>>;
  readonly backend: string;
  readonly device: string;
  /** Why this backend was taken. */
  readonly reason: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly pid: number;
  /** When that process started, as the system tells it: a number may be given to another process later. Empty where the system does not tell. */
  readonly processStart?: string;
  /** What differs from the run of the same file before it. */
  readonly change?: string;
}

/** The records in the text of an events.jsonl; lines that are none (the last one of a killed process may be cut off) are left out. */
export function recordsOf(text: string): readonly RunRecord[] {
  return text.split('\n').flatMap((line): readonly RunRecord[] => {
    try {
      const value = JSON.parse(line) as unknown;
      return typeof value === 'object' && value !== null && typeof (value as RunRecord).type === 'string' ? [value as RunRecord] : [];
    } catch {
      return [];
    }
  });
}

/** The last record of a run whose process is gone; undefined where the run has one already. */
export function killedRecord(records: readonly RunRecord[]): FinishedRecord | undefined {
  if (records.some(({ type }) => type === 'finished')) return undefined;
  let [steps, time] = [0, 0];
  for (const record of records) if (record.type === 'progress') [steps, time] = [record.step, record.time];
  return { type: 'finished', outcome: 'killed', reason: 'The process ended without a last word.', steps, time, metrics: {} };
}
