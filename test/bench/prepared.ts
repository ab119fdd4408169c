import { evaluateDim } from '../../lib/shapes/index.js';
import { openDataset, type Dataset } from '../../lib/task/data/dataset.js';
import { plan, type Plan } from '../../lib/task/training/plan.js';
import { designOf } from './designs.js';

/** A template, or the dense net, as its quick recipe trains it, and the batches that it sees. */
export function prepare(name: string): { readonly planned: Plan; readonly data: Dataset } {
  const planned = plan(designOf(name), 'train', { set: {} });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  const { recipe, inputs, program, sizes } = planned;
  const output = (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1);
  return { planned, data: openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: 'float32', output, loss: recipe.loss }) };
}
