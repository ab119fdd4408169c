import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../../package-folder.js';
import { partsFolder } from '../../parts/folder.js';

/** What is used of WebGPU's objects here; tfjs uses the rest. */
export interface Gpu {
  requestAdapter(options?: { readonly powerPreference?: 'high-performance' | 'low-power' }): Promise<Adapter | null>;
}
export interface Adapter {
  readonly info: AdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<Device>;
}
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}
export interface Device {
  readonly features: ReadonlySet<string>;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: { readonly message: string } }) => void): void;
  destroy(): void;
}

/** Dawn, Chromium's WebGPU, as the npm package `webgpu` brings it for Node. */
export interface Dawn {
  readonly version: string;
  /** The instance with these flags, the same one each time. */
  create(flags: readonly string[]): Gpu;
}

/** An adapter with what is said of it. */
export interface FoundAdapter {
  readonly gpu: Gpu;
  readonly adapter: Adapter;
  /** "nvidia-geforce-rtx-3080 (NVIDIA: 535.54)". */
  readonly name: string;
  /** A driver that computes on the CPU: right, and slower than anything else. */
  readonly software: boolean;
}

/** Folders in whose node_modules a native package may stand: one that is named, this package's own, and what was fetched on request. */
export function nativeFolders(part: string, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  return [env['NETWRIGHT_NATIVE'], packageFolder(), path.join(partsFolder(env), part)].filter((folder): folder is string => !!folder);
}

const found = new Map<string, Promise<Dawn | string>>();

/** Dawn; or why it does not load. */
export function loadDawn(env: NodeJS.ProcessEnv = process.env): Promise<Dawn | string> {
  const folder = nativeFolders('webgpu', env).map((each) => path.join(each, 'node_modules', 'webgpu')).find((each) => existsSync(path.join(each, 'package.json')));
  if (folder === undefined) return Promise.resolve('Dawn (the npm package webgpu) is not installed: netwright get webgpu');
  const known = found.get(folder);
  if (known) return known;
  const loading = load(folder);
  found.set(folder, loading);
  return loading;
}

async function load(folder: string): Promise<Dawn | string> {
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { readonly version: string };
    // An ES module, which only a real import() loads on every Node.
    const { create, globals } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(path.join(folder, 'index.js')).href)) as Pick<Dawn, 'create'> & { readonly globals: Readonly<Record<string, unknown>> };
    // tfjs reads the constants of WebGPU as globals.
    for (const [name, value] of Object.entries(globals)) (globalThis as Record<string, unknown>)[name] ??= value;
    // An instance is held as long as the process lives: as long as something waits in it (a buffer that is mapped, a device that may be lost), Dawn asks it for
    // events on the next turn of the event loop, and where it was collected meanwhile, that ends the process.
    const instances = new Map<string, Gpu>();
    return {
      version,
      create(flags) {
        const key = flags.join(' ');
        const instance = instances.get(key) ?? create(flags);
        instances.set(key, instance);
        return instance;
      },
    };
  } catch (error) {
    return `Dawn does not load: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200)}`;
  }
}

/** The adapter of this name, or the fastest; or why there is none. */
export async function findAdapter(dawn: Dawn, name?: string): Promise<FoundAdapter | string> {
  try {
    // Time stamps are as fine as the device has them: nobody is spied on here.
    const gpu = dawn.create(['disable-dawn-features=timestamp_quantization', ...(name === undefined ? [] : [`adapter=${name}`])]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return 'there is no GPU that a driver for Vulkan, Metal or Direct3D 12 shows';
    const { info } = adapter;
    return { gpu, adapter, name: nameOf(info), software: isSoftware(info) };
  } catch (error) {
    // Dawn lists the names of all adapters, one a line, where it has none of this name.
    const [first, ...rest] = (error instanceof Error ? error.message : String(error)).split('\n');
    const names = rest.flatMap((line) => /name: '(.*)'/.exec(line)?.[1] ?? []);
    return name === undefined ? String(first) : `there is no GPU ${name}${names.length ? `; there are ${names.join(', ')}` : ''}`;
  }
}

export function isSoftware({ isFallbackAdapter, vendor, architecture, device, description }: AdapterInfo): boolean {
  return isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i.test([vendor, architecture, device, description].join(' '));
}

function nameOf(info: AdapterInfo): string {
  const device = info.device || info.architecture || info.vendor || 'GPU';
  return `${device}${info.description && info.description !== device ? ` (${info.description})` : ''}${isSoftware(info) ? ', software' : ''}`;
}
