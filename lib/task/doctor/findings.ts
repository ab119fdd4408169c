import type { Backend } from '../backends/backend.js';
import { createTfjsBackend } from '../backends/tfjs/backend.js';
import { loadNative, loadWasm } from '../backends/tfjs/load.js';
import { acceleratorInSight, gpuInSight, hiddenByCuda } from '../backends/torch/accelerator.js';
import { openTorch } from '../backends/torch/backend.js';
import { openWebGpu, type WebGpuBackend } from '../backends/webgpu/open.js';
import type { DeviceMemory } from '../backends/backend.js';
import type { PartName } from '../parts/index.js';

/** What one backend is here. */
export interface Finding {
  readonly backend: 'tfjs-node' | 'tfjs-webgpu' | 'wasm' | 'torch';
  readonly works: boolean;
  readonly device?: string;
  readonly memory?: DeviceMemory;
  readonly versions?: Readonly<Record<string, string>>;
  /** Why it does not work, or what else is to be known. */
  readonly reason?: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** What `netwright get` would fetch for it. */
  readonly part?: PartName;
  /** How it is called where it is measured; absent where that would say nothing. */
  readonly measuredAs?: string;
  /** Whether `auto` may take it. */
  readonly automatic: boolean;
}

export interface Found {
  readonly finding: Finding;
  readonly backend?: Backend;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Looks at every backend; those that work are open. */
export async function lookAtAll(python: string | undefined): Promise<readonly Found[]> {
  return [await lookAtNative(), await lookAtWasm(), await lookAtWebGpu(), await lookAtTorch(python)];
}

function working(backend: Backend, rest: Pick<Finding, 'backend' | 'automatic'> & Partial<Finding>): Found {
  const { device, versions, memory } = backend;
  return { backend, finding: { works: true, device, versions, ...(memory && { memory }), ...rest } };
}

async function lookAtNative(): Promise<Found> {
  const loaded = await loadNative();
  if (typeof loaded !== 'string') {
    const idle = acceleratorInSight() && !/CUDA\)/.test(loaded.device) && process.platform !== 'darwin';
    return working(createTfjsBackend({ ...loaded, reason: '' }), {
      backend: 'tfjs-node',
      measuredAs: 'tfjs-node',
      automatic: true,
      ...(idle && { remedy: 'its build with CUDA, @tensorflow/tfjs-node-gpu, is used where NETWRIGHT_NATIVE names a folder with it in node_modules; it wants the versions of CUDA and cuDNN that its TensorFlow was built with, and torch or tfjs-webgpu reach the same GPU without that' }),
    });
  }
  const missing = /is not installed/.test(loaded);
  return { finding: { backend: 'tfjs-node', works: false, automatic: true, reason: missing ? 'TensorFlow\'s C library is not here' : loaded, remedy: 'netwright get tfjs-node', part: 'tfjs-node' } };
}

async function lookAtWasm(): Promise<Found> {
  const loaded = await loadWasm().catch(messageOf);
  if (typeof loaded !== 'string') return working(createTfjsBackend({ ...loaded, reason: '' }), { backend: 'wasm', measuredAs: 'wasm', automatic: true });
  return { finding: { backend: 'wasm', works: false, automatic: true, reason: loaded, remedy: 'its files come with Netwright: install that again' } };
}

async function lookAtWebGpu(): Promise<Found> {
  const opened: WebGpuBackend | string = await openWebGpu().catch(messageOf);
  if (typeof opened !== 'string') {
    const hidden = opened.software ? 'a driver that computes on the CPU: it is for tests, auto does not take it, and it is not measured' : hiddenByCuda(opened.vendor);
    return working(opened, { backend: 'tfjs-webgpu', ...(!opened.software && { measuredAs: 'tfjs-webgpu' }), automatic: hidden === undefined, ...(hidden !== undefined && { reason: hidden }) });
  }
  const reason = opened.replace(/^tfjs-webgpu cannot be had: /, '');
  const finding = { backend: 'tfjs-webgpu', works: false, automatic: true } as const;
  if (/is not installed/.test(reason)) return { finding: { ...finding, reason: `Dawn is not here${gpuInSight() ? '' : ', and no GPU is in sight'}`, remedy: 'netwright get webgpu', part: 'webgpu' } };
  const drivers = process.platform === 'linux' ? 'install Vulkan\'s loader (libvulkan1) and the driver of the GPU (mesa-vulkan-drivers, or NVIDIA\'s own)' : 'install the driver of the GPU';
  return { finding: { ...finding, reason, remedy: /does not load/.test(reason) ? 'netwright get webgpu brings another build of it' : drivers } };
}

async function lookAtTorch(python: string | undefined): Promise<Found> {
  const opened = await openTorch(python === undefined ? {} : { python }).catch(messageOf);
  if (typeof opened === 'string') return { finding: { backend: 'torch', works: false, automatic: true, reason: opened.replace(/\. Name one by.*$/s, ''), remedy: 'name a Python that has it (--python, the setting netwright.python), or netwright get torch', part: 'torch' } };
  const idle = opened.kind === 'cpu' && acceleratorInSight();
  return working(opened, {
    backend: 'torch',
    measuredAs: `torch-${opened.kind}`,
    automatic: opened.kind === 'cuda' || opened.kind === 'mps',
    reason: `${opened.reason}${opened.kind === 'cpu' ? '; on the CPU it runs when it is asked for' : ''}`,
    ...(idle && { remedy: 'a GPU is in sight that this PyTorch does not use: install a build of it for CUDA or ROCm' }),
  });
}

