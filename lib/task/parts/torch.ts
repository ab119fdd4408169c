import path from 'node:path';
import { pythonOf } from '../backends/torch/interpreter.js';
import type { Getting, Part } from './part.js';
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
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check'];
    // Newer versions of pip go on with a download that was cut; an older one does as well where the network is good.
    await runProgram(python, [...pip, '--quiet', '--upgrade', 'pip'], { env }).catch(() => undefined);
    let what = 'torch';
    await runProgram(python, [...pip, '--progress-bar', 'raw', ...(await takesUp(python, env)), 'torch'], {
      env,
      line(line) {
        const file = /^\s*Downloading (\S+)/.exec(line)?.[1];
        if (file !== undefined) what = path.posix.basename(file);
        const [, bytes, total] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
        if (bytes !== undefined) say(what, Number(bytes), Number(total));
        else if (/^Installing/.test(line)) say('unpacking');
      },
    });
    let version = '';
    await runProgram(python, ['-c', 'import torch; print(torch.__version__)'], { env, line: (line) => (version = line.trim() || version) });
    return version;
  },
};

/** The options by which pip goes on with a download, where it knows them. */
async function takesUp(python: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  let known = false;
  await runProgram(python, ['-m', 'pip', 'install', '--help'], { env, line: (line) => (known ||= line.includes('--resume-retries')) }).catch(() => undefined);
  return known ? ['--resume-retries', '10'] : [];
}

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
