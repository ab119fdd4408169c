import { sampleShapes } from '../../recipes/fit.js';
import { reconstructs } from '../../recipes/tables.js';
import type { HostTensor } from '../backends/backend.js';
import { checkLabels, classTarget, type Samples, type Wanted } from './dataset.js';
import { DataProblem } from './problem.js';

/** Labelled images of bytes, channels first. */
export interface ByteImages {
  readonly train: number;
  readonly test: number;
  /** Channels, height, width. */
  readonly sample: readonly [number, number, number];
  pixels(index: number): Uint8Array;
  label(index: number): number;
  readonly notes?: readonly string[];
  /** What an image is called; its number unless said. */
  name?(index: number): string;
}

/** A byte as torchvision's ToTensor makes it: value / 255 in float32. */
const scaled = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** Batches of such images: from 0 to 1, or the bytes themselves where the input takes integers. */
export function byteImages(images: ByteImages, wanted: Wanted): Samples {
  const { sample } = images;
  if (!sampleShapes(sample).some((shape) => sameShape(shape, wanted.input))) throw new DataProblem('data-shape', `An image is [${sample.join(', ')}]; the network's input takes [${wanted.input.join(', ')}].`);
  const size = sample.reduce((all, dim) => all * dim, 1);
  if (wanted.dtype === 'int32' && wanted.rows !== undefined && wanted.rows < 256) throw new DataProblem('data-dtype', `Bytes go from 0 to 255; the Embedding that reads them has ${wanted.rows} rows.`);
  const autoencodes = reconstructs(wanted.loss) && sameShape(wanted.output, wanted.input);
  if (!autoencodes) checkLabels({ count: images.train + images.test, label: images.label }, wanted, (row) => images.name?.(row) ?? `image ${row}`);
  return {
    train: images.train,
    test: images.test,
    ...(images.notes && { notes: images.notes }),
    batch(indices) {
      const n = indices.length;
      const data = wanted.dtype === 'int32' ? new Int32Array(n * size) : new Float32Array(n * size);
      const labels = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const index = indices[i] as number;
        const pixels = images.pixels(index);
        labels[i] = images.label(index);
        if (wanted.dtype === 'int32') data.set(pixels, i * size);
        else for (let k = 0; k < size; k++) data[i * size + k] = scaled[pixels[k] as number] as number;
      }
      const input: HostTensor = { shape: [n, ...wanted.input], data };
      if (autoencodes) return { inputs: [input], target: input };
      return { inputs: [input], ...classTarget(labels, wanted.loss, wanted.output) };
    },
  };
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);
