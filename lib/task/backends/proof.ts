import { learningRate } from '../../recipes/index.js';
import type { Batch, Batches } from '../data/dataset.js';
import { initialWeights } from '../initialise.js';
import { type Plan, trainerOptions } from '../training/plan.js';
import type { Backend, StepResult } from './backend.js';
import { openTfjs } from './tfjs/backend.js';

export interface Proven {
  readonly backend: Backend;
  /** What a person should know of it. */
  readonly message?: { readonly level: 'info' | 'warning'; readonly text: string };
}

const steps = 3;
/** Samples of a step: enough for the statistics of a batch norm, few enough for wasm. */
const samples = 8;
/** Milliseconds of a step of the reference after which one step has to do. */
const patience = 5000;

/**
 * Drivers of GPUs compute wrong numbers here and there, and say nothing. So a WebGPU backend trains the first steps of the run on a small batch, and is
 * held against wasm; where it disagrees, is lost or fails, the run goes on another backend, and the message says so.
 */
export async function prove(backend: Backend, plan: Plan, data: Pick<Batches, 'rehearsal'>, reference: () => Promise<Backend> = () => openTfjs('wasm')): Promise<Proven> {
  if (backend.name !== 'tfjs-webgpu') return { backend };
  const against = await disagreement(backend, plan, data, reference);
  if (against === undefined) return { backend, message: { level: 'info', text: `tfjs-webgpu agrees with wasm on the first steps of this run.` } };
  backend.close?.();
  const other = await openTfjs('tfjs');
  const text = `tfjs-webgpu on ${backend.device} was not trusted with this run: ${against}. It goes on ${other.name} instead.`;
  return { backend: { ...other, reason: `in place of tfjs-webgpu on ${backend.device}: ${against}` }, message: { level: 'warning', text } };
}

/** In what two backends differ, in words; undefined where they agree. */
export async function disagreement(backend: Backend, plan: Plan, data: Pick<Batches, 'rehearsal'>, reference: () => Promise<Backend>): Promise<string | undefined> {
  try {
    const batch = await data.rehearsal(plan.fixedBatch ? plan.recipe.batch_size : Math.min(samples, plan.recipe.batch_size));
    const mine = await trained(backend, plan, batch, Infinity);
    const theirs = await trained(await reference(), plan, batch, patience);
    return differenceOf(mine, theirs);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function trained(backend: Backend, plan: Plan, batch: Batch, limit: number): Promise<readonly StepResult[]> {
  const { program, recipe, sizes, choices } = plan;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: choices.initialize }), trainerOptions(plan));
  try {
    const results: StepResult[] = [];
    for (let step = 0; step < steps; step++) {
      const start = performance.now();
      results.push(await trainer.step(batch, { step, rate: learningRate(recipe, step), gradients: step === 0 }));
      if (performance.now() - start > limit) break;
    }
    return results;
  } finally {
    trainer.dispose();
  }
}

/**
 * Rounding of float32 differs by some 1e-6 in the first loss, and more in every later one, since steps at the rates of recipes magnify it; what a wrong
 * kernel does is far beyond these bounds.
 */
function differenceOf(mine: readonly StepResult[], theirs: readonly StepResult[]): string | undefined {
  for (const [step, expected] of theirs.entries()) {
    const actual = mine[step];
    if (!actual) return `it made ${mine.length} of ${theirs.length} steps`;
    if (apart(actual.loss, expected.loss, step === 0 ? 1e-3 : 2e-2)) return `its loss is ${actual.loss} at step ${step + 1}, and wasm's is ${expected.loss}`;
    const norms = Object.entries(expected.gradients ?? {});
    const largest = Math.max(0, ...norms.map(([, norm]) => (Number.isFinite(norm) ? norm : 0)));
    for (const [node, norm] of norms) {
      const own = actual.gradients?.[node] ?? NaN;
      if (apart(own, norm, 1e-2, 1e-4 * largest)) return `its gradient of \`${node}\` has the norm ${own} at step ${step + 1}, and wasm's has ${norm}`;
    }
  }
  return undefined;
}

/** Whether two numbers differ by more than a share of the second; what overflows on both sides is alike. */
function apart(actual: number, expected: number, share: number, least = 1e-6): boolean {
  if (!Number.isFinite(expected)) return Number.isFinite(actual);
  return !(Math.abs(actual - expected) <= Math.max(least, share * Math.abs(expected)));
}
