import { megabytes } from '../training/terminal.js';
import type { Backend } from './backend.js';
import { readMeasured, ranked } from './measured.js';
import { torchOptions, type OpenOptions } from './open.js';
import { openTfjs } from './tfjs/backend.js';
import { acceleratorInSight, gpuInSight, hiddenByCuda } from './torch/accelerator.js';
import { openTorch } from './torch/backend.js';
import { findAdapter, loadDawn, type FoundAdapter } from './webgpu/dawn.js';
import { openWebGpu } from './webgpu/open.js';

/** What `auto` may take, the fastest first where nothing was measured here. */
export const candidates = ['torch-cuda', 'torch-mps', 'tfjs-webgpu', 'tfjs'] as const;
export type CandidateName = (typeof candidates)[number];

/** A backend that is opened; or why it is not taken, in words; or nothing where there is nothing to say. */
type Attempt = Backend | string | undefined;

/** The fastest backend that is here and has the memory; the reason tells what was not taken and why. Something always trains: wasm needs nothing. */
export async function chooseBackend(options: OpenOptions = {}): Promise<Backend> {
  const measured = readMeasured();
  const passed: string[] = [];
  for (const name of ranked(candidates, measured)) {
    const attempt = await tried(name, options);
    if (attempt === undefined) continue;
    if (typeof attempt === 'string') {
      passed.push(attempt);
      continue;
    }
    const row = measured.find(({ backend }) => backend === name || backend === attempt.name);
    const first = row ? `measured fastest here (${row.milliseconds.toFixed(1)} ms a step)` : 'the fastest that is here';
    return { ...attempt, reason: [`${first}${attempt.reason === '' ? '' : `: ${attempt.reason}`}`, ...(passed.length ? [`not taken: ${passed.join('; ')}`] : [])].join('; ') };
  }
  return openTfjs('tfjs');
}

async function tried(name: CandidateName, options: OpenOptions): Promise<Attempt> {
  switch (name) {
    case 'torch-cuda':
      return process.platform === 'darwin' ? undefined : torchOn('cuda', options);
    case 'torch-mps':
      return process.platform === 'darwin' ? torchOn('mps', options) : undefined;
    case 'tfjs-webgpu':
      return onWebGpu(options);
    case 'tfjs': {
      const backend = await openTfjs('auto');
      return { ...backend, reason: backend.name === 'wasm' ? backend.reason : '' };
    }
  }
}

async function torchOn(kind: 'cuda' | 'mps', options: OpenOptions): Promise<Attempt> {
  if (!acceleratorInSight()) return undefined;
  const torch = await openTorch(torchOptions(options)).catch((error: unknown) => `torch (${error instanceof Error ? error.message : String(error)})`);
  if (typeof torch === 'string') return torch;
  const against = torch.kind === kind ? tooSmall(torch, options.needs) : `torch (${torch.interpreter} computes on the ${torch.kind === 'cpu' ? 'CPU' : torch.kind})`;
  if (against !== undefined) torch.close();
  return against ?? torch;
}

async function onWebGpu({ needs }: OpenOptions): Promise<Attempt> {
  if (!gpuInSight()) return undefined;
  const dawn = await loadDawn();
  if (typeof dawn === 'string') return `tfjs-webgpu (${dawn})`;
  const found = await findAdapter(dawn);
  if (typeof found === 'string') return `tfjs-webgpu (${found})`;
  const against = notForAuto(found);
  if (against !== undefined) return `tfjs-webgpu (${against})`;
  try {
    const backend = await openWebGpu();
    const small = tooSmall(backend, needs, backend.largest);
    if (small !== undefined) backend.close();
    return small ?? { ...backend, reason: '' };
  } catch (error) {
    return `tfjs-webgpu (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** Why an adapter is nothing that anybody would want without having asked for it. */
export function notForAuto({ name, software, adapter }: FoundAdapter): string | undefined {
  return software ? `${name} is a driver that computes on the CPU` : hiddenByCuda(adapter.info.vendor);
}

/** Why a GPU has not the memory for a run. Where nobody tells how much it has, what it grants a single tensor is certain. */
export function tooSmall({ name, device, memory }: Pick<Backend, 'name' | 'device' | 'memory'>, needs = 0, certain = Infinity): string | undefined {
  const free = memory ? (memory.free ?? memory.total) : certain;
  return needs <= free ? undefined : `${name} (${device}: the run is estimated to need ${megabytes(needs)}, and ${memory ? `${megabytes(free)} are free` : `no more than ${megabytes(free)} are certain`})`;
}
