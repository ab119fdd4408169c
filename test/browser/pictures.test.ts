import { afterAll, describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { closeBrowser, openDesk } from './desk.js';
import { mismatch } from './mismatch.js';

afterAll(closeBrowser);

/** Whether two things on the page do not overlap. */
async function apart(one: Locator, other: Locator): Promise<boolean> {
  const [a, b] = [await one.boundingBox(), await other.boundingBox()];
  return a !== null && b !== null && (a.x >= b.x + b.width || a.x + a.width <= b.x || a.y >= b.y + b.height || a.y + a.height <= b.y);
}

/** Pictures for people to look at, in test/output/browser; what is claimed of each is that nothing fails and nothing lies over the toolbar's end. */
describe.each(['dark', 'light', 'hc', 'hc-light'] as const)('in the %s theme', (theme) => {
  it.each([[1600, 1000], [1280, 800]] as const)('the residual template is drawn at %i x %i', async (width, height) => {
    const desk = await openDesk({ template: 'resnet34-head', theme, width, height });
    await desk.node('stem').waitFor();
    await desk.node('stage2.conv1').click();
    await desk.page.locator('.inspector', { hasText: 'Receptive field' }).waitFor();
    await desk.page.waitForTimeout(300);
    await desk.shot(`residual-${theme}-${width}`);
    await expect.poll(() => desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(desk.errors).toEqual([]);
    await desk.close();
  });

  it.each([[1600, 1000], [1280, 800], [1000, 700], [760, 700]] as const)('the callout lies over neither branch at %i x %i', async (width, height) => {
    const desk = await openDesk({ text: mismatch, theme, width, height });
    await desk.node('sum').waitFor();
    await desk.page.keyboard.press('F8');
    const callout = desk.page.locator('.callout');
    await callout.waitFor();
    for (const path of ['sum', 'conv1', 'conv2', 'stem']) await expect.poll(() => apart(callout, desk.node(path)), { message: path }).toBe(true);
    await desk.shot(`mismatch-${theme}-${width}`);
    expect(desk.errors).toEqual([]);
    await desk.close();
  });

  it('the templates are offered for an empty document', async () => {
    const desk = await openDesk({ text: '', theme });
    await desk.page.locator('.template').first().waitFor();
    await desk.shot(`empty-${theme}`);
    expect(desk.errors).toEqual([]);
    await desk.close();
  });
});
