import { readsClasses, reconstructs } from '../../recipes/tables.js';
import type { HostTensor } from '../backends/backend.js';
import { sameShape } from './labelled-batch.js';
import { checkLabels, classTarget, type Samples, type Wanted } from './dataset.js';
import { type Place, placeOf, requirePlace } from './files.js';
import { type NpyArray, openNpy, readNpy } from './npy.js';
import { DataProblem, plural } from './problem.js';
import { holdout } from './split.js';
import { readZip } from './zip.js';

interface Pair {
  readonly x: NpyArray;
  readonly y: NpyArray;
}

/** Arrays from .npy files; the words x, y, x_test, y_test of the recipe name them. */
export function npy(home: string, settings: Readonly<Record<string, string | number>>, wanted: Wanted): Samples {
  const open = (setting: string): NpyArray => {
    const place = placeOf(home, String(settings[setting]));
    requirePlace(place, 'file', setting);
    return openNpy(place, setting);
  };
  const [testX, testY] = [settings['x_test'] || undefined, settings['y_test'] || undefined];
  if ((testX === undefined) !== (testY === undefined)) throw new DataProblem('data-missing', `x_test and y_test go together; ${testX === undefined ? 'x_test' : 'y_test'} is not written.`, [testX === undefined ? 'y_test' : 'x_test']);
  return arrays({ x: open('x'), y: open('y') }, testX === undefined ? undefined : { x: open('x_test'), y: open('y_test') }, Number(settings['test_share'] ?? 0), wanted, ['x', 'y', 'x_test', 'y_test']);
}

/** Arrays from one .npz file, by their names in it. */
export function npz(place: Place, share: number, wanted: Wanted): Samples {
  requirePlace(place, 'file', 'path');
  const members = readZip(place);
  const open = (...names: readonly string[]): NpyArray | undefined => {
    const name = names.find((each) => members.has(`${each}.npy`));
    if (name === undefined) return undefined;
    const bytes = (members.get(`${name}.npy`) as () => Buffer)();
    return readNpy(`${name} in ${place.shown}`, bytes.length, (start, length) => bytes.subarray(start, start + length), 'path');
  };
  const need = (array: NpyArray | undefined, names: string): NpyArray => {
    if (array) return array;
    const known = [...members.keys()].map((each) => each.replace(/\.npy$/, ''));
    throw new DataProblem('data-missing', `${place.shown} has no array ${names}; ${known.length ? `it has ${known.join(', ')}` : 'it is empty'}.`, ['path']);
  };
  const train = { x: need(open('x', 'x_train'), 'x or x_train'), y: need(open('y', 'y_train'), 'y or y_train') };
  const testX = open('x_test');
  return arrays(train, testX ? { x: testX, y: need(open('y_test'), 'y_test') } : undefined, share, wanted, ['path', 'path', 'path', 'path']);
}

function arrays(train: Pair, test: Pair | undefined, share: number, wanted: Wanted, words: readonly [string, string, string, string]): Samples {
  const target = targetOf(train, wanted, words[1]);
  checkPair(train, wanted, target, [words[0], words[1]]);
  if (test) checkPair(test, wanted, target, [words[2], words[3]]);
  const count = train.x.shape[0] as number;
  const split = test ? { train: count, test: test.x.shape[0] as number, place: (index: number) => index } : holdout(count, share);
  const find = (index: number): readonly [Pair, number] => (test && index >= count ? [test, index - count] : [train, split.place(index)]);
  const size = train.x.rowSize;
  return {
    train: split.train,
    test: split.test,
    batch(indices) {
      const n = indices.length;
      const data = wanted.dtype === 'int32' ? new Int32Array(n * size) : new Float32Array(n * size);
      const labels = target === 'values' ? new Float32Array(n * train.y.rowSize) : new Int32Array(n * train.y.rowSize);
      for (let i = 0; i < n; i++) {
        const [{ x, y }, row] = find(indices[i] as number);
        data.set(x.row(row), i * size);
        if (target !== 'input') labels.set(y.row(row), i * y.rowSize);
      }
      const input: HostTensor = { shape: [n, ...wanted.input], data };
      if (target === 'input') return { inputs: [input], target: input };
      if (target === 'values') return { inputs: [input], target: { shape: [n, ...wanted.output], data: labels } };
      const places = train.y.shape.slice(1);
      if (places.length) {
        const shown: HostTensor = { shape: [n, ...places], data: labels };
        return { inputs: [input], target: shown, labels: shown };
      }
      return { inputs: [input], ...classTarget(labels as Int32Array, wanted.loss, wanted.output) };
    },
  };
}

