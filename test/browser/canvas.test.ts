import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settledBox } from '../support/settled.js';
import { openStage, templateText, type Stage } from '../webview/harness/stage.js';
import type { Page } from 'playwright-core';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 300_000);
afterAll(() => stage.close());

const residual = { text: templateText('resnet34-head'), open: ['stage1', 'stage2'] };
const node = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-path'));
/** What the canvas has said, as it comes to be. */
const said = (page: Page, handler: string) => expect.poll(() => stage.said(page, handler));

/** The canvas on a page, once its picture stands where it stays. */
async function open(asked: Parameters<Stage['open']>[0]): Promise<Page> {
  const page = await stage.open(asked);
  await settledBox(page.locator('.nw-node').first());
  return page;
}

describe('by mouse', () => {
  it('a click selects a layer, a docked one by itself, and shift adds to the selection', async () => {
    const page = await open(residual);
    await node(page, 'stage2.conv1').click();
    await node(page, 'stage2.relu1').click({ modifiers: ['Shift'] });
    await said(page, 'onSelect').toEqual([[['stage2.conv1'], 'replace'], [['stage2.relu1'], 'add']]);
    await expect.poll(() => page.locator('.is-selected').count()).toBe(2);
    await page.close();
  });

  it('an opened block keeps its place on the screen', async () => {
    const page = await open({ text: residual.text });
    const before = await settledBox(node(page, 'stage2'));
    await page.locator('[data-toggle="stage2"]').click();
    await page.locator('.nw-frame').waitFor();
    const after = await settledBox(page.locator('.nw-frame'));
    expect(Math.abs(after.y - before.y)).toBeLessThan(12);
    await page.close();
  });

  it('a page that becomes smaller shows the whole network again, unless somebody moved the view', async () => {
    const page = await open({ text: templateText('resnet34-head') });
    await node(page, 'stage2').waitFor();
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: size.width, height: 460 });
    await expect.poll(async () => { const box = await node(page, 'stage2').boundingBox(); return box !== null && box.y + box.height <= 460; }).toBe(true);
    const shown = await settledBox(node(page, 'stage2'));
    await page.mouse.move(60, 200);
    await page.mouse.wheel(0, 40);
    await expect.poll(async () => (await node(page, 'stage2').boundingBox())!.y).not.toBe(shown.y);
    const moved = await settledBox(node(page, 'stage2'));
    await page.setViewportSize(size);
    await expect.poll(() => page.evaluate(() => document.querySelector('.nw-canvas')!.clientHeight)).toBe(size.height);
    expect((await settledBox(node(page, 'stage2'))).y).toBeCloseTo(moved.y, 0);
    await page.close();
  });

  it('a page that becomes so small that nothing of a moved network is left in it brings it back', async () => {
    const page = await open({ text: templateText('resnet34-head') });
    await node(page, 'stage2').waitFor();
    await page.mouse.move(60, 200);
    // Two turns of the wheel, so that the network begins in the lower half of the page.
    await page.mouse.wheel(0, -300);
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => (await node(page, 'image').boundingBox())?.y ?? 0).toBeGreaterThan(480);
    await page.setViewportSize({ width: page.viewportSize()!.width, height: 440 });
    await expect.poll(async () => (await node(page, 'image').boundingBox())?.y ?? 999).toBeLessThan(400);
    await page.close();
  });

  it('the stepper asks for the next repetition', async () => {
    const page = await open(residual);
    await page.locator('[data-of="stage1[0]"][data-repetition="1"]').click();
    await said(page, 'onRepetition').toEqual([['stage1[0]', 1]]);
    await node(page, 'stage1[1].conv1').waitFor();
    await page.close();
  });

  it('a skip is drawn from a port to a later layer, and its kind is chosen at the drop', async () => {
    const page = await open(residual);
    await node(page, 'stem').hover();
    const port = await settledBox(page.locator('.nw-port.is-out[data-port="stem"]'));
    const end = await settledBox(node(page, 'pool'));
    await page.mouse.move(port.x + 5, port.y + 5);
    await page.mouse.down();
    await page.mouse.move(port.x - 80, port.y + 20, { steps: 3 });
    await page.mouse.move(end.x + 30, end.y + 12, { steps: 3 });
    await expect.poll(() => page.locator('.nw-drawing path').count()).toBe(1);
    await expect.poll(() => page.locator('.nw-card.is-misfit').count()).toBeGreaterThan(0);
    await page.mouse.up();
    await page.locator('.nw-choice button', { hasText: 'concatenate' }).click();
    await said(page, 'onDrawSkip').toEqual([['stem', { kind: 'node', path: 'pool' }, 'concat']]);
    await page.close();
  });

  it('a wire under a dragged layer opens and shows it with its shape', async () => {
    const page = await open(residual);
    const over = (type: string) => page.evaluate((kind) => {
      const wire = [...document.querySelectorAll('[data-wire]')].find((each) => each.getAttribute('data-wire')?.includes('stem.0>pool'))!;
      const box = wire.querySelector('.nw-hit')!.getBoundingClientRect();
      const data = new DataTransfer();
      data.setData('application/x-netwright-op', 'Conv2d');
      (window as unknown as { drag: { type: string } }).drag.type = 'Conv2d';
      const at = { bubbles: true, cancelable: true, dataTransfer: data, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
      document.elementFromPoint(at.clientX, at.clientY)!.dispatchEvent(new DragEvent(kind, at));
    }, type);
    await page.locator('[data-wire*="stem.0>pool"] .nw-hit').first().waitFor({ state: 'attached' });
    await over('dragover');
    const ghost = page.locator('.nw-card.is-ghost-added');
    await ghost.waitFor();
    await expect.poll(() => ghost.innerText()).toMatch(/conv/i);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('application/x-netwright-op', 'Conv2d');
      document.querySelector('.is-ghost-added .nw-main')!.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
    });
    await said(page, 'onDropOperator').toEqual([['Conv2d', { kind: 'wire', wire: { to: 'pool', input: 0 } }]]);
    await expect.poll(() => ghost.count()).toBe(0);
    await page.close();
  });

  it('shift and drag select everything in a box', async () => {
    const page = await open({ text: residual.text });
    const [first, last] = [await settledBox(node(page, 'stem')), await settledBox(node(page, 'pool'))];
    await page.keyboard.down('Shift');
    await page.mouse.move(first.x - 30, first.y - 4);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width + 40, last.y + last.height + 4, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await said(page, 'onSelect').toEqual([[['stem', 'pool'], 'add']]);
    await page.close();
  });
});

