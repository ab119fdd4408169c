import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium as playwright, type FrameLocator, type Page } from 'playwright-core';
import { chromium, root, vscodeServer } from '../support/paths.js';

export interface HostOptions {
  /** Files of the workspace, by their path in it. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Installs a packed extension in place of the one of the checkout. */
  readonly vsix?: string;
  /** Whether VS Code asks for trust; it starts untrusted then. */
  readonly trust?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A real VS Code server on the loopback address, with a page of a headless browser on it. */
export interface Host {
  readonly page: Page;
  /** The workspace's folder on disk. */
  readonly workspace: string;
  read(file: string): string;
  write(file: string, text: string | Buffer): void;
  /** Opens the workbench with the extension in it, and waits until extensions are active. */
  open(payload?: readonly (readonly [string, string])[]): Promise<void>;
  url(payload?: readonly (readonly [string, string])[]): string;
  /** The address by which VS Code in the browser names a file on disk. */
  uri(file: string): string;
  serverLog(): string;
  /** What VS Code in the browser would open after a reload. It writes that now and then, and once more while the page goes away, which a slow machine may lose. */
  openAfterReload(): Promise<string>;
  /** What VS Code has put aside of unsaved files. */
  backups(): readonly string[];
  /** The document inside the custom editor's two frames. */
  canvas(): FrameLocator;
  stop(): Promise<void>;
}

const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function startHost({ files = {}, settings = {}, env = {}, vsix, trust = false, viewport = { width: 1280, height: 800 } }: HostOptions = {}): Promise<Host> {
  const { node, server } = vscodeServer();
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'netwright-vscode-'));
  const folder = (name: string) => {
    const place = path.join(temporary, name);
    mkdirSync(place, { recursive: true });
    return place;
  };
  const workspace = folder('workspace');
  const write = (file: string, text: string | Buffer) => {
    mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
    writeFileSync(path.join(workspace, file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  const logs = [folder('data'), folder('user')];
  writeFileSync(
    path.join(folder('user/User'), 'settings.json'),
    JSON.stringify({
      'security.workspace.trust.enabled': trust,
      'workbench.startupEditor': 'none',
      'workbench.colorTheme': 'Default Dark Modern',
      // A VS Code in the browser saves by itself unless it is told not to.
      'files.autoSave': 'off',
      'window.autoDetectColorScheme': false,
      'telemetry.telemetryLevel': 'off',
      'extensions.autoUpdate': false,
      'extensions.autoCheckUpdates': false,
      'git.enabled': false,
      'chat.commandCenter.enabled': false,
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      ...settings,
    }),
  );
  const common = ['--server-data-dir', logs[0]!, '--user-data-dir', logs[1]!, '--extensions-dir', folder('extensions'), '--accept-server-license-terms', '--disable-telemetry'];
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };
  if (vsix !== undefined) {
    const { status, stdout, stderr } = spawnSync(node, [server, ...common, '--install-extension', vsix], { env: environment, encoding: 'utf8' });
    if (status !== 0) throw new Error(`--install-extension ended with ${status}\n${stdout}${stderr}`);
  }
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const log = path.join(temporary, 'server.log');
  const serverLog = () => readFileSync(log, 'utf8');
  const output = openSync(log, 'w');
  const trustFlag = trust ? [] : ['--disable-workspace-trust'];
  // A group of its own, so that its extension hosts and terminals end with it.
  const process_ = spawn(node, [server, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', ...common, ...trustFlag], { env: environment, stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  for (let attempt = 0; !(await answers(`${origin}/version`)); attempt++) {
    if (attempt > 1200 || process_.exitCode !== null) throw new Error(`VS Code's server did not start.\n${serverLog()}`);
    await sleep(100);
  }
  let opened = 0;
  const browser = await playwright.launch({ executablePath: chromium(), args: flags, timeout: 120_000 });
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(60_000);
  const uri = (file: string) => `vscode-remote://127.0.0.1:${port}${file}`;
  const url = (payload: readonly (readonly [string, string])[] = []) => `${origin}/?${new URLSearchParams({ folder: workspace, ...(payload.length > 0 ? { payload: JSON.stringify(payload) } : {}) })}`;

  return {
    page,
    workspace,
    read: (file) => readFileSync(path.join(workspace, file), 'utf8'),
    write,
    uri,
    url,
    serverLog,
    openAfterReload: () =>
      page.evaluate(async () => {
        const answer = <T>(request: IDBRequest<T>) =>
          new Promise<T>((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error as Error);
          });
        const workspace = (await indexedDB.databases()).find(({ name }) => name?.startsWith('vscode-web-state-db-') && !name.endsWith('-global'))?.name;
        if (workspace === undefined) return '';
        const database = await answer(indexedDB.open(workspace));
        const state: unknown = await answer(database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor'));
        database.close();
        return String(state);
      }),
    backups: () => filesUnder(path.join(logs[1]!, 'User/Backups')).map((file) => readFileSync(file, 'utf8')),
    async open(payload = []) {
      const development = vsix === undefined ? [['extensionDevelopmentPath', uri(root)] as const] : [];
      await page.goto(url([...development, ...payload]), { timeout: 120_000 });
      opened++;
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 120_000 });
      await extensionsActive(logs, opened, serverLog);
    },
    canvas: () => page.frameLocator('iframe.webview.ready >> visible=true').frameLocator('iframe#active-frame'),
    async stop() {
      await browser.close();
      await endGroup(process_);
      if (process.env['KEEP'] === undefined) rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Custom editors are known only from here on; a file that is opened earlier gets the text editor.
 * Every opening of the workbench starts an extension host with a log of its own; the last of them counts.
 */
async function extensionsActive(folders: readonly string[], opened: number, serverLog: () => string): Promise<void> {
  const active = () =>
    folders
      .flatMap(filesUnder)
      .filter((file) => /exthost\d+[/\\]remoteexthost\.log$/.test(file) && readFileSync(file, 'utf8').includes('Eager extensions activated')).length;
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(100)) if (active() >= opened) return;
  throw new Error(`The extension host is not ready after three minutes.\n${serverLog()}`);
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));
}

async function endGroup(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.on('exit', resolve));
  if (child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid!, 'SIGTERM');
    await Promise.race([gone, sleep(5000)]);
  }
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

const answers = (url: string) =>
  new Promise<boolean>((resolve) => {
    http
      .get(url, (response) => {
        response.resume();
        resolve((response.statusCode ?? 500) < 400);
      })
      .on('error', () => resolve(false));
  });

/** The built package; `npm run package` makes it. */
export function builtPackage(): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const file = path.join(root, `netwright-${version}.vsix`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run package\`.`);
  return file;
}
