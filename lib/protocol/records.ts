/** One line of events.jsonl. */
export type RunRecord =
  | StartedRecord
  /** `rate` in steps a second; `loss` and `accuracy` are means over the steps since the record before; `gradients` are norms by node path. */
  | { readonly type: 'progress'; readonly step: number; readonly time: number; readonly loss: number; readonly accuracy?: number; readonly rate: number; readonly gradients?: Readonly<Record<string, number>> }
  | { readonly type: 'layer'; readonly node: string; readonly op: string; readonly shape: readonly number[]; readonly inferred: string; readonly ok: boolean; readonly ms: number; readonly bytes: number }
  | { readonly type: 'problem'; readonly node: string; readonly code: string; readonly message: string }
  | { readonly type: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  | FinishedRecord;

export interface StartedRecord {
  readonly type: 'started';
  readonly id: string;
  readonly command: 'train' | 'trace';
  readonly file: string;
  /** ISO 8601. */
  readonly at: string;
  readonly backend: string;
  /** "tensorflow (CPU, 2 cores)", "wasm (simd, 2 threads)". */
  readonly device: string;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly estimate: { readonly seconds: number; readonly bytes: number };
  readonly recipe: string;
  readonly set: Readonly<Record<string, unknown>>;
}

export interface FinishedRecord {
  readonly type: 'finished';
  readonly outcome: 'completed' | 'stopped' | 'failed' | 'diverged' | 'killed';
  readonly reason?: string;
  readonly steps: number;
  /** Seconds. */
  readonly time: number;
  readonly metrics: { readonly train_loss?: number; readonly test_loss?: number; readonly test_accuracy?: number };
}

/** What the run view shows of one run: its manifest and the records so far. */
export interface RunSummary {
  readonly id: string;
  /** What differs from the run before it: "sum: skip off", "width 16 → 32". */
  readonly change?: string;
  readonly design: string;
  readonly records: readonly RunRecord[];
}
