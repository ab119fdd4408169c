import { describe, expect, it } from 'vitest';
import { settledBox } from '../support/settled.js';
import { eachAtADesk, goesOnFrom, typeLayer } from './desk.js';
import { mismatch } from './mismatch.js';

const each = eachAtADesk();
const { open } = each;

/** Longer than a field rests before it commits by itself. */
const rested = () => each.desk.page.waitForTimeout(600);

describe('what is typed into a form', () => {
  it('is in the file that Ctrl+S writes in the same moment', async () => {
    const { page, node, field, text } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"out_channels": 48');
    await rested();
    await expect.poll(() => page.locator('button[title^="Save"]').isDisabled()).toBe(true);
  });

  it('is all that Ctrl+Z takes back while it is not committed; what was done before stays', async () => {
    const { page, node, field } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await field('out_channels').press('Enter');
    await page.locator('.nw-canvas', { hasText: '48 × 16 × 16' }).waitFor();
    await rested();
    await field('out_channels').fill('99');
    await page.keyboard.press('Control+z');
    await rested();
    await expect.poll(() => field('out_channels').inputValue()).toBe('48');
    await page.keyboard.press('Control+z');
    await expect.poll(() => field('out_channels').inputValue()).toBe('32');
  });

  it('is undone as one step by the toolbar, also right after it was typed', async () => {
    const { page, node, field } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await page.locator('button[title^="Undo"]').click();
    await rested();
    await expect.poll(() => field('out_channels').inputValue()).toBe('32');
  });

  it('is kept when another form takes the place, and when the page goes', async () => {
    const { page, node, field, text } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await page.keyboard.press('F8');
    await page.locator('.nw-canvas', { hasText: '48 × 16 × 16' }).waitFor();
    await page.locator('.callout').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.callout').waitFor({ state: 'detached' });
    await node('conv2').click();
    await field('out_channels').fill('56');
    await page.reload();
    await page.locator('.nw-canvas', { hasText: '56 × 16 × 16' }).waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"out_channels": 56');
  });

  it('into a name is no name before it is finished', async () => {
    const { page, node } = await open({ text: mismatch });
    await node('conv1').click();
    await page.keyboard.press('F2');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Name');
    await page.keyboard.type('do');
    await rested();
    await page.keyboard.type('wn');
    await page.keyboard.press('Enter');
    await node('down').waitFor();
    await page.keyboard.press('Control+z');
    await node('conv1').waitFor();
  });

  it('into the search is undone there and not in the design', async () => {
    const { page, node, field } = await open({ text: mismatch });
    await node('conv2').click();
    await field('out_channels').fill('48');
    await field('out_channels').press('Enter');
    await page.locator('.nw-canvas', { hasText: '48 × 16 × 16' }).waitFor();
    await rested();
    await page.getByLabel('Search layers').focus();
    await page.keyboard.type('conv');
    await expect.poll(() => page.getByLabel('Search layers').inputValue()).toBe('conv');
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.getByLabel('Search layers').inputValue()).not.toBe('conv');
    await rested();
    await expect.poll(() => field('out_channels').inputValue()).toBe('48');
  });
});

