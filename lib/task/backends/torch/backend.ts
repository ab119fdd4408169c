import type { Backend, HostTensor, TracedLayer } from '../backend.js';
import { sizesOf } from '../tfjs/network.js';
import { floats, pack } from './frame.js';
import { findPython } from './interpreter.js';
import { layersOf } from './layers.js';
import { openModel } from './model.js';
import { describeOptions } from './options.js';
import { openOwnData } from './own-data.js';
import { startPython, type PythonProcess, type StartOptions } from './process.js';
import { createTrainer } from './trainer.js';

export interface OpenTorchOptions extends StartOptions {
  /** The interpreter, by its path or name; else one is looked for. */
  readonly python?: string;
  /** The design's folder, from which classes of its own operators are imported. */
  readonly folder?: string;
}

export interface TorchBackend extends Backend {
  /** cuda, mps, xpu or cpu. */
  readonly kind: string;
  readonly interpreter: string;
  /** Ends Python where nothing is trained any more; without this it ends with Node. */
  close(): void;
}

/** Milliseconds for which a Python without a model is kept: starting it takes seconds. */
const patience = 30_000;

/** PyTorch in the user's own Python, as a child process. Throws an Error that says what was tried where there is none. */
export async function openTorch({ python: asked, folder, ...options }: OpenTorchOptions = {}): Promise<TorchBackend> {
  const found = await findPython(asked, options);
  if (typeof found === 'string') throw new Error(found);
  const { interpreter, source, tried } = found;
  const { hello } = found.python;
  let python = found.python;
  let models = 0;
  let idle: NodeJS.Timeout | undefined;

  /** Python ends some time after it has held a model, and is started again for the next one. */
  const connected = async (): Promise<PythonProcess> => {
    clearTimeout(idle);
    if (python.alive) return python;
    const started = await startPython(interpreter, options);
    if (typeof started === 'string') throw new Error(`Python (${interpreter}) ${started}`);
    return (python = started);
  };
  /** Does something with a model in Python, which is given up afterwards: at once where that fails. */
  const withModel = async <T>(open: (connection: PythonProcess) => Promise<number>, use: (connection: PythonProcess, model: number, leave: () => void) => T | Promise<T>): Promise<T> => {
    const connection = await connected();
    models += 1;
    let model: number | undefined;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      models -= 1;
      if (model !== undefined && connection.alive) connection.ask({ do: 'close', model }).catch(() => undefined);
      if (models === 0) idle = setTimeout(() => python.close(), patience).unref();
    };
    try {
      model = await open(connection);
      return await use(connection, model, leave);
    } catch (error) {
      leave();
      throw error;
    }
  };

  return {
    name: 'torch',
    kind: hello.device,
    interpreter,
    ...(hello.processes > 1 && { processes: hello.processes }),
    ...(hello.rank > 0 && { follow: () => python.wait() }),
    device: [hello.processes > 1 ? `${hello.processes} processes, each on ${hello.name}` : hello.name, describeOptions(options.torch ?? {})].filter(Boolean).join(', '),
    ...(hello.memory && { memory: hello.memory }),
    versions: { torch: hello.torch, python: hello.python, ...(hello.cuda !== null && { cuda: hello.cuda }) },
    reason: [`PyTorch of ${interpreter} (${source})`, ...tried, ...hello.notes].join('; '),
    unsupported: () => [],
    ownData: async (choice) => openOwnData(await connected(), choice),
    trainer: (program, weights, trainerOptions) =>
      withModel(
        (connection) => openModel(connection, program, weights, trainerOptions, folder),
        (connection, model, leave) => createTrainer(connection, model, program, leave),
      ),
    trace: (program, weights, inputs, seen) =>
      withModel(
        (connection) => openModel(connection, program, weights, undefined, folder),
        async (connection, model, leave) => {
          const { layers, outputs } = layersOf(program, sizesOf(program, inputs));
          const tensors = new Map(inputs.map((each, i) => [`input${i}`, pack(each)]));
          let index = 0;
          const { tensors: results } = await connection.ask({ do: 'trace', model, layers, outputs }, tensors, (layer) => {
            const node = program.nodes[index++];
            const { shapes, milliseconds, bytes, peak, finite } = layer as TracedLayer;
            if (node) seen({ node, shapes, milliseconds, bytes, ...(peak != null && { peak }), finite });
          });
          leave();
          return [...results.values()].map((each): HostTensor => ({ shape: each.shape, data: floats(each) }));
        },
      ),
    close() {
      clearTimeout(idle);
      python.close();
    },
  };
}
