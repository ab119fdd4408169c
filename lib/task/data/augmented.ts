import { type Augment, changesImages, normalizes } from '../../recipes/augment.js';
import type { HostTensor } from '../backends/backend.js';
import { random } from '../random.js';
import type { Batch, Wanted } from './dataset.js';
import { DataProblem } from './problem.js';

/** What one sample of a training batch is drawn by: the pass over the data and its index in the set. */
export interface Drawn {
  readonly epoch: number;
  readonly index: number;
}

export interface Augmenter {
  /** For training: crop, flip and mean and std, in this order, as torchvision's transforms are usually written. */
  training(batch: Batch, drawn: readonly Drawn[]): Batch;
  /** For tests: mean and std alone. */
  testing(batch: Batch): Batch;
}

/** `black`: what the padding of a crop holds, before mean and std. */
export function augmenter(augment: Augment, seed: number, wanted: Wanted, black: number): Augmenter {
  check(augment, wanted);
  const { flip, crop } = augment;
  const moves = changesImages(augment);
  const normalized = normalizes(augment) ? (batch: Batch) => normalize(batch, augment) : (batch: Batch) => batch;
  return {
    training(batch, drawn) {
      if (!moves) return normalized(batch);
      const moved = new Map<HostTensor, HostTensor>();
      const move = (tensor: HostTensor, padding: number): HostTensor => {
        const known = moved.get(tensor);
        if (known) return known;
        const result = shift(tensor, drawn, padding);
        moved.set(tensor, result);
        return result;
      };
      const inputs = batch.inputs.map((input) => move(input, black));
      // The answers of a segmentation move with the image; beyond its border there is background.
      const follow = (tensor: HostTensor): HostTensor => (hasPlane(tensor, wanted) ? move(tensor, 0) : tensor);
      return normalized({ ...batch, inputs, target: follow(batch.target), ...(batch.labels && { labels: follow(batch.labels) }) });
    },
    testing: normalized,
  };

  function shift({ shape, data }: HostTensor, drawn: readonly Drawn[], padding: number): HostTensor {
    const [height, width] = shape.slice(-2) as [number, number];
    const plane = height * width;
    const each = data.length / drawn.length;
    const result = data instanceof Int32Array ? new Int32Array(data.length) : new Float32Array(data.length);
    if (padding !== 0) result.fill(padding);
    for (const [i, { epoch, index }] of drawn.entries()) {
      const generator = random(seed, 'augment', epoch, index);
      const [down, right] = crop ? [generator.below(2 * crop + 1) - crop, generator.below(2 * crop + 1) - crop] : [0, 0];
      const mirrored = flip && generator.uniform() < 0.5;
      for (let start = i * each; start < (i + 1) * each; start += plane)
        for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++)
          for (let x = 0; x < width; x++) {
            const from = (mirrored ? width - 1 - x : x) + right;
            if (from >= 0 && from < width) result[start + y * width + x] = data[start + (y + down) * width + from] as number;
          }
    }
    return { shape, data: result };
  }
}

const hasPlane = ({ shape }: HostTensor, { input }: Wanted): boolean => shape.length >= 3 && shape.at(-1) === input.at(-1) && shape.at(-2) === input.at(-2);

/** (value - mean) / std in float32, as torchvision's Normalize computes it. */
function normalize(batch: Batch, { mean, std }: Augment): Batch {
  const [means, stds] = [mean, std].map((each) => [each].flat().map(Math.fround)) as [number[], number[]];
  const inputs = batch.inputs.map(({ shape, data }): HostTensor => {
    const [count, channels] = [shape[0] ?? 1, shape[1] ?? 1];
    const plane = data.length / count / channels;
    const result = new Float32Array(data.length);
    for (let k = 0; k < count * channels; k++) {
      const [shiftBy, divideBy] = [means[(k % channels) % means.length] as number, stds[(k % channels) % stds.length] as number];
      for (let at = k * plane; at < (k + 1) * plane; at++) result[at] = Math.fround((data[at] as number) - shiftBy) / divideBy;
    }
    return { shape, data: result };
  });
  return { ...batch, inputs, ...(batch.target === batch.inputs[0] && { target: inputs[0] as HostTensor }) };
}

function check(augment: Augment, { input, dtype }: Wanted): void {
  const shown = `[N, ${input.join(', ')}]`;
  const { flip, crop, mean, std } = augment;
  if (flip && input.length !== 3) throw new DataProblem('data-augment', `flip is for images [N, C, H, W]; the input is ${shown}.`, ['augment', 'flip']);
  if (crop && input.length !== 3) throw new DataProblem('data-augment', `crop is for images [N, C, H, W]; the input is ${shown}.`, ['augment', 'crop']);
  for (const [word, value] of Object.entries({ mean, std })) {
    const count = [value].flat().length;
    if (Array.isArray(value) && count !== 1 && count !== input[0]) throw new DataProblem('data-augment', `${word} has ${count} numbers; the input ${shown} has ${input[0]} ${input.length === 3 ? 'channels' : 'features'}.`, ['augment', word]);
  }
  if (normalizes(augment) && dtype === 'int32') throw new DataProblem('data-augment', 'mean and std are for numbers; the input takes integers.', ['augment', [mean].flat().some((value) => value !== 0) ? 'mean' : 'std']);
}
