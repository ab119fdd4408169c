import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where drivers show that there is a GPU which PyTorch may use: CUDA, ROCm, and either within WSL. */
const devices = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/kfd', '/dev/dxg'];

/** Whether starting a Python to ask PyTorch for a GPU is worth its seconds: without a driver there is none. */
export function acceleratorInSight(
  { platform, arch, env }: { readonly platform: NodeJS.Platform; readonly arch: string; readonly env: NodeJS.ProcessEnv } = process,
  exists: (file: string) => boolean = existsSync,
): boolean {
  if (platform === 'darwin') return arch === 'arm64';
  // Empty or -1 hides every GPU.
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined && /^\s*(-1.*)?$/.test(visible)) return false;
  if (platform === 'win32') return exists(path.win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'nvcuda.dll'));
  return devices.some(exists);
}
