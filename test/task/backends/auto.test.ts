import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { candidates, tooSmall } from '../../../lib/task/backends/auto.js';
import { ranked, readMeasured, writeMeasured } from '../../../lib/task/backends/measured.js';
import { openBackend } from '../../../lib/task/backends/open.js';
import { gpuInSight, hiddenByCuda } from '../../../lib/task/backends/torch/accelerator.js';
import { memoryOf } from '../../../lib/task/backends/webgpu/memory.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-auto-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('auto', () => {
  test('takes tfjs-node or wasm where there is no GPU', async () => {
    vi.stubEnv('NETWRIGHT_STORAGE', path.join(folder, 'none'));
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '');
    const backend = await openBackend('auto');
    if (typeof backend === 'string') throw new Error(backend);
    expect(['tfjs-node', 'wasm']).toContain(backend.name);
    expect(backend.reason).toMatch(/^the fastest that is here/);
  });

  test('goes by what the doctor measured here, and leaves the others in their places', () => {
    const row = (backend: string, milliseconds: number) => ({ backend, device: '', milliseconds });
    expect(ranked(candidates, [])).toEqual(['torch-cuda', 'torch-mps', 'tfjs-webgpu', 'tfjs']);
    expect(ranked(candidates, [row('tfjs-webgpu', 30), row('tfjs-node', 12), row('wasm', 50)])).toEqual(['torch-cuda', 'torch-mps', 'tfjs', 'tfjs-webgpu']);
    expect(ranked(candidates, [row('torch-cuda', 3), row('tfjs-webgpu', 2), row('wasm', 50)])).toEqual(['tfjs-webgpu', 'torch-mps', 'torch-cuda', 'tfjs']);
  });

  test('keeps measurements for the machine that they were made on', () => {
    const env = { NETWRIGHT_STORAGE: folder };
    writeMeasured([{ backend: 'wasm', device: 'WebAssembly', milliseconds: 40 }], env);
    expect(readMeasured(env)).toEqual([{ backend: 'wasm', device: 'WebAssembly', milliseconds: 40 }]);
    writeFileSync(path.join(folder, 'measured.json'), JSON.stringify({ machine: 'another', rows: [{ backend: 'wasm', device: '', milliseconds: 1 }] }));
    expect(readMeasured(env)).toEqual([]);
    writeFileSync(path.join(folder, 'measured.json'), '{');
    expect(readMeasured(env)).toEqual([]);
  });

  test('takes no GPU without the memory that the run is estimated to need', () => {
    const gpu = { name: 'torch', device: 'NVIDIA X (cuda)', memory: { total: 8e9, free: 2e9 } };
    expect(tooSmall(gpu, 1e9)).toBeUndefined();
    expect(tooSmall(gpu, 3e9)).toBe('torch (NVIDIA X (cuda): the run is estimated to need 3.0 GB, and 2.0 GB are free)');
    expect(tooSmall({ name: 'tfjs-webgpu', device: 'WebGPU, X' }, 3e9, 1e9)).toBe('tfjs-webgpu (WebGPU, X: the run is estimated to need 3.0 GB, and no more than 1.0 GB are certain)');
  });

  test('obeys CUDA_VISIBLE_DEVICES also where the GPU is reached by Vulkan', () => {
    expect(hiddenByCuda('nvidia', {})).toBeUndefined();
    expect(hiddenByCuda('nvidia', { CUDA_VISIBLE_DEVICES: '-1' })).toBe('CUDA_VISIBLE_DEVICES hides every GPU');
    expect(hiddenByCuda('nvidia', { CUDA_VISIBLE_DEVICES: '1' })).toMatch(/^CUDA_VISIBLE_DEVICES=1 chooses among GPUs/);
    expect(hiddenByCuda('amd', { CUDA_VISIBLE_DEVICES: '' })).toBeUndefined();
  });

  test('asks Dawn for a GPU only where a driver shows one', () => {
    const sees = (platform: NodeJS.Platform, names: readonly string[], ...files: readonly string[]) => gpuInSight(platform, () => names, (file) => files.includes(file));
    expect([sees('darwin', []), sees('win32', []), sees('linux', ['card0', 'renderD128']), sees('linux', [], '/dev/nvidia0')]).toEqual([true, true, true, true]);
    expect(sees('linux', ['card0'])).toBe(false);
  });
});

describe('the memory of a GPU is told by its driver', () => {
  test('of NVIDIA, by nvidia-smi; of several the one with the least, since nobody knows which it is', async () => {
    expect(await memoryOf({ vendor: 'nvidia' }, { ask: async () => '81559, 81008\n16384, 1024\n' })).toEqual({ total: 16384 * 2 ** 20, free: 1024 * 2 ** 20 });
    expect(await memoryOf({ vendor: 'nvidia' }, { ask: async () => '' })).toBeUndefined();
  });
  test('of AMD, by the kernel', async () => {
    mkdirSync(path.join(folder, 'card1/device'), { recursive: true });
    writeFileSync(path.join(folder, 'card1/device/mem_info_vram_total'), '8000000000\n');
    writeFileSync(path.join(folder, 'card1/device/mem_info_vram_used'), '1000000000\n');
    expect(await memoryOf({ vendor: 'amd' }, { sys: folder })).toEqual({ total: 8e9, free: 7e9 });
  });
  test('of chips that share the computer\'s memory, it is that', async () => {
    expect((await memoryOf({ vendor: 'apple' }))?.total).toBe(os.totalmem());
    expect(await memoryOf({ vendor: 'mesa' })).toBeUndefined();
  });
});

describe('what is asked for and does not go together is told', () => {
  test.each([
    ['anything', {}, '--backend anything: there are auto, tfjs, tfjs-node, tfjs-webgpu, wasm, torch'],
    ['wasm', { torch: { tf32: true } }, 'are options of torch, and the backend is wasm'],
    ['tfjs-node', { device: 'cuda' }, '--device cuda: tfjs-node has one device; torch and tfjs-webgpu take one by its name'],
  ] as const)('%s', async (name, options, message) => {
    expect(await openBackend(name, options)).toContain(message);
  });
});
