import { existsSync } from 'node:fs';
import modules from 'node:module';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import { packageFolder } from '../../package-folder.js';
import { acceleratorInSight } from '../torch/accelerator.js';
import { nativeFolders, type AdapterInfo, type Device, type Gpu } from '../webgpu/dawn.js';
import { registerGpuKernels } from '../webgpu/register.js';
import type { TF } from './tf.js';
import { registerBackwardKernels } from './wasm/register.js';

/** A loaded tfjs: its one tfjs-core, and what it runs on. */
export interface LoadedTfjs {
  readonly tf: TF;
  readonly kind: 'tfjs-node' | 'tfjs-webgpu' | 'wasm';
  /** How tfjs calls what its kernels run on. */
  readonly engine: 'tensorflow' | 'webgpu' | 'wasm';
  /** "TensorFlow 2.15.1 (CPU, 2 cores)". */
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
}

export type Wanted = 'auto' | 'tfjs' | 'tfjs-node' | 'wasm';

/** Loads what is wanted; `auto` and `tfjs` take tfjs-node where it loads, else wasm, and say why in `reason`. */
export async function loadTfjs(wanted: Wanted): Promise<LoadedTfjs & { readonly reason: string }> {
  if (wanted === 'wasm') return { ...(await loadWasm()), reason: 'asked for' };
  const native = await loadNative();
  if (typeof native !== 'string') return { ...native, reason: wanted === 'tfjs-node' ? 'asked for' : 'the fastest that loads here' };
  if (wanted === 'tfjs-node') throw new Error(`tfjs-node does not load: ${native}`);
  return { ...(await loadWasm()), reason: `tfjs-node does not load (${native})` };
}

/**
 * TensorFlow's C library through @tensorflow/tfjs-node, from NETWRIGHT_NATIVE, the checkout or what was fetched on request; or why it does not load. Its build
 * with CUDA, @tensorflow/tfjs-node-gpu, is taken where it stands in one of these and a GPU of NVIDIA is in sight.
 */
