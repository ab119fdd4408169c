import { describe, expect, it } from 'vitest';
import { settledBox } from '../support/settled.js';
import { eachAtADesk, focusedNode, goesOnFrom, typeLayer, type Desk } from './desk.js';

const each = eachAtADesk();
const { open } = each;

/** `/`, a name, Enter: the layer stands on the canvas and is selected. */
async function add({ page, node }: Desk, query: string, name: string): Promise<void> {
  await typeLayer(page, query);
  await page.keyboard.press('Enter');
  await page.locator('.breadcrumb [aria-current="location"]', { hasText: new RegExp(`^${name}$`) }).waitFor();
  await node(name).waitFor();
  await goesOnFrom(page, name);
}

/** Drags from one place to another, as a hand does: not in one jump. */
async function drag({ page }: Desk, from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 8 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.waitForTimeout(150);
  await page.mouse.up();
}

const middle = async (locator: ReturnType<Desk['node']>): Promise<{ readonly x: number; readonly y: number }> => {
  const { x, y, width, height } = await settledBox(locator);
  return { x: x + width / 2, y: y + height / 2 };
};

async function saved({ page, text }: Desk, holds: (now: string) => boolean): Promise<string> {
  await expect.poll(async () => {
    await page.keyboard.press('Control+s');
    return holds(text());
  }).toBe(true);
  return text();
}

describe('from an empty file', () => {
  it('a small U-Net is typed: the first layer brings an input, pools pool, upsampling doubles, and a skip is one key', async () => {
    const desk = await open({ text: '' });
    const { page, node } = desk;
    await page.locator('.template').first().waitFor();
    for (const [query, name] of [['conv', 'conv'], ['relu', 'relu'], ['maxp', 'pool'], ['conv', 'conv2'], ['relu', 'relu2'], ['upsample', 'up'], ['conv', 'conv3']] as const) await add(desk, query, name);
    await node('relu').click();
    await node('up').click({ modifiers: ['Shift'] });
    await page.getByText('2 selected').waitFor();
    await expect.poll(() => focusedNode(page)).toBe('up');
    await page.keyboard.press('c');
    await node('cat').waitFor();
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
    const text = await saved(desk, (now) => now.includes('Concat'));
    expect(JSON.parse(text)).toMatchObject({
      inputs: { image: { shape: ['N', 3, 32, 32] } },
      nodes: { conv: { in: ['image'], out_channels: 64, padding: 1 }, pool: { kernel_size: 2 }, up: { scale_factor: 2 }, cat: { op: 'Concat', in: ['up', 'relu'] }, conv3: { in: ['cat'] } },
      outputs: ['conv3'],
    });
  });

  it('a name that no layer has keeps the list open and changes nothing', async () => {
    const { page } = await open({ template: 'plain-20' });
    await page.locator('.nw-canvas').waitFor();
    await typeLayer(page, 'xyzzy');
    await page.keyboard.press('Enter');
    await page.getByText('No layer is called “xyzzy”.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Add a layer' }).waitFor({ state: 'detached' });
    expect(await page.locator('button[title^="Save"]').isDisabled()).toBe(true);
  });
});

describe('a layer dropped on free ground', () => {
  it('stands where it was dropped, takes the wire that is drawn to it, and goes to its place then', async () => {
    const desk = await open({ template: 'plain-20', width: 1280, height: 800 });
    const { page, node } = desk;
    await node('conv').waitFor();
    const item = await settledBox(page.locator('.palette-item', { hasText: /^Conv2d/ }).first());
    const free = { x: 340, y: 560 };
    await drag(desk, { x: item.x + 40, y: item.y + 12 }, free);
    await node('conv2').waitFor();
    await expect.poll(async () => {
      const { x, y } = await middle(node('conv2'));
      return Math.hypot(x - free.x, y - free.y);
    }).toBeLessThan(60);
    await saved(desk, (now) => now.includes('"view"'));
    await node('conv').hover();
    await drag(desk, await middle(page.locator('[data-port="relu"]').first()), await middle(node('conv2')));
    const text = await saved(desk, (now) => /"conv2":\s*\{[^}]*"in": \["relu"\]/.test(now));
    expect(text).not.toContain('"view"');
  });
});

describe('what a block holds', () => {
  it('is pasted elsewhere with its values, and the parameter comes along when asked for', async () => {
    const desk = await open({ template: 'residual-20' });
    const { page, node } = desk;
    await node('stage1[0].conv2').click();
    await expect.poll(() => focusedNode(page)).toBe('stage1[0].conv2');
    await page.keyboard.press('Control+c');
    await node('conv').click();
    await expect.poll(() => focusedNode(page)).toBe('conv');
    await page.keyboard.press('Control+v');
    await page.locator('.toasts', { hasText: 'The network has no parameter channels (16)' }).waitFor();
    await saved(desk, (now) => /"conv2":\s*\{ "op": "Conv2d", "in": \["conv"\], "out_channels": 16,/.test(now));
    await page.getByRole('button', { name: 'Make channels a parameter here' }).click();
    await saved(desk, (now) => /"params": \{ [^}]*"channels": 16 \}/.test(now) && /"conv2":\s*\{ "op": "Conv2d", "in": \["conv"\], "out_channels": "=channels",/.test(now));
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
  });

  it('a parameter and an input of it are renamed in every use, each in one step', async () => {
    const desk = await open({ template: 'residual-20' });
    const { page, node } = desk;
    await node('stage2[0]').click();
    const rename = async (label: string, to: string) => {
      await page.getByTitle(`Rename: ${label.toLowerCase()}`).click();
      await page.locator('.inspector').getByLabel(label, { exact: true }).fill(to);
      await page.keyboard.press('Enter');
    };
    await rename('Name of the parameter channels', 'planes');
    const before = await saved(desk, (now) => now.includes('"=planes"'));
    expect(before).not.toMatch(/"channels"|=channels/);
    await rename('Name of the input x', 'image');
    await saved(desk, (now) => now.includes('"inputs": ["image"]'));
    await page.locator('.status', { hasText: 'No problems' }).waitFor();
    await page.keyboard.press('Control+z');
    await saved(desk, (now) => now === before);
  });

  it('a choice becomes an expression and a choice again', async () => {
    const desk = await open({ template: 'residual-20' });
    const { page, node } = desk;
    await node('conv').click();
    await page.getByLabel('Write an expression for bias').click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('bias');
    await page.keyboard.type('width > 32');
    await page.keyboard.press('Enter');
    await saved(desk, (now) => now.includes('"bias": "=width > 32"'));
    await page.getByLabel('Choose bias from a list instead of an expression').click();
    await saved(desk, (now) => /"conv":\s*\{[^}]*"bias": false/.test(now));
  });

  it('a strip of the bus beside a dense repetition shows that repetition', async () => {
    const { page, node } = await open({ template: 'dense-block' });
    await node('dense[0]').waitFor();
    await page.getByLabel('Show repetition 4').click();
    await page.locator('.nw-bus', { hasText: 'reads 64 + 3 × 32= 160' }).waitFor();
    await node('dense[3].conv1').waitFor();
  });
});
