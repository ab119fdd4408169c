import type { JsonValue } from '../document/json.js';
import type { Augment } from './augment.js';
import type { DataSettings, DatasetName } from './datasets.js';
import type { LossName } from './tables.js';

/** A recipe, read: every default filled in. Written in the document as `"training": { "quick": { ... } }`. */
export interface Recipe {
  readonly dataset: DatasetName;
  /** The data set's own settings, such as the folder of its files. */
  readonly data: DataSettings;
  readonly augment: Augment;
  readonly loss: LossName;
  readonly loss_settings: LossSettings;
  readonly optimizer: OptimizerChoice;
  readonly schedule: ScheduleChoice;
  readonly initialize: InitialisationChoice;
  /** null: gradients are taken as they are. */
  readonly clip: ClipChoice | null;
  readonly early_stop: EarlyStopChoice | null;
  /** Patterns of paths of nodes and blocks whose weights stay. */
  readonly freeze: readonly string[];
  readonly batch_size: number;
  readonly steps: number;
  /** Steps from one look inside the network to the next; 0: never. */
  readonly measure_every: number;
  readonly seed: number;
  /** Document parameters that this recipe changes, for example a smaller width. */
  readonly set: Readonly<Record<string, JsonValue>>;
}

export type OptimizerChoice =
  | { readonly name: 'sgd'; readonly lr: number; readonly momentum: number; readonly weight_decay: number; readonly nesterov: boolean; readonly dampening?: number }
  | { readonly name: 'adam' | 'adamw'; readonly lr: number; readonly betas: readonly [number, number]; readonly eps: number; readonly weight_decay: number }
  | { readonly name: 'rmsprop'; readonly lr: number; readonly alpha: number; readonly eps: number; readonly weight_decay: number; readonly momentum: number; readonly centered: boolean };

export type ScheduleChoice =
  | { readonly name: 'constant'; readonly warmup: number }
  | { readonly name: 'step'; readonly step_size: number; readonly gamma: number; readonly warmup: number }
  | { readonly name: 'cosine'; readonly eta_min: number; readonly warmup: number };

/** Settings of a loss, by PyTorch's names; what a loss does not have is absent. */
export interface LossSettings {
  readonly label_smoothing?: number;
  /** A weight for each class. */
  readonly weight?: readonly number[] | null;
  readonly pos_weight?: readonly number[] | null;
  readonly beta?: number;
  readonly smooth?: number;
}

export type InitialisationChoice =
  | { readonly name: 'default'; readonly zero_last_bn: boolean }
  | { readonly name: 'kaiming'; readonly mode: 'fan_in' | 'fan_out'; readonly nonlinearity: Nonlinearity; readonly a: number; readonly distribution: 'normal' | 'uniform'; readonly zero_last_bn: boolean }
  | { readonly name: 'xavier'; readonly gain: number; readonly distribution: 'normal' | 'uniform'; readonly zero_last_bn: boolean };
export type Nonlinearity = 'relu' | 'leaky_relu' | 'linear' | 'sigmoid' | 'tanh' | 'selu';

export type ClipChoice = { readonly norm: number } | { readonly value: number };

export interface EarlyStopChoice {
  readonly monitor: 'train_loss' | 'test_loss' | 'test_accuracy';
  readonly every: number;
  readonly patience: number;
  readonly min_delta: number;
}

/**
 * The learning rate of step `step` (from 0) of `steps`. Without warm-up this is StepLR, or CosineAnnealingLR with T_max = steps, called after every step.
 * With warm-up the rate grows as (step + 1) / warmup, and the schedule starts where that ends: SequentialLR of LinearLR(1 / warmup, total_iters = warmup - 1)
 * and the schedule over the steps that are left.
 */
export function learningRate(recipe: Pick<Recipe, 'optimizer' | 'schedule' | 'steps'>, step: number): number {
  const { optimizer, schedule, steps } = recipe;
  if (step < schedule.warmup) return (optimizer.lr * (step + 1)) / schedule.warmup;
  const after = step - schedule.warmup;
  switch (schedule.name) {
    case 'constant':
      return optimizer.lr;
    case 'step':
      return optimizer.lr * schedule.gamma ** Math.floor(after / schedule.step_size);
    case 'cosine':
      return schedule.eta_min + ((optimizer.lr - schedule.eta_min) * (1 + Math.cos((Math.PI * after) / Math.max(1, steps - schedule.warmup)))) / 2;
  }
}
