import { afterAll, expect, it } from 'vitest';
import { closeBrowser, openDesk } from './desk.js';
import { residual } from './residual.js';

afterAll(closeBrowser);

it('a run shows its loss while it goes on, and the next one lies over it, labelled with what was changed', async () => {
  const desk = await openDesk({ text: residual(60), width: 1280, height: 800 });
  const { page, node } = desk;
  await node('sum').click();
  await page.getByRole('button', { name: 'Run 60 steps' }).click();
  const panel = page.getByRole('region', { name: 'Run panel' });
  await panel.getByText('Run finished').waitFor({ timeout: 120_000 });
  await panel.locator('.curve.present[d^="M"]').first().waitFor({ state: 'attached' });
  // The skip is cut in the form of the merge; the run that follows is drawn over the first.
  // The box shows what the document says, so it is ticked once the edit has come back.
  const cut = page.locator('.inspector').getByLabel('stem', { exact: true });
  await cut.click();
  await expect.poll(() => cut.isChecked()).toBe(true);
  await page.locator('button[title^="Save"]:not([disabled])').waitFor();
  await expect.poll(() => desk.problems().count()).toBe(0);
  await panel.getByRole('button', { name: 'Run again' }).click();
  // With the second run the curve of the first becomes the one before; the run itself may be over within one picture of the page.
  await panel.locator('.curve.before[d^="M"]').first().waitFor({ state: 'attached', timeout: 120_000 });
  await panel.getByText('Run finished').waitFor({ timeout: 120_000 });
  expect(await panel.locator('.curve.before[d^="M"]').count()).toBeGreaterThan(0);
  await panel.locator('.run-key', { hasText: /off|cut/i }).first().waitFor();
  await desk.shot('two runs');
  expect(desk.text()).toContain('"off": ["stem"]');
  await panel.getByRole('tab', { name: 'History' }).click();
  await expect.poll(() => panel.locator('tbody tr').count()).toBe(2);
  await panel.getByRole('tab', { name: 'Log' }).click();
  await panel.getByText('finished after 60 steps').waitFor();
  expect(desk.errors).toEqual([]);
  await desk.close();
});

it('a run is stopped by its button, and says so', async () => {
  const desk = await openDesk({ text: residual(1_000_000) });
  const { page } = desk;
  await page.getByRole('button', { name: 'Run 1000000 steps' }).click();
  const panel = page.getByRole('region', { name: 'Run panel' });
  await panel.locator('.curve.present[d^="M"]').first().waitFor({ state: 'attached', timeout: 120_000 });
  await panel.getByRole('button', { name: 'Stop' }).click();
  await panel.getByText('Run stopped').waitFor();
  await page.getByRole('button', { name: 'Run 1000000 steps' }).waitFor();
  expect(desk.errors).toEqual([]);
  await desk.close();
});

it('a network that cannot be trained says why, and is given a classifier on request', async () => {
  const desk = await openDesk({ template: 'resnet34-head' });
  const { page } = desk;
  await desk.node('stem').waitFor();
  await page.locator('.toolbar').getByRole('button', { name: 'Run' }).click();
  await page.locator('.notice', { hasText: 'not one score a class' }).waitFor();
  await page.getByRole('button', { name: 'Add classifier: pool, flatten, Linear 10' }).click();
  await page.getByRole('button', { name: 'Run 100 steps, size 32' }).waitFor();
  expect(desk.errors).toEqual([]);
  await desk.close();
});
