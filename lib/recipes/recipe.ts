import type { JsonValue } from '../document/json.js';
import type { DatasetName, LossName } from './tables.js';

/** A recipe, read: every default filled in. Written in the document as `"training": { "quick": { ... } }`. */
export interface Recipe {
  readonly dataset: DatasetName;
  readonly loss: LossName;
  readonly optimizer: OptimizerChoice;
  readonly schedule: ScheduleChoice;
  readonly batch_size: number;
  readonly steps: number;
  readonly seed: number;
  /** Document parameters that this recipe changes, for example a smaller width. */
  readonly set: Readonly<Record<string, JsonValue>>;
}

export type OptimizerChoice =
  | { readonly name: 'sgd'; readonly lr: number; readonly momentum: number; readonly weight_decay: number; readonly nesterov: boolean }
  | { readonly name: 'adam' | 'adamw'; readonly lr: number; readonly betas: readonly [number, number]; readonly eps: number; readonly weight_decay: number };

export type ScheduleChoice =
  | { readonly name: 'constant'; readonly warmup: number }
  | { readonly name: 'step'; readonly step_size: number; readonly gamma: number; readonly warmup: number }
  | { readonly name: 'cosine'; readonly eta_min: number; readonly warmup: number };

/**
 * The learning rate of step `step` (from 0) of `steps`. Without warm-up this is StepLR, or CosineAnnealingLR with T_max = steps, called after every step.
 * With warm-up the rate grows as (step + 1) / warmup, and the schedule starts where that ends.
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
