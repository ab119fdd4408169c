import { describe, expect, it } from 'vitest';
import { noAugment, type Augment } from '../../../lib/recipes/index.js';
import { openDataset, type Wanted } from '../../../lib/task/data/dataset.js';
import { expected, files, floatsOf, images, problemIn, range, scaledOf } from './expected.js';

const cifar = images([3, 32, 32], 10);
const plane = 32 * 32;
const open = (augment: Partial<Augment>, seed = 0, wanted: Wanted = cifar, batch_size = 13) =>
  openDataset({ dataset: 'cifar10', data: { path: 'cifar10' }, augment: { ...noAugment, ...augment }, batch_size, seed }, wanted, false, { home: files });

/** The images of a batch, each as a list of rows in each channel. */
function imagesOf(data: ArrayLike<number>): readonly (readonly number[])[] {
  return range(0, data.length / (3 * plane)).map((i) => Array.from({ length: 3 * plane }, (_, k) => data[i * 3 * plane + k] as number));
}

const mirrored = (image: readonly number[]): readonly number[] => image.map((_, at) => image[at - (at % 32) + 31 - (at % 32)] as number);

describe('augmentation', () => {
  it('normalises to the bits of PyTorch, in training and in tests', () => {
    const data = open({ mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] });
    expect([...data.tests()].map(({ inputs }) => inputs[0]?.data)).toEqual([floatsOf(expected.normalized)]);
    const plain = open({}).batch(0).inputs[0]!.data;
    expect(data.batch(0).inputs[0]!.data[0]).toBe(Math.fround(Math.fround(plain[0]! - Math.fround(0.4914)) / Math.fround(0.247)));
  });

  it('mirrors about half of the images left to right, others each epoch', () => {
    const [plain, flipped] = [open({}), open({ flip: true })];
    const turned = range(0, 40).map((step) => {
      const [before, after] = [imagesOf(plain.batch(step).inputs[0]!.data), imagesOf(flipped.batch(step).inputs[0]!.data)];
      return before.map((image, i) => {
        if (String(after[i]) === String(image)) return 0;
        expect(after[i]).toEqual(mirrored(image));
        return 1;
      });
    });
    const share = turned.flat().reduce<number>((sum, each) => sum + each, 0) / (40 * 13);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    expect(new Set(turned.map(String)).size).toBeGreaterThan(30);
  });

  it('crops windows of the padded image, every offset within the padding', () => {
    const [plain, cropped] = [open({}), open({ crop: 2 })];
    const offsets = new Set<string>();
    for (const step of range(0, 20)) {
      const [before, after] = [imagesOf(plain.batch(step).inputs[0]!.data), imagesOf(cropped.batch(step).inputs[0]!.data)];
      for (const [i, image] of before.entries()) {
        const shifts = range(-2, 3).flatMap((down) => range(-2, 3).map((right) => [down, right] as const));
        const found = shifts.find(([down, right]) => after[i]!.every((value, at) => {
          const [channel, y, x] = [Math.floor(at / plane), Math.floor((at % plane) / 32) + down, (at % 32) + right];
          return value === (y >= 0 && y < 32 && x >= 0 && x < 32 ? image[channel * plane + y * 32 + x] : 0);
        }));
        expect(found).toBeDefined();
        offsets.add(String(found));
      }
    }
    expect(offsets.size).toBe(25);
  });

  it('is the same for the same seed, whatever the batch size, and other for another', () => {
    const settings = { flip: true, crop: 4, mean: 0.5, std: 0.25 };
    const all = (seed: number, size: number) => range(0, 26 / size).flatMap((step) => [...open(settings, seed, cifar, size).batch(step).inputs[0]!.data]);
    expect(all(3, 13)).toEqual(all(3, 2));
    expect(all(3, 13)).not.toEqual(all(4, 13));
  });

  it('leaves the tests as they are but for mean and std', () => {
    expect([...open({ flip: true, crop: 4 }).tests()][0]?.inputs[0]?.data).toEqual(scaledOf(expected.cifar10['test_batch.bin']!.images));
  });

  it('moves the answers of a segmentation with the image', () => {
    const wanted: Wanted = { input: [1, 24, 24], dtype: 'float32', output: [3, 24, 24], loss: 'cross_entropy' };
    const of = (augment: Partial<Augment>) => openDataset({ dataset: 'shapes', augment: { ...noAugment, ...augment }, batch_size: 8, seed: 0 }, wanted).batch(0);
    const [plain, moved] = [of({}), of({ flip: true })];
    for (const i of range(0, 8)) {
      const row = (data: ArrayLike<number>, y: number) => range(0, 24).map((x) => data[i * 576 + y * 24 + x] as number);
      const turned = String(row(moved.inputs[0]!.data, 3)) !== String(row(plain.inputs[0]!.data, 3));
      for (const y of range(0, 24)) expect(row(moved.labels!.data, y)).toEqual(turned ? [...row(plain.labels!.data, y)].reverse() : row(plain.labels!.data, y));
    }
  });

  it('keeps an autoencoder comparing with what it was given', () => {
    const { inputs, target } = open({ flip: true, crop: 3, mean: 0.5, std: 0.5 }, 0, { ...cifar, output: [3, 32, 32], loss: 'mse' }).batch(0);
    expect(target.data).toEqual(inputs[0]?.data);
  });

  it('that does not fit the input is told at its word', () => {
    const wrong = (augment: Partial<Augment>, wanted: Wanted) => problemIn(() => open(augment, 0, wanted));
    expect(wrong({ flip: true }, images([3072], 10))).toMatchObject({ code: 'data-augment', setting: ['augment', 'flip'] });
    expect(wrong({ mean: [0.5, 0.5] }, cifar)).toMatchObject({ code: 'data-augment', setting: ['augment', 'mean'], message: 'mean has 2 numbers; the input [N, 3, 32, 32] has 3 channels.' });
    expect(wrong({ std: 2 }, { ...cifar, dtype: 'int32' })).toMatchObject({ code: 'data-augment', setting: ['augment', 'std'] });
  });
});
