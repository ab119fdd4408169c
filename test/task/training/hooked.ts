import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import type { Backend, Measured, StepResult } from '../../../lib/task/backends/backend.js';
import type { Weight } from '../../../lib/task/safetensors.js';
import { root } from '../../support/paths.js';

interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One step of a small residual network as PyTorch's hooks saw it; hooks.py has recorded it. */
export const hooked = JSON.parse(readFileSync(path.join(root, 'test/fixtures/measures/hooks.json'), 'utf8')) as Measured & {
  readonly weights: Readonly<Record<string, Plain>>;
  readonly batch: Plain;
  readonly target: readonly number[];
  readonly loss: number;
};

const convolution = (from: string, channels: number, size: number, more: object = {}) => ({ op: 'Conv2d', in: [from], out_channels: channels, kernel_size: size, padding: (size - 1) / 2, ...more });

/** The same network. */
export const program = buildProgram(
  parse(
    JSON.stringify({
      nnet: 1,
      inputs: { x: { shape: ['N', 2, 4, 4] } },
      nodes: {
        conv1: convolution('x', 4, 3),
        relu1: { op: 'ReLU', in: ['conv1'] },
        conv2: convolution('relu1', 4, 3, { bias: false }),
        bn2: { op: 'BatchNorm2d', in: ['conv2'] },
        sum: { op: 'Add', in: ['bn2', 'relu1'] },
        relu2: { op: 'ReLU', in: ['sum'] },
        conv3: convolution('relu2', 6, 3),
        proj: convolution('relu2', 6, 1),
        join: { op: 'Add', in: ['conv3', 'proj'] },
        flat: { op: 'Flatten', in: ['join'] },
        fc: { op: 'Linear', in: ['flat'], out_features: 3 },
      },
      outputs: ['fc'],
    }),
  ).document,
);

/** Makes that step on a backend, looked at or not. */
export async function step(backend: Backend, measure: boolean): Promise<StepResult & { readonly after: ReadonlyMap<string, Weight> }> {
  const weights = new Map([...program.weights].map(([key, { dtype }]): [string, Weight] => {
    const { shape, data } = hooked.weights[key] as Plain;
    return [key, dtype === 'int64' ? { shape, dtype: 'I64', data: Float64Array.from(data) } : { shape, dtype: 'F32', data: Float32Array.from(data) }];
  }));
  const trainer = await backend.trainer(program, weights, { loss: 'cross_entropy', optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: false }, seed: 0 });
  const batch = { inputs: [{ shape: hooked.batch.shape, data: Float32Array.from(hooked.batch.data) }], target: { shape: [5], data: Int32Array.from(hooked.target) } };
  const result = await trainer.step(batch, { step: 0, rate: 0.1, gradients: false, measure });
  const after = await trainer.weights();
  trainer.dispose();
  return { ...result, after };
}

/** The largest relative difference of two nested records of numbers; infinite where one has a name that the other has not. */
export function difference(actual: unknown, expected: unknown): number {
  if (typeof expected === 'number') return typeof actual === 'number' ? Math.abs(actual - expected) / Math.max(1e-3, Math.abs(expected)) : Infinity;
  const [a, e] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
  if (Object.keys(a).sort().join() !== Object.keys(e).sort().join()) return Infinity;
  return Math.max(0, ...Object.keys(e).map((key) => difference(a[key], e[key])));
}