export async function loadNative(): Promise<LoadedTfjs | string> {
  const folders = nativeFolders('tfjs-node');
  const names = [...(process.platform !== 'darwin' && acceleratorInSight() ? ['tfjs-node-gpu'] : []), 'tfjs-node'];
  const [found] = names.flatMap((name) => folders.map((root) => ({ name, root }))).filter(({ name, root }) => existsSync(path.join(root, 'node_modules', '@tensorflow', name, 'package.json')));
  if (!found) return '@tensorflow/tfjs-node is not installed: netwright get tfjs-node';
  const { name, root } = found;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // Node 24 has taken away two functions that tfjs-node calls.
  const old = util as unknown as Record<string, unknown>;
  old['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  old['isArray'] ??= Array.isArray;
  const load = modules.createRequire(path.join(root, 'package.json'));
  try {
    const tf = quietly(() => load(`@tensorflow/${name}`) as TF & { readonly version_core: string });
    if (!(await tf.setBackend('tensorflow'))) return 'its backend does not start';
    const binding = tf.backend() as unknown as { readonly binding?: { readonly TF_Version?: string }; readonly isUsingGpuDevice?: boolean };
    const version = binding.binding?.TF_Version ?? '';
    const tfjs = (load(`@tensorflow/${name}/package.json`) as { readonly version: string }).version;
    return {
      tf,
      kind: 'tfjs-node',
      engine: 'tensorflow',
      device: `TensorFlow${version ? ` ${version}` : ''} (${binding.isUsingGpuDevice ? 'CUDA' : `CPU, ${cores()}`}${name === 'tfjs-node-gpu' && !binding.isUsingGpuDevice ? ', since the CUDA of tfjs-node-gpu does not load' : ''})`,
      versions: { [name]: tfjs, 'tfjs-core': tf.version_core, ...(version && { tensorflow: version }) },
    };
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? 'it does not load';
  }
}

/** WebAssembly: no native code at all. The bundle holds its own tfjs, with the .wasm files beside it; unbundled, it comes from node_modules. */
export async function loadWasm(): Promise<LoadedTfjs> {
  const { tf, wasm } = await wasmKernels();
  const folder = isBundled() ? __dirname : path.join(packageFolder(), 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'wasm-out');
  if (!tf.findBackendFactory('wasm')) throw new Error('the WebAssembly backend has not registered itself');
  wasm.setWasmPaths(folder + path.sep);
  registerBackwardKernels(tf);
  if (!(await tf.setBackend('wasm'))) throw new Error(`the WebAssembly backend does not start; its files are looked for in ${folder}`);
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { tf, kind: 'wasm', engine: 'wasm', device: `WebAssembly (${simd ? 'SIMD, ' : ''}1 thread)`, versions: { 'tfjs-core': tf.version_core, 'tfjs-backend-wasm': wasm.version_wasm } };
}

/** tfjs' WebGPU kernels on this device, in the same tfjs-core as the WebAssembly ones that they are held against. */
export async function webgpuKernels(gpu: Gpu, device: Device, info: AdapterInfo): Promise<Pick<LoadedTfjs, 'tf' | 'versions'>> {
  // The package looks for the browser's object, and Node of 21 and later has one without a GPU.
  const { navigator } = globalThis as { readonly navigator?: object };
  if (navigator) Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const { tf } = await wasmKernels();
  const webgpu = await quietly(async () => (isBundled() ? import(/* webpackChunkName: "webgpu" */ '@tensorflow/tfjs-backend-webgpu') : (fromPackages()('@tensorflow/tfjs-backend-webgpu') as WebGpu)));
  // It registers itself with a device of its own choice.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new webgpu.WebGPUBackend(device as never, info as never), 0);
  registerGpuKernels(tf);
  if (!(await tf.setBackend('webgpu'))) throw new Error('the WebGPU backend of tfjs does not start');
  await tf.ready();
  const { version } = webgpu as unknown as { readonly version?: string };
  return { tf, versions: { 'tfjs-core': tf.version_core, 'tfjs-backend-webgpu': version ?? tf.version_core } };
}

type WebGpu = typeof import('@tensorflow/tfjs-backend-webgpu');
type Wasm = typeof import('@tensorflow/tfjs-backend-wasm');

const isBundled = (): boolean => existsSync(path.join(__dirname, 'tfjs-backend-wasm-simd.wasm'));
const fromPackages = (): NodeJS.Require => modules.createRequire(path.join(packageFolder(), 'package.json'));
const wasmKernels = async (): Promise<{ readonly tf: TF; readonly wasm: Wasm }> => (isBundled() ? bundledWasm() : installedWasm());

async function bundledWasm(): Promise<{ readonly tf: TF; readonly wasm: Wasm }> {
  return quietly(async () => {
    const tf = await import(/* webpackChunkName: "tfjs" */ '@tensorflow/tfjs-core');
    // tfjs-core registers no gradients by itself.
    await import(/* webpackChunkName: "tfjs" */ '@tensorflow/tfjs-core/dist/register_all_gradients.js');
    return { tf, wasm: await import(/* webpackChunkName: "tfjs" */ '@tensorflow/tfjs-backend-wasm') };
  });
}

function installedWasm(): { readonly tf: TF; readonly wasm: Wasm } {
  const load = fromPackages();
  return { tf: load('@tensorflow/tfjs') as TF, wasm: load('@tensorflow/tfjs-backend-wasm') as Wasm };
}

const cores = (): string => `${os.availableParallelism()} cores`;

/** tfjs-node greets on the console; standard output is for records. */
function quietly<T>(body: () => T): T {
  const { log, warn, info } = console;
  console.log = console.warn = console.info = () => undefined;
  const speak = (): void => void Object.assign(console, { log, warn, info });
  try {
    const result = body();
    if (result instanceof Promise) void result.finally(speak).catch(() => undefined);
    else speak();
    return result;
  } catch (error) {
    speak();
    throw error;
  }
}
