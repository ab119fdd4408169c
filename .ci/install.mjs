// Installs what the checkout needs and this machine lacks: `node .ci/install.mjs [PART...]`, all parts unless some are named.
import { fileURLToPath } from 'node:url';
import { chromium, compiler, git, python, ripgrep, vulkan } from './parts/debian.mjs';
import { packages } from './parts/packages.mjs';
import { tfjs } from './parts/tfjs.mjs';
import { torch } from './parts/torch.mjs';
import { vscode } from './parts/vscode.mjs';

/** @typedef {{ readonly title: string, readonly needs?: readonly string[], isThere(): boolean, make(): Promise<unknown> }} Part */

/** @type {Record<string, Part>} */
export const parts = { packages, git, compiler, python, chromium, ripgrep, vulkan, tfjs, torch, vscode };

/** @type {Map<string, string | undefined>} */
const done = new Map();

/**
 * Makes a part and what it needs, unless they are there.
 * @param {string} name
 * @returns {Promise<string | undefined>} why it cannot be had
 */
export async function install(name) {
  if (done.has(name)) return done.get(name);
  const part = parts[name];
  if (part === undefined) return `There is no part "${name}"; parts are ${Object.keys(parts).join(', ')}.`;
  const problem = await makeIfMissing(part);
  done.set(name, problem);
  if (problem !== undefined) console.error(`${part.title}: ${problem}`);
  return problem;
}

/** @param {Part} part */
async function makeIfMissing(part) {
  if (part.isThere()) return undefined;
  for (const need of part.needs ?? []) if (await install(need)) return `It needs ${parts[need]?.title}, which could not be installed.`;
  const start = Date.now();
  console.log(`Installing ${part.title} ...`);
  try {
    await part.make();
  } catch (error) {
    return `It could not be installed. ${error instanceof Error ? error.message : String(error)}`;
  }
  console.log(`Installed ${part.title} in ${Math.round((Date.now() - start) / 1000)} s.`);
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
  let missing = 0;
  for (const name of names) if (await install(name)) missing++;
  console.log(missing === 0 ? 'Everything is there.' : `${missing} of ${names.length} parts could not be installed.`);
  process.exitCode = missing === 0 ? 0 : 1;
}
