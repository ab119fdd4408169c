import type { Locator } from 'playwright-core';

/** What Playwright tells of a box, in pixels of the page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So many looks on end, some pictures apart, must find it at one place. */
const LOOKS = 5;

/** Where something stands once it moves no more: after a layout, after a view was fitted, after an animation. What the mouse does by coordinates begins here. */
export async function settledBox(locator: Locator, ms = 60_000): Promise<Box> {
  let last: Box | null = null;
  let same = 0;
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const box: Box | null = await locator.boundingBox();
    same = box !== null && last !== null && equal(box, last) ? same + 1 : 0;
    if (box !== null && same === LOOKS) return box;
    last = box;
    await locator.evaluate(() => new Promise<void>((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 30)))));
  }
  throw new Error(`Not within ${ms} ms: ${String(locator)} stands still. It is at ${JSON.stringify(last)}`);
}

const equal = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.width - b.width) + Math.abs(a.height - b.height) < 0.01;
