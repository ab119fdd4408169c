import { afterAll, expect, it } from 'vitest';
import { closeBrowser, openDesk } from './desk.js';
import { residual } from './residual.js';

afterAll(closeBrowser);

it.each(['dark', 'light', 'hc'] as const)('the run panel shows what a run saw inside, the skip beside the branch (%s)', async (theme) => {
  const desk = await openDesk({ text: residual(60), theme, width: 1280, height: 860 });
  const { page } = desk;
  await page.getByRole('button', { name: 'Run 60 steps' }).click();
  const panel = page.getByRole('region', { name: 'Run panel' });
  await panel.getByText('Run finished').waitFor({ timeout: 120_000 });
  await panel.getByRole('tab', { name: 'Inside' }).click();
  await expect.poll(() => panel.getByRole('combobox', { name: 'Step' }).locator('option').allTextContents()).toEqual(['1', '51', '60']);
  const [forks, layers] = [panel.locator('section', { hasText: 'Where skips leave' }), panel.locator('section', { hasText: 'Output of' })];
  await expect.poll(() => forks.locator('tbody tr').count()).toBe(1);
  await expect.poll(async () => (await forks.locator('tbody tr').first().locator('th, td').allTextContents()).map((text) => text.replace(/[\d.e-]+$/, '#'))).toEqual(['stem', 'sum', '#', '#', '#']);
  await expect.poll(() => layers.locator('tbody th').allTextContents()).toEqual(['stem', 'conv1', 'bn1', 'relu1', 'conv2', 'bn2', 'sum', 'relu2', 'pool', 'flatten', 'fc']);
  await desk.shot(`inside ${theme}`);
  // Another step shows other numbers, and a name shows its layer on the canvas.
  const before = await layers.locator('tbody').textContent();
  await panel.getByRole('combobox', { name: 'Step' }).selectOption('1');
  await expect.poll(() => layers.locator('tbody').textContent()).not.toBe(before);
  await layers.getByRole('button', { name: 'conv2' }).click();
  await page.locator('.inspector').getByText('conv2').first().waitFor();
  expect(desk.errors).toEqual([]);
  await desk.close();
});

it('a run that was stopped goes on where it was, as one curve', async () => {
  const desk = await openDesk({ text: residual(1_000_000), width: 1280, height: 860 });
  const { page } = desk;
  await page.getByRole('button', { name: 'Run 1000000 steps' }).click();
  const panel = page.getByRole('region', { name: 'Run panel' });
  await panel.locator('.curve.present[d*="L"]').first().waitFor({ state: 'attached', timeout: 120_000 });
  await panel.getByRole('button', { name: 'Stop' }).click();
  await panel.getByText('Run stopped').waitFor({ timeout: 120_000 });
  const resume = panel.getByRole('button', { name: /^Resume at \d+$/ });
  const step = Number(/\d+/.exec((await resume.textContent()) ?? '')?.[0]);
  expect(step).toBeGreaterThan(0);
  await desk.shot('stopped');
  await resume.click();
  await panel.getByText('Running').waitFor({ timeout: 120_000 });
  await expect.poll(async () => Number(await panel.locator('.progress-line b').textContent()), { timeout: 120_000 }).toBeGreaterThan(step);
  await panel.getByRole('button', { name: 'Stop' }).click();
  await panel.getByText('Run stopped').waitFor({ timeout: 120_000 });
  // One curve: nothing is drawn as the run before.
  expect(await panel.locator('.curve.before[d^="M"]').count()).toBe(0);
  await panel.getByRole('tab', { name: 'History' }).click();
  await expect.poll(() => panel.locator('tbody tr').count()).toBe(2);
  expect(desk.errors).toEqual([]);
  await desk.close();
});
