import { useCallback, useEffect, useRef, useState } from 'react';
import { useReactFlow } from '@xyflow/react';
import { isRefusal, moveNodes, moveOntoWire, preview, type Action, type Move } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Direction, Item, Placed, PlacedUnit } from '../../lib/layout/index.js';
import type { CanvasHandlers } from './contract.js';
import type { MarksStore } from './marks.js';
import { nearestWire } from './target.js';
import { itemsOfUnit, unitsByItem } from './whereabouts.js';
import { refOf } from './marks.js';

/** Where dragged units are, by path; what lib/layout draws before it is written. */
export type Moved = ReadonlyMap<string, NonNullable<Item['moved']>>;

export interface Moving {
  readonly moved: Moved | undefined;
  /** The design with the card on the wire under the pointer. */
  readonly preview: Analysis | undefined;
  begin(placed: Placed, path: string, selection: ReadonlySet<string>, at: { readonly x: number; readonly y: number }): void;
  follow(x: number, y: number): void;
  end(): void;
}

interface Given {
  readonly analysis: Analysis;
  readonly direction: Direction;
  readonly marks: MarksStore;
  readonly on: CanvasHandlers;
}

interface Drag {
  /** The picture as it was when the drag began: wires that make way for the card could never be met. */
  readonly placed: Placed;
  readonly unit: PlacedUnit;
  readonly start: { readonly x: number; readonly y: number };
  readonly bases: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  moves: readonly Move[];
  onto: Action | undefined;
  link: string | undefined;
}

/** This near to its own place a card stands there again. */
const SNAP = 8;
/** A picture that does not follow what was moved is shown as it is after this long. */
const GIVE_UP_MS = 1_500;

/** A card under the pointer: it moves with everything that is docked to it, and is put on the wire that it is dropped on. */
export function useMoving({ analysis, direction, marks, on }: Given): Moving {
  const flow = useReactFlow();
  const [moved, setMoved] = useState<Moved>();
  const [shown, setShown] = useState<Analysis>();
  const drag = useRef<Drag | undefined>(undefined);
  const frame = useRef(0);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);

  const clear = useCallback(() => {
    clearTimeout(waiting.current);
    cancelAnimationFrame(frame.current);
    frame.current = 0;
    drag.current = undefined;
    setMoved(undefined);
    setShown(undefined);
    marks.set({ drop: undefined });
  }, [marks]);
  // What was dropped is in the design now, or somebody else changed it: the picture speaks for itself.
  useEffect(() => clear, [analysis, clear]);

  const begin = (placed: Placed, path: string, selection: ReadonlySet<string>, start: { readonly x: number; readonly y: number }): void => {
    const units = unitsByItem(placed);
    const unit = units.get(path);
    if (unit === undefined) return;
    const together = itemsOfUnit(unit.unit).some((item) => selection.has(item.path)) ? [...selection].flatMap((each) => units.get(each) ?? []).filter((each) => each.scene === unit.scene) : [];
    const all = new Set([unit, ...together]);
    const bases = new Map([...all].map(({ unit: { item } }) => [item.path, item.moved ?? { x: 0, y: 0 }] as const));
    drag.current = { placed, unit, start, bases, moves: [], onto: undefined, link: undefined };
  };

  const follow = (x: number, y: number): void => {
    const now = drag.current;
    if (now === undefined) return;
    const zoom = flow.getZoom();
    const by = turned({ x: (x - now.start.x) / zoom, y: (y - now.start.y) / zoom }, direction);
    now.moves = [...now.bases].map(([path, base]) => ({ path, ...snapped({ x: base.x + by.x, y: base.y + by.y }, now.bases.size === 1) }));
    aim(now, x, y);
    if (frame.current !== 0) return;
    // One picture a frame is enough, however fast the pointer is.
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      // On a wire it stands where it would be put.
      setMoved(now.link === undefined ? new Map(now.moves.map(({ path, x: across, y: along }) => [path, { x: across, y: along }])) : new Map(now.moves.map(({ path }) => [path, { x: 0, y: 0, floating: true }])));
    });
  };

  /** The wire under the pointer, if what is dragged can stand there. */
  const aim = (now: Drag, x: number, y: number): void => {
    const { unit, placed } = now;
    const alone = now.bases.size === 1 && unit.unit.kind !== 'merge';
    const wire = alone ? nearestWire(placed, flow.screenToFlowPosition({ x, y }), (each) => each.scene === unit.scene && each.link.from.id !== unit.unit.id && each.link.to.id !== unit.unit.id) : undefined;
    if (wire?.link.id === now.link) return;
    const onto = wire === undefined ? undefined : moveOntoWire(analysis, itemsOfUnit(unit.unit).map((item) => item.path), refOf(wire));
    const fits = onto !== undefined && !isRefusal(onto);
    now.onto = fits ? onto : undefined;
    now.link = fits ? wire?.link.id : undefined;
    setShown(now.onto === undefined ? undefined : preview(analysis, now.onto.edits));
    marks.set({ drop: now.link === undefined ? undefined : { link: now.link } });
  };

  const end = (): void => {
    const now = drag.current;
    drag.current = undefined;
    marks.set({ drop: undefined });
    if (now === undefined) return;
    const action = now.onto ?? moveNodes(analysis, now.moves);
    const same = now.onto === undefined && now.moves.every(({ path, x, y }) => Math.round(x) === now.bases.get(path)!.x && Math.round(y) === now.bases.get(path)!.y);
    if (same || isRefusal(action)) return clear();
    // The card stays where it was dropped until the design that says so arrives.
    waiting.current = setTimeout(clear, GIVE_UP_MS);
    on.onAction(action.edits, action.label, action.select);
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || drag.current === undefined) return;
      event.stopPropagation();
      clear();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [clear]);

  return { moved, preview: shown, begin, follow, end };
}

/** A way on the screen as seen in a falling flow. */
export function turned({ x, y }: { readonly x: number; readonly y: number }, direction: Direction): { readonly x: number; readonly y: number } {
  return direction === 'down' ? { x, y } : { x: y, y: x };
}

function snapped({ x, y }: { readonly x: number; readonly y: number }, alone: boolean): { readonly x: number; readonly y: number } {
  if (!alone) return { x, y };
  const across = Math.abs(x) < SNAP ? 0 : x;
  return { x: across, y: across === 0 && Math.abs(y) < SNAP ? 0 : y };
}
