import { useEffect, useRef } from 'react';
import type { Placed, PlacedUnit } from '../../lib/layout/index.js';
import { unitsByItem } from './whereabouts.js';

/** What is selected and has gone farther than this from one picture to the next is brought into sight. */
const JUMP = 60;

/**
 * Brings into sight what was just put in, which is selected before the picture has it, and what has just gone elsewhere, as a layer that was wired.
 * What the person selects is in sight already and moves nothing.
 */
export function useArrival({ placed, selection, reveal }: { readonly placed: Placed | undefined; readonly selection: readonly string[]; reveal(path: string): void }): void {
  const [first] = selection;
  const seen = useRef<{ readonly path: string | undefined; readonly box: PlacedUnit | undefined; readonly placed: Placed | undefined }>({ path: undefined, box: undefined, placed: undefined });
  useEffect(() => {
    const box = first === undefined || placed === undefined ? undefined : unitsByItem(placed).get(first);
    const before = seen.current;
    seen.current = { path: first, box, placed };
    if (box === undefined || first === undefined || before.path !== first || before.placed === placed || before.placed === undefined) return;
    // What stands by hand stands where the hand is.
    if (box.unit.item.moved !== undefined) return;
    if (before.box === undefined || Math.hypot(box.x - before.box.x, box.y - before.box.y) > JUMP) reveal(first);
  }, [placed, first, reveal]);
}
