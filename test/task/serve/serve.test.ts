import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openChannel, type Channel } from '../../../lib/protocol/channel.js';
import type { ToEditor, ToHost } from '../../../lib/protocol/messages.js';
import { serve, type Served } from '../../../lib/task/serve/serve.js';

const text = '{\n  "nnet": 1,\n  "inputs": { "image": { "shape": ["N", 3, 8, 8] } },\n  "nodes": {\n    "relu": { "op": "ReLU", "in": ["image"] }\n  },\n  "outputs": ["relu"]\n}\n';
let folder: string;
let file: string;
let served: Served;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-serve-'));
  file = path.join(folder, 'a.nnet.json');
  writeFileSync(file, text);
  const product = path.join(folder, 'product');
  mkdirSync(path.join(product, 'dist'), { recursive: true });
  mkdirSync(path.join(product, 'media', 'templates'), { recursive: true });
  writeFileSync(path.join(product, 'package.json'), '{}');
  writeFileSync(path.join(product, 'dist', 'editor.js'), '// the page');
  writeFileSync(path.join(product, 'media', 'templates', 'mlp.nnet.json'), text.replace('relu', 'fc'));
  served = await serve(file, { folder: product });
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const status = (address: string, headers: Record<string, string> = {}) => new Promise<{ status: number; policy: string; body: string }>((resolve, reject) => {
  get(address, { headers }, (response) => {
    let body = '';
    response.on('data', (chunk) => (body += String(chunk)));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, policy: String(response.headers['content-security-policy']), body }));
  }).on('error', reject);
});
const base = () => new URL(served.url).origin;

interface Page {
  readonly channel: Channel<ToHost, ToEditor>;
  next<T extends ToEditor['type']>(type: T, fits?: (message: Extract<ToEditor, { type: T }>) => boolean): Promise<Extract<ToEditor, { type: T }>>;
  close(): void;
}

