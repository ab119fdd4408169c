import { afterEach, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { openTorch, type TorchBackend } from '../../../lib/task/backends/torch/backend.js';
import { settledOptions, type TorchOptions } from '../../../lib/task/backends/torch/options.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { random } from '../../../lib/task/random.js';
import { torchPython } from '../../support/paths.js';

const design = { nnet: 1, inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes: { conv: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3 }, bn: { op: 'BatchNorm2d', in: ['conv'] }, relu: { op: 'ReLU', in: ['bn'] }, flat: { op: 'Flatten', in: ['relu'] }, fc: { op: 'Linear', in: ['flat'], out_features: 4 } }, outputs: ['fc'] };
const sizes = new Map([['N', 4]]);
const generator = random(1, 'image');
const batch = { inputs: [{ shape: [4, 3, 8, 8], data: Float32Array.from({ length: 4 * 3 * 64 }, () => generator.normal()) }], target: { shape: [4], data: Int32Array.of(0, 1, 2, 3) }, labels: { shape: [4], data: Int32Array.of(0, 1, 2, 3) } };

let open: TorchBackend | undefined;
afterEach(() => open?.close());

/** Three losses, and the device in words. */
async function trained(torch: TorchOptions): Promise<{ readonly losses: readonly number[]; readonly device: string }> {
  open = await openTorch({ python: torchPython(), device: 'cpu', torch, env: { ...process.env, OMP_NUM_THREADS: '1' } });
  const program = buildProgram(parse(JSON.stringify(design)).document);
  const trainer = await open.trainer(program, initialWeights(program, 0, sizes), { loss: 'cross_entropy', optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weight_decay: 0, nesterov: false }, seed: 0 });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await trainer.step(batch, { step, rate: 0.1, gradients: true })).loss);
  return { losses, device: open.device };
}

describe('options of PyTorch', () => {
  test('channels last, TF32 and bfloat16 autocast train the same network, and the device names them', async () => {
    const plain = await trained({});
    expect(plain.device).toMatch(/^CPU, 1 thread$/);
    const last = await trained({ channelsLast: true, tf32: true });
    expect(last.device).toBe('CPU, 1 thread, channels last, TF32');
    last.losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i] as number, 4));
    const half = await trained({ autocast: 'bfloat16' });
    expect(half.device).toBe('CPU, 1 thread, bfloat16 autocast');
    half.losses.forEach((loss, i) => expect(Math.abs(loss - (plain.losses[i] as number))).toBeLessThan(0.1));
    // It rounds to eight bits, which no float32 run hits.
    expect(half.losses[0]).not.toBe(plain.losses[0]);
  }, 300_000);

  test('of the settings of VS Code hold wherever torch is taken; what is none of them is left out', () => {
    expect(settledOptions({})).toEqual({});
    expect(settledOptions({ NETWRIGHT_TORCH: '{"autocast":"bfloat16","tf32":true,"compile":"yes","nproc":2}' })).toEqual({ autocast: 'bfloat16', tf32: true });
    expect(settledOptions({ NETWRIGHT_TORCH: 'no JSON' })).toEqual({});
  });

  test('a device that this PyTorch does not have is told', async () => {
    const cuda = await openTorch({ python: torchPython(), device: 'cuda', env: { ...process.env, CUDA_VISIBLE_DEVICES: '' } }).catch((error: unknown) => String(error));
    expect(cuda).toMatch(/this PyTorch has no device cuda/);
  });
});
