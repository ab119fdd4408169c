import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset, type Wanted } from '../../../lib/task/data/dataset.js';
import { openAccess, placeOf } from '../../../lib/task/data/files.js';
import { copyOf, expected, files, floatsOf, images, problemIn, range } from './expected.js';

const wanted = images([2, 3], 3);
const npy = (x: string, y = 'y.npy', want: Wanted = wanted, home = files, more: Readonly<Record<string, string | number>> = {}) =>
  openDataset({ dataset: 'npy', data: { x: `arrays/${x}`, y: `arrays/${y}`, x_test: '', y_test: '', test_share: 0, ...more }, batch_size: 2, seed: 0 }, want, false, { home });
const npz = (name: string, home = files, share = 0) => openDataset({ dataset: 'npz', data: { path: `arrays/${name}`, test_share: share }, batch_size: 2, seed: 0 }, wanted, false, { home });
const wrong = (...args: Parameters<typeof npy>) => problemIn(() => npy(...args));

describe('.npy files', () => {
  it.each(['u1', 'b1', 'i1', 'i4', 'i8', 'f4', 'f8'])('of dtype %s become the float32 that PyTorch makes of them', (dtype) => {
    const { inputs, target } = npy(`x-${dtype}.npy`).samples.batch(range(0, 5));
    expect(inputs[0]).toEqual({ shape: [5, 2, 3], data: floatsOf(expected.arrays[dtype] as string) });
    expect([...target.data]).toEqual(expected.arrays.classes);
  });

  it('may hold values to compare with instead of classes', () => {
    const { target, labels } = npy('x-f4.npy', 'y-values.npy', { ...wanted, loss: 'mse' }).samples.batch(range(0, 5));
    expect(target).toEqual({ shape: [5, 3], data: Float32Array.from(expected.arrays.values.flat()) });
    expect(labels).toBeUndefined();
  });

  it('may hold a class for every place of the output, or for one score whether it is so', () => {
    const places = npy('x-f4.npy', 'x-b1.npy', { ...wanted, output: [2, 2, 3] }).samples.batch(range(0, 5));
    expect([places.target.shape, places.labels]).toEqual([[5, 2, 3], places.target]);
    expect([...places.target.data]).toEqual([...floatsOf(expected.arrays['b1'] as string)]);
    const yes = npy('x-f4.npy', 'y-u1.npy', { ...wanted, output: [3], loss: 'bce_with_logits' }).samples.batch(range(0, 5));
    expect(yes.target.shape).toEqual([5, 3]);
    expect(expected.arrays.classes.map((label, i) => yes.target.data[3 * i + label])).toEqual([1, 1, 1, 1, 1]);
  });

  it('of integers feed an input of integers', () => {
    expect(npy('x-u1.npy', 'y-u1.npy', { ...wanted, dtype: 'int32' }).samples.batch([0]).inputs[0]?.data).toBeInstanceOf(Int32Array);
    expect(wrong('x-f4.npy', 'y.npy', { ...wanted, dtype: 'int32' })).toMatchObject({ code: 'data-dtype', setting: ['x'], message: "arrays/x-f4.npy is float32; the network's input takes integers: save x.astype('int64')." });
    expect(wrong('x-u1.npy', 'y.npy', { ...wanted, dtype: 'int32', rows: 7 })).toMatchObject({ code: 'data-labels', setting: ['x'], message: expect.stringContaining('the Embedding that reads it has rows 0 to 6') });
    expect(wrong('x-i8.npy', 'y.npy', { ...wanted, dtype: 'int32' })).toMatchObject({ code: 'data-labels', message: expect.stringContaining('integers are read as int32') });
  });

  it('that cannot be read say why and what to save instead', () => {
    expect(wrong('x-fortran.npy')).toMatchObject({ code: 'data-shape', setting: ['x'], message: expect.stringContaining('np.ascontiguousarray') });
    expect(wrong('x-big.npy')).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('big-endian (>f4)') });
    expect(wrong('x-half.npy')).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('"<f2"') });
    expect(wrong('x-object.npy')).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('Python objects') });
    expect(wrong('x-fields.npy')).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('named fields') });
    expect(wrong('x-none.npy')).toMatchObject({ code: 'data-missing', setting: ['x'] });
    expect(wrong('x-f4.npy', 'y.npy', wanted, files, { x_test: 'arrays/x-f4.npy' })).toMatchObject({ code: 'data-missing', setting: ['x_test'], message: 'x_test and y_test go together; y_test is not written.' });
  });

  it('that are cut, or longer than they say, are told with byte and row', () => {
    const home = copyOf('arrays');
    truncateSync(path.join(home, 'arrays/x-f4.npy'), 200);
    expect(wrong('x-f4.npy', 'y.npy', wanted, home)).toMatchObject({ code: 'data-corrupt', setting: ['x'], message: 'arrays/x-f4.npy: shape (5, 2, 3) of float32 takes 248 bytes, but the file ends at byte 200, in row 3.' });
    truncateSync(path.join(home, 'arrays/x-f8.npy'), 40);
    expect(wrong('x-f8.npy', 'y.npy', wanted, home)).toMatchObject({ code: 'data-corrupt', message: expect.stringContaining('its header ends at byte 128, the file at byte 40') });
    writeFileSync(path.join(home, 'arrays/y.npy'), Buffer.concat([readFileSync(path.join(files, 'arrays/y.npy')), Buffer.from('more')]));
    expect(wrong('x-i4.npy', 'y.npy', wanted, home)).toMatchObject({ code: 'data-corrupt', setting: ['y'], message: expect.stringContaining('4 more bytes follow') });
    writeFileSync(path.join(home, 'arrays/y.npy'), 'hello');
    expect(wrong('x-i4.npy', 'y.npy', wanted, home)).toMatchObject({ code: 'data-corrupt', message: expect.stringContaining('no .npy file') });
  });

  it('that do not fit the network say both shapes', () => {
    expect(wrong('x-f4.npy', 'y.npy', images([6], 3))).toMatchObject({ code: 'data-shape', setting: ['x'], message: "arrays/x-f4.npy has the shape (5, 2, 3), samples of [2, 3]; the network's input takes [6]." });
    expect(wrong('x-f4.npy', 'y-float.npy')).toMatchObject({ code: 'data-dtype', setting: ['y'], message: expect.stringContaining("y.astype('int64')") });
    expect(wrong('x-f4.npy', 'y.npy', images([2, 3], 2))).toMatchObject({ code: 'data-labels', setting: ['y'], message: expect.stringMatching(/^Label 2 at row \d of arrays\/y.npy: the network's output has scores for 2 classes, 0 to 1\.$/) });
    expect(wrong('x-f4.npy', 'y-values.npy', { ...wanted, loss: 'mse', output: [4] })).toMatchObject({ code: 'data-shape', setting: ['y'], message: expect.stringContaining('so it takes (n, 4)') });
    expect(wrong('x-f4.npy', 'x-f4.npy')).toMatchObject({ code: 'data-dtype', setting: ['y'] });
    expect(wrong('x-f4.npy', 'x-i4.npy')).toMatchObject({ code: 'data-shape', setting: ['y'], message: expect.stringContaining('takes one class a sample, (n,)') });
  });
});

it('a large file is read piece by piece, to the same bytes', () => {
  const place = placeOf(files, 'arrays/x-f8.npy');
  const [whole, pieces] = [openAccess(place), openAccess(place, 0)];
  expect(pieces.size).toBe(whole.size);
  for (const [start, length] of [[0, 10], [7, 100], [whole.size - 3, 3], [50, 0]] as const) expect(pieces.read(start, length).equals(whole.read(start, length))).toBe(true);
  expect(() => pieces.read(whole.size - 3, 4)).toThrow(`arrays/x-f8.npy ends at byte ${whole.size}; more is needed.`);
  pieces.close();
});

describe('.npz files', () => {
  it('hold x and y, or training and test arrays, stored or packed', () => {
    const stored = npz('stored.npz').samples;
    const packed = npz('packed.npz').samples;
    expect([stored.train, stored.test, packed.train, packed.test]).toEqual([5, 0, 5, 2]);
    const x = floatsOf(expected.arrays['f4'] as string);
    expect(stored.batch(range(0, 5)).inputs[0]?.data).toEqual(x);
    expect(packed.batch(range(5, 7)).inputs[0]?.data).toEqual(x.slice(0, 12));
  });

  it('without tests keep a share of the samples for them, the same for every seed', () => {
    const { samples } = npz('stored.npz', files, 0.4);
    expect([samples.train, samples.test]).toEqual([3, 2]);
    const rows = range(0, 5).map((index) => samples.batch([index]).inputs[0]?.data.join());
    expect(new Set(rows).size).toBe(5);
  });

  it('that are damaged are told by their checksums', () => {
    const home = copyOf('arrays');
    const file = path.join(home, 'arrays/stored.npz');
    const bytes = readFileSync(file);
    const damaged = Buffer.from(bytes);
    damaged[300]! ^= 1;
    writeFileSync(file, damaged);
    expect(problemIn(() => npz('stored.npz', home))).toMatchObject({ code: 'data-corrupt', setting: ['path'], message: expect.stringContaining('checksum of x.npy') });
    writeFileSync(file, bytes.subarray(0, 300));
    expect(problemIn(() => npz('stored.npz', home))).toMatchObject({ code: 'data-corrupt', message: expect.stringContaining('no directory at its end') });
  });
});
