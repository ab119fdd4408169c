import type { Dim, Shape } from '../shapes/dimension.js';
import { type DataSettings, type DatasetName, type DatasetSpec, datasets } from './datasets.js';
import type { Recipe } from './recipe.js';
import { readsClasses, reconstructs } from './tables.js';

/** Why a network cannot take the samples of a data set that does not fill every shape; without opening its files. */
export function storedMismatch(input: Shape, output: Shape, recipe: Recipe): { readonly code: string; readonly message: string } | undefined {
  const wrong = (code: string, message: string) => ({ code, message });
  const { dataset, loss } = recipe;
  const spec: DatasetSpec = datasets[dataset];
  if (dataset === 'copy') return copyMismatch(input, output, recipe);
  if (dataset === 'npy' || dataset === 'npz' || dataset === 'python') return undefined;
  if (spec.sample && !sampleShapes(spec.sample).some((shape) => fits(input.slice(1), shape))) {
    const forms = sampleShapes(spec.sample).map((shape) => `[N, ${shape.join(', ')}]`);
    return wrong('training-inputs', `The images of ${dataset} are ${forms.join(' or ')}; the input is ${words(input)}.`);
  }
  if (dataset === 'images') {
    if (input.length !== 4) return wrong('training-inputs', `images come as [N, C, H, W]; the input is ${words(input)}.`);
    if (typeof input[1] === 'number' && input[1] !== 1 && input[1] !== 3) return wrong('training-inputs', `images have 1 channel (grey) or 3 (red, green, blue); the input is ${words(input)}.`);
  }
  if (reconstructs(loss) && equal(input, output)) return undefined;
  if (output.length !== 2) {
    const kind = output.length < 2 ? 'has no axis of classes' : output.length === 3 ? 'is a sequence, not one score a class' : 'is a feature map, not one score a class';
    return wrong('no-classifier', `The output ${words(output)} ${kind}: ${dataset} with ${loss} needs [N, classes].`);
  }
  const classes = classesOf(dataset, recipe.data);
  const scores = output[1];
  if (classes !== undefined && typeof scores === 'number' && scores < classes) return wrong('training-outputs', `${dataset} has ${classes} classes; the output ${words(output)} has scores for ${scores}.`);
  if (typeof scores === 'number' && scores < 2 && readsClasses(loss, scores)) return wrong('training-outputs', `${loss} on ${dataset} needs at least 2 scores; the output is ${words(output)}.`);
  return undefined;
}

/** The classes of a data set, where they do not hang on its files. */
export function classesOf(name: DatasetName, data: DataSettings): number | undefined {
  if (name === 'cifar100') return data['labels'] === 'coarse' ? 20 : 100;
  return (datasets[name] as DatasetSpec).classes;
}

/** Shapes in which an image is handed out: as it is, as its values in a row, and without the axis of a single channel. */
export function sampleShapes(sample: readonly number[]): readonly (readonly number[])[] {
  const [channels, ...plane] = sample;
  return [sample, ...(channels === 1 ? [plane] : []), [sample.reduce((all, size) => all * size, 1)]];
}

function copyMismatch(input: Shape, output: Shape, { loss }: Recipe): { readonly code: string; readonly message: string } | undefined {
  const wrong = (code: string, message: string) => ({ code, message });
  const [length, scores] = [input[1], output[1]];
  if (input.length !== 2 && input.length !== 3) return wrong('training-inputs', `copy gives tokens [N, length], or [N, length, tokens] as one-hot; the input is ${words(input)}.`);
  if (typeof length === 'number' && length < 3) return wrong('training-inputs', `copy needs a length of at least 3: a symbol, the mark and the symbol again; the input is ${words(input)}.`);
  if (!readsClasses(loss, typeof scores === 'number' ? scores : undefined)) return wrong('training-outputs', `copy asks for the right token at every place, which ${loss} does not compare; cross_entropy does.`);
  if (output.length !== 3 || !same(output[2], length)) {
    const turned = output.length === 3 && same(output[1], length) ? ' Put a Permute with dims [0, 2, 1] behind it.' : '';
    return wrong('training-outputs', `copy needs scores [N, tokens, length] of the input's length; the output is ${words(output)}.${turned}`);
  }
  if (typeof scores === 'number' && scores < 4) return wrong('training-outputs', `copy has at least 4 tokens: blank, mark and two symbols; the output ${words(output)} has scores for ${scores}.`);
  if (input.length === 3 && typeof input[2] === 'number' && input[2] < 4) return wrong('training-inputs', `copy has at least 4 tokens: blank, mark and two symbols; the input ${words(input)} has features for ${input[2]}.`);
  return undefined;
}

const words = (shape: Shape): string => `[${shape.map((dim) => (dim === null ? '?' : typeof dim === 'number' ? dim : dim.text)).join(', ')}]`;
const same = (a: Dim | undefined, b: Dim | undefined): boolean => a !== null && a !== undefined && b !== null && b !== undefined && (typeof a === 'number' || typeof b === 'number' ? a === b : a.text === b.text);
const equal = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, axis) => same(dim, b[axis]));
/** A named size takes what the data have. */
const fits = (shape: Shape, sample: readonly number[]): boolean => shape.length === sample.length && shape.every((dim, axis) => typeof dim !== 'number' || dim === sample[axis]);
