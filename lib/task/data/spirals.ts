import { random } from '../random.js';
import { type Samples, type Wanted, classTarget } from './dataset.js';

/** Points on intertwined spirals, one arm a class (at most three), with a little noise. */
export function spirals({ output, loss }: Wanted): Samples {
  const arms = Math.min(3, Math.max(2, output[0] ?? 2));
  return {
    train: 1500,
    test: 300,
    batch(indices) {
      const n = indices.length;
      const data = new Float32Array(2 * n);
      const labels = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        const generator = random(0, 'spirals', indices[i] as number);
        const arm = generator.below(arms);
        const along = Math.sqrt(generator.uniform());
        const angle = 2.2 * Math.PI * along + (2 * Math.PI * arm) / arms;
        data[2 * i] = along * Math.cos(angle) + 0.03 * generator.normal();
        data[2 * i + 1] = along * Math.sin(angle) + 0.03 * generator.normal();
        labels[i] = arm;
      }
      return { inputs: [{ shape: [n, 2], data }], ...classTarget(labels, loss, output) };
    },
  };
}
