import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { get, remove } from '../../../lib/task/commands/get.js';
import { download } from '../../../lib/task/parts/download.js';
import { packagesOf } from '../../../lib/task/parts/packages.js';
import { getPart, removePart, versionOf, type Part } from '../../../lib/task/parts/part.js';
import { registryOf } from '../../../lib/task/parts/registry.js';
import { unpack } from '../../../lib/task/parts/tarball.js';
import { running } from '../commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-parts-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const data = randomBytes(300_000);
const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

interface Manner {
  /** Bytes that each of the first connections brings at most: the rest is never sent, and `cut` ends it. */
  readonly cuts?: readonly number[];
  /** A server that knows nothing of ranges. */
  readonly whole?: boolean;
  readonly status?: number;
  readonly body?: Uint8Array;
}

/** A server of one file, and the ranges that it was asked for. */
async function serve({ cuts = [], whole = false, status, body = data }: Manner): Promise<{ readonly url: string; readonly asked: (string | undefined)[]; cut(bytes: number): void }> {
  const asked: (string | undefined)[] = [];
  let open: { readonly response: ServerResponse; readonly end: number } | undefined;
  server = createServer((request, response) => {
    const { range } = request.headers;
    const cut = cuts[asked.length];
    asked.push(range);
    if (status !== undefined) return void response.writeHead(status).end();
    const start = whole || range === undefined ? 0 : Number(/^bytes=(\d+)-/.exec(range)?.[1]);
    if (start >= body.length) return void response.writeHead(416).end();
    const rest = body.subarray(start);
    response.writeHead(start ? 206 : 200, { 'content-length': rest.length, ...(start && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }) });
    if (cut === undefined) response.end(rest);
    else if (cut === 0) response.destroy();
    else {
      open = { response, end: start + cut };
      response.write(rest.subarray(0, cut));
    }
  });
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  // A connection is cut when the client has all that was sent: no clock decides what arrives.
  const cut = (bytes: number): void => void (open && bytes >= open.end && open.response.destroy());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.tgz`, asked, cut };
}

const quick = { integrity: integrityOf(data), pause: 1 };

describe('a download', () => {
  test('that is cut goes on where it stopped, as often as it takes', async () => {
    const { url, asked, cut } = await serve({ cuts: [100_000, 50_000, 0] });
    const file = path.join(home, 'cut.tgz');
    const seen: number[] = [];
    await download(url, file, { ...quick, progress: (bytes) => (seen.push(bytes), cut(bytes)) });
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(asked).toEqual([undefined, 'bytes=100000-', 'bytes=150000-', 'bytes=150000-']);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(data.length);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  test('that was given up is taken up by the next attempt', async () => {
    const file = path.join(home, 'later.tgz');
    const first = await serve({ cuts: [120_000, 0, 0, 0] });
    await expect(download(first.url, file, { ...quick, attempts: 2, progress: first.cut })).rejects.toThrow(/120000 bytes are kept, and the next attempt goes on with them$/);
    expect(existsSync(file)).toBe(false);
    await new Promise<void>((done) => server?.close(() => done()));
    const second = await serve({});
    await download(second.url, file, quick);
    expect(second.asked).toEqual(['bytes=120000-']);
    expect(readFileSync(file).equals(data)).toBe(true);
  });

  test('from a server that knows no ranges begins anew', async () => {
    const { url, asked, cut } = await serve({ cuts: [100_000], whole: true });
    const file = path.join(home, 'whole.tgz');
    await download(url, file, { ...quick, progress: cut });
    expect(asked).toEqual([undefined, 'bytes=100000-']);
    expect(readFileSync(file).equals(data)).toBe(true);
  });

  test('with another checksum leaves nothing behind', async () => {
    const body = Uint8Array.from(data);
    body[1000] = (body[1000] as number) ^ 1;
    const { url, asked } = await serve({ body });
    const file = path.join(home, 'wrong.tgz');
    await expect(download(url, file, quick)).rejects.toThrow(/has another checksum than sha512-.*: nothing of it was kept$/);
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    expect(asked).toHaveLength(2);
  });

  test('whose beginning is of another file is fetched anew once', async () => {
    const file = path.join(home, 'stale.tgz');
    writeFileSync(`${file}.part`, randomBytes(1000));
    const { url, asked } = await serve({});
    await download(url, file, quick);
    expect(asked).toEqual(['bytes=1000-', undefined]);
    expect(readFileSync(file).equals(data)).toBe(true);
  });

  test('of what is not there is not tried again', async () => {
    const { url, asked } = await serve({ status: 404 });
    await expect(download(url, path.join(home, 'none.tgz'), quick)).rejects.toThrow(/the server answers 404 Not Found$/);
    expect(asked).toHaveLength(1);
  });

  test('that is there already asks nobody', async () => {
    const file = path.join(home, 'there.tgz');
    writeFileSync(file, data);
    await download('http://127.0.0.1:9/file.tgz', file, quick);
  });
});

/** A tar archive of these files, as npm packs them. */
function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('000755 \0', 100);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')} `, 124);
    header.write('0', 156);
    header.write('ustar\u000000', 257);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe('a tarball', () => {
  const file = path.join(home, 'package.tgz');
  test('is unpacked without its outer folder, and only what is wanted of it', () => {
    writeFileSync(file, tar({ 'package/package.json': '{}', 'package/dist/a.js': 'a', 'package/dist/b.js': 'b' }));
    const folder = path.join(home, 'unpacked');
    unpack(file, folder, (name) => !name.endsWith('b.js'));
    expect(readFileSync(path.join(folder, 'dist/a.js'), 'utf8')).toBe('a');
    expect(existsSync(path.join(folder, 'dist/b.js'))).toBe(false);
  });
  test('that reaches outside of its folder is refused', () => {
    writeFileSync(file, tar({ 'package/../../outside.js': 'x' }));
    expect(() => unpack(file, path.join(home, 'inside'))).toThrow('which lies outside');
    expect(existsSync(path.join(home, 'outside.js'))).toBe(false);
  });
});

