import type { Program, ProgramNode } from '../../program/program.js';
import type { ClipChoice, LossName, LossSettings, OptimizerChoice } from '../../recipes/index.js';
import type { Batch } from '../data/dataset.js';
import type { DataSource } from '../data/open.js';
import type { DataProblem } from '../data/problem.js';
import type { Weights } from '../safetensors.js';
import type { OwnDataOptions } from './torch/own-data.js';

/** Something that runs a Program and trains it. The Program has no errors. */
export interface Backend {
  /** 'tfjs-node', 'tfjs-webgpu', 'wasm' or 'torch'. */
  readonly name: string;
  readonly device: string;
  /** Bytes of a GPU's memory, where they are told. */
  readonly memory?: DeviceMemory;
  readonly versions: Readonly<Record<string, string>>;
  /** How many processes share a batch; one unless told. */
  readonly processes?: number;
  /** Where another machine leads a run of several: waits for its end and answers how that was. */
  follow?(): Promise<string>;
  /** Why this backend was taken. */
  readonly reason: string;
  /** Nodes that it cannot run, with the reason; empty where it can train the whole Program. */
  unsupported(program: Program): readonly { readonly node: ProgramNode; readonly reason: string }[];
  trainer(program: Program, weights: Weights, options: TrainerOptions): Promise<Trainer>;
  /** Batches of the user's own Python, where the backend runs in one. */
  ownData?(options: OwnDataOptions): Promise<DataSource | DataProblem>;
  /** Gives back what keeps Node from ending, or a GPU from others. */
  close?(): void;
  /** Runs the Program once, in eval mode, and hands on every node in program order. */
  trace(program: Program, weights: Weights, inputs: readonly HostTensor[], seen: (layer: TracedLayer) => void): Promise<readonly HostTensor[]>;
}

export interface DeviceMemory {
  readonly total: number;
  /** What nobody had taken when the backend was opened. */
  readonly free?: number;
}

export interface TrainerOptions {
  readonly loss: LossName;
  readonly loss_settings?: LossSettings;
  readonly optimizer: OptimizerChoice;
  readonly clip?: ClipChoice | null;
  /** Keys of tensors that stay as they begin. A norm whose running statistics are among them uses these in place of the batch's. */
  readonly frozen?: readonly string[];
  readonly seed: number;
}

/** Values outside any backend, row-major, channels first. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface TracedLayer {
  readonly node: ProgramNode;
  /** One a port. */
  readonly shapes: readonly (readonly number[])[];
  readonly milliseconds: number;
  readonly bytes: number;
  /** Most bytes that the device held while it ran, where it tells. */
  readonly peak?: number;
  /** Whether every value is a number. */
  readonly finite: boolean;
}

export interface StepResult {
  readonly loss: number;
  /** The loss is a number and a gradient is none: no update was made. */
  readonly overflow?: true;
  /** Right answers in this batch, where the loss has such. */
  readonly accuracy?: number;
  /** Norm of the gradient by node path, where asked for. */
  readonly gradients?: Readonly<Record<string, number>>;
  /** Where asked for. */
  readonly measured?: Measured;
}

/** What a step shows inside the network, as in `MeasuresRecord`; NaN and infinity as they are. */
export interface Measured {
  readonly activations: Readonly<Record<string, { readonly mean: number; readonly spread: number; readonly dead?: number }>>;
  readonly parameters: Readonly<Record<string, { readonly gradient: number; readonly update: number }>>;
  readonly wires: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the tensors that several nodes read: the norm of the sum of what comes back. */
  readonly sums: Readonly<Record<string, number>>;
}

/** What the optimiser keeps between two steps. */
export interface TrainerState {
  readonly tensors: Weights;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Where the first value came up that is no number. */
export interface NotFinite {
  /** Path of the node that made it. */
  readonly node: string;
  readonly pass: 'forward' | 'backward';
}

export interface StepOptions {
  /** From 0. */
  readonly step: number;
  readonly rate: number;
  readonly gradients: boolean;
  /** Looks inside, without any effect on what is learned. */
  readonly measure?: boolean;
}

export interface Trainer {
  /** One update; where the loss or a gradient is not finite, none is made. */
  step(batch: Batch, options: StepOptions): Promise<StepResult>;
  /** Forward and backward without any effect, for estimates; answers milliseconds. */
  rehearse(batch: Batch): Promise<number>;
  /** Loss and right answers in eval mode, summed over the samples. */
  evaluate(batch: Batch): Promise<{ readonly loss: number; readonly accuracy?: number }>;
  /** The first node that makes a value that is not finite from finite ones on this batch: forward, or else on the way back. */
  firstNotFinite(batch: Batch, step: number): Promise<NotFinite | undefined>;
  weights(): Promise<Weights>;
  state(): Promise<TrainerState>;
  /** Goes on from a state that a trainer of the same network and recipe had, given that it began with the weights of that moment. */
  restore(state: TrainerState): Promise<void>;
  dispose(): void;
}
