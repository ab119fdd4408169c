import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../lib/document/json.js';
import { parse } from '../../lib/document/parse.js';
import { chooseRun, defaultRecipe, learningRate, mismatch, readRecipe, type Recipe } from '../../lib/recipes/index.js';
import { symbol, type Shape, type Tensor } from '../../lib/shapes/index.js';

const N = symbol('N');
const tensor = (...shape: Shape): Tensor => ({ shape, dtype: 'float32' });
const base: Recipe = defaultRecipe([tensor(N, 3, 32, 32)], [tensor(N, 10)]);
const read = (value: JsonValue) => readRecipe(value, ['training', 'quick'], base);

describe('a recipe', () => {
  test('fills in what is not written', () => {
    const { recipe, problems } = read({ steps: 7, optimizer: { name: 'sgd', lr: 0.5 } });
    expect(problems).toEqual([]);
    expect(recipe).toMatchObject({ dataset: 'digits', loss: 'cross_entropy', steps: 7, batch_size: 64, optimizer: { name: 'sgd', lr: 0.5, momentum: 0.9, nesterov: false } });
  });
  test('takes an optimizer by its name alone', () => {
    expect(read({ optimizer: 'adamw' }).recipe.optimizer).toEqual({ name: 'adamw', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.01 });
  });
  const wrong: readonly (readonly [JsonValue, string, readonly (string | number)[]])[] = [
    [[], 'invalid-recipe', []],
    [{ stepz: 3 }, 'unknown-recipe-key', ['stepz']],
    [{ dataset: 'digit' }, 'unknown-dataset', ['dataset']],
    [{ loss: 7 }, 'unknown-loss', ['loss']],
    [{ steps: 0 }, 'invalid-recipe-value', ['steps']],
    [{ batch_size: 2.5 }, 'invalid-recipe-value', ['batch_size']],
    [{ optimizer: { lr: 1 } }, 'missing-recipe-key', ['optimizer']],
    [{ optimizer: { name: 'adan' } }, 'unknown-optimizer', ['optimizer', 'name']],
    [{ optimizer: { name: 'adam', betas: [0.9] } }, 'invalid-recipe-value', ['optimizer', 'betas']],
    [{ optimizer: { name: 'adam', momentum: 0.9 } }, 'unknown-recipe-key', ['optimizer', 'momentum']],
    [{ optimizer: 3 }, 'invalid-recipe', ['optimizer']],
    [{ set: 3 }, 'invalid-recipe', ['set']],
    [{ constructor: 1 }, 'unknown-recipe-key', ['constructor']],
  ];
  test.each(wrong)('%j is %s at its place', (value, code, path) => {
    const { recipe, problems } = read(value);
    expect(problems.map((problem) => [problem.code, problem.place.path])).toEqual([[code, ['training', 'quick', ...path]]]);
    expect(recipe.steps).toBe(base.steps);
  });
  test('a misspelt name has a fix that writes the right one', () => {
    expect(read({ dataset: 'digit' }).problems[0]?.fixes[0]).toMatchObject({ edits: [{ kind: 'set', path: ['training', 'quick', 'dataset'], value: 'digits' }] });
  });
});

describe('the default recipe', () => {
  const cases: readonly (readonly [Tensor, Tensor, string, string])[] = [
    [tensor(N, 3, 32, 32), tensor(N, 10), 'digits', 'cross_entropy'],
    [tensor(N, 3, 32, 32), tensor(N, 1, 32, 32), 'shapes', 'bce_with_logits'],
    [tensor(N, 1, 32, 32), tensor(N, 5, 32, 32), 'shapes', 'cross_entropy'],
    [tensor(N, 2), tensor(N, 3), 'spirals', 'cross_entropy'],
    [tensor(N, 2), tensor(N, 1), 'spirals', 'bce_with_logits'],
    [tensor(N, 64), tensor(N, 64), 'digits', 'mse'],
    [tensor(N, 8, 16), tensor(N, 10), 'digits', 'cross_entropy'],
  ];
  test.each(cases)('of %j to %j is one that fits', (input, output, dataset, loss) => {
    const recipe = defaultRecipe([input], [output]);
    expect([recipe.dataset, recipe.loss]).toEqual([dataset, loss]);
    expect(mismatch([input], [output], recipe)).toBeUndefined();
  });
  test('a feature map has no classifier', () => {
    expect(mismatch([tensor(N, 3, 32, 32)], [tensor(N, 64, 4, 4)], base)).toMatchObject({ code: 'no-classifier' });
  });
  test('two scores do not tell ten digits apart', () => {
    expect(mismatch([tensor(N, 3, 32, 32)], [tensor(N, 2)], base)?.message).toContain('10');
  });
});

describe('schedules', () => {
  test('warm-up grows to the full rate', () => {
    const recipe = { optimizer: base.optimizer, steps: 10, schedule: { name: 'constant', warmup: 4 } } as const;
    expect([0, 1, 3, 4, 9].map((step) => learningRate(recipe, step) / base.optimizer.lr)).toEqual([0.25, 0.5, 1, 1, 1]);
  });
});

describe('the run of a design', () => {
  const design = (training: object, output = 10) =>
    parse(JSON.stringify({ nnet: 1, params: { width: 8 }, inputs: { x: { shape: ['N', 64] } }, nodes: { a: { op: 'Linear', in: ['x'], out_features: '=width' }, b: { op: 'Linear', in: ['a'], out_features: output } }, outputs: ['b'], training }));
  test('is quick where that is written, with what it sets on its label', () => {
    const chosen = chooseRun(design({ long: { steps: 9 }, quick: { steps: 5, set: { width: 4 } } }));
    expect(chosen).toMatchObject({ name: 'quick', label: 'Run 5 steps, width 4', set: { width: 4 } });
    expect('program' in chosen && chosen.program.nodes[0]?.outputs[0]?.shape?.[1]).toBe(4);
  });
  test('what the command sets counts before the recipe', () => {
    expect(chooseRun(design({ quick: { set: { width: 4 } } }), { set: { width: 6 } })).toMatchObject({ set: { width: 6 } });
  });
  test('names the recipes there are where an unknown one is asked for', () => {
    const chosen = chooseRun(design({ quick: {} }), { recipe: 'quik' });
    expect('obstacles' in chosen && chosen.obstacles[0]?.message).toContain('quick');
  });
  test('does not fit where the output is too small', () => {
    expect(chooseRun(design({}, 3))).toMatchObject({ obstacles: [{ code: 'training-outputs', node: 'b' }] });
  });
});
