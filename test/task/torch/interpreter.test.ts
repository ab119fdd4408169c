import { describe, expect, test } from 'vitest';
import { acceleratorInSight } from '../../../lib/task/backends/torch/accelerator.js';
import { candidates, findPython } from '../../../lib/task/backends/torch/interpreter.js';

const names = (...args: Parameters<typeof candidates>): readonly string[] => candidates(...args).map(({ interpreter, source }) => `${source}: ${interpreter}`);

describe('the Python with PyTorch', () => {
  test('is looked for in NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH, in this order', () => {
    const env = { NETWRIGHT_PYTHON: '/opt/python', VIRTUAL_ENV: '/home/me/venv' };
    expect(names(undefined, env, 'linux')).toEqual(['NETWRIGHT_PYTHON: /opt/python', 'VIRTUAL_ENV: /home/me/venv/bin/python', 'PATH: python3', 'PATH: python']);
    expect(names(undefined, { ...env, VIRTUAL_ENV: 'C:\\venv' }, 'win32').slice(1)).toEqual(['VIRTUAL_ENV: C:\\venv\\Scripts\\python.exe', 'PATH: python', 'PATH: python3']);
    expect(names(undefined, {}, 'darwin')).toEqual(['PATH: python3', 'PATH: python']);
  });

  test('is no other than the one asked for', () => {
    expect(names('/my/python', { NETWRIGHT_PYTHON: '/opt/python' }, 'linux')).toEqual(['asked for: /my/python']);
  });

  test('that is nowhere is told with everything that was tried', async () => {
    const found = await findPython(undefined, { env: { PATH: '/nowhere', NETWRIGHT_PYTHON: '/no/python', VIRTUAL_ENV: '/no/venv' } });
    expect(found).toBe(
      'no Python with PyTorch: /no/python (NETWRIGHT_PYTHON) is not there; /no/venv/bin/python (VIRTUAL_ENV) is not there; python3 (PATH) is not there; python (PATH) is not there. Name one by --python or in NETWRIGHT_PYTHON, or install PyTorch: python3 -m pip install torch',
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
