import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { root } from '../../support/paths.js';
import { sleep, type Host } from '../host.js';

/** A template of the package, as text. */
export const template = (id: string) => readFileSync(path.join(root, 'media/templates', `${id}.nnet.json`), 'utf8');

/** Opens a file of the workspace from the Explorer, as a person does, and waits until the canvas shows it. */
export async function openFromExplorer(host: Host, name: string): Promise<void> {
  await host.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
  await host.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  await host.canvas().locator(`nav.breadcrumb button[title^="${name}"]`).first().waitFor();
}

/** Waits until VS Code knows that a file has unsaved changes; a save before that saves nothing. */
export const dirty = (host: Host, name: string) => host.page.locator('.tabs-container .tab.dirty', { hasText: name }).waitFor();

/** Clicks a layer and waits until the page has the keyboard; keys that come before it would go to VS Code's own parts. */
export async function choose(canvas: FrameLocator, nodePath: string): Promise<void> {
  await node(canvas, nodePath).click();
  await hasKeyboard(canvas);
}

/** Waits until keys go to the page. */
export async function hasKeyboard(canvas: FrameLocator): Promise<void> {
  await eventually('the canvas has the keyboard', () => canvas.locator('body').evaluate(() => document.hasFocus()));
}

/** Loads the window again, once VS Code knows that the file's tab is to come back. */
export async function reload(host: Host, name: string): Promise<void> {
  await eventually('VS Code keeps which tabs are open', () => host.openAfterReload(), (state) => state.includes(name), 120_000);
  await host.open();
}

/** The card, pill or merge of a node on the canvas. */
export const node = (canvas: FrameLocator, nodePath: string): Locator => canvas.locator(`[data-path="${nodePath}"]`).first();

/** Runs a command from the palette. */
export async function runCommand(host: Host, title: string): Promise<void> {
  const input = host.page.locator('.quick-input-widget input[type="text"]').first();
  // Rows are used again for other commands while the list changes; the one with the keyboard is what Enter takes.
  const row = host.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).first();
  // While the focus goes between the workbench and a page, a key is lost and the palette closes by itself: it is opened again then.
  for (let attempt = 1; ; attempt++) {
    try {
      if (!(await input.isVisible())) await host.page.keyboard.press('F1');
      await input.fill(`>${title}`, { timeout: 3000 });
      await row.waitFor({ timeout: 5000 });
      await input.press('Enter', { timeout: 5000 });
      await input.waitFor({ state: 'hidden', timeout: 5000 });
      return;
    } catch (error) {
      if (attempt === 15) throw error;
    }
  }
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
export async function eventually<T>(claim: string, probe: () => T | Promise<T>, holds: (value: T) => boolean = Boolean, ms = 60_000): Promise<T> {
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
