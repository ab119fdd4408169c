import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../lib/document/json.js';
import { type DatasetName, datasetTitle, defaultRecipe, mismatch, readPython, readRecipe, type Recipe } from '../../lib/recipes/index.js';
import { symbol, type Shape, type Tensor } from '../../lib/shapes/index.js';

const N = symbol('N');
const tensor = (...shape: Shape): Tensor => ({ shape, dtype: 'float32' });
const base = defaultRecipe([tensor(N, 3, 32, 32)], [tensor(N, 10)]);
const read = (value: JsonValue) => readRecipe(value, ['training', 'quick'], base);

describe('the data set of a recipe', () => {
  test('is a name, or an object with settings', () => {
    expect(read({ dataset: 'copy' }).recipe).toMatchObject({ dataset: 'copy', data: {} });
    expect(read({ dataset: { name: 'cifar100', path: 'data' } })).toMatchObject({ problems: [], recipe: { dataset: 'cifar100', data: { path: 'data', labels: 'fine' } } });
    expect(read({ dataset: { name: 'npy', x: 'x.npy', y: 'y.npy' } }).recipe.data).toEqual({ x: 'x.npy', y: 'y.npy', x_test: '', y_test: '', test_share: 0.2 });
  });

  test('may be a function of a Python file', () => {
    expect(read({ dataset: 'python:data/own.py:batches' })).toMatchObject({ problems: [], recipe: { dataset: 'python', data: { file: 'data/own.py', function: 'batches' } } });
    expect(readPython('python:C:\\data\\own.py:batches')).toEqual({ name: 'python', file: 'C:\\data\\own.py', function: 'batches' });
    expect(read({ dataset: 'python:own.py' }).problems.map(({ code }) => code)).toEqual(['unknown-dataset']);
  });

  const wrong: readonly (readonly [JsonValue, string, readonly string[], string])[] = [
    [{ dataset: 'mnist' }, 'missing-recipe-key', ['dataset'], '{ "name": "mnist", "path": "..." }'],
    [{ dataset: { name: 'npy', x: 'x.npy' } }, 'missing-recipe-key', ['dataset'], '`y`'],
    [{ dataset: { name: 'mnist', path: '' } }, 'invalid-recipe-value', ['dataset', 'path'], 'takes a text'],
    [{ dataset: { name: 'mnist', folder: 'x', path: 'y' } }, 'unknown-recipe-key', ['dataset', 'folder'], 'It takes name, path'],
    [{ dataset: { name: 'cifar100', path: 'x', labels: 'rough' } }, 'invalid-recipe-value', ['dataset', 'labels'], 'fine or coarse'],
    [{ dataset: { name: 'images', path: 'x', test_share: 1 } }, 'invalid-recipe-value', ['dataset', 'test_share'], 'below 1'],
    [{ dataset: 'python' }, 'missing-recipe-key', ['dataset'], '"python:FILE:FUNCTION"'],
    [{ augment: { flip: 1 } }, 'invalid-recipe-value', ['augment', 'flip'], 'true or false'],
    [{ augment: { std: [0.5, 0] } }, 'invalid-recipe-value', ['augment', 'std'], 'above 0'],
    [{ augment: { rotate: 3 } }, 'unknown-recipe-key', ['augment', 'rotate'], 'flip, crop, mean, std'],
    [{ augment: true }, 'invalid-recipe', ['augment'], 'an object'],
  ];
  test.each(wrong)('%j is %s at its place', (value, code, path, words) => {
    const { problems } = read(value);
    expect(problems.map((problem) => [problem.code, problem.place.path])).toEqual([[code, ['training', 'quick', ...path]]]);
    expect(problems[0]?.message).toContain(words);
  });

  test('is named in few words', () => {
    expect(datasetTitle('digits')).toBe('digits');
    expect(datasetTitle('mnist', { path: 'data/mnist' })).toBe('mnist in data/mnist');
    expect(datasetTitle('npy', { x: 'x.npy', y: 'y.npy' })).toBe('npy in x.npy');
    expect(datasetTitle('python', { file: 'own.py', function: 'batches' })).toBe('python:own.py:batches');
  });
});

describe('a network and a data set of files', () => {
  const of = (dataset: DatasetName, input: Shape, output: Shape, more: Partial<Recipe> = {}) => mismatch([tensor(...input)], [tensor(...output)], { ...base, dataset, ...more });

  test('fit where the shapes are those of the samples, named sizes included', () => {
    expect(of('mnist', [N, 1, 28, 28], [N, 10])).toBeUndefined();
    expect(of('mnist', [N, 784], [N, 12])).toBeUndefined();
    expect(of('mnist', [N, 1, symbol('H'), symbol('W')], [N, 10])).toBeUndefined();
    expect(of('fashion_mnist', [N, 28, 28], [N, 10])).toBeUndefined();
    expect(of('cifar100', [N, 3, 32, 32], [N, 20], { data: { labels: 'coarse' } })).toBeUndefined();
    expect(of('cifar10', [N, 3, 32, 32], [N, 3, 32, 32], { loss: 'mse' })).toBeUndefined();
    expect(of('images', [N, 3, 224, 224], [N, 7])).toBeUndefined();
    expect(of('copy', [N, 12], [N, 10, 12])).toBeUndefined();
    expect(of('npy', [N, 5, 6, 7, 8], [N, 3, 3, 3])).toBeUndefined();
    expect(mismatch([tensor(N, 2), tensor(N, 3)], [tensor(N, 2)], { ...base, dataset: 'python' })).toBeUndefined();
  });

  test('a sequence of tokens with scores at every place copies by default', () => {
    const recipe = defaultRecipe([{ shape: [N, 16], dtype: 'int64' }], [tensor(N, 12, 16)]);
    expect([recipe.dataset, recipe.loss]).toEqual(['copy', 'cross_entropy']);
    expect(mismatch([{ shape: [N, 16], dtype: 'int64' }], [tensor(N, 12, 16)], recipe)).toBeUndefined();
  });

  test('that do not fit are told with both shapes', () => {
    expect(of('mnist', [N, 3, 32, 32], [N, 10])).toMatchObject({ code: 'training-inputs', message: 'The images of mnist are [N, 1, 28, 28] or [N, 28, 28] or [N, 784]; the input is [N, 3, 32, 32].' });
    expect(of('cifar100', [N, 3, 32, 32], [N, 10], { data: { labels: 'fine' } })).toMatchObject({ code: 'training-outputs', message: 'cifar100 has 100 classes; the output [N, 10] has scores for 10.' });
    expect(of('cifar10', [N, 3, 32, 32], [N, 16, 8, 8])).toMatchObject({ code: 'no-classifier' });
    expect(of('images', [N, 4, 32, 32], [N, 10])).toMatchObject({ code: 'training-inputs', message: expect.stringContaining('1 channel (grey) or 3') });
    expect(of('images', [N, 3, 32, 32], [N, 1])).toMatchObject({ code: 'training-outputs' });
    expect(of('copy', [N, 12], [N, 12, 10])).toMatchObject({ code: 'training-outputs', message: expect.stringContaining('Permute with dims [0, 2, 1]') });
    expect(of('copy', [N, 2], [N, 10, 2])).toMatchObject({ code: 'training-inputs' });
    expect(of('copy', [N, 12], [N, 3, 12])).toMatchObject({ code: 'training-outputs', message: expect.stringContaining('at least 4 tokens') });
    expect(of('copy', [N, 12], [N, 10, 12], { loss: 'mse' })).toMatchObject({ code: 'training-outputs', message: expect.stringContaining('cross_entropy does') });
  });
});
