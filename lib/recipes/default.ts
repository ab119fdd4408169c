import type { Dim, Shape } from '../shapes/dimension.js';
import type { Tensor } from '../shapes/tensor.js';
import type { Recipe } from './recipe.js';

/**
 * The recipe of a network whose document has none: the data set and the loss that its shapes suggest. Always a recipe; whether the network
 * fits it is `mismatch`'s question.
 */
export function defaultRecipe(inputs: readonly Tensor[], outputs: readonly Tensor[]): Recipe {
  const input = inputs[0]?.shape ?? null;
  const output = outputs[0]?.shape ?? null;
  const common = { schedule: { name: 'constant', warmup: 0 }, batch_size: 64, steps: 300, seed: 0, set: {}, optimizer: { name: 'adam', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 } } as const;
  if (sameSpatial(input, output)) return { ...common, dataset: 'shapes', loss: output?.[1] === 1 ? 'bce_with_logits' : 'cross_entropy', batch_size: 16, steps: 150 };
  if (input?.length === 2 && input[1] === 2) {
    return { ...common, dataset: 'spirals', loss: output?.[1] === 1 ? 'bce_with_logits' : 'cross_entropy', optimizer: { ...common.optimizer, lr: 0.01 } };
  }
  return { ...common, dataset: 'digits', loss: equal(input, output) ? 'mse' : 'cross_entropy' };
}

/** Why a network and a recipe do not fit, in one sentence, with the code of the problem; undefined where they fit. */
export function mismatch(inputs: readonly Tensor[], outputs: readonly Tensor[], recipe: Recipe): { readonly code: string; readonly message: string } | undefined {
  const wrong = (code: string, message: string) => ({ code, message });
  if (inputs.length !== 1) return wrong('training-inputs', `The data set ${recipe.dataset} gives one input; the network has ${inputs.length}.`);
  if (outputs.length === 0) return wrong('training-outputs', 'The network has no output to compare with the answers.');
  const input = inputs[0]?.shape;
  const output = outputs[0]?.shape;
  if (!input || !output) return wrong('training-outputs', 'The shape of the input or of the output is not known.');
  const text = words(output);
  if (recipe.dataset === 'spirals' && !(input.length === 2 && input[1] === 2)) return wrong('training-inputs', `spirals are points [N, 2]; the input is ${words(input)}.`);
  if (recipe.dataset === 'shapes' && input.length !== 4) return wrong('training-inputs', `shapes are images [N, C, H, W]; the input is ${words(input)}.`);
  if (recipe.dataset === 'digits' && (input.length < 2 || input.length > 4)) return wrong('training-inputs', `digits come as [N, features], [N, length, features] or [N, C, H, W]; the input is ${words(input)}.`);
  if (recipe.dataset === 'shapes') {
    if (!sameSpatial(input, output)) return wrong('training-outputs', `shapes need one answer a pixel, the height and width of the input ${words(input)}; the output is ${text}.`);
    if (recipe.loss === 'cross_entropy' && typeof output[1] === 'number' && output[1] < 2) return wrong('training-outputs', `cross_entropy on shapes needs at least 2 channels; the output is ${text}. bce_with_logits takes one.`);
    if (recipe.loss !== 'cross_entropy' && output[1] !== 1) return wrong('training-outputs', `${recipe.loss} on shapes takes one channel (disc or box against background); the output is ${text}.`);
    return undefined;
  }
  if (recipe.loss === 'mse' && equal(input, output)) return undefined;
  if (output.length > 2) {
    const kind = output.length === 3 ? 'a sequence' : 'a feature map';
    return wrong('no-classifier', `The output ${text} is ${kind}, not one score a class: ${recipe.dataset} with ${recipe.loss} needs [N, classes].`);
  }
  const classes = output[1];
  if (output.length < 2) return wrong('no-classifier', `The output ${text} has no axis of classes: ${recipe.dataset} with ${recipe.loss} needs [N, classes].`);
  if (recipe.loss === 'bce_with_logits') {
    if (recipe.dataset === 'spirals' && classes === 1) return undefined;
    if (recipe.dataset === 'digits' && typeof classes === 'number' && classes >= 10) return undefined;
    return wrong('training-outputs', `bce_with_logits takes [N, 1] on spirals and one score a class on digits; the output is ${text}.`);
  }
  const least = recipe.dataset === 'digits' ? 10 : 2;
  if (typeof classes === 'number' && classes < least) return wrong('training-outputs', `${recipe.dataset} has ${least === 10 ? '10' : 'at least 2'} classes; the output ${text} has scores for ${classes}.`);
  return undefined;
}

const words = (shape: Shape): string => `[${shape.map((dim) => (dim === null ? '?' : typeof dim === 'number' ? dim : dim.text)).join(', ')}]`;
const same = (a: Dim | undefined, b: Dim | undefined): boolean => a !== null && a !== undefined && b !== null && b !== undefined && (typeof a === 'number' || typeof b === 'number' ? a === b : a.text === b.text);
const equal = (a: Shape | null, b: Shape | null): boolean => a !== null && b !== null && a.length === b.length && a.every((dim, axis) => same(dim, b[axis]));
const sameSpatial = (input: Shape | null, output: Shape | null): boolean => input?.length === 4 && output?.length === 4 && same(input[2], output[2]) && same(input[3], output[3]);
