import { reconstructs } from '../../recipes/tables.js';
import type { HostTensor } from '../backends/backend.js';
import { type Batch, classTarget, type Wanted } from './dataset.js';

/** Samples side by side, each put into its place by `put`; the target is their class, or the input itself where the network gives that again. */
export function labelledBatch(indices: ArrayLike<number>, wanted: Wanted, label: (index: number) => number, put: (data: Int32Array | Float32Array, at: number, index: number) => void): Batch {
  const n = indices.length;
  const size = wanted.input.reduce((all, dim) => all * dim, 1);
  const data = wanted.dtype === 'int32' ? new Int32Array(n * size) : new Float32Array(n * size);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const index = indices[i] as number;
    put(data, i * size, index);
    labels[i] = label(index);
  }
  const input: HostTensor = { shape: [n, ...wanted.input], data };
  return { inputs: [input], ...(autoencodes(wanted) ? { target: input } : classTarget(labels, wanted.loss, wanted.output)) };
}

/** Whether the network is to give its input again. */
export const autoencodes = ({ loss, output, input }: Wanted): boolean => reconstructs(loss) && sameShape(output, input);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);
