import { byteImages } from './byte-images.js';
import type { Samples, Wanted } from './dataset.js';
import { findFile, type Place, readBytes, requirePlace } from './files.js';
import { DataProblem } from './problem.js';

const size = 3 * 32 * 32;

/** CIFAR-10, binary version (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label and 3,072 bytes, channels first. */
export function cifar10(folder: Place, wanted: Wanted): Samples {
  return cifar(folder, wanted, 'cifar-10-batches-bin', [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`), 'test_batch.bin', [10], 0);
}

/** CIFAR-100, binary version: records of a coarse and a fine label and 3,072 bytes. */
export function cifar100(folder: Place, wanted: Wanted, labels: 'fine' | 'coarse'): Samples {
  return cifar(folder, wanted, 'cifar-100-binary', ['train.bin'], 'test.bin', [20, 100], labels === 'coarse' ? 0 : 1);
}

/** `classes`: how many there are of each label byte of a record; `which` of them counts. */
function cifar(folder: Place, wanted: Wanted, subfolder: string, train: readonly string[], test: string, classes: readonly number[], which: number): Samples {
  requirePlace(folder, 'folder', 'path');
  const hint = ` The binary version of the set is read (${subfolder}), not the one for Python.`;
  const record = classes.length + size;
  const files = [...train, test].map((name) => {
    const place = findFile(folder, [subfolder], [name], hint);
    const bytes = readBytes(place);
    const rest = bytes.length % record;
    if (rest || !bytes.length) throw new DataProblem('data-corrupt', `${place.shown} has ${bytes.length} bytes, which are no whole records of ${record}: ${bytes.length ? `the last one ends after ${rest} bytes` : 'it is empty'}.`, ['path']);
    for (let row = 0; row * record < bytes.length; row++)
      for (const [i, count] of classes.entries()) {
        const label = bytes[row * record + i] as number;
        if (label >= count) throw new DataProblem('data-labels', `${place.shown}: label ${label} at byte ${row * record + i} (row ${row}); the classes are 0 to ${count - 1}.`, ['path']);
      }
    return bytes;
  });
  const counts = files.map((bytes) => bytes.length / record);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  const find = (index: number): readonly [Uint8Array, number] => {
    let file = files.length - 1;
    while (file > 0 && index < (starts[file] as number)) file--;
    return [files[file] as Uint8Array, (index - (starts[file] as number)) * record];
  };
  return byteImages(
    {
      train: starts.at(-1) as number,
      test: counts.at(-1) as number,
      sample: [3, 32, 32],
      pixels(index) {
        const [bytes, at] = find(index);
        return bytes.subarray(at + classes.length, at + record);
      },
      label(index) {
        const [bytes, at] = find(index);
        return bytes[at + which] as number;
      },
    },
    wanted,
  );
}
