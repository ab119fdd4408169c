import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run, which } from '../machine.mjs';

let updated = false;

/**
 * Installs Debian packages where that can be done without asking anybody; says what to install elsewhere.
 * @param {readonly string[]} names
 */
async function aptInstall(names) {
  const apt = which('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) throw new Error(`Please install ${names.join(', ')} with your system's package manager${apt ? ` (sudo apt-get install ${names.join(' ')})` : ''}.`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (!updated) await run(apt, ['update', '-q'], { env, title: 'apt-get update' });
  updated = true;
  await run(apt, ['install', '-y', '-q', '--no-install-recommends', ...names], { env, title: `apt-get install ${names.join(' ')}` });
}

/** A browser for the tests: CHROMIUM names another one. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named !== undefined) return existsSync(named) ? named : undefined;
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'].map(which).find((file) => file !== undefined);
}

export const chromium = {
  title: 'Chromium',
  isThere: () => findChromium() !== undefined,
  make: () => aptInstall(['chromium', 'fonts-dejavu-core']),
};

/** The folders in which programs look for libraries on Debian and its like. */
const libraryFolders = ['/usr/lib', '/usr/lib64', '/lib64', ...(existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')).map((name) => path.join('/usr/lib', name)) : [])];

/** WebGPU for the tests, on a machine without a GPU: Vulkan's loader, and SwiftShader, the driver that computes on the CPU, which comes with Chromium. */
export const vulkan = {
  title: 'Vulkan with a software driver',
  isThere: () => libraryFolders.some((folder) => existsSync(path.join(folder, 'libvulkan.so.1'))) && ['chromium', 'chromium-browser'].some((name) => existsSync(`/usr/lib/${name}/vk_swiftshader_icd.json`)),
  async make() {
    if (process.platform !== 'linux') throw new Error(`The tests of WebGPU use a software driver that Debian brings; there is none for ${process.platform}.`);
    await aptInstall(['libvulkan1', 'chromium-common']);
    if (!this.isThere()) throw new Error('libvulkan1 and chromium-common are installed, but /usr/lib/chromium/vk_swiftshader_icd.json or libvulkan.so.1 is not there.');
  },
};

export const ripgrep = { title: 'ripgrep', isThere: () => which('rg') !== undefined, make: () => aptInstall(['ripgrep']) };

export const git = { title: 'git', isThere: () => which('git') !== undefined, make: () => aptInstall(['git']) };

export const compiler = {
  title: 'C++ compiler and make',
  isThere: () => which('g++') !== undefined && which('make') !== undefined,
  make: () => aptInstall(['g++', 'make']),
};

export const python = {
  title: 'Python with venv and pip',
  isThere: () => spawnSync('python3', ['-c', 'import venv, ensurepip, pip'], { stdio: 'ignore' }).status === 0,
  make: () => aptInstall(['python3', 'python3-venv', 'python3-pip']),
};
