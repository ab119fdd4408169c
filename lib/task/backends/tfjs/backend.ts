import type { Backend, TracedLayer } from '../backend.js';
import { startClock, type GpuClock } from '../webgpu/clock.js';
import { loadTfjs, type LoadedTfjs, type Wanted } from './load.js';
import { createNetwork, unsupported } from './network.js';
import { createTrainer } from './trainer.js';
import type { Tensor } from './tf.js';
import { channelsFirst, shapeOf } from './wire.js';

/** The embedded backend: an interpreter of the Program on tfjs-core operations, on TensorFlow's C library where it loads, else on WebAssembly. */
export async function openTfjs(wanted: Wanted): Promise<Backend> {
  return createTfjsBackend(await loadTfjs(wanted));
}

/** The interpreter on a tfjs that is loaded, whatever its kernels run on. */
export function createTfjsBackend({ tf, kind, engine, device, versions, reason }: LoadedTfjs & Pick<Backend, 'reason'>): Backend {
  const activate = async (): Promise<void> => {
    if (tf.getBackend() !== engine) await tf.setBackend(engine);
  };
  return {
    name: kind,
    device,
    versions,
    reason,
    unsupported,
    async trainer(program, weights, options) {
      await activate();
      return createTrainer(tf, program, weights, options);
    },
    async trace(program, weights, inputs, seen) {
      await activate();
      const network = createNetwork(tf, program, weights);
      const layers: { readonly layer: Omit<TracedLayer, 'finite' | 'milliseconds'>; readonly milliseconds: number | Promise<number>; readonly sums: readonly Tensor[] }[] = [];
      let clock: GpuClock | undefined;
      const run = (observe: boolean): readonly Tensor[] =>
        tf.tidy(() => {
          const tensors = inputs.map(({ shape, data }) => tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32'));
          return network.forward(tensors, {
            training: false,
            step: 0,
            seed: 0,
            ...(observe && {
              observe: (node, wires, milliseconds) => {
                const time = clock ? clock.lap() : milliseconds;
                // A sum of x · 0 is zero exactly where every value is finite. A GPU's values cannot be waited for here.
                const sums = wires.map((wire) => tf.keep(tf.sum(tf.mul(tf.cast(channelsFirst(tf, wire), 'float32') as Tensor, 0)) as Tensor));
                void clock?.lap();
                layers.push({ layer: { node, shapes: wires.map(shapeOf), bytes: wires.reduce((sum, { tensor }) => sum + 4 * tensor.size, 0) }, milliseconds: time, sums });
              },
            }),
          }) as Tensor[];
        });
      // The first run warms up: it compiles kernels and allocates.
      tf.dispose(run(false) as Tensor[]);
      if (engine === 'webgpu') clock = startClock(tf);
      const outputs = run(true);
      clock?.stop();
      for (const { layer, milliseconds, sums } of layers) {
        const values = await Promise.all(sums.map((sum) => sum.data()));
        seen({ ...layer, milliseconds: await milliseconds, finite: values.every(([value]) => value === 0) });
        tf.dispose(sums as Tensor[]);
      }
      const result = await Promise.all(outputs.map(async (tensor) => ({ shape: tensor.shape, data: (await tensor.data()) as Float32Array })));
      tf.dispose(outputs as Tensor[]);
      network.dispose();
      return result;
    },
  };
}
