import { sampleShapes } from '../../recipes/fit.js';
import { checkLabels, type Samples, type Wanted } from './dataset.js';
import { autoencodes, labelledBatch, sameShape } from './labelled-batch.js';
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
  /** See `Samples.check`. */
  check?(index: number): void;
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
  if (!autoencodes(wanted)) checkLabels({ count: images.train + images.test, label: images.label }, wanted, (row) => images.name?.(row) ?? `image ${row}`);
  return {
    train: images.train,
    test: images.test,
    ...(images.notes && { notes: images.notes }),
    ...(images.check && { check: images.check }),
    batch: (indices) =>
      labelledBatch(indices, wanted, (index) => images.label(index), (data, at, index) => {
        const pixels = images.pixels(index);
        if (wanted.dtype === 'int32') data.set(pixels, at);
        else for (let k = 0; k < size; k++) data[at + k] = scaled[pixels[k] as number] as number;
      }),
  };
}
