import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What is fetched once for a machine and shared by all checkouts. */
export const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'netwright');

/**
 * Full path of a program on PATH; undefined where there is none.
 * @param {string} name
 */
export function which(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

/**
 * Runs a program to its end. What it says is kept, and shown when it fails; meanwhile a line says that it goes on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, title?: string, timeout?: number, show?: boolean }} [options] `timeout` in milliseconds; `show` passes its output through
 * @returns {Promise<string>} what it wrote
 */
export function run(command, args, { cwd = root, env = {}, title, timeout, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && /\.(cmd|bat)$/.test(command);
    const child = spawn(command, args, { cwd, shell, env: { ...process.env, ...env }, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said = (said + String(chunk)).slice(-200_000)));
    const start = Date.now();
    const progress = title === undefined ? undefined : setInterval(() => console.log(`  ${title}: ${Math.round((Date.now() - start) / 1000)} s`), 15_000);
    const limit = timeout === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeout);
    const end = () => {
      clearInterval(progress);
      clearTimeout(limit);
    };
    child.on('error', (error) => {
      end();
      reject(error);
    });
    child.on('close', (code, signal) => {
      end();
      if (code === 0) resolve(said);
      else reject(new Error(`${[path.basename(command), ...args].join(' ').slice(0, 300)} ended with ${signal ?? code}\n${said.slice(-3000)}`));
    });
  });
}

/** npm, as it came with this Node. */
export const npm = which('npm') ?? 'npm';

/**
 * A script of a package in node_modules, run by this Node.
 * @param {string} script path below node_modules
 */
export const inPackages = (script) => path.join(root, 'node_modules', script);

/**
 * The folder that holds Node's headers (node_api.h); where the system has none, those of npm's build of the same Node version.
 * @returns {Promise<string>} a prefix: headers stand in its `include/node`
 */
export async function nodeHeaders() {
  for (const prefix of [path.resolve(process.execPath, '../..'), '/usr', '/usr/local']) if (existsSync(path.join(prefix, 'include/node/node_api.h'))) return prefix;
  const folder = path.join(cache, `node-${process.versions.node}`);
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = path.join(folder, 'node_modules', name);
  if (!existsSync(path.join(prefix, 'include/node/node_api.h'))) {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(folder, { recursive: true });
    await run(npm, ['install', '--no-save', '--ignore-scripts', '--prefix', folder, `${name}@${process.versions.node}`], { title: 'Node headers' });
  }
  return prefix;
}
