import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaderPath, placeCallout } from '../../webview/problems/placing.js';

const callout = { width: 452, height: 460 };
const place = (left: number, top: number, right: number, bottom: number) => ({ x: right, y: bottom - 20, keepClear: { left, top, right, bottom } });

describe('the callout', () => {
  it('stands right of the branches where there is room', () => {
    const box = placeCallout({ width: 1388, height: 934 }, callout, place(170, 250, 740, 600));
    expect(box.left).toBeGreaterThan(740);
    expect(box.left + box.width).toBeLessThanOrEqual(1388);
  });

  it('goes to the left where only the left has room', () => {
    expect(placeCallout({ width: 1300, height: 900 }, callout, place(700, 100, 1250, 500)).left + 452).toBeLessThan(700);
  });

  it('never lies over the branches where any side has room, and always within the stage', () => {
    const stage = { width: 1400, height: 950 };
    fc.assert(fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 600 }), fc.integer({ min: 50, max: 500 }), fc.integer({ min: 50, max: 350 }), (left, top, width, height) => {
      const at = place(left, top, left + width, top + height);
      const box = placeCallout(stage, callout, at);
      const inside = box.left >= 0 && box.top >= 0 && box.left + box.width <= stage.width && box.top + box.height <= stage.height;
      const clear = at.keepClear;
      const apart = box.left >= clear.right || box.left + box.width <= clear.left || box.top >= clear.bottom || box.top + box.height <= clear.top;
      const room = stage.width - clear.right >= 476 || clear.left >= 476 || stage.height - clear.bottom >= 484 || clear.top >= 484;
      return inside && (apart || !room);
    }));
  });

  it('has a leader that ends at its nearer side', () => {
    expect(leaderPath({ x: 100, y: 300, keepClear: { left: 0, top: 0, right: 0, bottom: 0 } }, { left: 200, top: 100, width: 452, height: 460 })).toBe('M100 300H200');
    expect(leaderPath({ x: 900, y: 300, keepClear: { left: 0, top: 0, right: 0, bottom: 0 } }, { left: 200, top: 100, width: 452, height: 460 })).toBe('M900 300H652');
  });
});
