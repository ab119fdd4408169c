import { useEffect, useMemo, useRef, useState } from 'react';
import { picture, type Direction, type Placed, type ViewState } from '../../lib/layout/index.js';
import { createLayouter } from './layouter.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Moved } from './use-moving.js';

export interface PlacedPicture {
  readonly placed: Placed;
  readonly direction: Direction;
  /** What it is the picture of; older than the present one while that is being laid out. */
  readonly analysis: Analysis;
}

/** The placed picture of an analysis; the one before stays until the next is ready. */
export function usePlaced(analysis: Analysis, view: ViewState, direction: Direction, preview: Analysis | undefined, moved: Moved | undefined, workerUrl: string | undefined): PlacedPicture | undefined {
  const [placed, setPlaced] = useState<PlacedPicture>();
  const layouter = useRef<ReturnType<typeof createLayouter>>(undefined);
  useEffect(() => {
    const made = createLayouter(workerUrl);
    layouter.current = made;
    return () => made.dispose();
  }, [workerUrl]);
  const drawn = useMemo(() => picture(analysis, view, { preview, moved }), [analysis, view, preview, moved]);
  useEffect(() => {
    let live = true;
    void layouter.current?.layout(drawn, direction).then((next) => {
      if (live && next !== undefined) setPlaced({ placed: next, direction, analysis });
    });
    return () => {
      live = false;
    };
  }, [drawn, direction]);
  return placed;
}
