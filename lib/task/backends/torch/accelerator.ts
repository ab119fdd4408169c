import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Where drivers show that there is a GPU which PyTorch may use: CUDA, ROCm, and either within WSL. */
const devices = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/kfd', '/dev/dxg'];

/** Whether starting a Python to ask PyTorch for a GPU is worth its seconds: without a driver there is none. */
export function acceleratorInSight(
  { platform, arch, env }: { readonly platform: NodeJS.Platform; readonly arch: string; readonly env: NodeJS.ProcessEnv } = process,
  exists: (file: string) => boolean = existsSync,
): boolean {
  if (platform === 'darwin') return arch === 'arm64';
  if (allHidden(env)) return false;
  if (platform === 'win32') return exists(path.win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'nvcuda.dll'));
  return devices.some(exists);
}

/** Whether loading Dawn to ask it for a GPU is worth its time: macOS and Windows have a driver for anything, Linux shows a node to render with. */
export function gpuInSight(platform: NodeJS.Platform = process.platform, list: (folder: string) => readonly string[] = listed, exists: (file: string) => boolean = existsSync): boolean {
  return platform === 'darwin' || platform === 'win32' || exists('/dev/nvidia0') || exists('/dev/dxg') || list('/dev/dri').some((name) => name.startsWith('renderD'));
}

/** Why CUDA_VISIBLE_DEVICES keeps a GPU of this vendor from being taken by Vulkan, which does not know of it. */
export function hiddenByCuda(vendor: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined || !/nvidia/i.test(vendor)) return undefined;
  return allHidden(env) ? 'CUDA_VISIBLE_DEVICES hides every GPU' : `CUDA_VISIBLE_DEVICES=${visible} chooses among GPUs, which Vulkan does not know of; name one by --backend tfjs-webgpu --device NAME`;
}

/** Empty or -1 hides every GPU. */
const allHidden = (env: NodeJS.ProcessEnv): boolean => env['CUDA_VISIBLE_DEVICES'] !== undefined && /^\s*(-1.*)?$/.test(env['CUDA_VISIBLE_DEVICES']);

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
