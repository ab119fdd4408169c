// `npm start [FILE]`: installs what is missing, builds, and opens the editor on FILE or on a copy of the residual template.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { install } from './install.mjs';
import { cache, root, run, which } from './machine.mjs';

/** The file to open. Without one, a copy of the residual template in a new folder, so that the template stays as it is. */
function design() {
  const given = process.argv.slice(2).find((word) => !word.startsWith('-'));
  if (given !== undefined) {
    const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
    if (existsSync(file)) return file;
    console.error(`${file} does not exist.`);
    process.exit(2);
  }
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'netwright-')), 'residual-20.nnet.json');
  copyFileSync(path.join(root, 'media/templates/residual-20.nnet.json'), file);
  return file;
}

/** Runs a program in the foreground, with this terminal. @param {string} command @param {readonly string[]} args */
function foreground(command, args) {
  return new Promise((resolve) => {
    const shell = process.platform === 'win32' && /\.(cmd|bat)$/.test(command);
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  });
}

/** VS Code's program: the one on PATH, else one that @vscode/test-electron can download. A server without a screen has neither. */
async function findCode() {
  const code = which('code');
  if (code !== undefined) return code;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const download = `const { download } = await import('@vscode/test-electron');
    console.log('NETWRIGHT_CODE=' + await download({ cachePath: process.argv[1], timeout: 15000 }));`;
  try {
    console.log('Looking for a VS Code to download ...');
    const said = await run(process.execPath, ['--input-type=module', '-e', download, path.join(cache, 'vscode-desktop')], { timeout: 300_000, title: 'VS Code' });
    return /NETWRIGHT_CODE=(.*)/.exec(said)?.[1];
  } catch {
    console.log('No VS Code can be downloaded here.');
    return undefined;
  }
}

const problem = await install('packages');
if (problem !== undefined) process.exit(1);
try {
  await buildIfStale();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const inBrowser = process.argv.includes('--browser');
const file = design();
const code = inBrowser ? undefined : await findCode();
if (code !== undefined) {
  console.log(`Opening ${file} in VS Code.`);
  const profile = path.join(cache, 'vscode-desktop-profile');
  mkdirSync(profile, { recursive: true });
  // A downloaded VS Code keeps to a folder of its own; one on PATH is the user's, with the user's settings.
  const own = which('code') === undefined ? ['--user-data-dir', profile, '--extensions-dir', path.join(profile, 'extensions')] : ['--new-window'];
  process.exitCode = await foreground(code, [...own, `--extensionDevelopmentPath=${root}`, path.dirname(file), file]);
} else {
  console.log(`Opening ${file} in the browser.`);
  process.exitCode = await foreground(process.execPath, [path.join(root, 'dist/netwright.js'), 'open', file]);
}
