import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(__dirname, '../..');

/** Where `npm test` keeps what it fetches once for a machine: PyTorch, TensorFlow's library, VS Code's server. */
export const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'netwright');

/** A Python with torch and numpy, made by `npm test`. Throws with the remedy where there is none: no comparison is skipped. */
export function torchPython(): string {
  const python = path.join(cache, 'torch-venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) throw new Error(`${python} is missing: run \`node .ci/install.mjs torch\` (npm test does).`);
  return python;
}
