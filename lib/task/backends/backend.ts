import type { Program, ProgramNode } from '../../program/program.js';
import type { LossName, OptimizerChoice } from '../../recipes/index.js';
import type { Batch } from '../data/dataset.js';
import type { Weights } from '../safetensors.js';

/** Something that runs a Program and trains it. The Program has no errors. */
export interface Backend {
  /** 'tfjs-node', 'tfjs-webgpu', 'wasm' or 'torch'. */
  readonly name: string;
  readonly device: string;
  /** Bytes of a GPU's memory, where they are told. */
  readonly memory?: DeviceMemory;
  readonly versions: Readonly<Record<string, string>>;
  /** Why this backend was taken. */
  readonly reason: string;
  /** Nodes that it cannot run, with the reason; empty where it can train the whole Program. */
  unsupported(program: Program): readonly { readonly node: ProgramNode; readonly reason: string }[];
  trainer(program: Program, weights: Weights, options: TrainerOptions): Promise<Trainer>;
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
  readonly optimizer: OptimizerChoice;
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
  /** Whether every value is a number. */
  readonly finite: boolean;
}

export interface StepResult {
  readonly loss: number;
  /** Right answers in this batch, where the loss has such. */
  readonly accuracy?: number;
  /** Norm of the gradient by node path, where asked for. */
  readonly gradients?: Readonly<Record<string, number>>;
}

export interface Trainer {
  /** One update; where the loss is not finite, none is made. */
  step(batch: Batch, options: { readonly step: number; readonly rate: number; readonly gradients: boolean }): Promise<StepResult>;
  /** Forward and backward without any effect, for estimates; answers milliseconds. */
  rehearse(batch: Batch): Promise<number>;
  /** Loss and right answers in eval mode, summed over the samples. */
  evaluate(batch: Batch): Promise<{ readonly loss: number; readonly accuracy?: number }>;
  /** The first node whose output, or else whose gradient, is not finite on this batch. */
  firstNotFinite(batch: Batch, step: number): Promise<string | undefined>;
  weights(): Promise<Weights>;
  dispose(): void;
}