describe('a part', () => {
  const env = { NETWRIGHT_STORAGE: path.join(home, 'storage') };
  const place = path.join(home, 'storage/parts/thing');
  const part = (build: Part['get']): Part => ({ title: 'Thing', size: 'small', needs: 'nothing', get: build });
  test('is there when it is whole, stays when a newer one fails, and goes without a trace', async () => {
    const said: string[] = [];
    expect(await getPart('thing', part(async ({ folder, say }) => (say('half'), writeFileSync(path.join(folder, 'a'), '1'), '1.0')), ({ what }) => said.push(what), env)).toBe('1.0');
    expect([said, versionOf('thing', env), readFileSync(path.join(place, 'a'), 'utf8')]).toEqual([['half'], '1.0', '1']);
    const failing = part(async ({ folder, downloads }) => {
      writeFileSync(path.join(folder, 'a'), '2');
      mkdirSync(downloads, { recursive: true });
      writeFileSync(path.join(downloads, 'rest.part'), 'half of it');
      throw new Error('the network is gone');
    });
    await expect(getPart('thing', failing, () => undefined, env)).rejects.toThrow('the network is gone');
    expect([versionOf('thing', env), readFileSync(path.join(place, 'a'), 'utf8'), existsSync(`${place}.new`)]).toEqual(['1.0', '1', false]);
    expect(existsSync(path.join(home, 'storage/parts/downloads/thing/rest.part'))).toBe(true);
    expect(removePart('thing', env)).toBe(true);
    expect([versionOf('thing', env), existsSync(place), existsSync(path.join(home, 'storage/parts/downloads/thing'))]).toEqual([undefined, false, false]);
    expect(removePart('thing', env)).toBe(false);
  });
});

describe('the registry', () => {
  test('is the one that npm is configured with', async () => {
    expect(await registryOf({ npm_config_registry: 'http://127.0.0.1:4873/' })).toBe('http://127.0.0.1:4873');
    const folder = path.join(home, 'npm');
    mkdirSync(folder);
    writeFileSync(path.join(folder, '.npmrc'), 'fund=false\nregistry=http://127.0.0.1:4874/npm/\n');
    expect(await registryOf({ PATH: '/nowhere', NPM_CONFIG_USERCONFIG: path.join(folder, '.npmrc') })).toBe('http://127.0.0.1:4874/npm');
    expect(await registryOf({ PATH: '/nowhere', NPM_CONFIG_USERCONFIG: path.join(folder, 'none') })).toMatchObject({ problem: expect.stringContaining('npm is not on the PATH') });
  });
});

describe('netwright get and remove', () => {
  test('tell what there is, and what there is not', async () => {
    expect((await running(get, ['--json'])).out.trim().split('\n').map((line) => (JSON.parse(line) as { part: string }).part)).toEqual(['tfjs-node', 'webgpu', 'torch']);
    expect(await running(get, ['cuda'])).toMatchObject({ code: 2, err: expect.stringContaining('there is no part cuda; there are tfjs-node, webgpu, torch') });
    expect(packagesOf('tfjs-node').length).toBeGreaterThan(50);
  });
  test('a registry whose package is another one than was tested is not trusted', async () => {
    const { url } = await serve({ body: Buffer.from(JSON.stringify({ dist: { tarball: 'http://127.0.0.1:9/webgpu.tgz', integrity: integrityOf(data) } })) });
    process.env['npm_config_registry'] = new URL(url).origin;
    process.env['NETWRIGHT_STORAGE'] = path.join(home, 'other');
    try {
      expect(await running(get, ['webgpu'])).toMatchObject({ code: 1, err: expect.stringMatching(/webgpu .* has the checksum sha512-.* in the registry, and sha512-.* was tested: it is not taken/) });
      expect(await running(remove, ['webgpu'])).toMatchObject({ code: 0, out: 'webgpu: it is not here\n' });
    } finally {
      delete process.env['npm_config_registry'];
      delete process.env['NETWRIGHT_STORAGE'];
    }
  });
});