/** A page as the browser has it: what it hears is kept until it is asked for. */
async function joined(url = served.url, origin = base()): Promise<Page> {
  const address = new URL(url);
  address.protocol = 'ws:';
  address.pathname = '/socket';
  const socket = new WebSocket(address, { origin });
  await new Promise((open, failed) => socket.once('open', open).once('error', failed));
  const heard: ToEditor[] = [];
  const waiting = new Set<() => void>();
  const channel = openChannel<ToHost, ToEditor>({
    post: (message) => socket.send(JSON.stringify(message)),
    listen: (receive) => {
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as ToEditor;
        heard.push(message);
        receive(message);
        waiting.forEach((look) => look());
      });
      return () => undefined;
    },
  });
  channel.send({ type: 'ready' });
  return {
    channel,
    next: (type, fits = () => true) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${type} came; heard ${heard.map((m) => m.type).join()}`)), 60_000);
      const look = () => {
        const at = heard.findIndex((message) => message.type === type && fits(message as never));
        if (at < 0) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(heard.splice(at, 1)[0] as never);
      };
      waiting.add(look);
      look();
    }),
    close: () => socket.close(),
  };
}

describe('the loopback server', () => {
  it('gives the page only to who knows the token, under a policy without inline script', async () => {
    const page = await status(served.url);
    expect(page.status).toBe(200);
    expect(page.policy).toContain("default-src 'none'");
    expect(page.policy).not.toMatch(/unsafe|\*/);
    expect(page.body).not.toMatch(/<script>|<style>| style=| on\w+=/);
    expect((await status(`${base()}/`)).status).toBe(403);
    expect((await status(`${base()}/?token=wrong`)).status).toBe(403);
  });

  it('answers no other Host and no other Origin', async () => {
    expect((await status(served.url, { host: 'evil.example' })).status).toBe(403);
    await expect(joined(served.url, 'http://evil.example')).rejects.toThrow('403');
    await expect(joined(`${base()}/?token=wrong`)).rejects.toThrow('403');
  });

  it('serves the files of the page and nothing else', async () => {
    expect((await status(`${base()}/editor.js`)).body).toBe('// the page');
    for (const other of ['/package.json', '/../package.json', '/dist/editor.js', '/%2e%2e/package.json', '/a.nnet.json']) expect((await status(base() + other)).status).toBe(404);
  });

  it('holds the document: an edit is applied, taken back and saved', async () => {
    const page = await joined();
    expect((await page.next('settings')).settings.templates.map(({ id }) => id)).toEqual(['mlp']);
    expect((await page.next('document')).text).toBe(text);
    const reply = await page.channel.request({ type: 'edit', base: 1, label: 'Rename', edits: [{ kind: 'renameNode', scope: '', from: 'relu', to: 'act' }] }, 'edited');
    expect(reply).toMatchObject({ ok: true, version: 2 });
    const changed = await page.next('document', ({ version }) => version === 2);
    expect([changed.text, changed.dirty]).toEqual([text.replaceAll('"relu"', '"act"'), true]);
    page.channel.send({ type: 'command', command: 'undo' });
    expect((await page.next('document', ({ version }) => version === 3)).dirty).toBe(false);
    page.channel.send({ type: 'command', command: 'redo' });
    await page.next('document', ({ version }) => version === 4);
    page.channel.send({ type: 'command', command: 'save' });
    await page.next('document', ({ dirty }) => !dirty);
    expect(readFileSync(file, 'utf8')).toBe(changed.text);
  });

  it('refuses an edit whose target is gone, with the reason', async () => {
    const page = await joined();
    expect(await page.channel.request({ type: 'edit', base: 1, label: 'Rename', edits: [{ kind: 'renameNode', scope: '', from: 'gone', to: 'x' }] }, 'edited')).toMatchObject({ ok: false, reason: expect.stringContaining('gone') });
  });

  it('takes over a file changed on disk where nothing is unsaved', async () => {
    const page = await joined();
    await page.next('document');
    writeFileSync(file, text.replace('8, 8', '9, 9'));
    const changed = await page.next('document', ({ version }) => version > 1);
    expect([changed.text.includes('9, 9'), changed.dirty]).toEqual([true, false]);
  });

  it('never overwrites a file changed on disk under unsaved edits without being told to', async () => {
    const page = await joined();
    await page.next('document');
    await page.channel.request({ type: 'edit', base: 1, label: 'Rename', edits: [{ kind: 'renameNode', scope: '', from: 'relu', to: 'act' }] }, 'edited');
    writeFileSync(file, text.replace('8, 8', '9, 9'));
    expect((await page.next('notice')).actions?.map(({ command }) => command)).toEqual(['reload', 'overwrite']);
    page.channel.send({ type: 'command', command: 'save' });
    await page.next('notice');
    expect(readFileSync(file, 'utf8')).toContain('9, 9');
    page.channel.send({ type: 'command', command: 'overwrite' });
    await page.next('document', ({ dirty }) => !dirty);
    expect(readFileSync(file, 'utf8')).toContain('"act"');
  });

  it('keeps the text of a file that is deleted, and writes it again on save', async () => {
    const page = await joined();
    await page.next('document');
    rmSync(file);
    expect((await page.next('notice')).message).toContain('deleted');
    page.channel.send({ type: 'command', command: 'save' });
    await page.next('document', ({ dirty }) => dirty);
    await page.next('document', ({ dirty }) => !dirty);
    expect(existsSync(file)).toBe(true);
  });

  it('shows a binary file and never writes it', async () => {
    const binary = path.join(folder, 'b.nnet.json');
    writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    const other = await serve(binary, { folder: path.join(folder, 'product') });
    const page = await joined(other.url, new URL(other.url).origin);
    expect((await page.next('settings')).settings.readOnly).toBe(true);
    page.channel.send({ type: 'command', command: 'save' });
    expect((await page.next('notice')).message).toContain('no UTF-8 text');
    expect([...readFileSync(binary)]).toEqual([0xff, 0xfe, 0x00, 0x80]);
    await other.close();
  });
});
