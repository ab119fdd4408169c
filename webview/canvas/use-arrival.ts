import { useEffect, useRef } from 'react';
import type { Box, Placed, PlacedUnit } from '../../lib/layout/index.js';
import { unitsByItem } from './whereabouts.js';

/** What is selected and has gone farther than this from one picture to the next is brought into sight. */
const JUMP = 60;
/** What was put in is selected within this time after it is drawn, or before. */
const RECENT_MS = 2_000;
/** Of a large selection the first ones count. */
const MOST = 40;

interface Seen {
  readonly selection: readonly string[];
  readonly placed: Placed | undefined;
  /** What the last new picture has and the one before had not. */
  readonly appeared: ReadonlySet<string>;
  readonly at: number;
}

/**
 * Brings into sight what was just put in, and what has just gone elsewhere, as a layer that was wired. What the person selects is in sight already and
 * moves nothing.
 */
export function useArrival({ placed, selection, revealBox }: { readonly placed: Placed | undefined; readonly selection: readonly string[]; revealBox(box: Box): void }): void {
  const seen = useRef<Seen>({ selection: [], placed: undefined, appeared: new Set(), at: 0 });
  useEffect(() => {
    const before = seen.current;
    const fresh = placed !== before.placed;
    const now = placed === undefined ? undefined : unitsByItem(placed);
    const known = before.placed === undefined ? undefined : unitsByItem(before.placed);
    const appeared = !fresh ? before.appeared : now === undefined || known === undefined ? new Set<string>() : new Set([...now.keys()].filter((path) => !known.has(path)));
    seen.current = { selection, placed, appeared, at: fresh ? performance.now() : before.at };
    if (now === undefined || known === undefined || performance.now() - seen.current.at > RECENT_MS) return;
    const boxes = selection.slice(0, MOST).flatMap((path) => now.get(path) ?? []);
    // What stands by hand stands where the hand is.
    if (boxes.length === 0 || boxes.some(({ unit }) => unit.item.moved !== undefined)) return;
    const arrived = selection.some((path) => appeared.has(path)) && (fresh || selection !== before.selection);
    const went = fresh && selection === before.selection && selection.length === 1 && far(boxes[0], known.get(selection[0]!));
    if (arrived || went) revealBox(around(boxes));
  }, [placed, selection, revealBox]);
}

const far = (box: PlacedUnit | undefined, before: PlacedUnit | undefined): boolean => box !== undefined && before !== undefined && Math.hypot(box.x - before.x, box.y - before.y) > JUMP;

function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map(({ x }) => x)), top = Math.min(...boxes.map(({ y }) => y));
  return { x: left, y: top, width: Math.max(...boxes.map(({ x, width }) => x + width)) - left, height: Math.max(...boxes.map(({ y, height }) => y + height)) - top };
}
