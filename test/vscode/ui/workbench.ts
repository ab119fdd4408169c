import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { root } from '../../support/paths.js';
import { sleep, type Host } from '../host.js';

/** A template of the package, as text. */
export const template = (id: string) => readFileSync(path.join(root, 'media/templates', `${id}.nnet.json`), 'utf8');

/** Opens a file of the workspace from the Explorer, as a person does. */
export async function openFromExplorer(host: Host, name: string): Promise<void> {
  await host.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
  await host.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor({ timeout: 30_000 });
}

/** The card, pill or merge of a node on the canvas. */
export const node = (canvas: FrameLocator, nodePath: string): Locator => canvas.locator(`[data-path="${nodePath}"]`).first();

/** Runs a command from the palette. */
export async function runCommand(host: Host, title: string): Promise<void> {
  const input = host.page.locator('.quick-input-widget input[type="text"]').first();
  // The key is lost while the focus goes from the workbench into a page.
  for (let attempt = 0; attempt < 10 && !(await input.isVisible()); attempt++) {
    await host.page.keyboard.press('F1');
    await input.waitFor({ timeout: 1500 }).catch(() => undefined);
  }
  await input.fill(`>${title}`);
  await host.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
}

/** Opens the Problems panel; gives its rows. */
export async function problemRows(host: Host): Promise<Locator> {
  const panel = host.page.locator('.markers-panel-container');
  if (!(await panel.isVisible())) await runCommand(host, 'Problems: Focus on Problems View');
  await panel.waitFor();
  return panel.locator('.monaco-list-row');
}

/** Gives the panel's room back to the canvas. */
export async function hidePanel(host: Host): Promise<void> {
  const panel = host.page.locator('.part.panel');
  if (await panel.isVisible()) await runCommand(host, 'View: Hide Panel');
  await panel.waitFor({ state: 'hidden' });
}

/** Waits until `probe` holds; fails with `claim` and what it gave last. */
export async function eventually<T>(claim: string, probe: () => T | Promise<T>, holds: (value: T) => boolean = Boolean, ms = 15_000): Promise<T> {
  let last: T | undefined;
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
    last = await probe();
    if (holds(last)) return last;
  }
  throw new Error(`Not within ${ms} ms: ${claim}. It is ${JSON.stringify(last)?.slice(0, 2000)}`);
}

/** A picture for the documentation where SCREENSHOTS is set; else nothing. */
export async function picture(host: Host, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== undefined) await host.page.screenshot({ path: path.join(root, 'media/screenshots', `${name}.png`) });
}

/** Leaves a picture of a failed test in test/output. */
export async function onFailure(host: Host | undefined, name: string): Promise<void> {
  await host?.page.screenshot({ path: path.join(root, 'test/output', `${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`) }).catch(() => undefined);
}
