import { chooseBackend } from './auto.js';
import type { Backend } from './backend.js';
import { openTfjs } from './tfjs/backend.js';
import { openTorch, type OpenTorchOptions } from './torch/backend.js';
import { settledOptions, torchDevices, type TorchOptions } from './torch/options.js';
import { openWebGpu } from './webgpu/open.js';

/** Names that `--backend` takes. */
export const backendNames = ['auto', 'tfjs', 'tfjs-node', 'tfjs-webgpu', 'wasm', 'torch'] as const;

export interface OpenOptions {
  /** The Python of `torch`; without a name of a backend it asks for that one. */
  readonly python?: string | undefined;
  /** cuda, mps, xpu or cpu for `torch`, which it asks for where no backend is named; for `tfjs-webgpu` the name of a GPU. */
  readonly device?: string | undefined;
  readonly torch?: TorchOptions;
  /** The design's folder: classes of its own operators are imported from there. */
  readonly folder?: string;
  /** Bytes that the run is estimated to need; `auto` takes no GPU with less. */
  readonly needs?: number;
}

/** Opens a backend by its name; or says why it cannot be had. `auto` is the fastest that is here. */
export async function openBackend(name: string | undefined, options: OpenOptions = {}): Promise<Backend | string> {
  const { device, torch = {} } = options;
  const forTorch = options.python !== undefined || torchDevices.some((each) => device === each || device?.startsWith(`${each}:`)) || Object.values(torch).some(Boolean);
  const asked = name ?? (forTorch ? 'torch' : device === undefined ? 'auto' : 'tfjs-webgpu');
  const known = backendNames.find((each) => each === asked);
  if (!known) return `--backend ${asked}: there are ${backendNames.join(', ')}`;
  if (known !== 'torch' && Object.values(torch).some(Boolean)) return `--autocast, --channels-last, --compile, --tf32, --nproc and --nnodes are options of torch, and the backend is ${known}`;
  if (device !== undefined && known !== 'torch' && known !== 'tfjs-webgpu') return `--device ${device}: ${known} has one device; torch and tfjs-webgpu take one by its name`;
  try {
    if (known === 'auto') return await chooseBackend(options);
    if (known === 'torch') return await openTorch(torchOptions(options));
    return await (known === 'tfjs-webgpu' ? openWebGpu({ adapter: device }) : openTfjs(known));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is asked for, over what VS Code's settings say of PyTorch wherever it is taken. */
export const torchOptions = ({ python, device, torch, folder }: OpenOptions): OpenTorchOptions => ({
  ...(python !== undefined && { python }),
  ...(device !== undefined && { device }),
  torch: { ...settledOptions(process.env), ...torch },
  ...(folder !== undefined && { folder }),
});
