import { existsSync, readFileSync } from 'node:fs';
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

/** A Chromium for pages and for VS Code's workbench. */
export function chromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const file = process.env['CHROMIUM'] ?? names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((place) => existsSync(place));
  if (file === undefined || !existsSync(file)) throw new Error('There is no Chromium: run `node .ci/install.mjs chromium` (npm test does), or name one in CHROMIUM.');
  return file;
}

/** Shows WebGPU a driver that computes on the CPU: SwiftShader, as Debian's Chromium brings it. It must be called before Dawn is loaded. */
export function useSoftwareGpu(): void {
  const driver = ['/usr/lib/chromium', '/usr/lib/chromium-browser'].map((folder) => path.join(folder, 'vk_swiftshader_icd.json')).find((place) => existsSync(place));
  if (driver === undefined) throw new Error('There is no software driver for Vulkan: run `node .ci/install.mjs vulkan` (npm test does).');
  process.env['VK_ICD_FILENAMES'] = process.env['VK_DRIVER_FILES'] = driver;
}

/** VS Code's server, made by `npm test`, and the Node that runs it. */
export function vscodeServer(): { readonly node: string; readonly server: string } {
  const folder = path.join(cache, 'vscode-4.100.3');
  const mark = path.join(folder, 'node-path');
  if (!existsSync(mark)) throw new Error(`${mark} is missing: run \`node .ci/install.mjs vscode\` (npm test does).`);
  return { node: readFileSync(mark, 'utf8').trim(), server: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js') };
}
