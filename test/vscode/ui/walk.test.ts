import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { settledBox } from '../../support/settled.js';
import { type Host, sleep, startHost } from '../host.js';
import { choose, dirty, eventually, hasKeyboard, hidePanel, node, onFailure, openFromExplorer, picture, problemRows, template } from './workbench.js';

/** Runs of the workspace, oldest first, as their folders tell them. */
function runs(host: Host): readonly (readonly RunRecord[])[] {
  const folder = path.join(host.workspace, '.netwright/runs');
  try {
    return readdirSync(folder).sort().map((id) => recordsOf(readFileSync(path.join(folder, id, 'events.jsonl'), 'utf8')));
  } catch {
    return [];
  }
}
const finished = (records: readonly RunRecord[] | undefined) => records?.find((record) => record.type === 'finished');

/** From a residual network to one that was drawn on, broken, explained, mended, trained and compared, with mouse and keyboard only. */
describe('the main job', () => {
  let host: Host;
  const file = 'residual-20.nnet.json';
  beforeAll(async () => {
    host = await startHost({ viewport: { width: 1600, height: 1000 }, files: { [file]: template('residual-20') } });
    await host.open();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await onFailure(host, `walk ${task.name}`);
  });
  afterAll(() => host?.stop());

  it('opens the residual template on the canvas', async () => {
    await openFromExplorer(host, file);
    await node(host.canvas(), 'stage1[0].conv2').waitFor();
    await settledBox(node(host.canvas(), 'stage1[0].conv2'));
    await picture(host, 'residual');
  });

  it('drags a Conv2d from the palette onto a wire, which makes no problem by itself', async () => {
    const canvas = host.canvas();
    const from = await settledBox(canvas.locator('.palette-item', { hasText: /^Conv2d/ }).first());
    const above = await settledBox(node(canvas, 'stage1[0].relu1'));
    const below = await settledBox(node(canvas, 'stage1[0].conv2'));
    const total = canvas.locator('.status .total').first();
    const before = await total.innerText();
    const { mouse } = host.page;
    await mouse.move(from.x + 40, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(from.x + 120, from.y + 20, { steps: 5 });
    const at = { x: below.x + below.width / 2, y: (above.y + above.height + below.y) / 2 };
    // Above the blocks and then down the flow, so that the way does not cross the lane of the skip.
    await mouse.move(at.x, from.y - 60, { steps: 8 });
    await mouse.move(at.x, at.y, { steps: 8 });
    for (let k = 0; k < 6; k++) {
      await mouse.move(at.x + (k % 2), at.y);
      await sleep(150);
    }
    // The layer is let go once its ghost stands under the pointer, on which a hand never rests.
    await node(canvas, 'stage1[0].conv').waitFor();
    await settledBox(node(canvas, 'stage1[0].conv'));
    await mouse.move(at.x + 2, at.y + 1, { steps: 2 });
    await picture(host, 'walk-drag');
    await mouse.up();
    // The ghost has the same name; the parameters are counted of the layer alone.
    await eventually('the layer is counted', () => total.innerText(), (text) => text !== before);
    await node(canvas, 'stage1[0].conv').waitFor();
    await canvas.getByText('No problems').first().waitFor();
  });

  it('sees the mismatch on the Add and in Problems, with both branches named, when the stride becomes 2', async () => {
    const canvas = host.canvas();
    await node(canvas, 'stage1[0].conv').click();
    for (const [axis, shown] of [['height', '/2×1'], ['width', '/2']] as const) {
      const cell = canvas.getByLabel(`stride, ${axis}`);
      await cell.fill('2');
      await cell.press('Enter');
      await node(canvas, 'stage1[0].conv').getByText(shown).first().waitFor();
    }
    const rows = await problemRows(host);
    await rows.filter({ hasText: /sum.*height and width.*bn2.*relu|sum.*height and width.*relu.*bn2/ }).first().waitFor();
    await picture(host, 'walk-problems');
    await hidePanel(host);
    await settledBox(node(canvas, 'stage1[0].conv'));
    await choose(canvas, 'stage1[0].conv');
    await host.page.keyboard.press('F8');
    await settledBox(canvas.locator('.callout .fix').first());
    await picture(host, 'walk-mismatch');
  });

  it('applies the projection, undoes and redoes it, and saves', async () => {
    const canvas = host.canvas();
    const clean = canvas.getByText('No problems').first();
    const mismatch = canvas.locator('.status', { hasText: '1 problem' }).first();
    await canvas.locator('.callout .fix', { hasText: /projection/ }).first().click();
    await clean.waitFor();
    await canvas.getByLabel('Show the whole network').click();
    await settledBox(node(canvas, 'stage1[0].sum'));
    await picture(host, 'walk-fixed');
    await hasKeyboard(canvas);
    await host.page.keyboard.press('Control+z');
    await mismatch.waitFor();
    await host.page.keyboard.press('Control+y');
    await clean.waitFor();
    await dirty(host, file);
    await host.page.keyboard.press('Control+s');
    await eventually('the file is saved', () => host.read(file), (text) => /"stride": (2|\[2, 2\])/.test(text) && /"kernel_size": 1,/.test(text));
  });

  it('trains, and the loss falls', async () => {
    const canvas = host.canvas();
    await canvas.locator('.toolbar button', { hasText: /Train|Run(?!ning)/ }).click();
    await eventually('the run has begun', () => runs(host).length, (count) => count === 1, 120_000);
    await canvas.locator('section.run').waitFor();
    const end = await eventually('the run has finished', () => finished(runs(host)[0]), Boolean, 400_000);
    expect(end).toMatchObject({ type: 'finished', outcome: 'completed' });
    const losses = runs(host)[0]!.flatMap((record) => (record.type === 'progress' ? [record.loss] : []));
    expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.8);
  });

  it('cuts the skip, trains again, and sees two curves', async () => {
    const canvas = host.canvas();
    await canvas.getByLabel('Close the run panel').click();
    await canvas.locator('section.run').waitFor({ state: 'detached' });
    await settledBox(node(canvas, 'stage1[0].sum'));
    await canvas.getByLabel('Show the whole network').click();
    // The lane of the skip, between the projection and the merge.
    const projection = await settledBox(node(canvas, 'stage1[0].proj'));
    const merge = await settledBox(node(canvas, 'stage1[0].sum'));
    await host.page.mouse.click(projection.x + projection.width / 2, merge.y - 8);
    await canvas.getByText('Cut it off').click();
    await eventually('the skip is off in the text', async () => {
      await host.page.keyboard.press('Control+s');
      return host.read(file);
    }, (text) => text.includes('"off"'));
    await canvas.locator('.toolbar button', { hasText: /Train|Run(?!ning)/ }).click();
    await eventually('the second run has finished', () => finished(runs(host)[1]), Boolean, 400_000);
    await eventually('two curves are drawn', () => canvas.locator('section.run svg path.curve, section.run svg path').count(), (count) => count >= 2);
    await canvas.locator('.toolbar button', { hasText: 'Running' }).waitFor({ state: 'detached' });
    await settledBox(canvas.locator('section.run'));
    await picture(host, 'walk-curves');
  });
});