describe('by keyboard', () => {
  it('arrows follow the wires: along the flow, into a lane, and out of it', async () => {
    const page = await open(residual);
    await node(page, 'stage2.conv2').click();
    await expect.poll(() => focused(page)).toBe('stage2.conv2');
    for (const [key, to] of [['ArrowDown', 'stage2.bn2'], ['ArrowDown', 'stage2.sum'], ['ArrowLeft', 'stage2.down'], ['ArrowRight', 'stage2.sum'], ['ArrowUp', 'stage2.bn2']] as const) {
      await page.keyboard.press(key);
      await expect.poll(() => focused(page), { message: key }).toBe(to);
    }
    await page.close();
  });

  it('a skip is reached by its chip and cut with X', async () => {
    const page = await open({ text: templateText('transformer'), open: ['encoder'] });
    await node(page, 'encoder[0].sum1').click();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => focused(page)).toBe('wire:encoder[0].sum1#1');
    await page.keyboard.press('x');
    await said(page, 'onToggleSkip').toEqual([['encoder[0].sum1', 1]]);
    await page.close();
  });

  it('keys stand for what the mouse does', async () => {
    const page = await open(residual);
    await node(page, 'stem').click();
    await node(page, 'pool').click({ modifiers: ['Control'] });
    for (const key of ['a', 'Control+d', 'Control+c', 'Delete', 'F8', 'Shift+F8', '/', 'Enter']) await page.keyboard.press(key);
    await said(page, 'onDrawSkip').toEqual([['stem', { kind: 'node', path: 'pool' }, 'add']]);
    await said(page, 'onDuplicate').toEqual([[['stem', 'pool']]]);
    await said(page, 'onCopy').toEqual([[['stem', 'pool'], false]]);
    await said(page, 'onDelete').toEqual([[['stem', 'pool']]]);
    await said(page, 'onNextProblem').toEqual([[1], [-1]]);
    await expect.poll(async () => (await stage.said(page, 'onQuickAdd'))[0]?.[1]).toEqual({ kind: 'node', path: 'pool' });
    await said(page, 'onInspect').toEqual([['stem']]);
    await page.close();
  });

  it('Space opens and closes a block', async () => {
    const page = await open({ text: residual.text });
    await node(page, 'stage1[0]').click();
    await page.keyboard.press('Space');
    await node(page, 'stage1[0].conv1').waitFor();
    await expect.poll(() => focused(page)).toBe('stage1[0]');
    await page.keyboard.press('Space');
    await expect.poll(() => node(page, 'stage1[0].conv1').count()).toBe(0);
    await page.close();
  });

  it('nothing can be changed while the text cannot be read', async () => {
    const page = await open({ ...residual, lastGood: true });
    await node(page, 'stem').click();
    for (const key of ['Delete', 'Control+d', '/']) await page.keyboard.press(key);
    expect([await stage.said(page, 'onDelete'), await stage.said(page, 'onDuplicate'), await stage.said(page, 'onQuickAdd')]).toEqual([[], [], []]);
    await page.close();
  });
});

