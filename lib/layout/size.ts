import type { Direction } from './view.js';
import type { Card, Frame, Item, Merge, Pill, Unit } from './model.js';

/** Anatomy of the canvas, in pixels (tokens.css says the same to the drawing). */
export const anatomy = {
  card: 200, narrow: 172, main: 44, dock: 22, pill: 26, merge: 28, tail: 24, block: 54, head: 28,
  /** Between a layer and the next along a falling flow; room for one shape label. */
  gap: 30,
  /** From a layer to where a skip leaves its wire, and from there to the next layer. */
  fork: 14, afterFork: 20,
  /** From the border of an open block to where a skip leaves. */
  entryFork: 12,
  /** A lane keeps this far from cards. */
  lane: 40,
  /** Where a lane runs beside plain cards, measured from the flow's axis, so that blocks in one column share it. */
  laneAxis: 252,
  /** Left extent of an open block with such a lane, so that blocks in one column are equally wide. */
  laneFrame: 372,
  pad: 28,
} as const;

/** Monospaced widths of the two sizes in use; an estimate, since lib knows no fonts. */
const name12 = 7.25;
const value11 = 6.65;

/** Extent of a unit along the flow and on both sides of its axis. */
export interface Extent {
  readonly length: number;
  /** Left of the axis (down) or above it (right). */
  readonly before: number;
  readonly after: number;
}

/** The extent of everything but open blocks, whose extent is that of their body. */
export function extentOf(unit: Exclude<Unit, { kind: 'frame' }>, direction: Direction): Extent {
  const { width, height, axisX, axisY } = box(unit, direction);
  return direction === 'down' ? { length: height, before: axisX, after: width - axisX } : { length: width, before: axisY, after: height - axisY };
}

function box(unit: Exclude<Unit, { kind: 'frame' }>, direction: Direction): { readonly width: number; readonly height: number; readonly axisX: number; readonly axisY: number } {
  switch (unit.kind) {
    case 'card': {
      const width = unit.narrow ? anatomy.narrow : anatomy.card;
      const head = strips(unit.head.length) * anatomy.dock;
      return { width, height: head + anatomy.main + strips(unit.foot.length) * anatomy.dock, axisX: width / 2, axisY: head + anatomy.main / 2 };
    }
    case 'block': return { width: anatomy.card, height: anatomy.block, axisX: anatomy.card / 2, axisY: anatomy.block / 2 };
    case 'pill': return { width: pillWidth(unit), height: anatomy.pill, axisX: pillWidth(unit) / 2, axisY: anatomy.pill / 2 };
    case 'merge': {
      const tail = tailWidth(unit);
      const width = tail === 0 ? anatomy.merge : anatomy.merge / 2 + tail;
      return { width, height: anatomy.merge, axisX: direction === 'down' ? anatomy.merge / 2 : width / 2, axisY: anatomy.merge / 2 };
    }
  }
}

/** Docked layers share a strip in threes. */
export function strips(count: number): number {
  return Math.ceil(count / 3);
}

/** The strips of a card's docks. */
export function stripsOf(items: Card['head']): readonly (readonly Item[])[] {
  return Array.from({ length: strips(items.length) }, (_, i) => items.slice(i * 3, i * 3 + 3));
}

export function pillWidth({ item }: Pill): number {
  const summary = item.summary.join(' · ');
  return Math.round(Math.min(260, 42 + item.name.length * name12 * 1.06 + (summary === '' ? 0 : 18 + summary.length * value11 * 1.1)));
}

/** Width of the activation beside a merge, from the circle's centre. */
export function tailWidth({ tail }: Merge): number {
  return tail === undefined ? 0 : Math.round(Math.min(180, 52 + tail.name.length * value11));
}

export function labelWidth(parts: readonly { readonly text: string }[]): number {
  return parts.reduce((sum, part) => sum + part.text.length, Math.max(0, parts.length - 1) * 3) * value11;
}

/** Strips of a dense repetition's bus: the input's, and one for each repetition, which get thin where there are many; in a flow to the right they lie above the cards. */
export const busInput = 14, busGap = 1;
const BUS_STRIP = 8, BUS_MOST = 108, BUS_AROUND = 10;
export function busStrip(times: number): number {
  return Math.min(BUS_STRIP, Math.max(1, BUS_MOST / times - busGap));
}

/** What the bus needs between the header of an open block and what flows to the right in it. */
export function busHeight({ item }: Frame): number {
  return BUS_AROUND + busInput + busGap + (item.times ?? 1) * (busStrip(item.times ?? 1) + busGap);
}

/** Blocks in one column look alike: what their headers need is rounded up to this. */
const HEADER_STEP = 62, COST_STEP = 40;
/** Words keep their size on the screen when the picture gets a little smaller, so they need more room there. */
export const SMALLER = 1.2;

/** What the header of an open block needs left of the flow's wire. */
export function headerWidth({ item, uses }: Frame): number {
  const repeat = item.times === undefined ? 0 : item.times > 1 ? 40 + String(item.times).length * 20 + 70 : 34;
  const words = item.name.length * name12 + item.type.length * 6.9 + (uses > 1 ? 50 : 0);
  return Math.ceil((56 + words * SMALLER + repeat) / HEADER_STEP) * HEADER_STEP;
}

/** What the cost of an open block needs at the other side of the flow's wire. */
export function costWidth({ cost }: Frame): number {
  return Math.ceil((cost.length * 6.2 * SMALLER + 36) / COST_STEP) * COST_STEP;
}
