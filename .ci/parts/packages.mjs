import { readFileSync } from 'node:fs';
import path from 'node:path';
import { npm, root, run } from '../machine.mjs';

/** @param {string} file */
const packagesOf = (file) => /** @type {Record<string, { version?: string, optional?: boolean, dev?: boolean }>} */ (JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages);

/** node_modules holds what package-lock.json asks for. Optional packages of other systems may be missing. */
function isThere() {
  try {
    const asked = packagesOf('package-lock.json');
    const installed = packagesOf('node_modules/.package-lock.json');
    return Object.entries(asked).every(([place, { version, optional }]) => place === '' || installed[place]?.version === version || (optional === true && installed[place] === undefined));
  } catch {
    return false;
  }
}

/** npm packages, without their install scripts: the one native package is made by the part `tfjs`. */
export const packages = {
  title: 'npm packages',
  isThere,
  make: () => run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { show: true }),
};
