import { expect, test } from 'vitest';
import { openDataset, type Wanted } from '../../../lib/task/data/dataset.js';

const digits: Wanted = { input: [3, 16, 16], dtype: 'float32', output: [10], loss: 'cross_entropy' };
const recipe = { dataset: 'digits', batch_size: 64, seed: 0 } as const;

test('there are 1,437 digits to train and 360 to test, of ten classes, from -1 to 1', () => {
  const data = openDataset(recipe, digits);
  expect([data.samples.train, data.samples.test]).toEqual([1437, 360]);
  const tests = [...data.tests()];
  expect(tests.reduce((sum, { target }) => sum + (target.shape[0] ?? 0), 0)).toBe(360);
  expect(new Set(tests.flatMap(({ labels }) => [...(labels?.data ?? [])])).size).toBe(10);
  const values = tests.flatMap(({ inputs }) => [...(inputs[0]?.data ?? [])]);
  expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
});

test('the same seed gives the same batches whatever the size of the input, another seed others', () => {
  const labels = (seed: number, input: readonly number[]): readonly number[] => [...(openDataset({ ...recipe, seed }, { ...digits, input }).batch(30).labels?.data ?? [])];
  expect(labels(0, [1, 8, 8])).toEqual(labels(0, [3, 16, 16]));
  expect(labels(1, [1, 8, 8])).not.toEqual(labels(0, [1, 8, 8]));
});

test('an epoch shows every training digit once', () => {
  const data = openDataset({ ...recipe, batch_size: 479 }, { ...digits, input: [64] });
  const seen = [0, 1, 2].flatMap((step) => {
    const { inputs } = data.batch(step);
    const values = inputs[0]?.data ?? [];
    return Array.from({ length: 479 }, (_, i) => values.slice(64 * i, 64 * i + 64).join());
  });
  expect(new Set(seen).size).toBeGreaterThan(1430);
});

test('images fill what the network takes: channels repeated, sequences by rows, tokens as grey values', () => {
  const image = openDataset(recipe, { ...digits, input: [2, 8, 8] }).samples.batch([0]).inputs[0]?.data ?? [];
  expect([...image.slice(0, 64)]).toEqual([...image.slice(64)]);
  expect(openDataset(recipe, { ...digits, input: [8, 8] }).samples.batch([0]).inputs[0]?.shape).toEqual([1, 8, 8]);
  const tokens = openDataset(recipe, { ...digits, input: [64], dtype: 'int32' }).samples.batch([0]).inputs[0]?.data ?? [];
  expect([...tokens].every((token) => Number.isInteger(token) && token >= 0 && token <= 16)).toBe(true);
});

test('shapes have a class for every pixel, and a mask where one channel is asked for', () => {
  const wanted: Wanted = { input: [3, 24, 20], dtype: 'float32', output: [3, 24, 20], loss: 'cross_entropy' };
  const { labels, target } = openDataset({ ...recipe, dataset: 'shapes' }, wanted).batch(0);
  expect(labels?.shape).toEqual([64, 24, 20]);
  expect(new Set(target.data)).toEqual(new Set([0, 1, 2]));
  const mask = openDataset({ ...recipe, dataset: 'shapes' }, { ...wanted, output: [1, 24, 20], loss: 'bce_with_logits' }).batch(0).target;
  expect(mask.shape).toEqual([64, 1, 24, 20]);
  expect(new Set(mask.data)).toEqual(new Set([0, 1]));
});

test('digits as tokens need an Embedding with a row for every grey value', () => {
  expect(() => openDataset(recipe, { ...digits, input: [64], dtype: 'int32', rows: 16 })).toThrow('the Embedding that reads them has 16 rows');
});

test('a written batch size is kept by the tests too', () => {
  expect([...openDataset(recipe, digits, true).tests()].every(({ target }) => target.shape[0] === 64)).toBe(true);
});
