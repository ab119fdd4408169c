import type { Backend, HostTensor, TracedLayer } from '../backend.js';
import { sizesOf } from '../tfjs/network.js';
import { floats, pack } from './frame.js';
import { findPython } from './interpreter.js';
import { layersOf } from './layers.js';
import { openModel } from './model.js';
import { startPython, type PythonProcess, type StartOptions } from './process.js';
import { createTrainer } from './trainer.js';

export interface TorchOptions extends StartOptions {
  /** The interpreter, by its path or name; else one is looked for. */
  readonly python?: string;
}

export interface TorchBackend extends Backend {
  /** cuda, mps, xpu or cpu. */
  readonly kind: string;
  readonly interpreter: string;
  /** Ends Python where nothing is trained any more; without this it ends with Node. */
  close(): void;
}

/** PyTorch in the user's own Python, as a child process. Throws an Error that says what was tried where there is none. */
export async function openTorch({ python: asked, ...options }: TorchOptions = {}): Promise<TorchBackend> {
  const found = await findPython(asked, options);
  if (typeof found === 'string') throw new Error(found);
  const { interpreter, source, tried } = found;
  const { hello } = found.python;
  let python = found.python;
  let trainers = 0;

  /** Python ends with the last trainer, and is started again for the next one. */
  const connected = async (): Promise<PythonProcess> => {
    if (python.alive) return python;
    const started = await startPython(interpreter, options);
    if (typeof started === 'string') throw new Error(`Python (${interpreter}) ${started}`);
    return (python = started);
  };
  const leave = (): void => {
    trainers -= 1;
    if (trainers === 0) python.close();
  };

  return {
    name: 'torch',
    kind: hello.device,
    interpreter,
    device: hello.name,
    versions: { torch: hello.torch, python: hello.python, ...(hello.cuda !== null && { cuda: hello.cuda }) },
    reason: [`PyTorch of ${interpreter} (${source})`, ...tried, ...hello.notes].join('; '),
    unsupported: () => [],
    async trainer(program, weights, trainerOptions) {
      const connection = await connected();
      trainers += 1;
      try {
        const model = await openModel(connection, program, weights, trainerOptions);
        let open = true;
        return createTrainer(connection, model, program, () => {
          if (!open) return;
          open = false;
          if (connection.alive) connection.ask({ do: 'close', model }).catch(() => undefined);
          leave();
        });
      } catch (error) {
        leave();
        throw error;
      }
    },
    async trace(program, weights, inputs, seen) {
      const connection = await connected();
      trainers += 1;
      try {
        const model = await openModel(connection, program, weights);
        const { layers, outputs } = layersOf(program, sizesOf(program, inputs));
        const tensors = new Map(inputs.map((each, i) => [`input${i}`, pack(each)]));
        let index = 0;
        const { tensors: results } = await connection.ask({ do: 'trace', model, layers, outputs }, tensors, (layer) => {
          const node = program.nodes[index++];
          const { shapes, milliseconds, bytes, finite } = layer as TracedLayer;
          if (node) seen({ node, shapes, milliseconds, bytes, finite });
        });
        return [...results.values()].map((each): HostTensor => ({ shape: each.shape, data: floats(each) }));
      } finally {
        leave();
      }
    },
    close: () => python.close(),
  };
}