describe('what is read', () => {
  it('every layer has a name that tells its operator, values and shape, and one of them is the tab stop', async () => {
    const page = await open(residual);
    const unnamed = await page.locator('[data-path]:not([aria-label])').count();
    expect(unnamed).toBe(0);
    await expect.poll(() => node(page, 'stage2.conv1').getAttribute('aria-label')).toBe('conv1, Conv2d, 3 by 3, 128, stride 2, output 128 by 13 by 13');
    await expect.poll(() => page.locator('[data-path][tabindex="0"]').count()).toBe(1);
    await page.close();
  });

  it('no text is smaller than 10.5 pixels on the screen, at any zoom', async () => {
    const page = await open(residual);
    for (const zoom of [1, 0.8, 0.7, 0.5, 0.3, 0.1]) {
      await page.evaluate((wanted) => (window as unknown as { canvas: { zoomTo(zoom: number): void } }).canvas.zoomTo(wanted), zoom);
      // The style sheet hears of the zoom with the picture that is drawn at it.
      await expect.poll(() => page.locator('.nw-scale').evaluate((scaled) => Number(getComputedStyle(scaled).getPropertyValue('--nw-zoom')))).toBe(zoom);
      const small = () => page.evaluate((scale) => [...document.querySelectorAll('.react-flow__viewport *')].filter((element) => {
        const own = [...element.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim() !== '');
        return own && !element.closest('[aria-hidden="true"]') && element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible' && parseFloat(getComputedStyle(element).fontSize) * scale < 10.3;
      }).map((element) => `${element.className}: ${element.textContent}`), zoom);
      await expect.poll(small, { message: `at ${zoom}` }).toEqual([]);
    }
    await page.close();
  });

  it('far away, hundreds of layers are drawn on one surface', async () => {
    const nodes: Record<string, unknown> = {};
    for (let branch = 0; branch < 12; branch++) for (let k = 0; k < 30; k++) nodes[`c${branch}_${k}`] = { op: 'Conv2d', in: [k === 0 ? 'image' : `c${branch}_${k - 1}`], out_channels: 8, kernel_size: 1 };
    nodes['sum'] = { op: 'Add', in: Array.from({ length: 12 }, (_, branch) => `c${branch}_29`) };
    const page = await open({ text: JSON.stringify({ nnet: 1, inputs: { image: { shape: ['N', 8, 8, 8] } }, nodes, outputs: ['sum'] }) });
    await page.evaluate(() => (window as unknown as { canvas: { fit(): void } }).canvas.fit());
    await page.locator('canvas.nw-far').waitFor();
    await expect.poll(() => page.locator('.nw-node').count()).toBe(0);
    await page.close();
  });
});

describe.each(['browser vscode-dark', 'browser vscode-light', 'browser vscode-high-contrast'])('with %s', (theme) => {
  it('a mismatch shows its ring, both shapes, its pins and the ghost of its fix', async () => {
    const text = templateText('resnet34-head').replace('"downsample": true', '"downsample": false');
    const page = await open({ text, open: ['stage2'], problem: 0, fix: 0, theme });
    await page.locator('.nw-arrive').first().waitFor();
    await expect.poll(() => page.locator('.nw-merge.is-error').count()).toBe(1);
    await expect.poll(() => page.locator('.nw-arrive').allInnerTexts()).toEqual([expect.stringContaining('branch'), expect.stringContaining('skip')]);
    await expect.poll(() => page.locator('.nw-pin').allInnerTexts()).toEqual(['1', '2', '3']);
    await expect.poll(() => page.locator('.nw-card.is-ghost-added').count()).toBe(1);
    await expect.poll(async () => (await stage.said(page, 'onProblemPlace')).length).toBeGreaterThan(0);
    await page.close();
  });
});

