import { noAugment } from '../../recipes/augment.js';
import type { Recipe } from '../../recipes/recipe.js';
import { readsClasses } from '../../recipes/tables.js';
import type { HostTensor } from '../backends/backend.js';
import { random, shuffled } from '../random.js';
import { npy, npz } from './arrays.js';
import { augmenter, type Drawn } from './augmented.js';
import { cifar10, cifar100 } from './cifar.js';
import { copy } from './copy.js';
import { digits } from './digits.js';
import { placeOf } from './files.js';
import { mnist } from './mnist.js';
import { DataProblem } from './problem.js';
import { shapes } from './shapes.js';
import { spirals } from './spirals.js';

/** What a step sees. */
export interface Batch {
  readonly inputs: readonly HostTensor[];
  /** Class indices (int32) for losses that compare with classes, else values in the output's shape. */
  readonly target: HostTensor;
  /** The right class of every sample or pixel, where there is one: what accuracy counts. */
  readonly labels?: HostTensor;
  /** The tensors are shapes alone: the backend has made the batch itself and holds it until it is asked for another. */
  readonly own?: true;
}

/** Samples of one data set, cut to the shapes of one network. */
export interface Samples {
  readonly train: number;
  readonly test: number;
  /** The samples with these indices; the first `train` are for training, the next `test` for testing. */
  batch(indices: ArrayLike<number>): Batch;
  /** What black is in an image; 0 unless said. */
  readonly black?: number;
  /** Things worth saying that keep nothing from running. */
  readonly notes?: readonly string[];
  /** Looks at a sample that nobody has read yet; throws a DataProblem. Absent where all were looked at when the set was opened. */
  check?(index: number): void;
}

/** The shapes that the data set must fill: without the axis of the batch, all of them numbers. */
export interface Wanted {
  readonly input: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Shape of the network's first output, without the batch. */
  readonly output: readonly number[];
  readonly loss: Recipe['loss'];
  /** Rows of the smallest Embedding that reads the input. */
  readonly rows?: number;
}

/** Batches of a run, wherever they are made. */
export interface Batches {
  readonly train: number;
  readonly test: number;
  /** The batch of a step: every epoch is one shuffled pass, the same for the same seed whatever the network and the backend. */
  batch(step: number): Batch | Promise<Batch>;
  /** The first samples, for an estimate of what a step takes. */
  rehearsal(size: number): Batch | Promise<Batch>;
  /** The test samples, in order. */
  tests(): Iterable<Batch> | AsyncIterable<Batch>;
}

export interface Dataset extends Batches {
  readonly samples: Samples;
  readonly notes: readonly string[];
  batch(step: number): Batch;
  rehearsal(size: number): Batch;
  tests(): Iterable<Batch>;
  readonly testBatches: number;
  testBatch(index: number): Batch;
  /** Looks at one sample after the other that the steps from `from` on will read and the tests after them, in that order; throws a DataProblem that names the step. */
  checks(from: number, steps: number): Generator<void>;
}

/** What of a recipe decides its batches. */
export type DataRecipe = Pick<Recipe, 'dataset' | 'batch_size' | 'seed'> & Partial<Pick<Recipe, 'data' | 'augment'>>;

/** The images of a folder need decoders that load asynchronously; the thread that reads them hands them in. */
export type ImageReader = (folder: ReturnType<typeof placeOf>, share: number, wanted: Wanted) => Samples;

export interface OpenOptions {
  /** The folder of the design, to which paths are relative. */
  readonly home?: string;
  readonly images?: ImageReader;
}

/**
 * Opens a data set in this thread; throws a DataProblem where its files are not what they should be. `fixed`: the network's batch size is written, so that an
 * incomplete last batch of tests is left out.
 */
