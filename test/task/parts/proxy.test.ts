import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../lib/task/parts/download.js';
import { proxyFor } from '../../../lib/task/parts/proxy.js';
import { published } from '../../../lib/task/parts/registry.js';
import { root } from '../../support/paths.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-proxy-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const open: Server[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))))));

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

const data = randomBytes(200_000);
const integrity = `sha512-${createHash('sha512').update(data).digest('base64')}`;
const tls = { key: readFileSync(path.join(root, 'test/fixtures/tls/key.pem')), cert: readFileSync(path.join(root, 'test/fixtures/tls/certificate.pem')) };
const trust = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
const trusting = (word: string | undefined): void => {
  if (word === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = word;
};
afterEach(() => trusting(trust));

/** A registry with one package, whose tarball it sends on to; what it was asked for. */
function registry(scheme: string): { readonly asked: string[]; readonly answer: RequestListener } {
  const asked: string[] = [];
  return {
    asked,
    answer: ({ url = '', headers: { host, range } }, response) => {
      const { pathname } = new URL(url, `${scheme}://${host}`);
      asked.push(`${host}${pathname}`);
      if (pathname === '/thing/1.0.0') response.end(JSON.stringify({ dist: { tarball: `${scheme}://packages.example/old.tgz`, integrity } }));
      else if (pathname === '/old.tgz') response.writeHead(302, { location: '/thing.tgz' }).end();
      else {
        const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
        response.writeHead(start ? 206 : 200, { 'content-length': data.length - start, ...(start && { 'content-range': `bytes ${start}-${data.length - 1}/${data.length}` }) }).end(data.subarray(start));
      }
    },
  };
}

/** A proxy that knows one name, which no name server does; what it was asked for, and with what password. With `cut`, the first connection ends after so many bytes. */
async function proxy(behind: number, { password, cut }: { readonly password?: string; readonly cut?: number } = {}): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const refuses = ({ headers }: IncomingMessage): boolean => password !== undefined && headers['proxy-authorization'] !== `Basic ${Buffer.from(password).toString('base64')}`;
  let left = cut ?? Infinity;
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refuses(request)) return void response.writeHead(407).end();
    const { pathname } = new URL(request.url ?? '');
    http.get({ host: '127.0.0.1', port: behind, path: pathname, headers: request.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => undefined);
    if (refuses(request)) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const target = net.connect(behind, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    target.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => target.destroy()).pipe(target);
    target.on('data', (bytes: Buffer) => {
      client.write(bytes);
      left -= bytes.length;
      if (left <= 0) [left] = [Infinity, client.destroySoon()];
    });
  });
  return { url: `127.0.0.1:${await listening(server)}`, asked };
}

describe('a part is fetched through the proxy that the environment names', () => {
  beforeEach(() => trusting('0'));
  it('by a tunnel for https, also where the server sends on and the connection is cut', async () => {
    const { asked, answer } = registry('https');
    const { url, asked: connected } = await proxy(await listening(https.createServer(tls, answer)), { password: 'me:se cret', cut: 60_000 });
    const env = { HTTPS_PROXY: `http://me:se%20cret@${url}`, HTTP_PROXY: 'http://127.0.0.1:9' };
    const { tarball } = await published('https://packages.example', 'thing', '1.0.0', env);
    const file = path.join(home, 'tunnel.tgz');
    await download(tarball, file, { integrity, pause: 1, env });
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(new Set(connected)).toEqual(new Set(['CONNECT packages.example:443']));
    expect(asked.slice(0, 3)).toEqual(['packages.example/thing/1.0.0', 'packages.example/old.tgz', 'packages.example/thing.tgz']);
    expect(asked.at(-1)).toBe('packages.example/thing.tgz');
    expect(asked.length).toBeGreaterThan(4);
  });
  it('and by its whole URL for http', async () => {
    const { asked, answer } = registry('http');
    const { url, asked: passed } = await proxy(await listening(http.createServer(answer)));
    const env = { http_proxy: url };
    const { tarball } = await published('http://packages.example', 'thing', '1.0.0', env);
    const file = path.join(home, 'plain.tgz');
    await download(tarball, file, { integrity, pause: 1, env });
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(passed).toEqual(['GET http://packages.example/thing/1.0.0', 'GET http://packages.example/old.tgz', 'GET http://packages.example/thing.tgz']);
    expect(asked[0]).toBe('packages.example/thing/1.0.0');
  });
});

