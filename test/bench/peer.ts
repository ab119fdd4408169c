import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageFolder } from '../../lib/task/package-folder.js';
import type { Missing } from './table.js';

const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'netwright');
const inVenv = (venv: string): string => path.join(cache, venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const scripts = path.join(packageFolder(), 'test/bench/python');
const output = path.join(packageFolder(), 'test/output/bench');

/** A Python that has PyTorch: the one of the tests, made once where it is missing. */
export function torchPython(): string | Missing {
  const python = inVenv('torch-venv');
  if (!existsSync(python)) spawnSync(process.execPath, [path.join(packageFolder(), '.ci/install.mjs'), 'torch'], { stdio: 'inherit' });
  return existsSync(python) ? python : { missing: 'PyTorch cannot be installed here' };
}

let onnx: string | Missing | undefined;
/** A Python that has onnx, fetched once for a machine. */
function onnxPython(): string | Missing {
  return (onnx ??= makeOnnx());
}

function makeOnnx(): string | Missing {
  const python = inVenv('bench-venv');
  if (existsSync(python)) return python;
  const torch = inVenv('torch-venv');
  console.error('Fetching onnx, once for this machine ...');
  const folder = path.join(cache, 'bench-venv');
  mkdirSync(cache, { recursive: true });
  const made = spawnSync(existsSync(torch) ? torch : 'python3', ['-m', 'venv', folder], { encoding: 'utf8' });
  const fetched = made.status === 0 ? spawnSync(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'onnx'], { encoding: 'utf8', timeout: 180_000 }) : made;
  if (fetched.status === 0) return python;
  // A venv without onnx would pass for a whole one the next time.
  if (existsSync(folder)) {
    renameSync(folder, `${folder}.failed`);
    rmSync(`${folder}.failed`, { recursive: true, force: true });
  }
  return { missing: `onnx cannot be fetched: ${(fetched.stderr || fetched.error?.message || 'pip failed').trim().split('\n').at(-1)?.slice(0, 100) ?? ''}` };
}

/** One of the scripts beside this file on a JSON request, as a command to be run. */
export function pythonCommand(script: 'data.py' | 'fake.py' | 'infer.py' | 'train.py', request: unknown): { readonly command: string; readonly args: readonly string[] } | Missing {
  const command = script === 'infer.py' ? onnxPython() : torchPython();
  if (typeof command !== 'string') return command;
  mkdirSync(output, { recursive: true });
  const file = path.join(output, 'request.json');
  writeFileSync(file, JSON.stringify(request));
  return { command, args: [path.join(scripts, script), file] };
}

/** Runs one of the scripts beside this file on a JSON request, in a fresh process; answers the number that it prints. */
export function askPython(script: 'data.py' | 'fake.py' | 'infer.py', request: unknown): number | Missing {
  const python = pythonCommand(script, request);
  if ('missing' in python) return python;
  const { status, stdout, stderr, error } = spawnSync(python.command, python.args, { encoding: 'utf8', timeout: 120_000 });
  const value = Number(stdout?.trim().split('\n').at(-1));
  if (status === 0 && Number.isFinite(value) && value > 0) return value;
  return { missing: `${script}: ${(stderr || error?.message || 'no number').trim().split('\n').at(-1)?.slice(0, 100) ?? ''}` };
}
