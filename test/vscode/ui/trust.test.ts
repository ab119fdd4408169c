import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Host, sleep, startHost } from '../host.js';
import { choose, dirty, eventually, onFailure, openFromExplorer, template } from './workbench.js';

let host: Host;
beforeAll(async () => {
  host = await startHost({
    viewport: { width: 1600, height: 1000 },
    files: { 'mlp.nnet.json': template('mlp') },
    trust: true,
    settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  });
  await host.open();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await onFailure(host, task.name);
});
afterAll(() => host?.stop());

it('in an untrusted workspace a design can be changed and saved, and nothing can be run', async () => {
  await openFromExplorer(host, 'mlp');
  const canvas = host.canvas();
  const button = canvas.locator('.toolbar button', { hasText: /Train|Run/ }).first();
  await button.waitFor();
  await expect.poll(() => button.getAttribute('title')).toMatch(/untrusted/);
  await expect.poll(() => button.isDisabled()).toBe(true);
  const before = host.read('mlp.nnet.json');
  await choose(canvas, 'fc');
  await host.page.keyboard.press('Control+d');
  await dirty(host, 'mlp');
  await host.page.keyboard.press('Control+s');
  await eventually('the change is on disk', () => host.read('mlp.nnet.json'), (text) => text !== before);
  // The key of Train is bound to trusted workspaces; pressing it must not run anything either.
  await host.page.keyboard.press('Control+Alt+Enter');
  await sleep(1500);
  expect(existsSync(path.join(host.workspace, '.netwright'))).toBe(false);
});
