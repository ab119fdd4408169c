import type { Setting } from './setting.js';

/** What is known of a data set before any file of it is opened. */
export interface DatasetSpec {
  readonly doc: string;
  readonly settings: Readonly<Record<string, Setting>>;
  /** How many classes its labels have, where that does not hang on files. */
  readonly classes?: number;
  /** Shape of one sample, where every sample has it and the set does not fill other shapes. */
  readonly sample?: readonly number[];
  /** Files of the user are read; their paths are relative to the design. */
  readonly files?: boolean;
}

const folder = (doc: string): Setting => ({ kind: 'path', doc, default: null, required: true });
const share: Setting = { kind: 'number', doc: 'Share of the samples that is kept for the tests where the set has no part for them.', default: 0.2, min: 0, below: 1 };
const optional = (doc: string): Setting => ({ kind: 'path', doc, default: '' });

/** Data sets of a recipe. The first four ship with Netwright; the others are read from where the recipe says. Nothing is downloaded. */
export const datasets = {
  digits: { doc: 'The 1,797 handwritten digits of UCI (8 × 8, ten classes), resized and repeated to the size and channels of the input; 1,437 to train, 360 to test.', classes: 10, settings: {} },
  shapes: { doc: 'Drawn discs and boxes on noise, with their masks, at any size: a small segmentation problem.', classes: 3, settings: {} },
  spirals: { doc: 'Points of the plane on intertwined spirals, one class an arm.', classes: 3, settings: {} },
  copy: { doc: 'Sequences of tokens to remember: symbols, blanks, a mark, and after the mark the symbols again. Output [N, tokens, length].', settings: {} },
  mnist: { doc: 'MNIST (28 × 28, ten classes) from its four IDX files, also as .gz.', classes: 10, sample: [1, 28, 28], files: true, settings: { path: folder('Folder with train-images-idx3-ubyte and the three others.') } },
  fashion_mnist: { doc: 'Fashion-MNIST (28 × 28, ten classes) from its four IDX files, also as .gz.', classes: 10, sample: [1, 28, 28], files: true, settings: { path: folder('Folder with train-images-idx3-ubyte and the three others.') } },
  cifar10: { doc: 'CIFAR-10 (3 × 32 × 32, ten classes), binary version.', classes: 10, sample: [3, 32, 32], files: true, settings: { path: folder('Folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin.') } },
  cifar100: {
    doc: 'CIFAR-100 (3 × 32 × 32), binary version: 100 classes, or the 20 coarse ones.',
    sample: [3, 32, 32],
    files: true,
    settings: { path: folder('Folder with train.bin and test.bin.'), labels: { kind: 'choice', doc: 'The 100 fine classes or the 20 coarse ones.', default: 'fine', choices: ['fine', 'coarse'] } },
  },
  images: {
    doc: 'PNG and JPEG files, one subfolder a class, resized to the input; in train/ and test/ (or val/), or all in one folder.',
    files: true,
    settings: { path: folder('Folder with a subfolder for each class, or with train/ and test/ that have such.'), test_share: share },
  },
  npy: {
    doc: 'Arrays of NumPy, one .npy file each: samples x along axis 0, and for each the class (integers) or values y.',
    files: true,
    settings: { x: folder('Samples.'), y: folder('Classes or values of the samples.'), x_test: optional('Samples of the tests.'), y_test: optional('Classes or values of the tests.'), test_share: share },
  },
  npz: {
    doc: 'Arrays of NumPy in one .npz file: x and y (or x_train and y_train), and x_test and y_test where there are tests.',
    files: true,
    settings: { path: folder('The .npz file.'), test_share: share },
  },
  python: {
    doc: 'Batches (x, y) of your own, on the torch backend: what a function of a Python file yields or returns (an iterable, a Dataset or a DataLoader). Written as "python:FILE:FUNCTION".',
    files: true,
    settings: { file: folder('Python file.'), function: { kind: 'path', doc: 'Function of that file, called without arguments.', default: null, required: true } },
  },
} as const satisfies Record<string, DatasetSpec>;

export type DatasetName = keyof typeof datasets;

/** The settings of a data set, as read; a path that was left out is ''. */
export type DataSettings = Readonly<Record<string, string | number>>;

/** "python:data.py:batches" as an object, or undefined where it is not of that form. The last colon counts, since C:\ has one. */
export function readPython(text: string): { readonly name: 'python'; readonly file: string; readonly function: string } | undefined {
  const found = /^python:(.+):([A-Za-z_][A-Za-z0-9_]*)$/.exec(text);
  return found ? { name: 'python', file: found[1] as string, function: found[2] as string } : undefined;
}

/** A data set in few words, for the terminal and the run view: "digits", "mnist in data/mnist", "python:data.py:batches". */
export function datasetTitle(name: DatasetName, data: DataSettings = {}): string {
  if (name === 'python') return `python:${data['file']}:${data['function']}`;
  const place = data['path'] ?? data['x'];
  return place === undefined ? name : `${name} in ${place}`;
}
