import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settledBox } from '../support/settled.js';
import { eachAtADesk, focusedNode } from './desk.js';
import { mismatch } from './mismatch.js';

const each = eachAtADesk();
const { open } = each;

describe('the editor in a browser', () => {
  it('fills an empty document from a template, as one undo step', async () => {
    const { page, node } = await open({ text: '' });
    await page.getByRole('button', { name: /ResNet head/ }).click();
    await node('stem').waitFor();
    await page.locator('.status', { hasText: '387,008 parameters' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: 'Start a network' }).waitFor();
  });

  it('edits a parameter in the form as one undo step, and saves the file with its comments', async () => {
    const { page, node, field, text, file } = await open({ text: mismatch });
    expect(file).toBeTruthy();
    await node('conv2').click();
    await field('out_channels').fill('48');
    await field('out_channels').press('Enter');
    await page.locator('.nw-canvas', { hasText: '48 × 16 × 16' }).waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"conv2":  { "op": "Conv2d", "in": ["relu1"], "out_channels": 48,');
    expect(text().replace('48', '32')).toBe(mismatch);
    await page.keyboard.press('Control+z');
    await expect.poll(() => field('out_channels').inputValue()).toBe('32');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => field('out_channels').inputValue()).toBe('48');
  });

  it('checks a field while it is typed, and commits nothing that is wrong', async () => {
    const { page, node, field } = await open({ text: mismatch });
    await node('conv2').click();
    await field('groups').fill('-3');
    await page.getByText('Wanted a whole number of at least 1').waitFor();
    await expect.poll(() => field('groups').getAttribute('aria-invalid')).toBe('true');
    await field('groups').fill('=1 +');
    await page.locator('.field .note.bad').waitFor();
    await field('groups').press('Escape');
    await expect.poll(() => field('groups').inputValue()).toBe('1');
    expect(await page.locator('button[title^="Save"]').isDisabled()).toBe(true);
  });

  it('takes both cells of a pair when they are committed one right after the other', async () => {
    const { page, node, field, text } = await open({ text: mismatch });
    await node('conv2').click();
    const [height, width] = [field('stride, height'), field('stride, width')];
    await height.waitFor();
    // Both are committed within one task of the page, before any answer of the host can have come.
    await page.evaluate(() => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
      for (const axis of ['height', 'width']) {
        const input = document.querySelector<HTMLInputElement>(`.inspector input[aria-label="stride, ${axis}"]`)!;
        input.focus();
        set.call(input, '2');
        input.dispatchEvent(new Event('input', { bubbles: true }));
        input.blur();
      }
    });
    await expect.poll(() => width.inputValue()).toBe('2');
    await page.keyboard.press('Control+s');
    await expect.poll(text).toMatch(/"conv2".*"stride": 2/);
  });

  it('explains a mismatch at the merge, and mends it with the fix in focus', async () => {
    const { page, problems, text } = await open({ text: mismatch });
    await expect.poll(() => problems().innerText()).toContain('1 problem');
    await page.keyboard.press('F8');
    const callout = page.locator('.callout');
    await callout.getByText('sum cannot combine these shapes').waitFor();
    await expect.poll(() => callout.locator('.axes .unequal').innerText()).toMatch(/32 ≠ 16/);
    await callout.locator('.fix').first().waitFor();
    await expect.poll(() => callout.locator('.why li').count()).toBeGreaterThanOrEqual(3);
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toContain('fix');
    await expect.poll(() => page.locator('.hidden[aria-live]').innerText()).toContain('sum');
    await each.desk.shot('mismatch');
    await page.keyboard.press('Enter');
    await callout.waitFor({ state: 'detached' });
    await problems().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await expect.poll(() => problems().innerText()).toContain('1 problem');
    await page.keyboard.press('Control+y');
    await problems().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"kernel_size": 1');
    expect(text()).toContain('// halves');
  });

  it('inserts what is dragged from the palette onto a wire, without making a problem', async () => {
    const { page, node } = await open({ template: 'residual-20' });
    await node('pool').waitFor();
    const item = page.locator('.palette-item', { hasText: 'Conv2d' }).first();
    const [above, below] = [await settledBox(node('conv')), await settledBox(node('relu'))];
    expect(above && below).toBeTruthy();
    const input = await settledBox(node('image'));
    const at = { x: above.x + above.width / 2, y: (input.y + input.height + above.y) / 2 };
    await item.hover();
    await page.mouse.down();
    await page.mouse.move(at.x - 40, at.y - 30, { steps: 4 });
    await page.mouse.move(at.x, at.y, { steps: 6 });
    await page.locator('[data-path="conv2"]').first().waitFor();
    // A hand never rests: the ghost that has come under the pointer hears of it before the button is let go.
    await page.mouse.move(at.x + 2, at.y + 1, { steps: 2 });
    await each.desk.shot('drag from palette');
    await page.mouse.up();
    await page.locator('.status', { hasText: '269,8' }).waitFor();
    await node('conv2').waitFor();
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('.status', { hasText: '269,722' }).waitFor();
  });

  it('shows the last good picture and says so while the text cannot be read', async () => {
    const { page, node, file, problems } = await open({ text: mismatch });
    await node('sum').waitFor();
    writeFileSync(file, mismatch.slice(0, 300));
    await page.locator('.notice.error', { hasText: 'The picture is that of the last text that could be read' }).waitFor();
    await node('sum').waitFor();
    await expect.poll(() => problems().innerText()).toContain('Text cannot be read');
    // Nothing on it can be changed, and whoever tries is told why.
    await node('conv1').click();
    await expect.poll(() => focusedNode(page)).toBe('conv1');
    await page.keyboard.press('Delete');
    await page.locator('.toasts', { hasText: 'Mend the text first' }).waitFor();
    await node('conv1').waitFor();
    writeFileSync(file, mismatch);
    await page.locator('.notice.error').waitFor({ state: 'detached' });
  });

  it('renames a layer and every mention of it', async () => {
    const { page, node, text } = await open({ text: mismatch });
    await node('conv1').click();
    await page.locator('.inspector [data-rename]').click();
    await page.locator('.inspector').getByLabel('Name', { exact: true }).fill('down');
    await page.keyboard.press('Enter');
    await node('down').waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"bn1":    { "op": "BatchNorm2d", "in": ["down"] }');
    await page.locator('.breadcrumb', { hasText: 'down' }).waitFor();
  });

  it('says how many uses an edit of a block changes, and makes one use its own', async () => {
    const { page, node } = await open({ template: 'residual-20' });
    await node('stage2[0]').click({ position: { x: 60, y: 12 } });
    await page.locator('.inspector', { hasText: '3 uses' }).waitFor();
    await page.getByRole('button', { name: 'Make this use its own' }).click();
    await page.getByText('The only use of').waitFor();
    await page.locator('.status', { hasText: '269,722' }).waitFor();
  });
});

