import type { Dim, Shape } from '../shapes/dimension.js';
import type { Tensor } from '../shapes/tensor.js';
import { noAugment } from './augment.js';
import { storedMismatch } from './fit.js';
import type { Recipe } from './recipe.js';
import { type LossName, lossDefaults, numbers, readsClasses, reconstructs } from './tables.js';

/**
 * The recipe of a network whose document has none: the data set and the loss that its shapes suggest. Always a recipe; whether the network
 * fits it is `mismatch`'s question.
 */
export function defaultRecipe(inputs: readonly Tensor[], outputs: readonly Tensor[]): Recipe {
  const input = inputs[0]?.shape ?? null;
  const output = outputs[0]?.shape ?? null;
  const common = { data: {}, augment: noAugment, schedule: { name: 'constant', warmup: 0 }, initialize: { name: 'default', zero_last_bn: false }, clip: null, early_stop: null, freeze: [], batch_size: 64, steps: 300, measure_every: numbers.measure_every.default, seed: 0, set: {}, optimizer: { name: 'adam', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 } } as const;
  const scores = output?.[1] === 1 ? 'bce_with_logits' : 'cross_entropy';
  if (sameSpatial(input, output)) return { ...common, dataset: 'shapes', ...withDefaults(scores), batch_size: 16, steps: 150 };
  if (input?.length === 2 && input[1] === 2) {
    return { ...common, dataset: 'spirals', ...withDefaults(scores), optimizer: { ...common.optimizer, lr: 0.01 } };
  }
  // A score for every token at every place: what came is to be said again.
  if (input?.length === 2 && output?.length === 3 && same(input[1], output[2]) && /^u?int/.test(inputs[0]?.dtype ?? '')) return { ...common, dataset: 'copy', ...withDefaults('cross_entropy'), optimizer: { ...common.optimizer, lr: 0.003 } };
  return { ...common, dataset: 'digits', ...withDefaults(equal(input, output) ? 'mse' : 'cross_entropy') };
}

const withDefaults = (loss: LossName): Pick<Recipe, 'loss' | 'loss_settings'> => ({ loss, loss_settings: lossDefaults(loss) });

/** Why a network and a recipe do not fit, in one sentence, with the code of the problem; undefined where they fit. `setting` names the setting of the loss that is wrong. */
export function mismatch(inputs: readonly Tensor[], outputs: readonly Tensor[], recipe: Recipe): { readonly code: string; readonly message: string; readonly setting?: string } | undefined {
  return shapeMismatch(inputs, outputs, recipe) ?? weightMismatch(outputs[0]?.shape?.[1], recipe);
}

function weightMismatch(channels: Dim | undefined, { loss, loss_settings: { weight, pos_weight: positive } }: Recipe): ReturnType<typeof mismatch> {
  if (typeof channels !== 'number') return undefined;
  if (weight && weight.length !== channels) return { code: 'training-weights', setting: 'weight', message: `${loss} has ${count(weight.length, 'weight')}; the output has scores for ${count(channels, 'class', 'es')}.` };
  if (weight && !weight.some((each) => each > 0)) return { code: 'training-weights', setting: 'weight', message: `${loss} has no weight above 0, so that no class counts.` };
  if (positive && positive.length !== 1 && positive.length !== channels) return { code: 'training-weights', setting: 'pos_weight', message: `${loss} has ${count(positive.length, 'weight')}; the output has ${count(channels, 'channel')}.` };
  return undefined;
}

const count = (n: number, noun: string, plural = 's'): string => `${n} ${noun}${n === 1 ? '' : plural}`;

function shapeMismatch(inputs: readonly Tensor[], outputs: readonly Tensor[], recipe: Recipe): ReturnType<typeof mismatch> {
  const wrong = (code: string, message: string) => ({ code, message });
  // Batches of the user's own are compared with the network when the first one is there.
  if (recipe.dataset === 'python' && outputs.length) return undefined;
  if (inputs.length !== 1) return wrong('training-inputs', `The data set ${recipe.dataset} gives one input; the network has ${inputs.length}.`);
  if (outputs.length === 0) return wrong('training-outputs', 'The network has no output to compare with the answers.');
  const input = inputs[0]?.shape;
  const output = outputs[0]?.shape;
  if (!input || !output) return wrong('training-outputs', 'The shape of the input or of the output is not known.');
  const text = words(output);
  if (!['digits', 'shapes', 'spirals'].includes(recipe.dataset)) return storedMismatch(input, output, recipe);
  if (recipe.dataset === 'spirals' && !(input.length === 2 && input[1] === 2)) return wrong('training-inputs', `spirals are points [N, 2]; the input is ${words(input)}.`);
  if (recipe.dataset === 'shapes' && input.length !== 4) return wrong('training-inputs', `shapes are images [N, C, H, W]; the input is ${words(input)}.`);
  if (recipe.dataset === 'digits' && (input.length < 2 || input.length > 4)) return wrong('training-inputs', `digits come as [N, features], [N, length, features] or [N, C, H, W]; the input is ${words(input)}.`);
  if (recipe.dataset === 'shapes') {
    if (!sameSpatial(input, output)) return wrong('training-outputs', `shapes need one answer a pixel, the height and width of the input ${words(input)}; the output is ${text}.`);
    const classes = readsClasses(recipe.loss, typeof output[1] === 'number' ? output[1] : undefined);
    if (classes && typeof output[1] === 'number' && output[1] < 2) return wrong('training-outputs', `${recipe.loss} on shapes needs at least 2 channels; the output is ${text}. bce_with_logits takes one.`);
    if (!classes && output[1] !== 1) return wrong('training-outputs', `${recipe.loss} on shapes takes one channel (disc or box against background); the output is ${text}.`);
    return undefined;
  }
  if (reconstructs(recipe.loss) && equal(input, output)) return undefined;
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
  if (recipe.loss === 'dice' && recipe.dataset === 'spirals' && classes === 1) return undefined;
  const least = recipe.dataset === 'digits' ? 10 : 2;
  if (typeof classes === 'number' && classes < least) return wrong('training-outputs', `${recipe.dataset} has ${least === 10 ? '10' : 'at least 2'} classes; the output ${text} has scores for ${classes}.`);
  return undefined;
}

const words = (shape: Shape): string => `[${shape.map((dim) => (dim === null ? '?' : typeof dim === 'number' ? dim : dim.text)).join(', ')}]`;
const same = (a: Dim | undefined, b: Dim | undefined): boolean => a !== null && a !== undefined && b !== null && b !== undefined && (typeof a === 'number' || typeof b === 'number' ? a === b : a.text === b.text);
const equal = (a: Shape | null, b: Shape | null): boolean => a !== null && b !== null && a.length === b.length && a.every((dim, axis) => same(dim, b[axis]));
const sameSpatial = (input: Shape | null, output: Shape | null): boolean => input?.length === 4 && output?.length === 4 && same(input[2], output[2]) && same(input[3], output[3]);
