import type { OpenOptions } from '../backends/open.js';
import type { Together } from '../backends/torch/together.js';
import { UnusableInput } from './input.js';

/** What a command says of where a network runs, beside --backend and --python. */
export const deviceOptions = {
  device: { type: 'string' },
  autocast: { type: 'string' },
  'channels-last': { type: 'boolean' },
  compile: { type: 'boolean' },
  tf32: { type: 'boolean' },
  nproc: { type: 'string' },
  nnodes: { type: 'string' },
  'rdzv-endpoint': { type: 'string' },
  'sync-batchnorm': { type: 'boolean' },
} as const;

export const deviceUsage = `  --backend   auto (the fastest that is here and has the memory), tfjs-node, tfjs-webgpu, wasm or torch (PyTorch in your own Python); see netwright doctor
  --python    the Python with PyTorch; else the one of VS Code's Python extension, NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH are looked through
  --device    cuda, mps, xpu or cpu for torch (the first that computes unless given); for tfjs-webgpu the name of a GPU
  --autocast  bfloat16 or float16: torch computes in half precision where that is safe
  --channels-last, --compile, --tf32   of torch: memory format of images, torch.compile, TensorFloat-32
  --nproc, --nnodes, --rdzv-endpoint   of torch: processes on this machine, machines, and the HOST:PORT where they meet; torchrun starts them, and each
              takes its share of every batch (DistributedDataParallel). On several machines the same command runs on each, one of them writes the record
  --sync-batchnorm   of several processes on GPUs: batch norms see the whole batch; without it each sees its share, and rank 0's running statistics are kept`;

export interface Given {
  readonly device?: string | undefined;
  readonly autocast?: string | undefined;
  readonly 'channels-last'?: boolean | undefined;
  readonly compile?: boolean | undefined;
  readonly tf32?: boolean | undefined;
  readonly nproc?: string | undefined;
  readonly nnodes?: string | undefined;
  readonly 'rdzv-endpoint'?: string | undefined;
  readonly 'sync-batchnorm'?: boolean | undefined;
}

/** Which of these options were given, to be given again when the run is gone on with; what is given now counts before what was given `then`. */
export function toldOf(given: Readonly<Record<string, unknown>>, then: Readonly<Record<string, unknown>> = {}): Given {
  return Object.fromEntries(
    Object.entries(deviceOptions).flatMap(([name, { type }]) => {
      const value = given[name] ?? then[name];
      return typeof value === type ? [[name, value]] : [];
    }),
  );
}

/** The options as backends are opened with them. */
export function readDevice({ device, autocast, 'channels-last': channelsLast, compile, tf32, ...rest }: Given): Pick<OpenOptions, 'device' | 'torch'> {
  if (autocast !== undefined && autocast !== 'bfloat16' && autocast !== 'float16') throw new UnusableInput(`--autocast takes bfloat16 or float16, not ${autocast}`);
  return { device, torch: { ...(autocast && { autocast }), ...(channelsLast && { channelsLast }), ...(compile && { compile }), ...(tf32 && { tf32 }), ...readTogether(rest) } };
}

function readTogether({ nproc, nnodes, 'rdzv-endpoint': rendezvous, 'sync-batchnorm': sync = false }: Given): { readonly together?: Together } {
  if (nproc === undefined && nnodes === undefined && rendezvous === undefined && !sync) return {};
  const count = (name: string, text: string | undefined): number => {
    if (text === undefined) return 1;
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new UnusableInput(`--${name} takes an integer of at least 1, not ${text}`);
    return Number(text);
  };
  const together = { nproc: count('nproc', nproc), nnodes: count('nnodes', nnodes), syncBatchNorm: sync, ...(rendezvous !== undefined && { rendezvous }) };
  if (together.nnodes > 1 && rendezvous === undefined) throw new UnusableInput(`--nnodes ${together.nnodes} needs --rdzv-endpoint HOST:PORT, the same on every machine`);
  if (rendezvous !== undefined && !/^[^\s:]+:\d+$|^\[[^\s\]]+\]:\d+$/.test(rendezvous)) throw new UnusableInput(`--rdzv-endpoint takes HOST:PORT, not ${rendezvous}`);
  return { together };
}
