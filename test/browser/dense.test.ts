import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { settledBox } from '../support/settled.js';
import { eachAtADesk, focusedNode } from './desk.js';

const { open } = eachAtADesk();

/** A dense block whose layers are written out, as exported designs are. */
function dense(layers: number): string {
  const conv = (source: string, out_channels: number) => ({ op: 'Conv2d', in: [source], out_channels, kernel_size: 3, padding: 1 });
  const nodes: Record<string, unknown> = { stem: conv('image', 24), conv1: conv('stem', 12) };
  const before = ['stem', 'conv1'];
  for (let k = 2; k <= layers; k++) {
    nodes[`cat${k}`] = { op: 'Concat', in: [...before], dim: 1 };
    nodes[`conv${k}`] = conv(`cat${k}`, 12);
    before.push(`conv${k}`);
  }
  nodes['out'] = { op: 'Concat', in: before, dim: 1 };
  return JSON.stringify({ nnet: 1, inputs: { image: { shape: ['N', 3, 32, 32] } }, nodes, outputs: ['out'] }, null, 2);
}

/** Waits until the strand of conv1 lies along the flow: two of its taps are at one height, or above each other. */
async function laidOut(page: Page, direction: 'down' | 'right'): Promise<void> {
  const at = async (reader: string): Promise<number | undefined> => {
    const box = await page.locator('.nw-tap', { has: page.locator('title', { hasText: `conv1 → ${reader}` }) }).first().locator('.nw-tap-hit').boundingBox();
    return box === null ? undefined : Math.round(direction === 'down' ? box.x : box.y);
  };
  await expect.poll(async () => {
    const [one, other] = [await at('cat3'), await at('cat4')];
    return one !== undefined && one === other;
  }).toBe(true);
}

describe.each(['down', 'right'] as const)('a dense block that is written out, %s', (direction) => {
  it('shows one of its skips whole under the pointer, and cuts it with X', async () => {
    const desk = await open({ text: dense(12), width: 2600 });
    const { page, node, text } = desk;
    await node('stem').waitFor();
    if (direction === 'right') await page.getByRole('button', { name: 'Lay out from left to right' }).click();
    const tap = page.locator('.nw-tap', { has: page.locator('title', { hasText: /^conv1 → cat3/ }) });
    await laidOut(page, direction);
    const box = await settledBox(tap.locator('.nw-tap-hit'));
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(at.x, at.y);
    await expect.poll(() => page.locator('.nw-wire.is-raised').getAttribute('data-wire')).toContain('conv1.0>cat3.1');
    await page.mouse.click(at.x, at.y);
    await expect.poll(() => page.locator('.inspector').innerText()).toMatch(/conv1[\s\S]*cat3/);
    await expect.poll(() => page.locator('.nw-wire.is-raised.is-selected').count()).toBe(1);
    await expect.poll(() => focusedNode(page)).toBe('wire:cat3#1');
    await page.keyboard.press('x');
    await page.keyboard.press('Control+s');
    await expect.poll(() => (JSON.parse(text()) as { nodes: Record<string, { off?: string[] }> }).nodes['cat3']!.off).toEqual(['conv1']);
    await desk.shot(`dense-${direction}`);
  });

  it('lets the keyboard through to each of its skips', async () => {
    const desk = await open({ text: dense(12), width: 2600 });
    const { page, node } = desk;
    await node('cat6').waitFor({ state: 'attached' });
    if (direction === 'right') await page.getByRole('button', { name: 'Lay out from left to right' }).click();
    await laidOut(page, direction);
    await settledBox(node('stem'));
    await node('stem').click();
    await expect.poll(() => focusedNode(page)).toBe('stem');
    // One step of the keyboard after the other, each seen before the next: stem, conv1, cat2, conv2, ... cat6.
    for (const path of ['conv1', 'cat2', 'conv2', 'cat3', 'conv3', 'cat4', 'conv4', 'cat5', 'conv5', 'cat6']) {
      await page.keyboard.press(direction === 'down' ? 'ArrowDown' : 'ArrowRight');
      await expect.poll(() => focusedNode(page)).toBe(path);
    }
    for (const input of [4, 3, 2, 1, 0]) {
      await page.keyboard.press(direction === 'down' ? 'ArrowLeft' : 'ArrowUp');
      await expect.poll(() => focusedNode(page)).toBe(`wire:cat6#${input}`);
    }
  });
});

it('the bus of an opened dense repetition lies above its body in a flow to the right, and a strip shows its repetition', async () => {
  const { page, node, shot } = await open({ template: 'dense-block', width: 1280, height: 800 });
  await node('dense[0]').waitFor();
  await page.getByRole('button', { name: 'Lay out from left to right' }).click();
  await page.locator('.is-right .nw-bus', { hasText: 'reads 64 · adds 32' }).waitFor();
  await page.getByRole('button', { name: 'Show the whole network' }).click();
  await page.getByRole('button', { name: 'Show repetition 4' }).click();
  await page.locator('.nw-bus', { hasText: 'reads 64 + 3 × 32 = 160 · adds 32' }).waitFor({ state: 'attached' });
  const lower = async (): Promise<boolean> => {
    const [strip, card] = [await page.locator('.nw-bus button').last().boundingBox(), await node('dense[3].conv1').boundingBox()];
    return strip !== null && card !== null && strip.y + strip.height <= card.y && strip.width > strip.height;
  };
  await expect.poll(lower).toBe(true);
  await shot('bus-right');
});
