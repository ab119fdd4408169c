import { describe, expect, it } from 'vitest';
import { eachAtADesk, focusedNode, typeLayer } from './desk.js';
import { mismatch } from './mismatch.js';

const each = eachAtADesk();
const { open } = each;

const focused = () => each.desk.page.evaluate(() => document.activeElement?.closest('.toolbar, .palette, .nw-canvas, .inspector, .status')?.className.split(' ')[0] ?? '');

describe('by keyboard alone', () => {
  it('Tab goes through toolbar, palette, canvas, inspector and status, in this order', async () => {
    const desk = await open({ text: mismatch });
    await desk.node('sum').waitFor();
    const seen: string[] = [];
    for (let presses = 0; presses < 80 && !seen.includes('status'); presses++) {
      await desk.page.keyboard.press('Tab');
      const now = await focused();
      if (now !== '' && seen.at(-1) !== now) seen.push(now);
    }
    expect(seen).toEqual(['toolbar', 'palette', 'nw-canvas', 'inspector', 'status']);
  });

  it('a network is opened, extended, broken, explained, mended and saved', async () => {
    const desk = await open({ text: '' });
    const { page, node, field, text } = desk;
    // The first template has the keyboard; the residual head is opened with Enter.
    await page.locator('.template').first().waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('template');
    await page.keyboard.press('Enter');
    await node('stem').waitFor();
    // Arrows follow the wires: from the input down to the stem. `/` puts a layer behind it.
    const toStem = async () => {
      await node('image').focus();
      await page.keyboard.press('Home');
      await page.locator('.breadcrumb', { hasText: 'image' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.locator('.breadcrumb', { hasText: 'stem' }).waitFor();
      await expect.poll(() => focusedNode(page)).toBe('stem');
    };
    await toStem();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('inspector');
    await toStem();
    await typeLayer(page, 'batchnorm2');
    await page.keyboard.press('Enter');
    await page.locator('.status', { hasText: '387,136 parameters' }).waitFor();
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
    // A value that does not fit; F8 explains it, Ctrl+Z takes it back.
    await toStem();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('inspector');
    await field('out_channels').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('48');
    await page.keyboard.press('Enter');
    await page.locator('.status .bad').waitFor();
    await page.keyboard.press('F8');
    await page.locator('.callout').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.callout').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('BatchNorm2d');
  });

  it('two selected layers are joined by a skip with A', async () => {
    const desk = await open({ template: 'plain-20' });
    const { page, node } = desk;
    await node('conv').waitFor();
    await node('conv').click();
    await node('relu').click({ modifiers: ['Shift'] });
    await page.getByText('2 selected').waitFor();
    await expect.poll(() => focusedNode(page)).toBe('relu');
    await page.keyboard.press('a');
    await page.locator('.nw-canvas [data-path]', { hasText: '' }).first().waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(desk.text).toMatch(/"op": "Add"/);
  });
});
