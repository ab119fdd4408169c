import { pythonOf } from '../backends/torch/interpreter.js';
import type { Getting, Part } from './part.js';
import { runPip } from './pip.js';
import { runProgram } from './program.js';

export const torch: Part = {
  title: 'PyTorch in a virtual environment of its own',
  size: '0.2 to 3 GB to download, by system and GPU; up to 6 GB afterwards',
  needs: 'Python of 3.9 or later with venv and pip',
  // The scripts of a virtual environment name its folder.
  inPlace: true,
  async get({ folder, env, say }) {
    say('a virtual environment');
    await runProgram(await basePython(env), ['-m', 'venv', '--clear', folder], { env });
    const python = pythonOf(folder);
    // Newer versions of pip go on with a download that was cut; an older one does as well where the network is good.
    await runPip(python, ['install', '--quiet', '--upgrade', 'pip'], 'pip', env, say).catch(() => undefined);
    await runPip(python, ['install', 'torch'], 'torch', env, say);
    let version = '';
    await runProgram(python, ['-c', 'import torch; print(torch.__version__)'], { env, line: (line) => (version = line.trim() || version) });
    return version;
  },
};

/** A Python that can make a virtual environment: the chosen one, else the first on the PATH. */
async function basePython(env: Getting['env']): Promise<string> {
  const names = [env['NETWRIGHT_PYTHON_EXTENSION'], env['NETWRIGHT_PYTHON'], ...(process.platform === 'win32' ? ['python', 'python3'] : ['python3', 'python'])].filter((name): name is string => !!name);
  const tried: string[] = [];
  for (const name of names) {
    const problem = await runProgram(name, ['-c', 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 9) else "Python " + sys.version.split()[0] + " is older than 3.9")'], { env }).then(() => undefined, (error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (problem === undefined) return name;
    tried.push(`${name} (${/ModuleNotFoundError: (.*)/.exec(problem)?.[1] ?? problem})`);
  }
  throw new Error(`there is no Python that makes virtual environments: ${tried.join('; ')}`);
}
