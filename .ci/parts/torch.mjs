import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cache, run } from '../machine.mjs';

const version = '2.13.0';
const venv = path.join(cache, 'torch-venv');
/** @param {string} folder */
const pythonOf = (folder) => path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

function isThere() {
  const check = `import importlib.metadata as m; import sys; sys.exit(0 if m.version('torch').split('+')[0] == '${version}' and m.version('numpy') else 1)`;
  return existsSync(pythonOf(venv)) && spawnSync(pythonOf(venv), ['-c', check], { stdio: 'ignore' }).status === 0;
}

/** PyTorch in a Python of its own: what shapes, parameters and numbers are compared with. Nobody needs it to use Netwright. */
export const torch = {
  title: `PyTorch ${version} (for comparisons in tests)`,
  needs: ['python'],
  isThere,
  async make() {
    rmSync(venv, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', venv], { title: 'Python venv' });
    try {
      await run(pythonOf(venv), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', `torch==${version}`, 'numpy'], { title: 'pip install torch' });
    } catch (error) {
      // A venv without torch would pass for a whole one at the next look of somebody else.
      renameSync(venv, `${venv}.failed`);
      rmSync(`${venv}.failed`, { recursive: true, force: true });
      throw error;
    }
  },
};
