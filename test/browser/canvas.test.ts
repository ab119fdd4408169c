import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, templateText, type Stage } from '../webview/harness/stage.js';
import type { Page } from 'playwright-core';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

const residual = { text: templateText('resnet34-head'), open: ['stage1', 'stage2'] };
const node = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);

describe('by mouse', () => {
  it('a click selects a layer, a docked one by itself, and shift adds to the selection', async () => {
    const page = await stage.open(residual);
    await node(page, 'stage2.conv1').click();
    await node(page, 'stage2.relu1').click({ modifiers: ['Shift'] });
    expect(await stage.said(page, 'onSelect')).toEqual([[['stage2.conv1'], 'replace'], [['stage2.relu1'], 'add']]);
    expect(await page.locator('.is-selected').count()).toBe(2);
    await page.close();
  });

  it('an opened block keeps its place on the screen', async () => {
    const page = await stage.open({ text: residual.text });
    const before = (await node(page, 'stage2').boundingBox())!;
    await page.locator('[data-toggle="stage2"]').click();
    await page.locator('.nw-frame').waitFor();
    await page.waitForTimeout(100);
    const after = (await page.locator('.nw-frame').boundingBox())!;
    expect(Math.abs(after.y - before.y)).toBeLessThan(12);
    await page.close();
  });

  it('the stepper asks for the next repetition', async () => {
    const page = await stage.open(residual);
    await page.locator('[data-of="stage1[0]"][data-repetition="1"]').click();
    expect(await stage.said(page, 'onRepetition')).toEqual([['stage1[0]', 1]]);
    await node(page, 'stage1[1].conv1').waitFor();
    await page.close();
  });

  it('a skip is drawn from a port to a later layer, and its kind is chosen at the drop', async () => {
    const page = await stage.open(residual);
    await node(page, 'stem').hover();
    const port = (await page.locator('.nw-port.is-out[data-port="stem"]').boundingBox())!;
    const end = (await node(page, 'pool').boundingBox())!;
    await page.mouse.move(port.x + 5, port.y + 5);
    await page.mouse.down();
    await page.mouse.move(port.x - 80, port.y + 20, { steps: 3 });
    await page.mouse.move(end.x + 30, end.y + 12, { steps: 3 });
    expect(await page.locator('.nw-drawing path').count()).toBe(1);
    expect(await page.locator('.nw-card.is-misfit').count()).toBeGreaterThan(0);
    await page.mouse.up();
    await page.locator('.nw-choice button', { hasText: 'concatenate' }).click();
    expect(await stage.said(page, 'onDrawSkip')).toEqual([['stem', { kind: 'node', path: 'pool' }, 'concat']]);
    await page.close();
  });

  it('a wire under a dragged layer opens and shows it with its shape', async () => {
    const page = await stage.open(residual);
    const over = (type: string) => page.evaluate((kind) => {
      const wire = [...document.querySelectorAll('[data-wire]')].find((each) => each.getAttribute('data-wire')?.includes('stem.0>pool'))!;
      const box = wire.querySelector('.nw-hit')!.getBoundingClientRect();
      const data = new DataTransfer();
      data.setData('application/x-netwright-op', 'Conv2d');
      (window as unknown as { drag: { type: string } }).drag.type = 'Conv2d';
      const at = { bubbles: true, cancelable: true, dataTransfer: data, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
      document.elementFromPoint(at.clientX, at.clientY)!.dispatchEvent(new DragEvent(kind, at));
    }, type);
    await over('dragover');
    const ghost = page.locator('.nw-card.is-ghost-added');
    await ghost.waitFor();
    expect(await ghost.innerText()).toMatch(/conv/i);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('application/x-netwright-op', 'Conv2d');
      document.querySelector('.is-ghost-added .nw-main')!.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
    });
    expect(await stage.said(page, 'onDropOperator')).toEqual([['Conv2d', { kind: 'wire', wire: { to: 'pool', input: 0 } }]]);
    expect(await ghost.count()).toBe(0);
    await page.close();
  });

  it('shift and drag select everything in a box', async () => {
    const page = await stage.open({ text: residual.text });
    const [first, last] = [(await node(page, 'stem').boundingBox())!, (await node(page, 'pool').boundingBox())!];
    await page.keyboard.down('Shift');
    await page.mouse.move(first.x - 30, first.y - 4);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width + 40, last.y + last.height + 4, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    expect(await stage.said(page, 'onSelect')).toEqual([[['stem', 'pool'], 'add']]);
    await page.close();
  });
});

