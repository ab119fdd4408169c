import type { HostTensor } from '../backends/backend.js';
import { random } from '../random.js';
import type { Samples, Wanted } from './dataset.js';
import { DataProblem } from './problem.js';

const blank = 0;
const mark = 1;
const firstSymbol = 2;

/**
 * The copy task of memory (Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016): symbols, then blanks, then a mark and blanks, during which the symbols
 * are to be said again. Half of the length, rounded down, are symbols. Tokens are as many as the output has scores for: 0 is blank, 1 the mark.
 */
export function copy({ input, dtype, output, rows = Infinity }: Wanted): Samples {
  const length = input[0] ?? 3;
  const features = input.length === 2 ? (input[1] as number) : undefined;
  const tokens = Math.min(output[0] ?? 0, features ?? (dtype === 'int32' ? rows : Infinity));
  if (tokens < 4) throw new DataProblem('data-dtype', `copy has at least 4 tokens: blank, mark and two symbols. Its output has scores for ${output[0]}, the Embedding that reads it ${rows} rows.`);
  const symbols = Math.floor((length - 1) / 2);
  return {
    train: 10_000,
    test: 1000,
    batch(indices) {
      const n = indices.length;
      const given = new Int32Array(n * length);
      const asked = new Int32Array(n * length);
      for (let i = 0; i < n; i++) {
        const generator = random(0, 'copy', indices[i] as number);
        for (let k = 0; k < symbols; k++) {
          const symbol = firstSymbol + generator.below(tokens - firstSymbol);
          given[i * length + k] = symbol;
          asked[(i + 1) * length - symbols + k] = symbol;
        }
        for (let k = symbols; k < length; k++) given[i * length + k] = k === length - symbols - 1 ? mark : blank;
      }
      const labels: HostTensor = { shape: [n, length], data: asked };
      return { inputs: [{ shape: [n, ...input], data: features !== undefined ? oneHot(given, features) : dtype === 'int32' ? given : Float32Array.from(given) }], target: labels, labels };
    },
  };
}

function oneHot(tokens: Int32Array, features: number): Float32Array {
  const data = new Float32Array(tokens.length * features);
  for (const [i, token] of tokens.entries()) data[i * features + token] = 1;
  return data;
}
