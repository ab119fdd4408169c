import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect } from 'vitest';
import { chromium as playwright, type Browser, type Locator, type Page } from 'playwright-core';
import { serve } from '../../lib/task/serve/serve.js';
import { chromium, root } from '../support/paths.js';

/** Where screenshots go. */
export const output = path.join(root, 'test/output/browser');
const template = (name: string) => path.join(root, 'media/templates', `${name}.nnet.json`);

/** A file open in the editor's page. */
export interface Desk {
  readonly page: Page;
  readonly file: string;
  /** What went wrong on the page: exceptions, errors of the console, things that the policy has blocked. */
  readonly errors: readonly string[];
  text(): string;
  /** A node of the canvas by its path. */
  node(path: string): Locator;
  field(label: string): Locator;
  problems(): Locator;
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface DeskOptions {
  /** The document; or a template's name. */
  readonly text?: string;
  readonly template?: string;
  readonly theme?: 'dark' | 'light' | 'hc' | 'hc-light';
  readonly width?: number;
  readonly height?: number;
  /** Where dist/ and media/ are: the checkout unless given. */
  readonly folder?: string;
}

let browser: Browser | undefined;
const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function openDesk({ text, template: name, theme = 'dark', width = 1600, height = 1000, folder = process.env['NETWRIGHT_BUILT'] ?? root }: DeskOptions): Promise<Desk> {
  if (!existsSync(path.join(folder, 'dist', 'editor.js'))) throw new Error('dist/editor.js is missing: run `npm run build` first (npm test does).');
  const place = mkdtempSync(path.join(os.tmpdir(), 'netwright-page-'));
  const file = path.join(place, `${name ?? 'design'}.nnet.json`);
  if (name !== undefined && text === undefined) copyFileSync(template(name), file);
  else writeFileSync(file, text ?? '');
  const served = await serve(file, { folder });
  browser ??= await playwright.launch({ executablePath: chromium(), args: flags, timeout: 120_000 });
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${served.url}&theme=${theme}`);
  await page.locator('.status').waitFor();
  return {
    page,
    file,
    errors,
    text: () => readFileSync(file, 'utf8'),
    node: (wanted) => page.locator(`[data-path="${wanted}"]`).first(),
    field: (label) => page.locator('.inspector').getByLabel(label, { exact: true }),
    problems: () => page.locator('.status .bad'),
    async shot(shotName) {
      mkdirSync(output, { recursive: true });
      await page.screenshot({ path: path.join(output, `${shotName}.png`) });
    },
    async close() {
      await context.close();
      await served.close();
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** The path of the layer that has the keyboard; undefined where none has it. */
export const focusedNode = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-path') ?? undefined);

/** Waits until the keyboard goes on from a layer: it is the tab stop of the canvas, unless the keyboard is not on the canvas at all. */
export const goesOnFrom = (page: Page, name: string) =>
  expect.poll(async () => ((await focusedNode(page)) === undefined ? name : page.locator('.nw-canvas [data-path][tabindex="0"]').first().getAttribute('data-path'))).toBe(name);

/** `/` and a name in the list of layers; what is chosen with Enter then is the first that it finds. */
export async function typeLayer(page: Page, query: string): Promise<void> {
  await page.keyboard.press('/');
  const name = page.getByRole('dialog', { name: 'Add a layer' }).getByLabel('Layer to add');
  await expect.poll(() => name.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.type(query);
  await expect.poll(() => name.inputValue()).toBe(query);
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/**
 * One desk a test: opened by the test, photographed where the test fails, closed after it, and held to a page on which nothing failed. Call it
 * once at the head of a file of tests.
 */
export function eachAtADesk(): { open(options: DeskOptions): Promise<Desk>; readonly desk: Desk } {
  let desk: Desk | undefined;
  afterEach(async ({ task }) => {
    const closing = desk;
    desk = undefined;
    if (closing === undefined) return;
    if (task.result?.state === 'fail') await closing.shot(`failed ${task.name}`.slice(0, 80));
    await closing.close();
    expect(closing.errors).toEqual([]);
  });
  afterAll(closeBrowser);
  return {
    open: async (options) => (desk = await openDesk(options)),
    get desk() {
      if (desk === undefined) throw new Error('No desk is open yet.');
      return desk;
    },
  };
}