describe('by keyboard', () => {
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-path'));

  it('arrows follow the wires: along the flow, into a lane, and out of it', async () => {
    const page = await stage.open(residual);
    await node(page, 'stage2.conv2').click();
    const way: (string | null | undefined)[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'ArrowUp']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(60);
      way.push(await focused(page));
    }
    expect(way).toEqual(['stage2.bn2', 'stage2.sum', 'stage2.down', 'stage2.sum', 'stage2.bn2']);
    await page.close();
  });

  it('a skip is reached by its chip and cut with X', async () => {
    const page = await stage.open({ text: templateText('transformer'), open: ['encoder'] });
    await node(page, 'encoder[0].sum1').click();
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(60);
    await page.keyboard.press('x');
    expect(await stage.said(page, 'onToggleSkip')).toEqual([['encoder[0].sum1', 1]]);
    await page.close();
  });

  it('keys stand for what the mouse does', async () => {
    const page = await stage.open(residual);
    await node(page, 'stem').click();
    await node(page, 'pool').click({ modifiers: ['Control'] });
    for (const key of ['a', 'Control+d', 'Control+c', 'Delete', 'F8', 'Shift+F8', '/', 'Enter']) await page.keyboard.press(key);
    expect(await stage.said(page, 'onDrawSkip')).toEqual([['stem', { kind: 'node', path: 'pool' }, 'add']]);
    expect(await stage.said(page, 'onDuplicate')).toEqual([[['stem', 'pool']]]);
    expect(await stage.said(page, 'onCopy')).toEqual([[['stem', 'pool'], false]]);
    expect(await stage.said(page, 'onDelete')).toEqual([[['stem', 'pool']]]);
    expect(await stage.said(page, 'onNextProblem')).toEqual([[1], [-1]]);
    expect((await stage.said(page, 'onQuickAdd'))[0]?.[1]).toEqual({ kind: 'node', path: 'pool' });
    expect(await stage.said(page, 'onInspect')).toEqual([['stem']]);
    await page.close();
  });

  it('Space opens and closes a block', async () => {
    const page = await stage.open({ text: residual.text });
    await node(page, 'stage1[0]').click();
    await page.keyboard.press('Space');
    await node(page, 'stage1[0].conv1').waitFor();
    await page.keyboard.press('Space');
    await expect.poll(() => node(page, 'stage1[0].conv1').count()).toBe(0);
    await page.close();
  });

  it('nothing can be changed while the text cannot be read', async () => {
    const page = await stage.open({ ...residual, lastGood: true });
    await node(page, 'stem').click();
    for (const key of ['Delete', 'Control+d', '/']) await page.keyboard.press(key);
    expect([await stage.said(page, 'onDelete'), await stage.said(page, 'onDuplicate'), await stage.said(page, 'onQuickAdd')]).toEqual([[], [], []]);
    await page.close();
  });
});

describe('what is read', () => {
  it('every layer has a name that tells its operator, values and shape, and one of them is the tab stop', async () => {
    const page = await stage.open(residual);
    const unnamed = await page.locator('[data-path]:not([aria-label])').count();
    expect(unnamed).toBe(0);
    expect(await node(page, 'stage2.conv1').getAttribute('aria-label')).toBe('conv1, Conv2d, 3 by 3, 128, stride 2, output 128 by 13 by 13');
    expect(await page.locator('[data-path][tabindex="0"]').count()).toBe(1);
    await page.close();
  });

  it('no text is smaller than 10.5 pixels on the screen, at any zoom', async () => {
    const page = await stage.open(residual);
    for (const zoom of [1, 0.8, 0.7, 0.5, 0.3, 0.1]) {
      await page.evaluate((wanted) => (window as unknown as { canvas: { zoomTo(zoom: number): void } }).canvas.zoomTo(wanted), zoom);
      await page.waitForTimeout(120);
      const small = await page.evaluate((scale) => [...document.querySelectorAll('.react-flow__viewport *')].filter((element) => {
        const own = [...element.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim() !== '');
        return own && !element.closest('[aria-hidden="true"]') && element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible' && parseFloat(getComputedStyle(element).fontSize) * scale < 10.3;
      }).map((element) => `${element.className}: ${element.textContent}`), zoom);
      expect(small, `at ${zoom}`).toEqual([]);
    }
    await page.close();
  });

  it('far away, hundreds of layers are drawn on one surface', async () => {
    const nodes: Record<string, unknown> = {};
    for (let branch = 0; branch < 12; branch++) for (let k = 0; k < 30; k++) nodes[`c${branch}_${k}`] = { op: 'Conv2d', in: [k === 0 ? 'image' : `c${branch}_${k - 1}`], out_channels: 8, kernel_size: 1 };
    nodes['sum'] = { op: 'Add', in: Array.from({ length: 12 }, (_, branch) => `c${branch}_29`) };
    const page = await stage.open({ text: JSON.stringify({ nnet: 1, inputs: { image: { shape: ['N', 8, 8, 8] } }, nodes, outputs: ['sum'] }) });
    await page.evaluate(() => (window as unknown as { canvas: { fit(): void } }).canvas.fit());
    await page.locator('canvas.nw-far').waitFor();
    expect(await page.locator('.nw-node').count()).toBe(0);
    await page.close();
  });
});

describe.each(['browser vscode-dark', 'browser vscode-light', 'browser vscode-high-contrast'])('with %s', (theme) => {
  it('a mismatch shows its ring, both shapes, its pins and the ghost of its fix', async () => {
    const text = templateText('resnet34-head').replace('"downsample": true', '"downsample": false');
    const page = await stage.open({ text, open: ['stage2'], problem: 0, fix: 0, theme });
    await page.locator('.nw-arrive').first().waitFor();
    expect(await page.locator('.nw-merge.is-error').count()).toBe(1);
    expect(await page.locator('.nw-arrive').allInnerTexts()).toEqual([expect.stringContaining('branch'), expect.stringContaining('skip')]);
    expect(await page.locator('.nw-pin').allInnerTexts()).toEqual(['1', '2', '3']);
    expect(await page.locator('.nw-card.is-ghost-added').count()).toBe(1);
    expect((await stage.said(page, 'onProblemPlace')).length).toBeGreaterThan(0);
    await page.close();
  });
});