describe('a skip from anywhere', () => {
  it('starts on the wire that brings a block its input', async () => {
    const page = await open(residual);
    const wire = page.locator('[data-wire="stage1[0]/x.0>conv1.0"] .nw-hit');
    const box = await settledBox(wire);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 8);
    const port = page.locator('.nw-wire-port.is-drawing-from');
    await port.waitFor();
    const at = await settledBox(port);
    expect([at.width, at.height]).toEqual([10, 10]);
    const end = await settledBox(node(page, 'stage1[0].relu1'));
    await page.mouse.move(at.x + 5, at.y + 5);
    await page.mouse.down();
    await page.mouse.move(at.x - 60, at.y + 40, { steps: 3 });
    await page.mouse.move(end.x + 40, end.y + 8, { steps: 3 });
    await page.mouse.up();
    await page.locator('.nw-choice button', { hasText: 'add' }).click();
    await said(page, 'onDrawSkip').toEqual([[{ to: 'stage1[0].conv1', input: 0 }, { kind: 'node', path: 'stage1[0].relu1' }, 'add']]);
    await page.close();
  });

  it('starts by keyboard at a selected wire', async () => {
    const page = await open(residual);
    await node(page, 'stage1[0].conv1').click();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => focused(page)).toBe('wire:stage1[0].conv1#0');
    await node(page, 'stage1[0].bn2').click({ modifiers: ['Shift'] });
    await page.keyboard.press('a');
    await said(page, 'onDrawSkip').toEqual([[{ to: 'stage1[0].conv1', input: 0 }, { kind: 'node', path: 'stage1[0].bn2' }, 'add']]);
    await page.close();
  });

  it('of several into one merge is each reached by Left', async () => {
    const text = JSON.stringify({ nnet: 1, inputs: { image: { shape: ['N', 8, 8, 8] } }, nodes: { a: { op: 'Conv2d', in: ['image'], out_channels: 8, kernel_size: 1 }, b: { op: 'Conv2d', in: ['a'], out_channels: 8, kernel_size: 1 }, c: { op: 'Conv2d', in: ['b'], out_channels: 8, kernel_size: 1 }, sum: { op: 'Add', in: ['c', 'image', 'a'] } }, outputs: ['sum'] });
    const page = await open({ text });
    await expect.poll(() => page.locator('.nw-chip').allInnerTexts()).toEqual(expect.arrayContaining(['identity · 3 layers', 'identity · 2 layers']));
    await node(page, 'sum').click();
    for (const to of ['wire:sum#2', 'wire:sum#1', 'wire:sum#0']) {
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => focused(page)).toBe(to);
    }
    await page.close();
  });
});

describe('what was just put in and is not laid out yet', () => {
  const conv = (...from: string[]) => ({ op: 'Conv2d', in: from, out_channels: 8, kernel_size: 1 });
  const design = (more: boolean) => JSON.stringify({
    nnet: 1, inputs: { image: { shape: ['N', 8, 8, 8] } },
    nodes: { a: conv('image'), b: conv('image'), c: conv('image'), joined: { op: 'Concat', in: ['a', 'b', 'c'], dim: 1 }, ...(more && { put: { op: 'ReLU', in: ['joined'] } }), end: { ...conv(more ? 'put' : 'joined') } }, outputs: ['end'],
  });

  /** The keyboard stands on `joined`; a layer behind it is there and selected, and the layout does not answer until it is let go. */
  async function held(): Promise<{ readonly page: Page; letGo(): Promise<void> }> {
    const page = await open({ text: design(false) });
    await node(page, 'joined').click();
    await expect.poll(() => focused(page)).toBe('joined');
    await page.evaluate((text) => {
      const real = Worker.prototype.postMessage as (this: Worker, message: unknown) => void;
      const waiting: (() => void)[] = [];
      Worker.prototype.postMessage = function hold(this: Worker, message: unknown) { waiting.push(() => real.call(this, message)); };
      Object.assign(window, { letGo() { Worker.prototype.postMessage = real; for (const send of waiting) send(); }, held: () => waiting.length });
      (window as unknown as { show(asked: unknown): void }).show({ text, selection: ['put'] });
    }, design(true));
    await expect.poll(() => page.evaluate(() => (window as unknown as { held(): number }).held())).toBeGreaterThan(0);
    return { page, letGo: () => page.evaluate(() => (window as unknown as { letGo(): void }).letGo()) };
  }

  it('is what `/` puts the next layer behind, and has the keyboard once it is drawn', async () => {
    const { page, letGo } = await held();
    expect(await node(page, 'put').count()).toBe(0);
    await page.keyboard.press('/');
    await expect.poll(async () => (await stage.said(page, 'onQuickAdd')).map(([, target]) => target)).toEqual([{ kind: 'node', path: 'put' }]);
    await letGo();
    await expect.poll(() => focused(page)).toBe('put');
    await page.close();
  });

  it('takes no keyboard that has left the canvas meanwhile', async () => {
    const { page, letGo } = await held();
    await page.evaluate(() => {
      const list = document.body.appendChild(document.createElement('input'));
      list.id = 'list';
      list.focus();
    });
    await letGo();
    await node(page, 'put').waitFor();
    // It is where the keyboard comes back to, and nothing else on the way has moved it.
    await expect.poll(() => node(page, 'put').getAttribute('tabindex')).toBe('0');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('list');
    await page.close();
  });
});

