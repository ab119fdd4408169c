import type { Recipe } from '../../recipes/index.js';
import type { HostTensor } from '../backends/backend.js';
import { random, shuffled } from '../random.js';
import { digits } from './digits.js';
import { shapes } from './shapes.js';
import { spirals } from './spirals.js';

/** What a step sees. */
export interface Batch {
  readonly inputs: readonly HostTensor[];
  /** Class indices (int32) for cross_entropy, else values in the output's shape. */
  readonly target: HostTensor;
  /** The right class of every sample or pixel, where there is one: what accuracy counts. */
  readonly labels?: HostTensor;
}

/** Samples of one data set, cut to the shapes of one network. */
export interface Samples {
  readonly train: number;
  readonly test: number;
  /** The samples with these indices; the first `train` are for training, the next `test` for testing. */
  batch(indices: ArrayLike<number>): Batch;
}

/** The shapes that the data set must fill: without the axis of the batch, all of them numbers. */
export interface Wanted {
  readonly input: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Shape of the network's first output, without the batch. */
  readonly output: readonly number[];
  readonly loss: Recipe['loss'];
}

export interface Dataset {
  readonly samples: Samples;
  /** The batch of a step: every epoch is one shuffled pass, the same for the same seed whatever the network. */
  batch(step: number): Batch;
  /** The test samples, in order. */
  tests(): Iterable<Batch>;
}

const sets: Readonly<Record<Recipe['dataset'], (wanted: Wanted) => Samples>> = { digits, shapes, spirals };

/** `fixed`: the network's batch size is written, so that an incomplete last batch of tests is left out. */
export function openDataset(recipe: Pick<Recipe, 'dataset' | 'batch_size' | 'seed'>, wanted: Wanted, fixed = false): Dataset {
  const samples = sets[recipe.dataset](wanted);
  const size = recipe.batch_size;
  let epoch = -1;
  let order = new Uint32Array();
  const at = (position: number): number => {
    const wantedEpoch = Math.floor(position / samples.train);
    if (wantedEpoch !== epoch) {
      epoch = wantedEpoch;
      order = shuffled(samples.train, random(recipe.seed, 'epoch', epoch)) as Uint32Array<ArrayBuffer>;
    }
    return order[position % samples.train] as number;
  };
  return {
    samples,
    batch: (step) => samples.batch(Uint32Array.from({ length: size }, (_, i) => at(step * size + i))),
    *tests() {
      for (let start = 0; start < samples.test; start += size) {
        const count = Math.min(size, samples.test - start);
        if (count < size && fixed && start > 0) return;
        yield samples.batch(Uint32Array.from({ length: fixed ? size : count }, (_, i) => samples.train + ((start + i) % samples.test)));
      }
    },
  };
}

/** Targets for scores a class: indices for cross_entropy, one-hot rows for the others. */
export function classTarget(labels: Int32Array, loss: Recipe['loss'], output: readonly number[]): Pick<Batch, 'target' | 'labels'> {
  const indices: HostTensor = { shape: [labels.length], data: labels };
  if (loss === 'cross_entropy') return { target: indices, labels: indices };
  const classes = output[0] ?? 1;
  const data = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (classes === 1) data[i] = label > 0 ? 1 : 0;
    else data[i * classes + label] = 1;
  }
  return { target: { shape: [labels.length, classes], data }, labels: indices };
}
