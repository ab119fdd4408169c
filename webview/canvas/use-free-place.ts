import { useCallback, useEffect, useRef } from 'react';
import { isRefusal, moveNodes, preview, type Action } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { picture, type Direction, type Point, type ViewState } from '../../lib/layout/index.js';
import { createLayouter } from './layouter.js';
import { turned } from './use-moving.js';
import { unitsByItem } from './whereabouts.js';

/** A layer that is dropped beside everything stands where it was dropped: the distance from where the layout would put it goes into `view`. */
export function useFreePlace(direction: Direction, view: ViewState, workerUrl: string | undefined): (analysis: Analysis, action: Action, at: Point) => Promise<Action> {
  // Of its own: the one that draws answers only its latest question.
  const layouter = useRef<ReturnType<typeof createLayouter>>(undefined);
  useEffect(() => () => layouter.current?.dispose(), []);
  return useCallback(async (analysis, action, at) => {
    const [made] = action.select ?? [];
    const after = made === undefined ? undefined : preview(analysis, action.edits);
    if (made === undefined || after === undefined) return action;
    layouter.current ??= createLayouter(workerUrl);
    const placed = await layouter.current.layout(picture(after, view), direction);
    const own = placed && unitsByItem(placed).get(made);
    if (own === undefined) return action;
    const by = turned({ x: at.x - own.x - own.width / 2, y: at.y - own.y - own.height / 2 }, direction);
    const moved = moveNodes(after, [{ path: made, ...by }]);
    return isRefusal(moved) ? action : { ...action, edits: [...action.edits, ...moved.edits] };
  }, [direction, view, workerUrl]);
}