describe('a card moved by hand', () => {
  const drag = async (page: Page, path: string, dx: number, dy: number) => {
    const box = await settledBox(node(page, path));
    await page.mouse.move(box.x + 60, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + 60 + dx / 2, box.y + 12 + dy / 2, { steps: 3 });
    await page.mouse.move(box.x + 60 + dx, box.y + 12 + dy, { steps: 3 });
    await settledBox(node(page, path));
    await page.mouse.up();
    await said(page, 'onAction').toHaveLength(1);
    return box;
  };

  it('stays where it was dropped, with what is docked to it, in one step', async () => {
    const page = await open(residual);
    const before = await drag(page, 'stage1[0].conv2', 260, 20);
    const after = await settledBox(node(page, 'stage1[0].conv2'));
    expect([after.x - before.x, after.y - before.y].map(Math.round)).toEqual([260, 20]);
    expect(Math.round((await settledBox(node(page, 'stage1[0].bn2'))).x - before.x)).toBe(260);
    const actions = await stage.said(page, 'onAction');
    expect(actions).toHaveLength(1);
    expect(actions[0]![0]).toMatchObject([{ kind: 'set', path: ['blocks', 'Residual', 'view', 'conv2'] }]);
    await page.close();
  });

  it('that is dropped on a wire is put there', async () => {
    const page = await open(residual);
    const from = await settledBox(node(page, 'pool'));
    const wire = await settledBox(page.locator('[data-wire="/image.0>stem.0"] .nw-hit'));
    await page.mouse.move(from.x + 20, from.y + 12);
    await page.mouse.down();
    await page.mouse.move(from.x + 20, from.y - 20, { steps: 3 });
    await page.mouse.move(wire.x + wire.width / 2 + 4, wire.y + wire.height / 2, { steps: 4 });
    await page.locator('.nw-node.is-floating').waitFor();
    await expect.poll(() => page.locator('.nw-shape').allInnerTexts()).toContain('3 × 50 × 50');
    await page.mouse.up();
    await said(page, 'onAction').toHaveLength(1);
    const [action] = await stage.said(page, 'onAction');
    expect(action![0]).toEqual(expect.arrayContaining([{ kind: 'set', path: ['nodes', 'pool', 'in', 0], value: 'image' }, { kind: 'set', path: ['nodes', 'stem', 'in', 0], value: 'pool' }]));
    await page.close();
  });

  it('is not moved by a press alone, and Escape puts it back', async () => {
    const page = await open(residual);
    await node(page, 'stem').click();
    const box = await settledBox(node(page, 'stem'));
    await page.mouse.move(box.x + 60, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 12, { steps: 3 });
    await expect.poll(async () => (await node(page, 'stem').boundingBox())!.x).toBeGreaterThan(box.x + 100);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(async () => (await node(page, 'stem').boundingBox())!.x).toBeCloseTo(box.x);
    expect((await settledBox(node(page, 'stem'))).x).toBeCloseTo(box.x);
    await said(page, 'onAction').toEqual([]);
    await page.close();
  });

  it('goes by Alt and the arrows too', async () => {
    const page = await open(residual);
    await node(page, 'stem').click();
    const before = await settledBox(node(page, 'stem'));
    await page.keyboard.press('Alt+ArrowRight');
    // The second step goes from where the first has brought it.
    await expect.poll(async () => (await node(page, 'stem').boundingBox())!.x).toBeGreaterThan(before.x);
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(async () => (await stage.said(page, 'onAction')).map(([edits]) => edits)).toEqual([[{ kind: 'set', path: ['view', 'stem'], value: { x: 10, y: 0 } }], [{ kind: 'set', path: ['view', 'stem'], value: { x: 20, y: 0 } }]]);
    await page.close();
  });
});
