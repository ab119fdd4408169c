import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run as check } from '../../../lib/task/commands/check.js';
import { run as doctor } from '../../../lib/task/commands/doctor.js';
import { run as exported } from '../../../lib/task/commands/export.js';
import { run as fix } from '../../../lib/task/commands/fix.js';
import { open } from '../../../lib/task/commands/open.js';
import { run as trace } from '../../../lib/task/commands/trace.js';
import { run as train } from '../../../lib/task/commands/train.js';
import { createRunFolder, manifests } from '../../../lib/task/runs/folder.js';
import { readDisk, writeDisk } from '../../../lib/task/serve/disk.js';
import { broken, folderOf, running, sound } from './running.js';

/** Every command that reads a design, on one. */
const commands: readonly (readonly [string, (file: string) => Promise<{ code: number; out: string; err: string }>])[] = [
  ['check', (file) => running(check, [file])],
  ['check --against', (file) => running(check, [file, '--against', 'HEAD'])],
  ['fix', (file) => running(fix, [file, '--problem', 'shape-mismatch', '--node', 'sum'])],
  ['export', (file) => running(exported, [file, '--to', 'pytorch'])],
  ['trace', (file) => running(trace, [file, '--backend', 'wasm'])],
  ['train', (file) => running(train, [file, '--backend', 'wasm'])],
  ['open', (file) => running(open, [file, '--no-browser'])],
];

function places(): Readonly<Record<'loop' | 'long' | 'below' | 'folder', string>> {
  const folder = folderOf({ 'a.nnet.json': sound });
  symlinkSync('loop.nnet.json', path.join(folder, 'loop.nnet.json'));
  mkdirSync(path.join(folder, 'empty.nnet.json'));
  return { loop: path.join(folder, 'loop.nnet.json'), long: path.join(folder, `${'x'.repeat(300)}.nnet.json`), below: path.join(folder, 'a.nnet.json', 'b.nnet.json'), folder: path.join(folder, 'empty.nnet.json') };
}

describe.each(commands)('netwright %s', (_, called) => {
  it.each(['loop', 'long', 'below', 'folder'] as const)('says in one sentence that a file cannot be read: %s', async (kind) => {
    const file = places()[kind];
    const { code, out, err } = await called(file);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toContain(file);
    if (kind === 'loop') expect(err).toContain('too many links');
    if (kind === 'long') expect(err).toContain('the name is too long');
    expect(err).not.toMatch(/^\s+at /m);
    expect(err).not.toMatch(/E(LOOP|NAMETOOLONG|NOTDIR|ISDIR)/);
  });
});

it('what is written where it cannot be is told in one sentence', async () => {
  const folder = folderOf({ 'a.nnet.json': broken, 'b.nnet.json': sound });
  const good = path.join(folder, 'b.nnet.json');
  for (const [out, words] of [[folder, 'is a folder'], [path.join(good, 'a.py'), 'a part of its path is a file'], [path.join(folder, 'none', 'a.py'), 'its folder is not there']] as const) {
    expect(await running(exported, [good, '--to', 'pytorch', '--out', out])).toEqual({ code: 2, out: '', err: `netwright: ${out}: ${words}\n` });
  }
});

it.each(['trace', 'train'] as const)('%s of what is no design ends with 2 at the place, as check, fix and export do', async (name) => {
  const file = path.join(folderOf({ 'c.nnet.json': '{"nnet":1,"nodes":{}\n<<<<<<< HEAD\n}' }), 'c.nnet.json');
  const { code, out, err } = await running(name === 'trace' ? trace : train, [file, '--backend', 'wasm', '--events']);
  expect(code).toBe(2);
  expect(err).toContain(`${file}:2:1: error: `);
  expect(out.trim().split('\n').map((line) => (JSON.parse(line) as { readonly type: string }).type)).toEqual(['problem']);
  expect((await running(exported, [file, '--to', 'pytorch'])).err).toContain(`${file}:2:1: `);
  writeFileSync(file, Buffer.from([0, 1, 2, 0xff, 0xfe, 0]));
  expect((await running(name === 'trace' ? trace : train, [file])).code).toBe(2);
  expect((await running(check, [file])).code).toBe(2);
});

it('the doctor takes no surplus words', async () => {
  const { code, err } = await running(doctor, ['extra']);
  expect(code).toBe(2);
  expect(err).toMatch(/^netwright: doctor takes no extra\nnetwright doctor /);
});

it('a run of a design with a very long name gets a folder, and where none can be made or listed the reason is told', () => {
  const manifest = { command: 'train', design: '', recipe: 'quick', settings: {}, set: {}, backend: 'wasm', device: 'CPU', reason: '', versions: {} } as const;
  const home = folderOf({});
  const made = createRunFolder(home, { ...manifest, file: `${'y'.repeat(245)}.nnet.json` });
  expect(manifests(home).map(({ id }) => id)).toEqual([made.id]);
  const other = folderOf({});
  mkdirSync(path.join(other, '.netwright'));
  symlinkSync('runs', path.join(other, '.netwright', 'runs'));
  expect(manifests(other)).toEqual([]);
  expect(() => createRunFolder(other, { ...manifest, file: 'a.nnet.json' })).toThrow('runs cannot be written: a link on its path leads back to itself');
});

it('the editor tells a link to itself from a file that is not there yet, and saves under a name of any length', () => {
  const { loop } = places();
  expect(readDisk(loop)).toEqual({ kind: 'unreadable', reason: 'too many links: one leads back to itself' });
  expect(readDisk(`${loop}x`)).toEqual({ kind: 'missing' });
  const long = path.join(folderOf({}), `${'z'.repeat(245)}.nnet.json`);
  writeDisk(long, sound);
  expect(readDisk(long)).toEqual({ kind: 'text', text: sound });
});
