import { build, type Plugin } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { chromium, root } from '../../support/paths.js';

/** Imports name `.js`, the files are TypeScript. */
const typescript: Plugin = {
  name: 'typescript-sources',
  setup(made) {
    made.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ resolveDir, path: wanted }) => {
      const file = ['.ts', '.tsx'].map((ending) => path.resolve(resolveDir, wanted.replace(/\.js$/, ending))).find((each) => existsSync(each));
      return file === undefined ? undefined : { path: file };
    });
  },
};

/** The canvas alone on a page, in a real browser. */
export interface Stage {
  open(asked: Readonly<Record<string, unknown>>, size?: { readonly width: number; readonly height: number }): Promise<Page>;
  /** What the canvas has said on a page, by handler. */
  said(page: Page, handler: string): Promise<readonly unknown[][]>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const bundles = await build({
    absWorkingDir: root, entryPoints: { page: 'test/webview/harness/page.tsx', 'layout-worker': 'webview/worker/layout.ts' }, outdir: '/', write: false, bundle: true, format: 'iife', jsx: 'automatic',
    loader: { '.ttf': 'dataurl' }, define: { 'process.env.NODE_ENV': '"production"' }, external: ['web-worker'], logLevel: 'error', plugins: [typescript],
  });
  const files = new Map(bundles.outputFiles.map((file) => [path.basename(file.path), file.text]));
  const page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Canvas</title><link rel="stylesheet" href="page.css"><style>html,body{margin:0;height:100%;overflow:hidden}#root{position:absolute;inset:0}</style><body class="browser vscode-dark"><div id="root"></div><script src="page.js"></script></body></html>';
  const server: Server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const text = name === '' ? page : files.get(name);
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': name === '' ? 'text/html' : name.endsWith('.css') ? 'text/css' : 'text/javascript' });
    response.end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const browser: Browser = await playwright.launch({ executablePath: chromium(), args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'], timeout: 120_000 });
  return {
    async open(asked, size = { width: 1100, height: 900 }) {
      const opened = await browser.newPage({ viewport: size, reducedMotion: 'reduce' });
      opened.setDefaultTimeout(60_000);
      await opened.goto(`http://127.0.0.1:${port}/`);
      await opened.waitForFunction(() => typeof (window as unknown as { show?: unknown }).show === 'function');
      await opened.evaluate((what) => (window as unknown as { show(what: unknown): void }).show(what), { theme: 'browser vscode-dark', ...asked });
      await opened.locator('.nw-node').first().waitFor();
      return opened;
    },
    said: (opened, handler) => opened.evaluate((name) => (window as unknown as { said: [string, ...unknown[]][] }).said.filter(([each]) => each === name).map(([, ...rest]) => rest), handler),
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}

export const templateText = (name: string): string => readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8');
