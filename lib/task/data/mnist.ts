import { type ByteImages, byteImages } from './byte-images.js';
import type { Samples, Wanted } from './dataset.js';
import { findFile, type Place, requirePlace } from './files.js';
import { readIdx } from './idx.js';
import { DataProblem } from './problem.js';

/** Where torchvision puts the files below the folder that it is given. */
const subfolders = ['raw', 'MNIST/raw', 'FashionMNIST/raw'];

/** MNIST and Fashion-MNIST: four IDX files, pixels from 0 to 1. */
export function mnist(folder: Place, wanted: Wanted): Samples {
  requirePlace(folder, 'folder', 'path');
  const [train, test] = (['train', 't10k'] as const).map((part) => readPart(folder, part));
  return byteImages(join(train as Part, test as Part), wanted);
}

interface Part {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

function readPart(folder: Place, part: 'train' | 't10k'): Part {
  const [images, labels] = [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`].map((name) => findFile(folder, subfolders, [name, name.replace('-idx', '.idx')])) as [Place, Place];
  const { shape, data: pixels } = readIdx(images, 3);
  const { data: answers } = readIdx(labels, 1);
  const [count, height, width] = shape as [number, number, number];
  if (height !== 28 || width !== 28) throw new DataProblem('data-shape', `${images.shown} has images of ${height} × ${width}; MNIST's are 28 × 28.`, ['path']);
  if (count !== answers.length) throw new DataProblem('data-shape', `${images.shown} has ${count} images, ${labels.shown} ${answers.length} labels.`, ['path']);
  if (!count) throw new DataProblem('data-shape', `${images.shown} has no images.`, ['path']);
  const wrong = answers.findIndex((label) => label > 9);
  if (wrong >= 0) throw new DataProblem('data-labels', `${labels.shown}: label ${answers[wrong]} at byte ${8 + wrong} (row ${wrong}); the classes are 0 to 9.`, ['path']);
  return { pixels, labels: answers };
}

function join(train: Part, test: Part): ByteImages {
  const size = 28 * 28;
  const count = train.labels.length;
  return {
    train: count,
    test: test.labels.length,
    sample: [1, 28, 28],
    pixels: (index) => (index < count ? train.pixels.subarray(index * size, (index + 1) * size) : test.pixels.subarray((index - count) * size, (index - count + 1) * size)),
    label: (index) => (index < count ? train.labels[index] : test.labels[index - count]) as number,
  };
}
