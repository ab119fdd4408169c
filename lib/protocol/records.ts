/** One line of events.jsonl. Numbers that are none (a gradient that overflows) stand as null, since JSON has no word for them. */
export type RunRecord =
  | StartedRecord
  | ProgressRecord
  | MeasuresRecord
  | LayerRecord
  | { readonly type: 'problem'; readonly node: string; readonly code: string; readonly message: string }
  | { readonly type: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  | CheckpointRecord
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
  /** Why this backend was taken. */
  readonly reason?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  /** What the run reads: "mnist in data/mnist", and how many samples there are of each part, as far as that is known. */
  readonly dataset?: { readonly title: string; readonly train?: number; readonly test?: number };
  readonly estimate: { readonly seconds: number; readonly bytes: number };
  /** Bytes that the process may take here, as far as the system tells. */
  readonly memory?: number;
  readonly recipe: string;
  readonly set: Readonly<Record<string, unknown>>;
  /** The run that this one goes on from, and the number of steps that it had made. */
  readonly resumed?: Resumed;
}

export interface Resumed {
  readonly run: string;
  readonly step: number;
}

/**
 * `rate` in steps a second; `loss` and `accuracy` are means over the steps since the record before; `gradients` are the norms of the gradients of a node's own
 * learned tensors, by node path. At most ten a second.
 */
export interface ProgressRecord {
  readonly type: 'progress';
  /** Steps made so far. */
  readonly step: number;
  /** Seconds since the start, of resumed runs too. */
  readonly time: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly rate: number;
  readonly gradients?: Readonly<Record<string, number>>;
}

/**
 * What one step showed inside the network, every so many steps. Norms are Euclidean, over the whole batch, of the gradient of the mean loss. A tensor goes by
 * the path of the node that puts it out: "conv1", and "lstm.1" for its second port.
 */
export interface MeasuresRecord {
  readonly type: 'measures';
  /** The step that was looked at, counted from 1, as in `progress`. */
  readonly step: number;
  readonly activations: Readonly<Record<string, Activation>>;
  /** By key: "stage1.0.conv1.weight". */
  readonly parameters: Readonly<Record<string, ParameterMeasure>>;
  /** Norm of the gradient that comes back over each wire: by the tensor, then by the node that reads it ("output scores" for an output). */
  readonly wires: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** Where skips leave: what comes back by the skip beside what comes back by the branches. They are no parts of a whole, since vectors add. */
  readonly forks: readonly ForkMeasure[];
}

export interface Activation {
  readonly mean: number | null;
  /** Standard deviation over all values (divided by their number). */
  readonly spread: number | null;
  /** Of a ReLU: the share of its outputs (a position of a channel each) that are zero for every sample of the batch. */
  readonly dead?: number;
}

export interface ParameterMeasure {
  readonly gradient: number | null;
  /** Norm of the change that this step made, divided by the norm of the value before; null where that was zero. */
  readonly update: number | null;
}

export interface ForkMeasure {
  /** The tensor that forks, and the node at which the skip merges. */
  readonly at: string;
  readonly to: string;
  /** Readers of the tensor, with the norm that comes back from each. */
  readonly skip: Readonly<Record<string, number | null>>;
  readonly branch: Readonly<Record<string, number | null>>;
  /** Norm of their sum. */
  readonly both: number | null;
}

/** One layer of a trace. */
export interface LayerRecord {
  readonly type: 'layer';
  readonly node: string;
  readonly op: string;
  readonly shape: readonly number[];
  readonly inferred: string;
  readonly ok: boolean;
  readonly ms: number;
  /** Of what it puts out. */
  readonly bytes: number;
  /** Most bytes that are held while it runs: measured where the device tells, else its outputs, what it reads and what later layers still read. */
  readonly peak?: number;
  /** Where `peak` is from: told by the device, or computed from shapes, since the device counts nothing by layer. */
  readonly peakFrom?: 'device' | 'shapes';
}

/** From this step the run can be gone on with: weights, optimiser and the place in the data are in the folder. */
export interface CheckpointRecord {
  readonly type: 'checkpoint';
  readonly step: number;
}

export interface FinishedRecord {
  readonly type: 'finished';
  readonly outcome: 'completed' | 'stopped' | 'failed' | 'diverged' | 'killed';
  /** Why a run failed: what a program can tell apart. */
  readonly cause?: FailureCause;
  readonly reason?: string;
  readonly steps: number;
  /** Seconds. */
  readonly time: number;
  readonly metrics: { readonly train_loss?: number; readonly test_loss?: number; readonly test_accuracy?: number };
}

export type FailureCause = 'out-of-memory' | 'device-lost' | 'disk-full' | 'python-ended' | 'data' | 'unexpected';

/** What the run view shows of one run: its manifest and the records so far. */
export interface RunSummary {
  readonly id: string;
  /** What differs from the run before it: "sum: skip off", "width 16 → 32". */
  readonly change?: string;
  readonly design: string;
  readonly records: readonly RunRecord[];
}
