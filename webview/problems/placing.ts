import type { ProblemPlace } from '../canvas/contract.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Free space between the callout and the stage's edge. */
const EDGE = 12;
/** Room that is kept free beside the branches where there is some: the arriving shapes stand there. */
const GAP = 132;

/** 452 where there is room; on a narrow stage less, so that the branches have some too. */
export function calloutWidth(stage: number): number {
  return Math.round(Math.max(320, Math.min(452, stage * 0.46)));
}

/**
 * Where the callout goes: right of the two branches, else left, below or above them; where no side has room, at the right edge of the stage
 * (the canvas is told what is covered and moves its picture). The merge's height falls within the callout where it can, so the leader is straight.
 */
export function placeCallout(stage: Size, callout: Size, place: ProblemPlace | undefined): Box {
  const { width, height } = callout;
  const within = (value: number, most: number) => Math.max(EDGE, Math.min(value, most - EDGE));
  const right = stage.width - width - EDGE;
  if (!place) return { width, height, left: Math.max(EDGE, right), top: within((stage.height - height) / 3, stage.height - height) };
  const { keepClear, x, y } = place;
  const beside = within(y - height * 0.7, stage.height - height);
  if (keepClear.right + EDGE <= right) return { width, height, left: Math.min(keepClear.right + GAP, right), top: beside };
  if (keepClear.left - width - EDGE >= EDGE) return { width, height, left: Math.max(EDGE, keepClear.left - width - GAP), top: beside };
  const along = within(x - width / 2, stage.width - width);
  if (keepClear.bottom + height + 2 * EDGE <= stage.height) return { width, height, left: along, top: keepClear.bottom + EDGE };
  if (keepClear.top - height - EDGE >= EDGE) return { width, height, left: along, top: keepClear.top - height - EDGE };
  return { width, height, left: Math.max(EDGE, right), top: beside };
}

/** The dotted line from the merge to the callout's nearer side. */
export function leaderPath({ x, y }: ProblemPlace, { left, top, width, height }: Box): string {
  const inHeight = y >= top + 8 && y <= top + height - 8;
  if (x >= left && x <= left + width) return `M${x} ${y}V${y < top ? top : top + height}`;
  const side = x < left ? left : left + width;
  if (inHeight) return `M${x} ${y}H${side}`;
  const end = y < top ? top + 24 : top + height - 24;
  const bend = x + (side - x) * 0.6;
  return `M${x} ${y}H${bend}V${end}H${side}`;
}