/** What the loss compares with: the numbers of classes, values in the output's shape, or the input itself. */
function targetOf({ x, y }: Pair, { loss, output, input }: Wanted, setting: string): 'classes' | 'values' | 'input' {
  const [channels, ...places] = output;
  const shape = y.shape.slice(1);
  const text = `(${y.shape.join(', ')})`;
  if (readsClasses(loss, channels)) {
    if (y.kind === 'float') throw new DataProblem('data-dtype', `${y.shown} is ${y.dtype}; ${loss} compares with the numbers of classes: save y.astype('int64').`, [setting]);
    if (!sameShape(shape, places)) throw new DataProblem('data-shape', `${y.shown} has the shape ${text}; ${loss} with the output [N, ${output.join(', ')}] takes one class ${places.length ? `a place, (n, ${places.join(', ')})` : 'a sample, (n,)'}.`, [setting]);
    return 'classes';
  }
  if (sameShape(shape, output) || (shape.length === 0 && output.length === 1 && channels === 1)) return 'values';
  if (y.kind === 'integer' && shape.length === 0 && output.length === 1) return 'classes';
  if (reconstructs(loss) && sameShape(output, input) && shape.length === 0 && x.shape[0] === y.shape[0]) return 'input';
  throw new DataProblem('data-shape', `${y.shown} has the shape ${text}; ${loss} compares it with the output [N, ${output.join(', ')}], so it takes (n, ${output.join(', ')}).`, [setting]);
}

function checkPair({ x, y }: Pair, wanted: Wanted, target: 'classes' | 'values' | 'input', [wordX, wordY]: readonly [string, string]): void {
  const [count = 0, ...each] = x.shape;
  if (!sameShape(each, wanted.input)) throw new DataProblem('data-shape', `${x.shown} has the shape (${x.shape.join(', ')}), samples of [${each.join(', ')}]; the network's input takes [${wanted.input.join(', ')}].`, [wordX]);
  if (!count) throw new DataProblem('data-shape', `${x.shown} has no samples.`, [wordX]);
  if (count !== y.shape[0]) throw new DataProblem('data-shape', `${x.shown} has ${plural(count, 'sample')}, ${y.shown} ${y.shape[0]}.`, [wordY]);
  if (wanted.dtype === 'int32') {
    if (x.kind === 'float') throw new DataProblem('data-dtype', `${x.shown} is ${x.dtype}; the network's input takes integers: save x.astype('int64').`, [wordX]);
    const [least, most] = wanted.rows === undefined ? [-(2 ** 31), 2 ** 31 - 1] : [0, wanted.rows - 1];
    for (let row = 0; row < count; row++) {
      const wrong = Array.from(x.row(row)).find((value) => value < least || value > most);
      if (wrong !== undefined) throw new DataProblem('data-labels', `${x.shown}: ${wrong} in row ${row}; ${wanted.rows === undefined ? 'integers are read as int32' : `the Embedding that reads it has rows 0 to ${most}`}.`, [wordX]);
    }
  }
  if (target === 'classes') checkLabels({ count: count * y.rowSize, label: labelsOf(y) }, wanted, (at) => `row ${Math.floor(at / Math.max(1, y.rowSize))} of ${y.shown}`, [wordY]);
  if (target === 'values') {
    for (let row = 0; row < count; row++) if (!Array.from(y.row(row)).every(Number.isFinite)) throw new DataProblem('data-labels', `${y.shown}: row ${row} has a value that is no finite number.`, [wordY]);
  }
}

function labelsOf(y: NpyArray): (at: number) => number {
  let row = -1;
  let values: ArrayLike<number> = [];
  return (at) => {
    const wanted = Math.floor(at / y.rowSize);
    if (wanted !== row) [row, values] = [wanted, y.row(wanted)];
    return values[at % y.rowSize] as number;
  };
}
