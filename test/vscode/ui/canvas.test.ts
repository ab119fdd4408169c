import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Host, sleep, startHost } from '../host.js';
import { choose, dirty, eventually, hasKeyboard, hidePanel, node, onFailure, openFromExplorer, problemRows, reload, runCommand, template } from './workbench.js';

const mismatch = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    "conv1": { "op": "Conv2d", "in": ["image"], "out_channels": 8, "kernel_size": 3, "padding": 1 },
    "conv2": { "op": "Conv2d", "in": ["conv1"], "out_channels": 16, "kernel_size": 3, "padding": 1, "stride": 2 },
    "sum": { "op": "Add", "in": ["conv2", "conv1"] } // stays
  },
  "outputs": ["sum"]
}
`;

let host: Host;
const errors: string[] = [];
beforeAll(async () => {
  host = await startHost({ viewport: { width: 1600, height: 1000 }, files: { 'residual-20.nnet.json': template('residual-20'), 'broken.nnet.json': mismatch, 'twice.nnet.json': mismatch.replace(' // stays', ',\n    "fc": { "op": "Linear", "in": ["image"], "out_features": 0 }'), 'empty.nnet.json': '' } });
  host.page.on('pageerror', (error) => errors.push(error.message));
  host.page.on('console', (message) => /Content Security Policy/.test(message.text()) && /netwright|editor\.(js|css)|layout-worker/.test(message.text()) && errors.push(message.text()));
  await host.open();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await onFailure(host, task.name);
  await host.page.keyboard.press('Escape');
  await hidePanel(host);
  await runCommand(host, 'View: Close All Editors');
});
afterAll(() => host?.stop());

it('a template opens on the canvas with its shapes and totals, and nothing on the page fails', async () => {
  await openFromExplorer(host, 'residual-20');
  const canvas = host.canvas();
  await node(canvas, 'conv').waitFor();
  await canvas.getByText('269,722').first().waitFor();
  await canvas.getByText('40.55 M').first().waitFor();
  await canvas.locator('.nw-shape', { hasText: '64 × 8 × 8' }).first().waitFor({ state: 'attached' });
  expect(errors).toEqual([]);
});

it('a broken file shows its problem in the Problems panel and on the canvas; a fix is one step of undo and is saved', async () => {
  await openFromExplorer(host, 'broken');
  const canvas = host.canvas();
  const rows = await problemRows(host);
  await rows.filter({ hasText: 'conv2' }).filter({ hasText: 'conv1' }).first().waitFor();
  await choose(canvas, 'sum');
  await host.page.keyboard.press('F8');
  await canvas.locator('.callout .fix').first().waitFor();
  await canvas.locator('.callout .fix', { hasText: /projection/i }).first().click();
  const bad = canvas.locator('.status .bad');
  await bad.waitFor({ state: 'detached' });
  await rows.filter({ hasText: 'conv2' }).first().waitFor({ state: 'detached' });
  await choose(canvas, 'conv1');
  await host.page.keyboard.press('Control+z');
  await bad.waitFor();
  await rows.filter({ hasText: 'conv2' }).first().waitFor();
  await host.page.keyboard.press('Control+y');
  await bad.waitFor({ state: 'detached' });
  await rows.filter({ hasText: 'conv2' }).first().waitFor({ state: 'detached' });
  await dirty(host, 'broken');
  await host.page.keyboard.press('Control+s');
  const saved = await eventually('the fixed file is on disk', () => host.read('broken.nnet.json'), (text) => text !== mismatch);
  expect(saved).toContain('// stays');
});

it('a row of the Problems panel shows its problem on the canvas, also one that was chosen before, and so does the link of its code', async () => {
  await openFromExplorer(host, 'twice');
  const canvas = host.canvas();
  await node(canvas, 'sum').waitFor();
  const rows = await problemRows(host);
  const row = (name: string) => rows.filter({ hasText: name }).filter({ hasText: 'netwright' }).first();
  const shown = (message: RegExp) => canvas.getByRole('dialog', { name: message }).waitFor();
  // Rows that have just come ask for their fixes by themselves, and so does the one under the pointer: a row is chosen by who has looked at it.
  const looked = () => sleep(2500);
  await row('sum').waitFor();
  await looked();
  await row('sum').click();
  await shown(/sum/);
  await looked();
  await row('fc').click();
  await shown(/fc/);
  await looked();
  await row('sum').click();
  await shown(/sum/);
  // The keyboard is still in the panel: below the row are its three reasons, then the next problem. What it chose stays, though the pointer rests on the other row.
  await looked();
  for (let press = 0; press < 4; press++) await host.page.keyboard.press('ArrowDown');
  await shown(/fc/);
  await looked();
  await shown(/fc/);
  // A double click takes it to the best fix.
  await row('sum').dblclick();
  await canvas.locator('.callout .fix:focus').waitFor();
  await hasKeyboard(canvas);
  await host.page.keyboard.press('Escape');
  await canvas.locator('.callout').waitFor({ state: 'detached' });
  await rows.getByText('invalid-param').click();
  await shown(/fc/);
});

it('the text beside the canvas shows the same selection, both ways', async () => {
  await openFromExplorer(host, 'residual-20');
  const canvas = host.canvas();
  await choose(canvas, 'conv');
  await host.page.keyboard.press('Control+Alt+t');
  const text = host.page.locator('.editor-instance .monaco-editor');
  await text.waitFor();
  await node(canvas, 'fc').click();
  await host.page.locator('.monaco-editor .selected-text').first().waitFor();
  await text.locator('.view-line', { hasText: '"conv":' }).first().click();
  await eventually('the convolution is selected on the canvas', () => canvas.locator('nav.breadcrumb').innerText(), (shown) => /\bconv$/.test(shown.trim()));
});

it('an empty file offers templates, and one of them fills it in one step of undo', async () => {
  await openFromExplorer(host, 'empty');
  const canvas = host.canvas();
  await canvas.locator('.template').first().click();
  const layer = canvas.locator('[data-path]').first();
  await layer.click();
  await hasKeyboard(canvas);
  await host.page.keyboard.press('Control+z');
  await canvas.locator('.template').first().waitFor();
  expect(host.read('empty.nnet.json')).toBe('');
});

it('unsaved work is still there after the window was closed and opened again', async () => {
  await openFromExplorer(host, 'residual-20');
  const before = host.read('residual-20.nnet.json');
  await node(host.canvas(), 'fc').click();
  const field = host.canvas().getByLabel('out_features', { exact: true });
  await field.fill('7');
  await field.press('Enter');
  await host.canvas().locator('.nw-shape', { hasText: /^7$/ }).first().waitFor({ state: 'attached' });
  await eventually('VS Code keeps a backup of the change', () => host.backups(), (texts) => texts.some((text) => /"out_features": 7\b/.test(text)));
  await reload(host, 'residual-20');
  await host.page.locator('.tab.dirty', { hasText: 'residual-20' }).click();
  await host.canvas().locator('.nw-shape', { hasText: /^7$/ }).first().waitFor({ state: 'attached' });
  expect(host.read('residual-20.nnet.json')).toBe(before);
  await runCommand(host, 'File: Revert File');
  await host.page.locator('.tab.dirty', { hasText: 'residual-20' }).waitFor({ state: 'detached' });
});
