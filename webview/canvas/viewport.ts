import { useStore, type ReactFlowState } from '@xyflow/react';
import type { Box } from '../../lib/layout/index.js';

/** Levels of detail by zoom. */
export type Detail = 'all' | 'short' | 'name' | 'bar' | 'mark';

export function detailAt(zoom: number): Detail {
  return zoom >= 0.75 ? 'all' : zoom >= 0.6 ? 'short' : zoom >= 0.35 ? 'name' : zoom >= 0.15 ? 'bar' : 'mark';
}

/** What is in sight, in canvas pixels, in steps so that a small pan draws nothing anew. */
const STEP = 320;

export function useVisibleBox(): Box {
  const text = useStore((state: ReactFlowState) => {
    const [x, y, zoom] = state.transform;
    const step = STEP / Math.min(1, zoom);
    const left = Math.floor(-x / zoom / step - 1) * step;
    const top = Math.floor(-y / zoom / step - 1) * step;
    const right = Math.ceil((state.width - x) / zoom / step + 1) * step;
    const bottom = Math.ceil((state.height - y) / zoom / step + 1) * step;
    return `${left} ${top} ${right - left} ${bottom - top}`;
  });
  const [x = 0, y = 0, width = 0, height = 0] = text.split(' ').map(Number);
  return { x, y, width, height };
}

export const useZoom = (): number => useStore((state: ReactFlowState) => Math.round(state.transform[2] * 50) / 50);
export const useDetail = (): Detail => useStore((state: ReactFlowState) => detailAt(state.transform[2]));
