import { changesImages, datasetTitle, normalizes, readsClasses, type Recipe } from '../../../recipes/index.js';
import type { Program } from '../../../program/program.js';
import type { HostTensor } from '../backend.js';
import type { Batch } from '../../data/dataset.js';
import { placeOf, requirePlace } from '../../data/files.js';
import type { DataSource } from '../../data/open.js';
import { DataProblem } from '../../data/problem.js';
import type { PythonProcess } from './process.js';

/** What decides the batches of the user's own Python. */
export interface OwnDataOptions {
  readonly program: Program;
  readonly recipe: Recipe;
  /** The folder of the design. */
  readonly home: string;
  /** The network's batch size is written. */
  readonly fixed: boolean;
}

/** A batch that Python holds, by its shapes. */
interface Made {
  readonly inputs: readonly (readonly number[])[];
  readonly target: readonly number[];
  /** Least and greatest number of a class. */
  readonly classes: readonly [number, number] | null;
}

/** Batches of tests that are taken from a source without a length. */
const mostTests = 1000;

/**
 * Batches that a function of the user's Python file makes, in the Python that trains: they never come here. The file is run by nothing but a training run that
 * a person started. The first batch is held against the network before training; each later one before its step.
 */
export async function openOwnData(python: PythonProcess, { program, recipe, home, fixed }: OwnDataOptions): Promise<DataSource | DataProblem> {
  const title = datasetTitle(recipe.dataset, recipe.data);
  const place = placeOf(home, String(recipe.data['file']));
  const ask = async (request: Readonly<Record<string, unknown>> & { readonly do: string }): Promise<unknown> => {
    try {
      return (await python.ask({ model: null, ...request })).result;
    } catch (error) {
      // Where Python itself has ended, that is the reason.
      if (!python.alive) throw error;
      throw new DataProblem('data-python', `${title}: ${(error instanceof Error ? error.message : String(error)).replace(/^PyTorch: /, '')}`);
    }
  };
  const batch = async (part: 'train' | 'test', index: number, most?: number): Promise<Batch | undefined> => {
    const made = (await ask({ do: 'batch', part, index, ...(most !== undefined && { most }) })) as Made | null;
    if (!made) return undefined;
    const wrong = misfit(made, program, recipe, fixed ? recipe.batch_size : undefined);
    if (wrong !== undefined) throw new DataProblem(wrong.code, `${title}: batch ${index}${part === 'test' ? ' of the tests' : ''}: ${wrong.message}`);
    const target = shell(made.target);
    return { own: true, inputs: made.inputs.map(shell), target, ...(made.classes && { labels: target }) };
  };
  const training = async (index: number, most?: number): Promise<Batch> => {
    const made = await batch('train', index, most);
    if (made) return made;
    throw new DataProblem('data-python', `${title} has no batches.`);
  };
  try {
    if (changesImages(recipe.augment) || normalizes(recipe.augment)) throw new DataProblem('data-augment', `${title} makes its batches itself: what augment says is done there.`, ['augment']);
    requirePlace(place, 'file', 'file');
    const known = (await ask({ do: 'data', file: place.absolute, function: recipe.data['function'], batch_size: recipe.batch_size, seed: recipe.seed })) as { readonly train: number | null; readonly test: number | null };
    await training(0);
    return {
      train: known.train ?? 0,
      test: known.test ?? 0,
      notes: [],
      batch: (step) => training(step),
      rehearsal: (size) => training(0, fixed ? undefined : size),
      async *tests() {
        // A generator of tests may never end.
        for (let index = 0; known.test !== null || index < mostTests; index++) {
          const made = await batch('test', index);
          if (!made) return;
          yield made;
        }
      },
      close: () => undefined,
    };
  } catch (error) {
    if (error instanceof DataProblem) return error;
    throw error;
  }
}

/** A tensor that is elsewhere: its shape alone. */
const shell = (shape: readonly number[]): HostTensor => ({ shape, data: new Float32Array() });

function misfit({ inputs, target, classes }: Made, program: Program, { loss }: Recipe, batch: number | undefined): { readonly code: 'data-shape' | 'data-dtype' | 'data-labels'; readonly message: string } | undefined {
  const count = target[0] ?? 0;
  if (inputs.length !== program.inputs.length) return { code: 'data-shape', message: `x is ${inputs.length === 1 ? 'one tensor' : `${inputs.length} tensors`}; the network has ${program.inputs.length} inputs.` };
  if (batch !== undefined && count !== batch) return { code: 'data-shape', message: `it has ${count} samples; the batch size is written as ${batch} in the network's input.` };
  for (const [i, { name, tensor }] of program.inputs.entries()) {
    const [given, wanted] = [inputs[i] ?? [], tensor.shape ?? []];
    if (given.length === wanted.length && wanted.every((dim, axis) => axis === 0 || typeof dim !== 'number' || dim === given[axis])) continue;
    return { code: 'data-shape', message: `x is [${given.join(', ')}]; the input \`${name}\` takes [${wanted.map((dim) => (typeof dim === 'number' ? dim : (dim?.text ?? '?'))).join(', ')}].` };
  }
  const output = program.outputs[0]?.value.tensor.shape?.slice(1) ?? [];
  const [channels, ...places] = output.map((dim) => (typeof dim === 'number' ? dim : undefined));
  const shown = `[N, ${output.map((dim) => (typeof dim === 'number' ? dim : (dim?.text ?? '?'))).join(', ')}]`;
  const fits = (shape: readonly (number | undefined)[]): boolean => target.length === shape.length + 1 && shape.every((size, axis) => size === undefined || size === target[axis + 1]);
  if (!readsClasses(loss, channels)) {
    if (fits([channels, ...places]) || (channels === 1 && !places.length && target.length === 1)) return undefined;
    return { code: 'data-shape', message: `y is [${target.join(', ')}]; ${loss} compares it with the output ${shown}.` };
  }
  if (!classes) return { code: 'data-dtype', message: `y holds fractions; ${loss} compares with the numbers of classes: y.long().` };
  if (!fits(places)) return { code: 'data-shape', message: `y is [${target.join(', ')}]; ${loss} with the output ${shown} takes one class ${places.length ? 'a place' : 'a sample'}.` };
  const most = Math.max(2, channels ?? Infinity) - 1;
  const wrong = classes.find((label) => label < 0 || label > most);
  return wrong === undefined ? undefined : { code: 'data-labels', message: `label ${wrong}; the network's output has scores for ${most + 1} classes, 0 to ${most}.` };
}