export function openDataset(recipe: DataRecipe, wanted: Wanted, fixed = false, options: OpenOptions = {}): Dataset {
  const samples = openSamples(recipe, wanted, options);
  const { batch_size: size, seed } = recipe;
  const augment = augmenter(recipe.augment ?? noAugment, seed, wanted, samples.black ?? 0);
  const at = drawer(samples.train, seed);
  /** A file of a set that was not read whole before training is told with who reads it. */
  const late = <T>(reader: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw error instanceof DataProblem && samples.check ? new DataProblem(error.code, `${error.message} ${reader}`, error.setting) : error;
    }
  };
  const inTests = 'The tests read it.';
  const testBatches = Math.max(fixed && samples.test ? 1 : 0, fixed ? Math.floor(samples.test / size) : Math.ceil(samples.test / size));
  const testBatch = (index: number): Batch => {
    const start = index * size;
    const count = fixed ? size : Math.min(size, samples.test - start);
    return augment.testing(late(inTests, () => samples.batch(Uint32Array.from({ length: count }, (_, i) => samples.train + ((start + i) % samples.test)))));
  };
  return {
    samples,
    train: samples.train,
    test: samples.test,
    notes: samples.notes ?? [],
    batch(step) {
      const drawn = Array.from({ length: size }, (_, i) => at(step * size + i));
      return augment.training(late(`Step ${step + 1} reads it.`, () => samples.batch(drawn.map(({ index }) => index))), drawn);
    },
    rehearsal: (count) => augment.testing(samples.batch(Uint32Array.from({ length: count }, (_, i) => i % samples.train))),
    testBatches,
    testBatch,
    *tests() {
      for (let index = 0; index < testBatches; index++) yield testBatch(index);
    },
    *checks(from, steps) {
      const { check } = samples;
      if (!check) return;
      const drawn = drawer(samples.train, seed);
      for (let i = 0; i < Math.min(samples.train, Math.max(0, steps - from) * size); i++) {
        const position = from * size + i;
        late(`Step ${Math.floor(position / size) + 1} reads it.`, () => check(drawn(position).index));
        yield;
      }
      for (let index = 0; index < samples.test; index++) {
        late(inTests, () => check(samples.train + index));
        yield;
      }
    },
  };
}

/** Which sample stands at a position of training: every epoch is one shuffled pass. */
function drawer(train: number, seed: number): (position: number) => Drawn {
  let epoch = -1;
  let order = new Uint32Array();
  return (position) => {
    const wanted = Math.floor(position / train);
    if (wanted !== epoch) {
      epoch = wanted;
      order = shuffled(train, random(seed, 'epoch', epoch)) as Uint32Array<ArrayBuffer>;
    }
    return { epoch, index: order[position % train] as number };
  };
}

function openSamples({ dataset, data = {} }: DataRecipe, wanted: Wanted, { home = process.cwd(), images }: OpenOptions): Samples {
  const place = placeOf(home, String(data['path'] ?? ''));
  const share = Number(data['test_share'] ?? 0);
  switch (dataset) {
    case 'digits':
      return digits(wanted);
    case 'shapes':
      return shapes(wanted);
    case 'spirals':
      return spirals(wanted);
    case 'copy':
      return copy(wanted);
    case 'mnist':
    case 'fashion_mnist':
      return mnist(place, wanted);
    case 'cifar10':
      return cifar10(place, wanted);
    case 'cifar100':
      return cifar100(place, wanted, data['labels'] === 'coarse' ? 'coarse' : 'fine');
    case 'npy':
      return npy(home, data, wanted);
    case 'npz':
      return npz(place, share, wanted);
    case 'images':
      if (!images) throw new DataProblem('data-worker', 'Images are read in a thread of their own.');
      return images(place, share, wanted);
    case 'python':
      throw new DataProblem('data-backend', `python:${data['file']}:${data['function']} runs in the Python of the torch backend (--backend torch); other backends cannot take its batches.`);
  }
}

/** Targets for scores a class: indices for losses that compare with classes, one-hot rows for the others. */
export function classTarget(labels: Int32Array, loss: Recipe['loss'], output: readonly number[]): Pick<Batch, 'target' | 'labels'> {
  const indices: HostTensor = { shape: [labels.length], data: labels };
  const classes = output[0] ?? 1;
  if (readsClasses(loss, classes)) return { target: indices, labels: indices };
  const data = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (classes === 1) data[i] = label > 0 ? 1 : 0;
    else data[i * classes + label] = 1;
  }
  return { target: { shape: [labels.length, classes], data }, labels: indices };
}

/** Refuses labels for which the network has no score. A single score tells only 0 from 1. */
export function checkLabels({ count, label }: { readonly count: number; label(at: number): number }, { output }: Wanted, name: (at: number) => string, setting: readonly string[] = []): void {
  const classes = Math.max(2, output[0] ?? 1);
  for (let at = 0; at < count; at++) {
    const found = label(at);
    if (found >= 0 && found < classes) continue;
    const scores = output[0] === 1 ? 'one score, which tells 0 from 1' : `scores for ${classes} classes, 0 to ${classes - 1}`;
    throw new DataProblem('data-labels', `Label ${found} at ${name(at)}: the network's output has ${scores}.`, setting);
  }
}
