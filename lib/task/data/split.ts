import { random, shuffled } from '../random.js';

export interface Split {
  readonly train: number;
  readonly test: number;
  /** Where a sample stands in the set: the first `train` indices are for training, the next `test` for the tests. */
  place(index: number): number;
}

/** Keeps a share of a set for the tests, drawn at random but always the same ones, so that runs with other seeds are tested on equal terms. */
export function holdout(count: number, share: number): Split {
  const test = Math.min(Math.max(0, count - 1), Math.round(count * share));
  const order = shuffled(count, random(0, 'holdout'));
  const train = order.slice(0, count - test).sort();
  const kept = order.slice(count - test).sort();
  return { train: train.length, test: kept.length, place: (index) => (index < train.length ? train[index] : kept[index - train.length]) as number };
}
