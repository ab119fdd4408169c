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
    [{ measure_every: -1 }, 'invalid-recipe-value', ['measure_every']],
    [{ optimizer: { lr: 1 } }, 'missing-recipe-key', ['optimizer']],
    [{ optimizer: { name: 'adan' } }, 'unknown-optimizer', ['optimizer', 'name']],
    [{ optimizer: { name: 'adam', betas: [0.9] } }, 'invalid-recipe-value', ['optimizer', 'betas']],
    [{ optimizer: { name: 'adam', momentum: 0.9 } }, 'unknown-recipe-key', ['optimizer', 'momentum']],
    [{ optimizer: 3 }, 'invalid-recipe', ['optimizer']],
    [{ set: 3 }, 'invalid-recipe', ['set']],
    [{ constructor: 1 }, 'unknown-recipe-key', ['constructor']],
    [{ loss: { name: 'cross_entropy', label_smoothing: 2 } }, 'invalid-recipe-value', ['loss', 'label_smoothing']],
    [{ loss: { name: 'mse', weight: [1] } }, 'unknown-recipe-key', ['loss', 'weight']],
    [{ loss: { name: 'nll', weight: [] } }, 'invalid-recipe-value', ['loss', 'weight']],
    [{ optimizer: { name: 'sgd', momentum: 0.9, nesterov: true, dampening: 0.1 } }, 'invalid-recipe-value', ['optimizer', 'dampening']],
    [{ initialize: { name: 'kaiming', mode: 'fanout' } }, 'invalid-recipe-value', ['initialize', 'mode']],
    [{ initialize: 'kaimin' }, 'unknown-initialize', ['initialize']],
    [{ clip: 1 }, 'invalid-recipe', ['clip']],
    [{ clip: {} }, 'invalid-recipe', ['clip']],
    [{ clip: { norm: 1, value: 1 } }, 'invalid-recipe', ['clip']],
    [{ clip: { norm: 0 } }, 'invalid-recipe-value', ['clip', 'norm']],
    [{ early_stop: true }, 'invalid-recipe', ['early_stop']],
    [{ early_stop: { monitor: 'val_loss' } }, 'invalid-recipe-value', ['early_stop', 'monitor']],
    [{ early_stop: { patients: 3 } }, 'unknown-recipe-key', ['early_stop', 'patients']],
    [{ freeze: 'stem' }, 'invalid-recipe', ['freeze']],
  ];
  test.each(wrong)('%j is %s at its place', (value, code, path) => {
    const { recipe, problems } = read(value);
    expect(problems.map((problem) => [problem.code, problem.place.path])).toEqual([[code, ['training', 'quick', ...path]]]);
    expect(recipe.steps).toBe(base.steps);
  });
  test('says how the loss is weighed, how weights begin, how gradients are clipped, when it ends and what is frozen', () => {
    const { recipe, problems } = read({
      loss: { name: 'cross_entropy', label_smoothing: 0.1, weight: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1] },
      optimizer: { name: 'rmsprop', centered: true },
      initialize: { name: 'kaiming', mode: 'fan_out', zero_last_bn: true },
      clip: { norm: 5 },
      early_stop: { patience: 2 },
      freeze: ['stem', 'stage1[0]'],
    });
    expect(problems).toEqual([]);
    expect(recipe).toMatchObject({
      loss: 'cross_entropy',
      loss_settings: { label_smoothing: 0.1, weight: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1] },
      optimizer: { name: 'rmsprop', lr: 0.01, alpha: 0.99, eps: 1e-8, weight_decay: 0, momentum: 0, centered: true },
      initialize: { name: 'kaiming', mode: 'fan_out', nonlinearity: 'relu', a: 0, distribution: 'normal', zero_last_bn: true },
      clip: { norm: 5 },
      early_stop: { monitor: 'test_loss', every: 50, patience: 2, min_delta: 0 },
      freeze: ['stem', 'stage1[0]'],
    });
  });
  test.each([
    [{ loss: 'cros_entropy' }, 'did you mean cross_entropy?'],
    [{ initialize: { name: 'xavier', distribution: 'norml' } }, 'Did you mean normal?'],
    [{ schedule: 'cosin' }, 'did you mean cosine?'],
  ])('%j is told the nearest word', (value, words) => {
    expect(read(value).problems[0]?.message).toContain(words);
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
  test('is kept back by an error of its own recipe only', () => {
    const twice = (name: string) => design({ quick: { steps: 3 }, other: { steps: 4, loss: 'hinge', set: { hight: 1 } } }).text.replace(`"${name}":`, `"${name}":{"steps":9},"${name}":`);
    for (const [text, asked, runs] of [[twice('other'), undefined, true], [twice('other'), 'quick', true], [twice('other'), 'other', false], [twice('quick'), 'quick', false]] as const) {
      const parsed = parse(text);
      expect(parsed.problems.map(({ code }) => code)).toContain('duplicate-key');
      expect('label' in chooseRun(parsed, asked === undefined ? {} : { recipe: asked }), `${text} ${asked}`).toBe(runs);
    }
  });
  test('has a weight for each class, or says how many there are', () => {
    expect(chooseRun(design({ quick: { loss: { name: 'cross_entropy', weight: [1, 2] } } }))).toMatchObject({
      obstacles: [{ code: 'training-weights', message: 'cross_entropy has 2 weights; the output has scores for 10 classes.', place: { path: ['training', 'quick', 'loss', 'weight'] } }],
    });
  });
  test('does not fit where the output is too small', () => {
    expect(chooseRun(design({}, 3))).toMatchObject({ obstacles: [{ code: 'training-outputs', node: 'b' }] });
  });
});

