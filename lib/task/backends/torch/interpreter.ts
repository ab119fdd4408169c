import { existsSync } from 'node:fs';
import path from 'node:path';
import { partsFolder } from '../../parts/folder.js';
import { type PythonProcess, startPython, type StartOptions } from './process.js';

/** An interpreter that may have PyTorch, and where it is named. */
export interface Candidate {
  readonly interpreter: string;
  readonly source: string;
}

/**
 * Where Python is looked for, in order: the one that is chosen in VS Code's Python extension, the setting, the active environment, PATH, and what
 * `netwright get torch` made. One that is asked for by name is the only one.
 */
export function candidates(asked: string | undefined, env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): readonly Candidate[] {
  if (asked) return [{ interpreter: asked, source: 'asked for' }];
  const windows = platform === 'win32';
  const chosen = env['NETWRIGHT_PYTHON_EXTENSION'];
  const named = env['NETWRIGHT_PYTHON'];
  const venv = env['VIRTUAL_ENV'];
  const own = pythonOf(path.join(partsFolder(env, platform), 'torch'), platform);
  return [
    ...(chosen ? [{ interpreter: chosen, source: 'the Python extension' }] : []),
    ...(named ? [{ interpreter: named, source: 'NETWRIGHT_PYTHON' }] : []),
    ...(venv ? [{ interpreter: pythonOf(venv, platform), source: 'VIRTUAL_ENV' }] : []),
    ...(windows ? ['python', 'python3'] : ['python3', 'python']).map((interpreter) => ({ interpreter, source: 'PATH' })),
    ...(existsSync(own) ? [{ interpreter: own, source: 'netwright get torch' }] : []),
  ];
}

/** The interpreter of a virtual environment. */
export function pythonOf(venv: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? path.win32.join(venv, 'Scripts', 'python.exe') : path.posix.join(venv, 'bin', 'python');
}

export interface Found extends Candidate {
  readonly python: PythonProcess;
  /** What was tried before, and why it was not taken. */
  readonly tried: readonly string[];
}

/** The first interpreter that runs PyTorch; or what was tried, in one message. */
export async function findPython(asked: string | undefined, options: StartOptions = {}): Promise<Found | string> {
  const tried: string[] = [];
  for (const candidate of candidates(asked, options.env ?? process.env)) {
    const python = await startPython(candidate.interpreter, options);
    if (typeof python !== 'string') return { ...candidate, python, tried };
    tried.push(`${candidate.interpreter} (${candidate.source}) ${python}`);
  }
  return `no Python with PyTorch: ${tried.join('; ')}. Name one by --python or in NETWRIGHT_PYTHON, or get one of your own: netwright get torch`;
}
