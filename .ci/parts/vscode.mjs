import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache, nodeHeaders, npm, run, which } from '../machine.mjs';

const version = '4.100.3';
const folder = path.join(cache, `vscode-${version}`);
const server = path.join(folder, 'node_modules/code-server/lib/vscode');
/** It is written last, so a half-made folder is made again. */
const mark = path.join(folder, 'node-path');

const isThere = () => existsSync(mark) && existsSync(path.join(server, 'out/server-main.js'));

/** VS Code's server for tests in a browser. It is never a dependency of the package: its install scripts want more than it needs here. */
export const vscode = {
  title: `VS Code 1.${version.slice(2)} server (for tests)`,
  needs: ['compiler', 'ripgrep', 'python'],
  isThere,
  async make() {
    mkdirSync(folder, { recursive: true });
    rmSync(mark, { force: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run(npm, ['install', '--no-save', ...quiet, `code-server@${version}`], { cwd: folder, title: 'VS Code server' });
    await run(npm, ['install', '--omit=dev', ...quiet], { cwd: server, title: 'VS Code server' });
    const headers = await nodeHeaders();
    const gyp = path.join(path.dirname(realpathSync(npm)), '../node_modules/node-gyp/bin/node-gyp.js');
    for (const name of ['native-watchdog', '@vscode/native-watchdog', 'node-pty', '@vscode/spdlog']) {
      const place = path.join(server, 'node_modules', name);
      if (existsSync(path.join(place, 'binding.gyp'))) await run(process.execPath, [gyp, 'rebuild', `--nodedir=${headers}`, '--jobs=2'], { cwd: place, title: `compiling ${name}` });
    }
    // The package's own install step downloads ripgrep; the system's does as well.
    const search = path.join(server, 'node_modules/@vscode/ripgrep');
    if (existsSync(search)) {
      mkdirSync(path.join(search, 'bin'), { recursive: true });
      const binary = path.join(search, 'bin/rg');
      rmSync(binary, { force: true });
      symlinkSync(which('rg') ?? 'rg', binary);
    }
    const packed = path.join(server, 'node_modules.asar');
    if (!existsSync(packed)) symlinkSync('node_modules', packed);
    await run(process.execPath, ['out/server-main.js', '--version'], { cwd: server });
    writeFileSync(mark, `${process.execPath}\n`);
  },
};