describe('what is wrong with a file on disk', () => {
  it('a file changed on disk under unsaved edits is neither overwritten nor thrown away without a word', async () => {
    const { page, node, field, file, text } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await field('out_channels').press('Enter');
    await page.locator('button[title^="Save"]:not([disabled])').waitFor();
    writeFileSync(file, mismatch.replace('10 }', '12 }'));
    await page.locator('.notice', { hasText: 'was changed on disk' }).waitFor();
    await page.getByRole('button', { name: 'Reload from disk' }).click();
    await expect.poll(() => field('out_channels').inputValue()).toBe('32');
    // What was thrown away is one undo away.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
    await expect.poll(() => field('out_channels').inputValue()).toBe('48');
    expect(text()).toContain('12 }');
  });

  it('merge-conflict markers give a place and no exception', async () => {
    const { page } = await open({ text: `<<<<<<< HEAD\n${mismatch}=======\n${mismatch}>>>>>>> theirs\n` });
    await page.locator('.notice.error').waitFor();
    await page.locator('.status', { hasText: 'Text cannot be read' }).waitFor();
  });
});

it('the code for PyTorch is one press away', async () => {
  const { page, node } = await open({ template: 'mlp' });
  await node('fc').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy as PyTorch' }).click();
  await page.locator('.notice', { hasText: 'on the clipboard' }).waitFor();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('class ');
});
