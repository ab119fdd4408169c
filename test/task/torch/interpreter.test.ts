import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { acceleratorInSight } from '../../../lib/task/backends/torch/accelerator.js';
import { candidates, findPython } from '../../../lib/task/backends/torch/interpreter.js';

const names = (...args: Parameters<typeof candidates>): readonly string[] => candidates(...args).map(({ interpreter, source }) => `${source}: ${interpreter}`);

describe('the Python with PyTorch', () => {
  const storage = mkdtempSync(path.join(os.tmpdir(), 'netwright-storage-'));
  afterAll(() => rmSync(storage, { recursive: true, force: true }));

  test('is looked for in the Python extension, the setting, VIRTUAL_ENV and PATH, in this order, and last in what was fetched on request', () => {
    const own = path.join(storage, 'parts/torch/bin/python');
    mkdirSync(path.dirname(own), { recursive: true });
    writeFileSync(own, '');
    const env = { NETWRIGHT_STORAGE: storage, NETWRIGHT_PYTHON_EXTENSION: '/chosen/python', NETWRIGHT_PYTHON: '/opt/python', VIRTUAL_ENV: '/home/me/venv' };
    expect(names(undefined, env, 'linux')).toEqual(['the Python extension: /chosen/python', 'NETWRIGHT_PYTHON: /opt/python', 'VIRTUAL_ENV: /home/me/venv/bin/python', 'PATH: python3', 'PATH: python', `netwright get torch: ${own}`]);
  });

  test('is looked for in NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH where there is no more', () => {
    const env = { NETWRIGHT_STORAGE: '/no/storage', NETWRIGHT_PYTHON: '/opt/python', VIRTUAL_ENV: '/home/me/venv' };
    expect(names(undefined, env, 'linux')).toEqual(['NETWRIGHT_PYTHON: /opt/python', 'VIRTUAL_ENV: /home/me/venv/bin/python', 'PATH: python3', 'PATH: python']);
    expect(names(undefined, { ...env, VIRTUAL_ENV: 'C:\\venv' }, 'win32').slice(1)).toEqual(['VIRTUAL_ENV: C:\\venv\\Scripts\\python.exe', 'PATH: python', 'PATH: python3']);
    expect(names(undefined, { NETWRIGHT_STORAGE: '/no/storage' }, 'darwin')).toEqual(['PATH: python3', 'PATH: python']);
  });

  test('is no other than the one asked for', () => {
    expect(names('/my/python', { NETWRIGHT_PYTHON: '/opt/python' }, 'linux')).toEqual(['asked for: /my/python']);
  });

  test('that is nowhere is told with everything that was tried', async () => {
    const found = await findPython(undefined, { env: { PATH: '/nowhere', NETWRIGHT_STORAGE: '/no/storage', NETWRIGHT_PYTHON: '/no/python', VIRTUAL_ENV: '/no/venv' } });
    expect(found).toBe(
      'no Python with PyTorch: /no/python (NETWRIGHT_PYTHON) is not there; /no/venv/bin/python (VIRTUAL_ENV) is not there; python3 (PATH) is not there; python (PATH) is not there. Name one by --python or in NETWRIGHT_PYTHON, or get one of your own: netwright get torch',
    );
  });
});

describe('a GPU is asked for only where a driver shows one', () => {
  const sees = (platform: NodeJS.Platform, arch: string, env: NodeJS.ProcessEnv, ...files: readonly string[]): boolean => acceleratorInSight({ platform, arch, env }, (file) => files.includes(file));
  test.each([
    ['a driver of NVIDIA', true, sees('linux', 'x64', {}, '/dev/nvidia0')],
    ['ROCm', true, sees('linux', 'x64', {}, '/dev/kfd')],
    ['some GPUs made visible', true, sees('linux', 'x64', { CUDA_VISIBLE_DEVICES: '1,2' }, '/dev/nvidia0')],
    ['none made visible', false, sees('linux', 'x64', { CUDA_VISIBLE_DEVICES: '' }, '/dev/nvidia0')],
    ['all hidden', false, sees('linux', 'x64', { CUDA_VISIBLE_DEVICES: '-1' }, '/dev/nvidia0')],
    ['no driver', false, sees('linux', 'x64', {})],
    ['Apple silicon', true, sees('darwin', 'arm64', {})],
    ['a Mac of Intel', false, sees('darwin', 'x64', {})],
    ['CUDA on Windows', true, sees('win32', 'x64', { SystemRoot: 'D:\\W' }, 'D:\\W\\System32\\nvcuda.dll')],
  ] as const)('%s: %s', (_name, expected, actual) => {
    expect(actual).toBe(expected);
  });
});