describe('where the proxy does not help, that is told', () => {
  const get = (url: string, env: NodeJS.ProcessEnv): Promise<void> => download(url, path.join(home, 'never.tgz'), { integrity, pause: 1, attempts: 1, env });
  it('with its answer where it wants a password', async () => {
    const { url } = await proxy(9, { password: 'me:secret' });
    await expect(get('https://packages.example/a', { https_proxy: `http://me:wrong@${url}` })).rejects.toThrow(`https://packages.example/a: the proxy ${url} answers 407 Proxy Authentication Required`);
    await expect(get('http://packages.example/a', { http_proxy: url })).rejects.toThrow(`http://packages.example/a: the proxy ${url} answers 407 Proxy Authentication Required`);
  });
  it('with the reason where nobody is there', async () => {
    await expect(get('https://packages.example/a', { https_proxy: 'http://127.0.0.1:9' })).rejects.toThrow('the proxy 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9');
  });
  it('and a server behind it that nobody vouches for is not trusted', async () => {
    trusting(undefined);
    const { asked, answer } = registry('https');
    const { url } = await proxy(await listening(https.createServer(tls, answer)));
    await expect(get('https://packages.example/a', { https_proxy: url })).rejects.toThrow(/self-signed certificate/);
    expect(asked).toEqual([]);
  });
  it('unless VS Code is set not to ask for certificates, which its checksum does not need', async () => {
    trusting(undefined);
    const { answer } = registry('https');
    const behind = await listening(https.createServer(tls, answer));
    const { url, asked: passed } = await proxy(behind);
    const file = path.join(home, 'loose.tgz');
    const env = { https_proxy: url, NETWRIGHT_STRICT_SSL: '0' };
    await download((await published('https://packages.example', 'thing', '1.0.0', env)).tarball, file, { integrity, pause: 1, env });
    expect(readFileSync(file).equals(data)).toBe(true);
    expect(passed.length).toBeGreaterThan(0);
    await download(`https://127.0.0.1:${behind}/thing.tgz`, `${file}.direct`, { integrity, pause: 1, env });
    expect(readFileSync(`${file}.direct`).equals(data)).toBe(true);
  });
  it('without the password where the variable is no URL of such a proxy', async () => {
    const told = await get('https://packages.example/a', { https_proxy: 'socks5://me:secret@proxy.example:1080' }).catch(String);
    expect(told).toContain('https_proxy names a proxy of the kind socks5; only http and https are known');
    expect(told).not.toContain('secret');
    await expect(get('https://packages.example/a', { ALL_PROXY: 'http://:0:0' })).rejects.toThrow('all_proxy is no URL of a proxy, such as http://proxy.example:3128');
  });
});

describe('the proxy of a URL', () => {
  const via = (url: string, env: NodeJS.ProcessEnv): string | undefined => proxyFor(new URL(url), env)?.host;
  it('is that of its scheme, small letters first, else the one for all', () => {
    const env = { HTTPS_PROXY: 'http://large:1', https_proxy: 'http://small:1', HTTP_PROXY: '', ALL_PROXY: 'all:3' };
    expect([via('https://a.example/', env), via('http://a.example/', env), via('https://a.example/', {})]).toEqual(['small:1', 'all:3', undefined]);
  });
  it('is none for this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]', 'a.localhost']) expect(via(`http://${host}:80/`, { all_proxy: 'p:1' }), host).toBeUndefined();
  });
  it.each([
    ['a.example', 'https://a.example/', true],
    ['a.example', 'https://b.a.example/', true],
    ['a.example', 'https://ba.example/', false],
    ['.a.example', 'https://b.a.example/', true],
    ['*.a.example', 'https://b.a.example/', true],
    ['A.Example', 'https://a.example/', true],
    ['x.example, a.example', 'https://a.example/', true],
    ['x.example a.example', 'https://a.example/', true],
    ['*', 'https://a.example/', true],
    ['a.example:443', 'https://a.example/', true],
    ['a.example:8443', 'https://a.example/', false],
    ['10.0.0.0/8', 'https://10.2.3.4/', true],
    ['10.0.0.0/8', 'https://11.2.3.4/', false],
    ['10.0.0.0/99', 'https://10.2.3.4/', false],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['[fd12::1]', 'https://[fd12::1]/', true],
    ['', 'https://a.example/', false],
  ])('NO_PROXY=%s and %s', (list, url, direct) => {
    expect(via(url, { https_proxy: 'p:1', NO_PROXY: list }) === undefined).toBe(direct);
  });
});
