import type { Program } from '../program/program.js';
import { type DatasetSpec, datasets } from './datasets.js';
import type { Recipe } from './recipe.js';

/** A number for every symbol of the inputs' shapes, and what is worth saying of it. */
export interface ChosenSizes {
  readonly sizes: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** The batch for the first axis, then the size of the data's samples where it is always the same, else 3 channels and 32 along the others. */
export function chooseSizes({ inputs }: Pick<Program, 'inputs'>, { batch_size: batch, dataset }: Pick<Recipe, 'batch_size' | 'dataset'>): ChosenSizes {
  const { sample }: DatasetSpec = datasets[dataset];
  const sizes = new Map<string, number>();
  const notes: string[] = [];
  for (const { name, tensor } of inputs)
    for (const [axis, dim] of (tensor.shape ?? []).entries()) {
      if (dim === null || typeof dim === 'number' || sizes.has(dim.text)) continue;
      const known = tensor.shape?.length === (sample?.length ?? 0) + 1 ? sample?.[axis - 1] : undefined;
      const size = axis === 0 ? batch : known !== undefined ? known : axis === 1 && tensor.shape?.length === 4 ? 3 : 32;
      sizes.set(dim.text, size);
      if (axis > 0) notes.push(`${dim.text} of the input ${name} is taken as ${size}.`);
    }
  return { sizes, notes };
}