describe('the forms', () => {
  it('rename a block with every use of it, and set, add and remove its parameters', async () => {
    const { page, node, text } = await open({ template: 'residual-20' });
    await node('stage2[0]').click({ position: { x: 60, y: 12 } });
    await page.getByTitle('Rename: name of the block').click();
    await page.getByLabel('Name of the block').fill('Residual');
    await page.keyboard.press('Enter');
    await page.locator('.inspector', { hasText: 'Defaults of Residual' }).waitFor();
    await page.getByLabel('Default of channels').fill('24');
    await page.getByLabel('Default of channels').press('Enter');
    await page.getByLabel('New parameter of Residual').fill('when = 1');
    await page.locator('.note.bad', { hasText: 'a word of the format' }).waitFor();
    await page.getByLabel('New parameter of Residual').fill('groups = 1');
    await page.keyboard.press('Enter');
    await page.getByLabel('Default of groups').waitFor();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"params": { "channels": 24, "stride": 1, "skip": true, "groups": 1 }');
    expect(text().match(/"op": "Residual"/g)).toHaveLength(3);
    await page.getByRole('button', { name: 'Remove the parameter groups' }).click();
    await page.getByLabel('Default of groups').waitFor({ state: 'detached' });
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
  });

  it('add a parameter and an input to the network, and make a layer an output', async () => {
    const { page, node, text } = await open({ template: 'residual-20' });
    await node('fc').waitFor();
    await page.getByLabel('New parameter', { exact: true }).fill('rate = 0.5');
    await page.keyboard.press('Enter');
    await page.getByLabel('rate', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Add an input' }).click();
    await node('input').waitFor();
    await page.locator('.breadcrumb', { hasText: 'input' }).waitFor();
    await node('conv').click();
    await page.getByRole('button', { name: 'Make it an output' }).click();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"outputs": ["fc", "conv"]');
    expect(text()).toContain('"rate": 0.5');
  });

  it('cut a skip from any part of its lane, and let it through again', async () => {
    const { page, node, text } = await open({ template: 'residual-20' });
    const box = await settledBox(node('stage1[0].sub'));
    const onLane = async () => page.mouse.click(box.x + box.width / 2, box.y - 20);
    await onLane();
    await page.getByRole('button', { name: 'Cut it off' }).click();
    await page.keyboard.press('Control+s');
    await expect.poll(text).toContain('"off": ["pad"]');
    await page.getByRole('button', { name: 'Let it through' }).click();
    await page.keyboard.press('Control+s');
    await expect.poll(text).not.toContain('"off"');
  });
});

it('the status strip says which named sizes fit, and leads to the layer that asks for it', async () => {
  const { page } = await open({ text: '{ "nnet": 1, "inputs": { "x": { "shape": ["N", 3, "H", "W"] } }, "nodes": { "pool": { "op": "MaxPool2d", "in": ["x"], "kernel_size": 4 }, "up": { "op": "Upsample", "in": ["pool"], "scale_factor": 4 }, "sum": { "op": "Add", "in": ["up", "x"] } }, "outputs": ["sum"] }' });
  await page.locator('.conditions button', { hasText: 'H and W must be divisible by 4' }).click();
  await page.locator('.breadcrumb button[aria-current]').filter({ hasNotText: 'design' }).waitFor();
});

it('two selected layers have their actions as buttons', async () => {
  const { page, node } = await open({ text: mismatch });
  await node('conv1').click();
  await node('conv2').click({ modifiers: ['Shift'] });
  await page.locator('.inspector', { hasText: '2 selected' }).getByRole('button', { name: 'Delete' }).click();
  await node('conv1').waitFor({ state: 'detached' });
});

it('a network built up from the blank template gives out its last layer', async () => {
  const { page, node, text } = await open({ text: '' });
  await page.getByRole('button', { name: /Blank/ }).click();
  await node('image').waitFor();
  for (const [layer, made] of [['conv2d', 'conv'], ['relu', 'relu']] as const) {
    await typeLayer(page, layer);
    await page.keyboard.press('Enter');
    await node(made).waitFor();
    await goesOnFrom(page, made);
  }
  await page.locator('.status', { hasText: 'No problems' }).waitFor();
  await page.keyboard.press('Control+s');
  await expect.poll(text).toContain('"outputs": ["relu"]');
});

it('a problem in the form names things as names, without backticks', async () => {
  const { page, node, field } = await open({ text: mismatch });
  await node('conv2').click();
  await field('groups').fill('=5');
  await field('groups').press('Enter');
  await page.locator('.inspector .problem').first().waitFor();
  expect(await page.locator('.inspector').innerText()).not.toContain('`');
});
