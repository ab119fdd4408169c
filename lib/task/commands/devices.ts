import type { OpenOptions } from '../backends/open.js';
import { UnusableInput } from './input.js';

/** What a command says of where a network runs, beside --backend and --python. */
export const deviceOptions = {
  device: { type: 'string' },
  autocast: { type: 'string' },
  'channels-last': { type: 'boolean' },
  compile: { type: 'boolean' },
  tf32: { type: 'boolean' },
} as const;

export const deviceUsage = `  --backend   auto (the fastest that is here and has the memory), tfjs-node, tfjs-webgpu, wasm or torch (PyTorch in your own Python); see netwright doctor
  --python    the Python with PyTorch; else the one of VS Code's Python extension, NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH are looked through
  --device    cuda, mps, xpu or cpu for torch (the first that computes unless given); for tfjs-webgpu the name of a GPU
  --autocast  bfloat16 or float16: torch computes in half precision where that is safe
  --channels-last, --compile, --tf32   of torch: memory format of images, torch.compile, TensorFloat-32`;

interface Given {
  readonly device?: string | undefined;
  readonly autocast?: string | undefined;
  readonly 'channels-last'?: boolean | undefined;
  readonly compile?: boolean | undefined;
  readonly tf32?: boolean | undefined;
}

/** The options as backends are opened with them. */
export function readDevice({ device, autocast, 'channels-last': channelsLast, compile, tf32 }: Given): Pick<OpenOptions, 'device' | 'torch'> {
  if (autocast !== undefined && autocast !== 'bfloat16' && autocast !== 'float16') throw new UnusableInput(`--autocast takes bfloat16 or float16, not ${autocast}`);
  return { device, torch: { ...(autocast && { autocast }), ...(channelsLast && { channelsLast }), ...(compile && { compile }), ...(tf32 && { tf32 }) } };
}
