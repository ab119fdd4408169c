import { useCallback, useEffect, useRef } from 'react';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import type { Box, Placed } from '../../lib/layout/index.js';
import { placeOfPath } from './whereabouts.js';

const MARGIN = 28;
const LEAST = 0.05;
const MOST = 2.5;
const LEAST_SHRUNK = 0.6;

/** Moves the view: whole network, one piece, in and out; always clear of what covers the right side. */
export interface Sight {
  fit(): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  reveal(path: string): void;
  /** Brings a box into sight; one that is wider than the free part makes the view smaller, within reason. */
  revealBox(box: Box, shrink?: boolean): void;
}

export function useSight(placed: Placed | undefined, coveredRight: number, still: boolean): Sight {
  const flow = useReactFlow();
  const store = useStoreApi();
  const latest = useRef({ placed, coveredRight, still });
  useEffect(() => {
    latest.current = { placed, coveredRight, still };
  });
  const area = useCallback(() => {
    const { width, height } = store.getState();
    return { width: Math.max(120, width - latest.current.coveredRight), height };
  }, [store]);
  const move = useCallback((x: number, y: number, zoom: number, instant = false) => void flow.setViewport({ x, y, zoom }, instant || latest.current.still ? undefined : { duration: 180 }), [flow]);

  const fit = useCallback(() => {
    const bounds = latest.current.placed?.bounds;
    if (bounds === undefined) return;
    const { width, height } = area();
    const zoom = Math.max(LEAST, Math.min(1, (width - 2 * MARGIN) / Math.max(1, bounds.width), (height - 2 * MARGIN) / Math.max(1, bounds.height)));
    move((width - bounds.width * zoom) / 2 - bounds.x * zoom, Math.max(MARGIN / 2, (height - bounds.height * zoom) / 2) - bounds.y * zoom, zoom);
  }, [area, move]);
  const zoomTo = useCallback((zoom: number) => {
    const { width, height } = area();
    const now = flow.getViewport();
    const next = Math.max(LEAST, Math.min(MOST, zoom));
    const centre = { x: (width / 2 - now.x) / now.zoom, y: (height / 2 - now.y) / now.zoom };
    move(width / 2 - centre.x * next, height / 2 - centre.y * next, next);
  }, [area, flow, move]);
  const zoomBy = useCallback((factor: number) => zoomTo(flow.getZoom() * factor), [flow, zoomTo]);
  const revealBox = useCallback((box: Box, shrink = false) => {
    const { width, height } = area();
    const now = flow.getViewport();
    const fitting = (width - 2 * MARGIN) / Math.max(1, box.width);
    const zoom = shrink && fitting < now.zoom ? Math.min(now.zoom, Math.max(LEAST_SHRUNK, fitting)) : now.zoom;
    // A smaller view keeps the middle of the box where it is, before it is moved at all.
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const x = now.x + middle.x * (now.zoom - zoom), y = now.y + middle.y * (now.zoom - zoom);
    const left = box.x * zoom + x, top = box.y * zoom + y;
    const right = left + box.width * zoom, bottom = top + box.height * zoom;
    const into = (low: number, high: number, room: number): number => (high - low > room - 2 * MARGIN ? MARGIN - low : low < MARGIN ? MARGIN - low : high > room - MARGIN ? room - MARGIN - high : 0);
    const dx = into(left, right, width), dy = into(top, bottom, height);
    if (dx !== 0 || dy !== 0 || zoom !== now.zoom) move(x + dx, y + dy, zoom);
  }, [area, flow, move]);
  const reveal = useCallback((path: string) => {
    const where = latest.current.placed === undefined ? undefined : placeOfPath(latest.current.placed, path);
    if (where !== undefined) revealBox(where.unit.kind === 'frame' ? { ...where.box, height: 40 } : where.box);
  }, [revealBox]);
  return { fit, zoomBy, zoomTo, reveal, revealBox };
}

/** Below this a network is shown from its start rather than whole: names must stay readable. */
const READABLE = 0.75;

/** Of a network that is wider than the page, the axis is at least so far from its left side. */
const AXIS_IN_SIGHT = 240;

/** The first sight of a network: whole where it stays readable, else its beginning. */
export function firstViewport(bounds: Box, width: number, height: number, direction: 'down' | 'right'): { readonly x: number; readonly y: number; readonly zoom: number } {
  const whole = Math.min(1, (width - 2 * MARGIN) / Math.max(1, bounds.width), (height - 2 * MARGIN) / Math.max(1, bounds.height));
  const zoom = Math.max(whole, Math.min(1, READABLE));
  const fits = whole >= READABLE;
  const x = fits || direction === 'down' ? (width - bounds.width * zoom) / 2 - bounds.x * zoom : MARGIN - bounds.x * zoom;
  const y = fits || direction === 'right' ? (height - bounds.height * zoom) / 2 - bounds.y * zoom : MARGIN - bounds.y * zoom;
  // The axis, on which the network begins, stands in sight however far its branches reach.
  return { x: direction === 'down' && !fits ? Math.max(Math.min(x, width / 2), Math.min(AXIS_IN_SIGHT, width / 2)) : x, y: Math.min(y, Math.max(y, MARGIN / 2)), zoom };
}
