import { copyFileSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DataRecipe, openDataset, type Wanted } from '../../../lib/task/data/dataset.js';
import { bytesOf, copyOf, expected, files, floatsOf, images, problemIn, range, scaledOf } from './expected.js';

const recipe = (dataset: DataRecipe['dataset'], data: Readonly<Record<string, string | number>>): DataRecipe => ({ dataset, data, batch_size: 4, seed: 0 });
const open = (name: DataRecipe['dataset'], data: Readonly<Record<string, string | number>>, wanted: Wanted, home = files) => openDataset(recipe(name, data), wanted, false, { home });

describe('IDX files', () => {
  it('of MNIST, packed with gzip, are read as NumPy and PyTorch read them', () => {
    const { samples } = open('mnist', { path: 'mnist' }, images([1, 28, 28], 10));
    expect([samples.train, samples.test]).toEqual([12, 5]);
    const train = samples.batch(range(0, 12));
    expect(train.inputs[0]).toEqual({ shape: [12, 1, 28, 28], data: floatsOf(expected.mnist.train.floats) });
    expect([...train.target.data]).toEqual(expected.mnist.train.labels);
    const test = samples.batch(range(12, 17));
    expect(test.inputs[0]?.data).toEqual(floatsOf(expected.mnist.t10k.floats));
    expect([...(test.labels?.data ?? [])]).toEqual(expected.mnist.t10k.labels);
  });

  it('of Fashion-MNIST are found where torchvision puts them', () => {
    const { samples } = open('fashion_mnist', { path: 'fashion' }, images([28, 28], 10));
    expect(samples.batch(range(0, 7)).inputs[0]).toEqual({ shape: [7, 28, 28], data: floatsOf(expected.fashion.train.floats) });
  });

  it('fill an input of 784 values in a row, and one of integers with the bytes themselves', () => {
    expect(open('mnist', { path: 'mnist' }, images([784], 10)).samples.batch([0]).inputs[0]?.shape).toEqual([1, 784]);
    const bytes = open('mnist', { path: 'mnist' }, images([784], 10, { dtype: 'int32' })).samples.batch(range(0, 12)).inputs[0]?.data;
    expect(bytes).toEqual(Int32Array.from(bytesOf(expected.mnist.train.images)));
  });

  it('that are missing, cut, too long, of another kind or labelled out of range are told with file and byte', () => {
    const home = copyOf('mnist');
    const at = (name: string): string => path.join(home, 'mnist', name);
    const opened = () => problemIn(() => open('mnist', { path: 'mnist' }, images([1, 28, 28], 10), home));
    const changed = (name: string, change: (bytes: Buffer) => Buffer): void => {
      writeFileSync(at(name), gzipSync(change(gunzipSync(readFileSync(path.join(files, 'mnist', name))))));
    };
    const restore = (name: string): void => copyFileSync(path.join(files, 'mnist', name), at(name));
    const labels = 'train-labels-idx1-ubyte.gz';
    const pictures = 'train-images-idx3-ubyte.gz';

    expect(problemIn(() => open('mnist', { path: 'nowhere' }, images([1, 28, 28], 10), home))).toMatchObject({ code: 'data-missing', message: `There is no folder nowhere (${path.join(home, 'nowhere')}).`, setting: ['path'] });
    rmSync(at(labels));
    expect(opened()).toMatchObject({ code: 'data-missing', message: expect.stringContaining('There is no train-labels-idx1-ubyte in mnist') });
    changed(labels, (bytes) => bytes.subarray(0, 17));
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: 'mnist/train-labels-idx1-ubyte.gz: the header says 12 × 1 bytes, but the file ends at byte 17 of 20, in entry 9.' });
    changed(labels, (bytes) => Buffer.concat([bytes, Buffer.from([1, 2])]));
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: expect.stringContaining('2 more follow at byte 20') });
    changed(labels, (bytes) => (bytes.writeUInt8(11, 8 + 5), bytes));
    expect(opened()).toMatchObject({ code: 'data-labels', message: 'mnist/train-labels-idx1-ubyte.gz: label 11 at byte 13 (row 5); the classes are 0 to 9.' });
    changed(labels, (bytes) => (bytes.writeUInt8(0x0d, 2), bytes));
    expect(opened()).toMatchObject({ code: 'data-dtype', message: expect.stringContaining('the values are float32 (byte 2 is 13)') });
    changed(labels, (bytes) => (bytes.writeUInt32BE(11, 4), bytes.subarray(0, 19)));
    expect(opened()).toMatchObject({ code: 'data-shape', message: expect.stringContaining('has 12 images') });
    changed(labels, () => Buffer.from('{"not":"idx"}'));
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: expect.stringContaining('not the mark of an IDX file') });
    restore(labels);
    truncateSync(at(pictures), 500);
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: 'mnist/train-images-idx3-ubyte.gz cannot be unpacked: it ends in the middle, after 500 bytes.' });
    restore(pictures);
    const bytes = readFileSync(at(pictures));
    writeFileSync(at(pictures), Buffer.concat([bytes.subarray(0, 2000), Buffer.from([bytes[2000]! ^ 0xff]), bytes.subarray(2001)]));
    expect(opened().code).toBe('data-corrupt');
  });

  it('do not fill an input of another size', () => {
    expect(problemIn(() => open('mnist', { path: 'mnist' }, images([3, 32, 32], 10)))).toMatchObject({ code: 'data-shape', message: "An image is [1, 28, 28]; the network's input takes [3, 32, 32]." });
  });

  it('have labels for which a smaller output has no score', () => {
    expect(problemIn(() => open('mnist', { path: 'mnist' }, images([1, 28, 28], 3)))).toMatchObject({ code: 'data-labels', message: expect.stringMatching(/^Label \d at image \d+: the network's output has scores for 3 classes, 0 to 2\.$/) });
  });
});

describe('CIFAR, binary', () => {
  it('10 is read from its six files as NumPy reads it', () => {
    const { samples } = open('cifar10', { path: 'cifar10' }, images([3, 32, 32], 10));
    const parts = Object.entries(expected.cifar10).map(([, part]) => part);
    expect([samples.train, samples.test]).toEqual([13, 3]);
    const all = samples.batch(range(0, 16));
    expect([...all.target.data]).toEqual(parts.flatMap(({ labels }) => labels.map(([label]) => label)));
    const size = 3 * 32 * 32;
    let at = 0;
    for (const part of parts) {
      const wanted = scaledOf(part.images);
      expect(all.inputs[0]?.data.slice(at, at + wanted.length)).toEqual(wanted);
      at += part.labels.length * size;
    }
  });

  it('100 has fine labels, or coarse ones', () => {
    const fine = open('cifar100', { path: 'cifar100', labels: 'fine' }, images([3, 32, 32], 100)).samples.batch(range(0, 6));
    const coarse = open('cifar100', { path: 'cifar100', labels: 'coarse' }, images([3, 32, 32], 20)).samples.batch(range(0, 6));
    const { labels, images: bytes } = expected.cifar100['train.bin']!;
    expect([...fine.target.data]).toEqual(labels.map(([, label]) => label));
    expect([...coarse.target.data]).toEqual(labels.map(([label]) => label));
    expect(fine.inputs[0]?.data).toEqual(scaledOf(bytes));
  });

  it('files that are missing, cut or labelled out of range are told with file and byte', () => {
    const home = copyOf('cifar10');
    const opened = () => problemIn(() => open('cifar10', { path: 'cifar10' }, images([3, 32, 32], 10), home));
    const file = path.join(home, 'cifar10', 'data_batch_3.bin');
    truncateSync(file, 5000);
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: 'cifar10/data_batch_3.bin has 5000 bytes, which are no whole records of 3073: the last one ends after 1927 bytes.' });
    copyFileSync(path.join(files, 'cifar10', 'data_batch_3.bin'), file);
    const bytes = readFileSync(file);
    bytes[3073] = 10;
    writeFileSync(file, bytes);
    expect(opened()).toMatchObject({ code: 'data-labels', message: 'cifar10/data_batch_3.bin: label 10 at byte 3073 (row 1); the classes are 0 to 9.' });
    rmSync(file);
    expect(opened()).toMatchObject({ code: 'data-missing', message: expect.stringContaining('The binary version of the set is read') });
  });
});

it('a link to itself in place of a file or folder is told as such, with the word of the recipe', () => {
  const home = copyOf('mnist');
  symlinkSync('loop', path.join(home, 'loop'));
  expect(problemIn(() => open('mnist', { path: 'loop' }, images([1, 28, 28], 10), home))).toMatchObject({ code: 'data-missing', message: 'loop cannot be read: a link on its path leads back to itself.', setting: ['path'] });
});
