import { parse } from '../../document/parse.js';
import { buildProgram } from '../../program/index.js';
import type { Program } from '../../program/program.js';
import type { Backend } from '../backends/backend.js';
import type { Batch } from '../data/dataset.js';
import { initialWeights } from '../initialise.js';
import { random } from '../random.js';

/** Two convolutions with a skip around the second: 33,914 parameters on images of 28 × 28. */
const design = {
  nnet: 1,
  inputs: { image: { shape: ['N', 1, 28, 28] } },
  nodes: {
    conv1: { op: 'Conv2d', in: ['image'], out_channels: 16, kernel_size: 3, padding: 1 },
    bn1: { op: 'BatchNorm2d', in: ['conv1'] },
    relu1: { op: 'ReLU', in: ['bn1'] },
    conv2: { op: 'Conv2d', in: ['relu1'], out_channels: 16, kernel_size: 3, padding: 1 },
    bn2: { op: 'BatchNorm2d', in: ['conv2'] },
    sum: { op: 'Add', in: ['bn2', 'relu1'] },
    relu2: { op: 'ReLU', in: ['sum'] },
    pool: { op: 'MaxPool2d', in: ['relu2'], kernel_size: 2 },
    flatten: { op: 'Flatten', in: ['pool'] },
    fc: { op: 'Linear', in: ['flatten'], out_features: 10 },
  },
  outputs: ['fc'],
};
const samples = 32;

export interface Speed {
  /** The lower quartile over the steps after the first: what else the machine does makes steps slower, and never faster. */
  readonly milliseconds: number;
  readonly steps: number;
  /** Milliseconds of the first step, in which kernels are compiled and memory is claimed. */
  readonly first: number;
  readonly loss: number;
}

export const smallNetwork = (): Program => buildProgram(parse(JSON.stringify(design)).document);

function batchOf(): Batch {
  const generator = random(0, 'doctor');
  const labels = Int32Array.from({ length: samples }, () => generator.below(10));
  const target = { shape: [samples], data: labels };
  return { inputs: [{ shape: [samples, 1, 28, 28], data: Float32Array.from({ length: samples * 28 * 28 }, () => generator.normal()) }], target, labels: target };
}

/** Trains a small convolutional network for about so many seconds, at least for one step; the loss is the first one, which all backends share. */
export async function measure(backend: Backend, seconds: number): Promise<Speed> {
  const program = smallNetwork();
  const batch = batchOf();
  const trainer = await backend.trainer(program, initialWeights(program, 0, new Map([['N', samples]])), { loss: 'cross_entropy', optimizer: { name: 'adam', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 }, seed: 0 });
  try {
    const times: number[] = [];
    let loss = NaN;
    const end = performance.now() + 1000 * seconds;
    for (let step = 0; step === 0 || performance.now() < end; step++) {
      const start = performance.now();
      const result = await trainer.step(batch, { step, rate: 0.001, gradients: false });
      times.push(performance.now() - start);
      if (step === 0) loss = result.loss;
    }
    const [first = NaN, ...later] = times;
    const sorted = (later.length ? later : times).sort((a, b) => a - b);
    return { milliseconds: sorted[Math.floor(sorted.length / 4)] ?? NaN, steps: times.length, first, loss };
  } finally {
    trainer.dispose();
  }
}
