import { describe, expect, it } from 'vitest';
import { setRecipeWord, isRefusal } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { augmentations, clips, datasets, earlyStop, initialisations, losses, optimizers, recipeKeys, schedules } from '../../lib/recipes/index.js';
import { problemsByField, recipeName, shownRecipe, typedValue, type RecipeField } from '../../webview/recipe/fields.js';
import { runHindrance } from '../../webview/shell/toolbar.js';
import { initialState } from '../../webview/store/state.js';

const design = (training: JsonValue, params: JsonValue = {}) => analyze(JSON.stringify({
  nnet: 1, params, inputs: { image: { shape: ['N', 3, 8, 8] } },
  nodes: { stem: { op: 'Conv2d', in: ['image'], out_channels: 8, kernel_size: 3, padding: 1 }, flat: { op: 'Flatten', in: ['stem'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 } },
  outputs: ['fc'], training,
}));
const fieldsOf = (analysis: ReturnType<typeof design>, name = 'quick'): readonly RecipeField[] => shownRecipe(analysis, name).sections.flatMap(({ fields }) => fields);
const paths = (fields: readonly RecipeField[]) => fields.map(({ path }) => path.join('.'));

describe('the form of a recipe', () => {
  it('has a field for every word that the reader of recipes knows', () => {
    const fields = paths(fieldsOf(design({ quick: {} }, { width: 8 })));
    for (const key of recipeKeys) expect(fields.some((path) => path === key || path.startsWith(`${key}.`)), key).toBe(true);
  });

  it.each([['dataset', datasets], ['loss', losses], ['optimizer', optimizers], ['schedule', schedules], ['initialize', initialisations]] as const)('has the settings of each %s of the tables', (key, table) => {
    for (const [name, { settings }] of Object.entries(table)) {
      const fields = fieldsOf(design({ quick: { [key]: { name } } }));
      expect(fields.find(({ path }) => path.join('.') === key)).toMatchObject({ kind: 'choice', chosen: name });
      expect(paths(fields).filter((path) => path.startsWith(`${key}.`))).toEqual(Object.keys(settings).map((each) => `${key}.${each}`));
    }
  });

  it('has the settings of what is in groups', () => {
    const fields = paths(fieldsOf(design({ quick: { clip: { norm: 1 }, early_stop: { patience: 2 } } })));
    for (const each of Object.keys(augmentations.settings)) expect(fields).toContain(`augment.${each}`);
    for (const each of Object.keys(earlyStop)) expect(fields).toContain(`early_stop.${each}`);
    for (const each of Object.keys(clips)) expect(fields.includes(`clip.${each}`)).toBe(each === 'norm');
  });

  it('shows as the default what counts where nothing is written', () => {
    const fields = fieldsOf(design({}), 'default');
    const usual = (path: string) => { const field = fields.find((each) => each.path.join('.') === path); return field && 'usual' in field ? field.usual : undefined; };
    expect([usual('dataset'), usual('loss'), usual('optimizer'), usual('optimizer.lr'), usual('batch_size'), usual('steps'), usual('measure_every')]).toEqual(['digits', 'cross_entropy', 'adam', 0.001, 64, 300, 50]);
    const sgd = fieldsOf(design({ quick: { optimizer: 'sgd' } }));
    expect(sgd.find(({ path }) => path.join('.') === 'optimizer.momentum')).toMatchObject({ usual: 0.9, written: undefined });
  });

  it('keeps what it does not know where it can be seen and taken out', () => {
    const fields = fieldsOf(design({ quick: { stepps: 3, optimizer: { name: 'adam', lrr: 1 }, set: { gone: 1 } } }));
    expect(fields.filter(({ kind }) => kind === 'unknown').map(({ path }) => path.join('.')).sort()).toEqual(['optimizer.lrr', 'set.gone', 'stepps']);
  });

  it('puts every problem of the recipe at its field, and no problem of another', () => {
    const analysis = design({ quick: { optimizer: { name: 'sgd', lr: -1, lrr: 3 }, loss: { name: 'crossentropy' }, freeze: ['stam'], stepps: 1, clip: {} }, other: { steps: 0 } });
    const at = problemsByField(analysis.problems, shownRecipe(analysis, 'quick'));
    expect([...at.keys()].sort()).toEqual(['clip', 'freeze', 'loss', 'optimizer.lr', 'optimizer.lrr', 'stepps']);
    expect(at.get('optimizer.lr')?.map(({ message }) => message)).toEqual(['`lr` is -1; it takes a number above 0.']);
    const three = design({ quick: 3 });
    expect([...problemsByField(three.problems, shownRecipe(three, 'quick')).keys()]).toEqual(['']);
  });

  it('says of what is typed what the reader says of what is written', () => {
    const analysis = design({ quick: { optimizer: { name: 'adam' } } });
    const recipe = shownRecipe(analysis, 'quick');
    const judged = (path: readonly string[], value: JsonValue | undefined) => { const acted = setRecipeWord(analysis, 'quick', path, value); return isRefusal(acted) ? acted.refused : recipe.wrong(acted.edits, path); };
    expect(judged(['steps'], 0)).toBe('`steps` is 0; it takes an integer of at least 1 and of at most 10000000.');
    expect(judged(['steps'], 'many')).toContain('`steps` is "many"');
    expect(judged(['optimizer', 'betas'], [0.9, 1])).toContain('a list of two numbers');
    expect(judged(['optimizer', 'betas'], [0.9, 0.99])).toBeUndefined();
    expect(judged(['steps'], undefined)).toBeUndefined();
  });

  it('reads numbers, lists and texts as they are typed', () => {
    expect([typedValue(' 1e-3 ', { kind: 'number' }), typedValue('', { kind: 'number' }), typedValue('0.9, 0.99', { kind: 'pair' }), typedValue('[1, 2]', { kind: 'numbers' }), typedValue('0.5', { kind: 'channels' }), typedValue('0.5, 0.4', { kind: 'channels' }), typedValue('a b', { kind: 'number' }), typedValue('7', { kind: 'path' })]).toEqual([0.001, undefined, [0.9, 0.99], [1, 2], 0.5, [0.5, 0.4], 'a b', '7']);
  });
});

describe('the recipe of Run', () => {
  it('is the chosen one while the design has it, else the usual one', () => {
    const analysis = design({ long: {}, quick: {} });
    expect([recipeName(analysis, undefined), recipeName(analysis, 'long'), recipeName(analysis, 'gone'), recipeName(design({ long: {} }), undefined), recipeName(design({}), undefined)]).toEqual(['quick', 'long', 'quick', 'long', 'default']);
  });

  it('is not kept from running by what is wrong with another', () => {
    const analysis = design({ quick: { steps: 60 }, broken: { steps: 0, optimiser: 'sgd' } });
    const state = { ...initialState, version: 1, analysis };
    expect(runHindrance(state)).toBeUndefined();
    expect(runHindrance({ ...state, recipe: 'broken' })).toContain('2 problems stand in the way');
  });

  it('is kept from running by what is wrong at a node, whose words count in every recipe', () => {
    const text = analyze('{ "nnet": 1, "inputs": { "x": { "shape": ["N", 2] } }, "nodes": { "fc": { "op": "Linear", "in": ["x"], "out_features": 3, "freeze": 3 } }, "outputs": ["fc"], "training": { "quick": {} } }');
    expect(runHindrance({ ...initialState, version: 1, analysis: text })).toContain('1 problem stands in the way');
  });
});
