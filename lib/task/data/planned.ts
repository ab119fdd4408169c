import path from 'node:path';
import { evaluateDim } from '../../shapes/index.js';
import type { Plan } from '../training/plan.js';
import type { Wanted } from './dataset.js';
import { type DataSource, openData } from './open.js';
import type { DataProblem } from './problem.js';

/** Opens the data set of a run; the design's file says to what its paths are relative. Nothing is opened for batches that Python makes. */
export async function openPlanned(plan: Plan, file: string): Promise<DataSource | DataProblem | undefined> {
  const { recipe, fixedBatch } = plan;
  if (recipe.dataset === 'python') return undefined;
  return openData(recipe, wantedOf(plan), { home: homeOf(file), fixed: fixedBatch, steps: recipe.steps });
}

/** The folder of a design; that of standard input is the present one. */
export const homeOf = (file: string): string => (file === '-' ? process.cwd() : path.dirname(path.resolve(file)));

/** What the network takes and is compared with. */
export function wantedOf({ program, recipe, inputs, sizes }: Pick<Plan, 'program' | 'recipe' | 'inputs' | 'sizes'>): Wanted {
  const readers = program.nodes.filter((node) => node.inputs.some(({ origin }) => origin.kind === 'input' && origin.input === 0));
  const rows = readers.flatMap(({ params }) => (typeof params['num_embeddings'] === 'number' ? [params['num_embeddings']] : []));
  return {
    input: (inputs[0] ?? []).slice(1),
    dtype: /^(u?int|bool)/.test(program.inputs[0]?.tensor.dtype ?? '') ? 'int32' : 'float32',
    output: (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1),
    loss: recipe.loss,
    ...(rows.length && { rows: Math.min(...rows) }),
  };
}
