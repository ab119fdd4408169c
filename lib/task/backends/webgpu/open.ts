import type { Backend, DeviceMemory, Trainer } from '../backend.js';
import { createTfjsBackend } from '../tfjs/backend.js';
import { webgpuKernels, type LoadedTfjs } from '../tfjs/load.js';
import { findAdapter, loadDawn, type Device, type FoundAdapter } from './dawn.js';
import { memoryOf } from './memory.js';

export interface WebGpuBackend extends Backend {
  /** A driver that computes on the CPU. */
  readonly software: boolean;
  /** WebGPU's word for who made the GPU. */
  readonly vendor: string;
  readonly memory?: DeviceMemory;
  /** Bytes that one tensor may have. */
  readonly largest: number;
  close(): void;
}

export interface WebGpuOptions {
  /** The adapter's name, or a part of it; else the fastest is taken. */
  readonly adapter?: string | undefined;
}

export interface LoadedWebGpu extends LoadedTfjs {
  readonly gpuDevice: Device;
  readonly found: FoundAdapter;
}

/** tfjs with its WebGPU kernels on a device of Dawn. Throws an Error that says why where there is none. */
export async function loadWebGpu({ adapter: asked }: WebGpuOptions = {}): Promise<LoadedWebGpu> {
  const dawn = await loadDawn();
  if (typeof dawn === 'string') throw new Error(`tfjs-webgpu cannot be had: ${dawn}`);
  const found = await findAdapter(dawn, asked);
  if (typeof found === 'string') throw new Error(`tfjs-webgpu cannot be had: ${found}`);
  const { gpu, adapter, name } = found;
  const gpuDevice = await adapter.requestDevice({
    requiredFeatures: ['timestamp-query', 'bgra8unorm-storage'].filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  const { tf, versions } = await webgpuKernels(gpu, gpuDevice, adapter.info).catch((error: unknown) => {
    gpuDevice.destroy();
    throw error;
  });
  return { tf, kind: 'tfjs-webgpu', engine: 'webgpu', device: `WebGPU, ${name}`, versions: { ...versions, dawn: dawn.version }, gpuDevice, found };
}

/** tfjs' WebGPU kernels on Dawn: any vendor's GPU by Vulkan, Metal or Direct3D 12. Throws an Error that says why where there is none. */
export async function openWebGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  return createWebGpuBackend(await loadWebGpu(options), options.adapter === undefined ? 'asked for' : `asked for by the name ${options.adapter}`);
}

export async function createWebGpuBackend(loaded: LoadedWebGpu, reason: string): Promise<WebGpuBackend> {
  const { tf, gpuDevice: device, found: { adapter, software } } = loaded;
  const watch = watchDevice(device);
  const memory = software ? undefined : await memoryOf(adapter.info);
  const backend = createTfjsBackend({ ...loaded, reason });
  return {
    ...backend,
    software,
    vendor: adapter.info.vendor,
    ...(memory && { memory }),
    largest: Math.min(adapter.limits['maxBufferSize'] ?? Infinity, adapter.limits['maxStorageBufferBindingSize'] ?? Infinity),
    trainer: async (...args) => watched(await watch.during(() => backend.trainer(...args)), watch),
    trace: (...args) => watch.during(() => backend.trace(...args)),
    close() {
      if (!watch.close()) return;
      if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
      device.destroy();
    },
  };
}

const limits = ['maxComputeWorkgroupStorageSize', 'maxComputeWorkgroupsPerDimension', 'maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupSizeX', 'maxComputeInvocationsPerWorkgroup'];

interface Watch {
  /** What `work` gives; or an Error where the device is lost, or reports an error, meanwhile. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** False where it was closed before. */
  close(): boolean;
}

/** A device that is lost, or has no memory left, tells nobody who waits for a result: the results are zeros, or never come. */
function watchDevice(device: Device): Watch {
  let [failure, closed] = ['', false];
  const waiting = new Set<(error: Error) => void>();
  const fail = (reason: string): void => {
    if (closed || failure) return;
    failure = reason;
    for (const reject of waiting) reject(new Error(failure));
  };
  void device.lost.then(({ reason, message }) => fail(`the GPU is lost (${[reason, message.split('\n')[0]].filter(Boolean).join(': ')})`));
  device.addEventListener('uncapturederror', ({ error }) => fail(`the GPU refuses: ${error.message.split('\n')[0]}`));
  return {
    async during(work) {
      if (failure) throw new Error(failure);
      let reject: (error: Error) => void = () => undefined;
      const failing = new Promise<never>((_, refuse) => waiting.add((reject = refuse)));
      try {
        return await Promise.race([work(), failing]);
      } catch (error) {
        // What fails on a lost device fails in many words; this is the reason.
        throw failure ? new Error(failure) : error;
      } finally {
        waiting.delete(reject);
      }
    },
    close() {
      return !closed && (closed = true);
    },
  };
}

function watched(trainer: Trainer, { during }: Watch): Trainer {
  const { dispose, ...rest } = trainer;
  // Everything but the end of it answers a promise.
  const guarded = Object.fromEntries(Object.entries(rest).map(([name, method]) => [name, (...args: unknown[]) => during(() => (method as (...given: unknown[]) => Promise<unknown>)(...args))]));
  return { ...(guarded as unknown as typeof rest), dispose };
}
