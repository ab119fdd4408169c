import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../support/paths.js';

/** What `npm pack` makes of the built checkout, unpacked where no node_modules is above it. */
let folder: string;
let unpacked: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-packed-'));
  execFileSync('npm', ['pack', '--pack-destination', folder, '--loglevel=error'], { cwd: root });
  execFileSync('tar', ['xzf', path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!)], { cwd: folder });
  unpacked = path.join(folder, 'package');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = () => JSON.parse(readFileSync(path.join(unpacked, 'package.json'), 'utf8')) as { main: string; bin: { netwright: string }; exports: { '.': { types: string; default: string } } };
const command = (...args: string[]) => spawnSync(process.execPath, [path.join(unpacked, manifest().bin.netwright), ...args], { cwd: folder, encoding: 'utf8' });
const template = (id: string) => path.join(unpacked, 'media/templates', `${id}.nnet.json`);

it('the packed command checks, fixes and exports without any other package', () => {
  expect(command('check', template('residual-20'))).toMatchObject({ status: 0, stdout: expect.stringContaining('269,722') as string });
  const wrong = path.join(folder, 'wrong.nnet.json');
  writeFileSync(wrong, readFileSync(template('residual-20'), 'utf8').replace('"op": "Linear"', '"op": "Linaer"'));
  expect(command('check', wrong).status).toBe(1);
  expect(command('fix', wrong, '--problem', 'unknown-operator', '--node', 'fc')).toMatchObject({ status: 0, stdout: expect.stringContaining('"op": "Linear"') as string });
  expect(command('export', template('residual-20'), '--to', 'pytorch')).toMatchObject({ status: 0, stdout: expect.stringContaining('nn.Module') as string });
});

it('check and export load less than a megabyte of code, and neither tfjs nor the server', () => {
  const list = path.join(folder, 'loaded.cjs');
  writeFileSync(list, "process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))));");
  for (const args of [['check', template('mlp')], ['export', template('mlp'), '--to', 'pytorch']]) {
    const { status, stderr } = spawnSync(process.execPath, ['-r', list, path.join(unpacked, manifest().bin.netwright), ...args], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(0);
    const loaded = (JSON.parse(stderr.trim().split('\n').at(-1)!) as string[]).filter((file) => file.startsWith(path.join(unpacked, 'dist')));
    expect(loaded.map((file) => path.basename(file))).toContain('netwright.js');
    expect(loaded.filter((file) => /tfjs/.test(path.basename(file)))).toEqual([]);
    expect(loaded.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(1_000_000);
  }
});

it('the library is imported from the packed file, with its types, and the extension stands where `main` says', async () => {
  const { main, exports } = manifest();
  const library = (await import(/* @vite-ignore */ pathToFileURL(path.join(unpacked, exports['.'].default)).href)) as typeof import('../../lib/index.js');
  const analysis = library.analyze(library.parse(readFileSync(template('residual-20'), 'utf8')));
  expect(analysis.totals.params).toBe(269_722);
  expect(library.exportPyTorch(analysis.program)).toContain('nn.Module');
  expect(existsSync(path.join(unpacked, exports['.'].types))).toBe(true);
  expect(readFileSync(path.join(unpacked, main), 'utf8')).toContain('module.exports');
});
