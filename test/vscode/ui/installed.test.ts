import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { builtPackage, type Host, startHost } from '../host.js';
import { eventually, hidePanel, node, onFailure, openFromExplorer, problemRows, template } from './workbench.js';

/** The packed extension, installed: it must work without the checkout and without node_modules. */
let host: Host;
beforeAll(async () => {
  host = await startHost({
    viewport: { width: 1600, height: 1000 },
    vsix: builtPackage(),
    files: { 'mlp.nnet.json': template('mlp'), 'wrong.nnet.json': template('mlp').replace('"Linear", "in": ["hidden"]', '"Linaer", "in": ["hidden"]') },
  });
  await host.open();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await onFailure(host, `installed ${task.name}`);
});
afterAll(() => host?.stop());

it('the package is smaller than 5 MB', () => {
  expect(statSync(builtPackage()).size).toBeLessThan(5_000_000);
});

it('it opens a design on the canvas', async () => {
  await openFromExplorer(host, 'mlp');
  await node(host.canvas(), 'fc').waitFor();
  await host.canvas().getByText('8,707').first().waitFor();
});

it('it shows problems', async () => {
  await openFromExplorer(host, 'wrong');
  const rows = await problemRows(host);
  await rows.filter({ hasText: 'Linaer' }).first().waitFor();
  await hidePanel(host);
});

it('it trains on wasm, with nothing installed beside it', async () => {
  await openFromExplorer(host, 'mlp');
  await node(host.canvas(), 'fc').click();
  await host.canvas().locator('.toolbar button', { hasText: /Train|Run/ }).first().click();
  const place = path.join(host.workspace, '.netwright/runs');
  const records = () => {
    const file = existsSync(place) ? path.join(place, readdirSync(place)[0] ?? '', 'events.jsonl') : undefined;
    return file !== undefined && existsSync(file) ? recordsOf(readFileSync(file, 'utf8')) : [];
  };
  const end = await eventually('the run ends', () => records().find(({ type }) => type === 'finished'), Boolean, 400_000);
  expect(end).toMatchObject({ outcome: 'completed' });
  expect(records().find(({ type }) => type === 'started')).toMatchObject({ backend: expect.stringContaining('wasm') as string });
  await host.canvas().locator('section.run').getByText('Run finished').waitFor();
});
