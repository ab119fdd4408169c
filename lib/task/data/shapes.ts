import { readsClasses } from '../../recipes/tables.js';
import type { HostTensor } from '../backends/backend.js';
import { random } from '../random.js';
import type { Batch, Samples, Wanted } from './dataset.js';

const background = 0;
const disc = 1;
const box = 2;

/** Discs and boxes on noise, drawn from the sample's index alone, with the class of every pixel. */
export function shapes({ input, output, loss }: Wanted): Samples {
  const [channels, height, width] = input as readonly [number, number, number];
  const classes = output[0] ?? 1;
  const plane = height * width;
  return {
    train: 1024,
    test: 128,
    batch(indices): Batch {
      const n = indices.length;
      const data = new Float32Array(n * channels * plane);
      const labels = new Int32Array(n * plane);
      for (let i = 0; i < n; i++) draw(indices[i] as number, data.subarray(i * channels * plane, (i + 1) * channels * plane), labels.subarray(i * plane, (i + 1) * plane));
      const image: HostTensor = { shape: [n, ...input], data };
      const shown: HostTensor = { shape: [n, height, width], data: labels };
      if (readsClasses(loss, classes)) return { inputs: [image], target: shown, labels: shown };
      return { inputs: [image], target: { shape: [n, 1, height, width], data: Float32Array.from(labels, (label) => (label === background ? 0 : 1)) }, labels: shown };
    },
  };

  /** One to three figures, each brighter than the ground in every channel; the label is that of the last one drawn. */
  function draw(index: number, image: Float32Array, labels: Int32Array): void {
    const generator = random(0, 'shapes', index);
    for (let i = 0; i < image.length; i++) image[i] = 0.3 * generator.normal() - 0.5;
    const figures = 1 + generator.below(3);
    for (let f = 0; f < figures; f++) {
      const kind = generator.uniform() < 0.5 ? disc : box;
      // Two classes know only figure and ground.
      const label = classes >= 3 ? kind : disc;
      const [x, y] = [generator.uniform() * width, generator.uniform() * height];
      const [rx, ry] = [(0.12 + 0.16 * generator.uniform()) * width, (0.12 + 0.16 * generator.uniform()) * height];
      const tint = Array.from({ length: channels }, () => 0.5 + generator.uniform());
      for (let row = Math.max(0, Math.floor(y - ry)); row < Math.min(height, y + ry); row++)
        for (let column = Math.max(0, Math.floor(x - rx)); column < Math.min(width, x + rx); column++) {
          const [dx, dy] = [(column + 0.5 - x) / rx, (row + 0.5 - y) / ry];
          if (kind === disc ? dx * dx + dy * dy > 1 : Math.abs(dx) > 0.85 || Math.abs(dy) > 0.85) continue;
          labels[row * width + column] = label;
          for (let c = 0; c < channels; c++) {
            const at = c * height * width + row * width + column;
            image[at] = (image[at] as number) + (tint[c] as number);
          }
        }
    }
  }
}
