import type { OptimizerChoice } from '../../recipes/index.js';
import { evaluateDim, product } from '../../shapes/index.js';
import type { Trainer } from '../backends/backend.js';
import type { Batches } from '../data/dataset.js';
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
 * What a run will take, before its first step: a rehearsal with two small batches, continued as a straight line. The very first pass is not counted, since
 * code is compiled and memory claimed in it.
 */
export async function estimate(plan: Plan, trainer: Trainer, data: Batches): Promise<Estimate> {
  const { recipe, fixedBatch } = plan;
  const rehearse = async (size: number): Promise<number> => trainer.rehearse(await data.rehearsal(size));
  const [few, more] = fixedBatch ? [recipe.batch_size, recipe.batch_size] : [Math.min(2, recipe.batch_size), Math.min(8, recipe.batch_size)];
  const cold = await rehearse(few);
  const small = cold > 1500 ? cold : Math.min(cold, await rehearse(few));
  const large = more > few ? await rehearse(more) : small;
  const slope = more > few ? Math.max(0, large - small) / (more - few) : 0;
  const step = (large + slope * (recipe.batch_size - more)) / 1000;
  const tests = (data.test / recipe.batch_size) * step * forwardShare;
  return { step, tests, seconds: recipe.steps * step + tests, bytes: memory(plan) };
}

/** Bytes of the values that a training step holds: every output of the forward pass and its gradient, weights with gradients and what the optimiser keeps. */
export function memory({ program, sizes, recipe }: Pick<Plan, 'program' | 'sizes' | 'recipe'>): number {
  const count = (shape: readonly (number | null)[]): number => shape.reduce<number>((all, size) => all * (size ?? 1), 1);
  const activations = program.nodes.reduce((sum, node) => sum + node.outputs.reduce((all, { shape }) => all + count((shape ?? []).map((dim) => evaluateDim(dim, sizes))), 0), 0);
  const weights = [...program.weights.values()].reduce((sum, { shape }) => sum + (evaluateDim(product(shape), sizes) ?? 0), 0);
  const copies = 2 + keptByOptimizer(recipe.optimizer);
  return 4 * (2 * activations + copies * weights);
}

/** Values that the optimiser keeps for each weight. */
function keptByOptimizer(optimizer: OptimizerChoice): number {
  if (optimizer.name === 'sgd') return optimizer.momentum ? 1 : 0;
  return optimizer.name === 'rmsprop' ? 1 + Number(optimizer.momentum > 0) + Number(optimizer.centered) : 2;
}
