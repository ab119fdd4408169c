import { expect, it } from 'vitest';
import { openDataset, type Wanted } from '../../../lib/task/data/dataset.js';
import { problemIn } from './expected.js';

const wanted: Wanted = { input: [9], dtype: 'int32', output: [8, 9], loss: 'cross_entropy' };
const open = (want: Wanted = wanted) => openDataset({ dataset: 'copy', batch_size: 16, seed: 0 }, want);
const rows = (data: ArrayLike<number>, length: number): readonly (readonly number[])[] => Array.from({ length: data.length / length }, (_, i) => Array.from(data).slice(i * length, (i + 1) * length));

it('the copy task gives symbols, blanks and a mark, and asks for the symbols after the mark', () => {
  const { inputs, target, labels } = open().batch(0);
  expect([inputs[0]?.shape, target.shape]).toEqual([[16, 9], [16, 9]]);
  expect(labels).toEqual(target);
  for (const [i, given] of rows(inputs[0]!.data, 9).entries()) {
    expect(given.slice(4)).toEqual([1, 0, 0, 0, 0]);
    expect(given.slice(0, 4).every((token) => token >= 2 && token < 8)).toBe(true);
    expect(rows(target.data, 9)[i]).toEqual([0, 0, 0, 0, 0, ...given.slice(0, 4)]);
  }
});

it('the copy task has as many tokens as the output has scores for and the Embedding has rows', () => {
  const most = (want: Wanted) => Math.max(...Array.from(open(want).batch(0).inputs[0]!.data));
  expect([most(wanted), most({ ...wanted, rows: 5 })]).toEqual([7, 4]);
  expect(problemIn(() => open({ ...wanted, rows: 3 }))).toMatchObject({ code: 'data-dtype' });
});

it('the copy task comes one-hot where the input has features', () => {
  const { inputs } = open({ ...wanted, input: [9, 8], dtype: 'float32' }).batch(0);
  expect(inputs[0]?.shape).toEqual([16, 9, 8]);
  const tokens = rows(inputs[0]!.data, 8).map((features) => features.indexOf(1));
  expect(tokens).toEqual([...open().batch(0).inputs[0]!.data]);
});
