import { evaluateDim, product } from '../../shapes/index.js';
import type { Trainer } from '../backends/backend.js';
import type { Dataset } from '../data/dataset.js';
import type { Plan } from './plan.js';

export interface Estimate {
  readonly seconds: number;
  readonly bytes: number;
  /** Seconds of one step, and of all tests. */
  readonly step: number;
  readonly tests: number;
}

/** Forward and backward take about three forward passes; tests go forward only. */
const forwardShare = 0.35;

/**
 * What a run will take, before its first step: a rehearsal with a small part of a batch, scaled up. The first passes are slower than later ones (code is
 * compiled, memory claimed), so the second counts where the first is short.
 */
export async function estimate(plan: Plan, trainer: Trainer, data: Dataset): Promise<Estimate> {
  const { recipe, fixedBatch } = plan;
  const part = fixedBatch ? recipe.batch_size : Math.min(recipe.batch_size, Math.max(2, Math.ceil(recipe.batch_size / 8)));
  const batch = data.samples.batch(Uint32Array.from({ length: part }, (_, i) => i));
  let milliseconds = await trainer.rehearse(batch);
  if (milliseconds < 600) milliseconds = Math.min(milliseconds, await trainer.rehearse(batch));
  const step = (milliseconds / 1000) * (recipe.batch_size / part);
  const tests = (data.samples.test / recipe.batch_size) * step * forwardShare;
  return { step, tests, seconds: recipe.steps * step + tests, bytes: memory(plan) };
}

/** Bytes of the values that a training step holds: every output of the forward pass and its gradient, weights with gradients and what the optimiser keeps. */
export function memory({ program, sizes, recipe }: Pick<Plan, 'program' | 'sizes' | 'recipe'>): number {
  const count = (shape: readonly (number | null)[]): number => shape.reduce<number>((all, size) => all * (size ?? 1), 1);
  const activations = program.nodes.reduce((sum, node) => sum + node.outputs.reduce((all, { shape }) => all + count((shape ?? []).map((dim) => evaluateDim(dim, sizes))), 0), 0);
  const weights = [...program.weights.values()].reduce((sum, { shape }) => sum + (evaluateDim(product(shape), sizes) ?? 0), 0);
  const copies = recipe.optimizer.name === 'sgd' ? (recipe.optimizer.momentum ? 3 : 2) : 4;
  return 4 * (2 * activations + copies * weights);
}

