import type { Backend } from './backend.js';
import { openTfjs } from './tfjs/backend.js';
import { acceleratorInSight } from './torch/accelerator.js';
import { openTorch } from './torch/backend.js';

/** Names that `--backend` takes. */
export const backendNames = ['auto', 'tfjs', 'tfjs-node', 'wasm', 'torch'] as const;

export interface OpenOptions {
  /** The Python of `torch`; without a name of a backend it asks for that one. */
  readonly python?: string | undefined;
  /** The design's folder: classes of its own operators are imported from there. */
  readonly folder?: string;
}

/** Opens a backend by its name; or says why it cannot be had. `auto` is PyTorch on a GPU where there is that, else the fastest tfjs that loads. */
export async function openBackend(name: string | undefined, { python, folder }: OpenOptions = {}): Promise<Backend | string> {
  const asked = name ?? (python === undefined ? 'auto' : 'torch');
  const known = backendNames.find((each) => each === asked);
  if (!known) return `--backend ${asked}: there are ${backendNames.join(', ')}`;
  try {
    if (known === 'torch') return await openTorch({ ...(python !== undefined && { python }), ...(folder !== undefined && { folder }) });
    return (known === 'auto' ? await torchOnGpu(python, folder) : undefined) ?? (await openTfjs(known));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function torchOnGpu(python: string | undefined, folder: string | undefined): Promise<Backend | undefined> {
  if (!acceleratorInSight()) return undefined;
  const torch = await openTorch({ ...(python !== undefined && { python }), ...(folder !== undefined && { folder }) }).catch(() => undefined);
  if (torch?.kind === 'cuda' || torch?.kind === 'mps') return { ...torch, reason: `the fastest that is here: ${torch.reason}` };
  torch?.close();
  return undefined;
}
