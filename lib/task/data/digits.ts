import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../package-folder.js';
import type { Samples, Wanted } from './dataset.js';
import { labelledBatch } from './labelled-batch.js';
import { DataProblem } from './problem.js';
import { resizeAxis } from './resize.js';

const side = 8;
const record = side * side + 1;
const train = 1437;

/** The 1,797 UCI digits (media/data/README.md), pixels from -1 to 1, in the shape that the network wants. */
export function digits(wanted: Wanted): Samples {
  const file = readFileSync(path.join(packageFolder(), 'media', 'data', 'digits.bin'));
  const count = file.length / record;
  if (wanted.dtype === 'int32' && wanted.rows !== undefined && wanted.rows < 17) throw new DataProblem('data-dtype', `digits as integers are grey values from 0 to 16; the Embedding that reads them has ${wanted.rows} rows.`);
  const fill = filler(wanted);
  const size = wanted.input.reduce((all, dim) => all * dim, 1);
  const made = new Map<number, Float32Array>();
  const image = (index: number): Float32Array => {
    const known = made.get(index);
    if (known) return known;
    const pixels = Float32Array.from(file.subarray(index * record, index * record + side * side), (value) => value / 8 - 1);
    const filled = fill(pixels);
    // Large images are made again each time: all of them would not fit in memory.
    if (size * count <= 16_000_000) made.set(index, filled);
    return filled;
  };
  return {
    train,
    test: count - train,
    black: -1,
    batch: (indices) =>
      labelledBatch(indices, wanted, (index) => file[index * record + side * side] as number, (data, at, index) => data.set(image(index), at)),
  };
}

/**
 * How an 8 × 8 image fills the input. [C, H, W]: resized, repeated to the channels. [L, F]: its rows are the sequence, resized both ways. [F]: all pixels in a
 * row. Integer inputs are tokens from 0 to 16, the grey values.
 */
function filler({ input, dtype }: Wanted): (pixels: Float32Array) => Float32Array {
  const tokens = dtype === 'int32';
  const finish = (values: Float32Array): Float32Array => (tokens ? values.map((value) => Math.round((value + 1) * 8)) : values);
  if (input.length === 3) {
    const [channels, height, width] = input as readonly [number, number, number];
    return (pixels) => {
      const plane = finish(resizePlane(pixels, height, width));
      const all = new Float32Array(channels * plane.length);
      for (let c = 0; c < channels; c++) all.set(plane, c * plane.length);
      return all;
    };
  }
  if (input.length === 2) {
    const [length, features] = input as readonly [number, number];
    return (pixels) => finish(resizePlane(pixels, length, features));
  }
  const features = input[0] ?? 1;
  return (pixels) => finish(features === side * side ? pixels : resizeAxis(pixels, 1, side * side, 1, features));
}

function resizePlane(pixels: Float32Array, height: number, width: number): Float32Array {
  return resizeAxis(resizeAxis(pixels, 1, side, side, height), height, side, 1, width);
}
