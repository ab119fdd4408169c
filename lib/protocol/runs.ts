import type { Resumed, RunRecord } from './records.js';

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
  /** Bytes that the run may take of the device's memory, as far as that is told. */
  readonly memory?: number;
  /** Why this backend was taken. */
  readonly reason: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What else the command was told that decides what is computed: options of the backend, how often is measured. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly pid: number;
  /** When that process started, as the system tells it: a number may be given to another process later. Empty where the system does not tell. */
  readonly processStart?: string;
  /** What differs from the run of the same file before it. */
  readonly change?: string;
  /** The run that this one goes on from. */
  readonly resumed?: Resumed;
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