describe('freezing', () => {
  const block = { inputs: ['x'], nodes: { fc: { op: 'Linear', in: ['x'], out_features: 8 }, bn: { op: 'BatchNorm1d', in: ['fc'] }, relu: { op: 'ReLU', in: ['bn'] } }, outputs: ['relu'] };
  const frozen = (freeze: JsonValue, words: { readonly stage?: object; readonly inner?: object; readonly head?: object } = {}) => {
    const inner = { ...block, nodes: { ...block.nodes, fc: { ...block.nodes.fc, ...words.inner } } };
    const nodes = { stage: { op: 'B', in: ['x'], repeat: 2, ...words.stage }, head: { op: 'Linear', in: ['stage'], out_features: 10, ...words.head } };
    const chosen = chooseRun(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 64] } }, nodes, outputs: ['head'], blocks: { B: inner }, training: { quick: { freeze } } })));
    return 'obstacles' in chosen ? chosen.obstacles.map(({ code, message, place }) => [code, message, place.path.join('.')]) : [...chosen.choices.frozen].filter((key) => /weight$|running_mean$/.test(key));
  };
  const first = ['stage.0.fc.weight', 'stage.0.bn.weight', 'stage.0.bn.running_mean'];
  const second = ['stage.1.fc.weight', 'stage.1.bn.weight', 'stage.1.bn.running_mean'];
  test.each([
    [['stage'], [...first, ...second]],
    [['stage[0]'], first],
    [['stage[1].bn'], second.slice(1)],
    [['*.fc'], ['stage.0.fc.weight', 'stage.1.fc.weight']],
    [['sta*'], [...first, ...second]],
    [['head'], ['head.weight']],
    [['stage[*].fc', 'head'], ['stage.0.fc.weight', 'stage.1.fc.weight', 'head.weight']],
  ] as const)('%j freezes these tensors', (patterns, keys) => {
    expect(frozen(patterns)).toEqual(keys);
  });
  test('is said at nodes and blocks too', () => {
    expect(frozen([], { stage: { freeze: true } })).toEqual([...first, ...second]);
    expect(frozen([], { stage: { freeze: true }, inner: { freeze: false } })).toEqual([...first.slice(1), ...second.slice(1)]);
  });
  test('of what is not there is a problem at its place, with the nearest path', () => {
    expect(frozen(['head', 'stagee'])).toEqual([['unknown-path', '`freeze` names stagee, and no node or block has that path; did you mean stage?', 'training.quick.freeze.1']]);
    expect(frozen(['*.relu'])).toEqual([['unknown-path', '`freeze` names *.relu, which has no tensors: none of its 2 nodes learns anything.', 'training.quick.freeze.0']]);
    expect(frozen([], { head: { freeze: 'yes' } })).toEqual([['invalid-freeze', '`freeze` is "yes"; it takes true or false.', 'nodes.head.freeze']]);
  });
  test('of everything leaves nothing to train', () => {
    expect(frozen(['*'])).toEqual([['nothing-to-train', 'All 10 learned tensors are frozen, so that there is nothing to train.', 'training.quick.freeze']]);
  });
  test('and a wrong `initialize` of a node in a block is told once', () => {
    expect(frozen([], { inner: { initialize: 'kaimng' } })).toEqual([['unknown-initialize', 'There is no initialize "kaimng"; did you mean kaiming? There are default, kaiming, xavier.', 'blocks.B.nodes.fc.initialize']]);
  });
});
