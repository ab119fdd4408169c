import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { notForAuto } from '../../../lib/task/backends/auto.js';
import type { Backend } from '../../../lib/task/backends/backend.js';
import { prove } from '../../../lib/task/backends/proof.js';
import { openTfjs } from '../../../lib/task/backends/tfjs/backend.js';
import { findAdapter, loadDawn, type Dawn } from '../../../lib/task/backends/webgpu/dawn.js';
import { createWebGpuBackend, loadWebGpu, openWebGpu, type LoadedWebGpu, type WebGpuBackend } from '../../../lib/task/backends/webgpu/open.js';
import { openDataset, type Dataset } from '../../../lib/task/data/dataset.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import { type Plan, plan, trainerOptions } from '../../../lib/task/training/plan.js';
import { causeOf } from '../../../lib/task/training/failure.js';
import { useSoftwareGpu } from '../../support/paths.js';

const design = {
  nnet: 1,
  inputs: { point: { shape: ['N', 2] } },
  nodes: { fc: { op: 'Linear', in: ['point'], out_features: 3 } },
  outputs: ['fc'],
  training: { quick: { dataset: 'spirals', loss: 'cross_entropy', optimizer: { name: 'sgd', lr: 0.01 } } },
};

let planned: Plan;
let data: Dataset;
beforeAll(() => {
  useSoftwareGpu();
  // Compiling shaders is most of the time on this driver, so it is a small network.
  const result = plan(JSON.stringify(design), 'train', { set: {}, change: { batch_size: 16 } });
  if (!('program' in result)) throw new Error(result.map(({ message }) => message).join('; '));
  planned = result;
  data = openDataset(result.recipe, { input: (result.inputs[0] ?? []).slice(1), dtype: 'float32', output: [3], loss: result.recipe.loss });
});

let opened: WebGpuBackend | undefined;
afterEach(() => opened?.close());
const trainerOn = (backend: Backend) => backend.trainer(planned.program, initialWeights(planned.program, 0, planned.sizes), trainerOptions(planned));

describe('WebGPU on the software driver', () => {
  test('is named with device and versions, and known to be software', async () => {
    opened = await openWebGpu();
    expect(opened).toMatchObject({ name: 'tfjs-webgpu', software: true, device: expect.stringMatching(/^WebGPU, .*SwiftShader.*, software$/), versions: { dawn: expect.stringMatching(/^\d/), 'tfjs-core': expect.stringMatching(/^4/) } });
  });

  test('is nothing that auto would take', async () => {
    const found = await findAdapter((await loadDawn()) as Dawn);
    expect(typeof found === 'string' ? found : notForAuto(found)).toMatch(/SwiftShader.* is a driver that computes on the CPU$/);
  });

  test('is taken by its name; another name is answered with those that are there', async () => {
    const dawn = (await loadDawn()) as Dawn;
    expect(await findAdapter(dawn, 'SwiftShader')).toMatchObject({ software: true });
    expect(await findAdapter(dawn, 'No Such Card')).toMatch(/^there is no GPU No Such Card; there are SwiftShader/);
  });

  test('has one instance that nothing collects, since Dawn asks it for events also when nobody holds it any more', async () => {
    const dawn = (await loadDawn()) as Dawn;
    const flags = ['adapter=SwiftShader'];
    const instance = new WeakRef(dawn.create(flags));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let turn = 0; turn < 3; turn++) {
      // What a WeakRef was made of or asked for stays until the end of its turn.
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(instance.deref()).toBeDefined();
    expect(dawn.create(flags)).toBe(instance.deref());
  });

  test('proves itself on the first steps of a run, and is trusted with it', async () => {
    opened = await openWebGpu();
    const { backend, message } = await prove(opened, planned, data);
    expect(backend).toBe(opened);
    expect(message).toEqual({ level: 'info', text: 'tfjs-webgpu agrees with wasm on the first steps of this run.' });
    const trainer = await trainerOn(backend);
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) losses.push((await trainer.step(data.batch(step), { step, rate: 0.01, gradients: false })).loss);
    trainer.dispose();
    const wasm = await trainerOn(await openTfjs('wasm'));
    for (let step = 0; step < 3; step++) expect((await wasm.step(data.batch(step), { step, rate: 0.01, gradients: false })).loss).toBeCloseTo(losses[step] as number, 5);
    wasm.dispose();
  });

  test('that disagrees is not trusted: the run goes on another backend, and a message says why', async () => {
    opened = await openWebGpu();
    // What a wrong driver does: other numbers from the same weights.
    const other = async (): Promise<Backend> => {
      const wasm = await openTfjs('wasm');
      return { ...wasm, trainer: (program, _weights, options) => wasm.trainer(program, initialWeights(program, 7, planned.sizes), options) };
    };
    const { backend, message } = await prove(opened, planned, data, other);
    expect(backend.name).toMatch(/^(tfjs-node|wasm)$/);
    expect(backend.reason).toMatch(/^in place of tfjs-webgpu on WebGPU, .*: its loss is \d.* at step 1, and wasm's is \d/);
    expect(message).toMatchObject({ level: 'warning', text: expect.stringMatching(/was not trusted with this run: its loss is .* It goes on (tfjs-node|wasm) instead\.$/) });
    const trainer = await trainerOn(backend);
    expect((await trainer.step(data.batch(0), { step: 0, rate: 0.01, gradients: false })).loss).toBeGreaterThan(0);
    trainer.dispose();
  });

  test('that is lost before the run is replaced; lost in the midst of it, its steps fail with the reason', async () => {
    let loaded: LoadedWebGpu = await loadWebGpu();
    opened = await createWebGpuBackend(loaded, 'asked for');
    loaded.gpuDevice.destroy();
    const { message } = await prove(opened, planned, data);
    expect(message?.text).toMatch(/was not trusted with this run: the GPU is lost \(destroyed/);

    loaded = await loadWebGpu();
    opened = await createWebGpuBackend(loaded, 'asked for');
    const trainer = await trainerOn(opened);
    await trainer.step(data.batch(0), { step: 0, rate: 0.01, gradients: false });
    loaded.gpuDevice.destroy();
    const error: unknown = await trainer.step(data.batch(1), { step: 1, rate: 0.01, gradients: false }).catch((each: unknown) => each);
    expect(String(error)).toMatch(/^Error: the GPU is lost \(destroyed/);
    expect(causeOf(error)).toBe('device-lost');
  });

  test('traces every layer with the time that the device takes', async () => {
    opened = await openWebGpu();
    const layers: string[] = [];
    await opened.trace(planned.program, initialWeights(planned.program, 0, planned.sizes), [{ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }], ({ node, shapes, milliseconds, finite }) => layers.push(`${node.path} ${shapes.join()} ${milliseconds >= 0} ${finite}`));
    expect(layers.at(-1)).toBe('fc 2,3 true true');
    expect(layers).toHaveLength(planned.program.nodes.length);
  });
});
