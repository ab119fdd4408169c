import { useCallback, useRef, useState, type CSSProperties, type MouseEvent, type PointerEvent, type RefObject } from 'react';
import { useReactFlow } from '@xyflow/react';
import { keyOf, type Placed } from '../../lib/layout/index.js';
import { skipTargets, wantedInput } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { CanvasHandlers, DropTarget } from './contract.js';
import type { Dropped } from './DrawingSkip.js';
import { meet } from './geometry.js';
import {type MarksStore, parseWireKey, refOf, wireKey} from './marks.js';
import { nearestWire, targetAt } from './target.js';
import type { Moving } from './use-moving.js';
import { itemAt, itemsOfUnit } from './whereabouts.js';
import { hasPort } from './WirePorts.js';

interface Given {
  readonly analysis: Analysis;
  readonly placed: Placed | undefined;
  readonly moving: Moving;
  readonly marks: MarksStore;
  readonly on: CanvasHandlers;
  readonly frozen: boolean;
  readonly root: RefObject<HTMLDivElement | null>;
  openBlock(path: string): void;
  setDropped(dropped: Dropped | undefined): void;
}

/** Everything that a mouse or pen does on the canvas but panning: select, open, box select, move, draw a skip, ask for the menu. */
export function useGestures(given: Given): {
  readonly handlers: Record<string, unknown>;
  readonly box: CSSProperties | undefined;
  readonly pointer: { readonly x: number; readonly y: number } | undefined;
} {
  const { analysis, placed, moving, marks, on, frozen, root, openBlock, setDropped } = given;
  const flow = useReactFlow();
  const [box, setBox] = useState<CSSProperties>();
  const [pointer, setPointer] = useState<{ readonly x: number; readonly y: number }>();
  const started = useRef<{ readonly kind: 'box' | 'skip' | 'move'; readonly x: number; readonly y: number; moved: boolean; readonly from?: string } | undefined>(undefined);
  /** A click ends a drag too; it must not select. */
  const swallow = useRef(false);

  const wireOf = useCallback((id: string | undefined) => (id === undefined ? undefined : placed?.wires.find((wire) => wire.link.id === id)), [placed]);

  const onPointerDown = (event: PointerEvent): void => {
    swallow.current = false;
    if (event.button !== 0) return;
    const at = { x: event.clientX, y: event.clientY, moved: false };
    const port = closest(event.target, 'data-port');
    const path = closest(event.target, 'data-path');
    const wire = path === undefined && port === undefined ? wireOf(closest(event.target, 'data-wire')) : undefined;
    if (port !== undefined && !frozen) started.current = { kind: 'skip', ...at, from: port };
    else if (event.shiftKey && path === undefined) started.current = { kind: 'box', ...at };
    else if (wire !== undefined && !frozen && hasPort(wire)) started.current = { kind: 'skip', ...at, from: wireKey(refOf(wire)) };
    else if (path !== undefined && !path.startsWith('wire:') && !frozen && !event.shiftKey && closest(event.target, 'data-toggle') === undefined && closest(event.target, 'data-repetition') === undefined) {
      // The press still gives the layer the focus, so its default stays.
      started.current = { kind: 'move', ...at, from: path };
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerMove = (event: PointerEvent): void => {
    const gesture = started.current;
    if (gesture === undefined) return hover(event);
    // The button was let go where nobody told.
    if (event.buttons === 0) return finish(event);
    if (!gesture.moved && Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) < 4) return;
    if (!gesture.moved) {
      gesture.moved = true;
      // A press that does not move stays a click on what is under it.
      root.current?.setPointerCapture(event.pointerId);
      if (gesture.kind === 'skip') {
        marks.set({ drawing: { from: gesture.from!, targets: fitsFrom(analysis, gesture.from!), over: undefined } });
        root.current?.classList.add('is-drawing');
      } else if (gesture.kind === 'move' && placed !== undefined) {
        moving.begin(placed, gesture.from!, marks.get().selection, gesture);
        root.current?.classList.add('is-moving');
      }
    }
    if (gesture.kind === 'box') {
      const frame = root.current!.getBoundingClientRect();
      setBox({ left: Math.min(gesture.x, event.clientX) - frame.left, top: Math.min(gesture.y, event.clientY) - frame.top, width: Math.abs(event.clientX - gesture.x), height: Math.abs(event.clientY - gesture.y) });
      return;
    }
    if (gesture.kind === 'move') return moving.follow(event.clientX, event.clientY);
    setPointer(flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    const drawing = marks.get().drawing;
    const over = pathUnder(event.clientX, event.clientY) ?? wireUnder(event.clientX, event.clientY);
    if (drawing !== undefined && drawing.over !== over) marks.set({ drawing: { ...drawing, over } });
  };

  /** The key of the wire within reach of a point of the page, unless a skip must not be drawn to it. */
  const wireUnder = (x: number, y: number): string | undefined => {
    const wire = wireOf(attributeUnder(x, y, 'data-wire')) ?? (placed === undefined ? undefined : nearestWire(placed, flow.screenToFlowPosition({ x, y })));
    return wire === undefined ? undefined : wireKey(refOf(wire));
  };

  const hover = (event: PointerEvent): void => {
    const path = closest(event.target, 'data-path');
    const wire = path === undefined ? wireOf(closest(event.target, 'data-wire')) : undefined;
    marks.set({ hover: path ?? (wire === undefined ? undefined : wireKey(refOf(wire))), weights: closest(event.target, 'data-weights') });
  };

  const finish = (event: PointerEvent): void => {
    const gesture = started.current;
    started.current = undefined;
    if (gesture === undefined) return;
    if (root.current?.hasPointerCapture(event.pointerId) === true) root.current.releasePointerCapture(event.pointerId);
    root.current?.classList.remove('is-drawing', 'is-moving');
    swallow.current = gesture.moved;
    setBox(undefined);
    setPointer(undefined);
    if (gesture.kind === 'skip') {
      const { drawing } = marks.get();
      marks.set({ drawing: undefined });
      if (!gesture.moved || drawing === undefined) return;
      const end = pathUnder(event.clientX, event.clientY) ?? wireUnder(event.clientX, event.clientY);
      if (end === undefined || drawing.targets.get(keyOf(end))?.fits !== true) return;
      const wire = parseWireKey(end);
      if (wire === undefined && wantedInput(analysis, end) !== undefined) return on.onJoin(parseWireKey(drawing.from) ?? drawing.from, end);
      setDropped({ from: parseWireKey(drawing.from) ?? drawing.from, target: wire === undefined ? { kind: 'node', path: end } : { kind: 'wire', wire }, x: event.clientX, y: event.clientY });
      return;
    }
    if (gesture.kind === 'move') {
      if (gesture.moved) moving.end();
      return;
    }
    if (!gesture.moved || placed === undefined) return;
    const a = flow.screenToFlowPosition({ x: gesture.x, y: gesture.y });
    const b = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const area = { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
    const inside = placed.units.filter((each) => each.unit.kind !== 'frame' && meet(each, area)).flatMap((each) => itemsOfUnit(each.unit).map((item) => item.path));
    on.onSelect(inside, 'add');
  };

  const onClick = (event: MouseEvent): void => {
    if (swallow.current) {
      swallow.current = false;
      return;
    }
    const toggle = closest(event.target, 'data-toggle');
    if (toggle !== undefined) return openBlock(toggle);
    const k = closest(event.target, 'data-repetition');
    const of = closest(event.target, 'data-of');
    if (k !== undefined && of !== undefined) return on.onRepetition(of, Number(k));
    const path = closest(event.target, 'data-path');
    const wire = path === undefined ? wireOf(closest(event.target, 'data-wire')) : undefined;
    const picked = path ?? (wire === undefined ? undefined : wireKey(refOf(wire)));
    if (picked === undefined) {
      if ((event.target as Element).closest('.react-flow__pane') !== null) on.onSelect([], 'replace');
      return;
    }
    marks.set({ focus: picked });
    // A wire takes the keyboard at its port, which is drawn for it.
    if (picked.startsWith('wire:')) requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(picked)}"]`)?.focus({ preventScroll: true }));
    on.onSelect([picked], event.ctrlKey || event.metaKey ? 'toggle' : event.shiftKey ? 'add' : 'replace');
    const item = placed === undefined ? undefined : itemAt(placed, picked);
    const problem = item?.state === 'error' ? analysis.problems.find((each) => each.node === picked && each.severity === 'error') : undefined;
    if (problem !== undefined && !event.shiftKey && !event.ctrlKey) on.onFocusProblem(problem);
  };

  const onDoubleClick = (event: MouseEvent): void => {
    const path = closest(event.target, 'data-path');
    if (path === undefined || closest(event.target, 'data-toggle') !== undefined || placed === undefined) return;
    const unit = placed.units.find((each) => each.unit.item.path === path)?.unit;
    if (unit?.kind === 'block' || unit?.kind === 'frame') openBlock(path);
    else on.onInspect(path);
  };

  const onContextMenu = (event: MouseEvent): void => {
    event.preventDefault();
    const target: DropTarget = placed === undefined ? { kind: 'point', scope: '', x: 0, y: 0 } : targetAt(placed, event.target, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    const path = closest(event.target, 'data-path');
    const { selection } = marks.get();
    if (path !== undefined && !selection.has(path)) on.onSelect([path], 'replace');
    on.onContext(path === undefined ? [] : selection.has(path) ? [...selection] : [path], { x: event.clientX, y: event.clientY }, target);
  };

  return {
    handlers: {
      onPointerDownCapture: onPointerDown, onPointerMove, onPointerUp: finish, onPointerCancel: finish, onClick, onDoubleClick, onContextMenu,
      // The library pans on mousedown, which a captured pointer does not stop.
      onMouseDownCapture: (event: MouseEvent) => { if (started.current !== undefined) event.stopPropagation(); },
      onPointerLeave: () => marks.set({ hover: undefined, weights: undefined }),
    },
    box, pointer,
  };
}

/** Where a skip from a layer may end: layers and wires by key, since a place is the same in every repetition. */
function fitsFrom(analysis: Analysis, from: string): ReadonlyMap<string, { readonly fits: boolean; readonly reason?: string }> {
  return new Map(skipTargets(analysis, parseWireKey(from) ?? from).map(({ target, fit }) => [target.kind === 'node' ? keyOf(target.path) : keyOf(wireKey(target.wire)), fit.fits ? { fits: true } : { fits: false, reason: fit.reason }]));
}

/** The value of an attribute at an element or around it. */
export function closest(target: EventTarget | null, attribute: string): string | undefined {
  return target instanceof Element ? target.closest(`[${attribute}]`)?.getAttribute(attribute) ?? undefined : undefined;
}

function attributeUnder(x: number, y: number, attribute: string): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = closest(element, attribute);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The node under the pointer; a captured pointer's events all name the canvas itself. */
function pathUnder(x: number, y: number): string | undefined {
  const found = attributeUnder(x, y, 'data-path');
  return found?.startsWith('wire:') === true ? undefined : found;
}
