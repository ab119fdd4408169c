import { useCallback, useEffect, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';
import { isRefusal, moveNodes } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Direction, Placed } from '../../lib/layout/index.js';
import type { CanvasHandlers, DropTarget, SkipMerge } from './contract.js';
import { isThere } from '../store/subject.js';
import { parseWireKey, type MarksStore } from './marks.js';
import { firstItem, stepOf, walk } from './navigation.js';
import { turned } from './use-moving.js';
import type { Sight } from './use-viewport.js';
import { itemAt, itemsOfUnit, placeOfPath, unitsByItem } from './whereabouts.js';

interface Given {
  readonly analysis: Analysis;
  readonly placed: Placed | undefined;
  /** The picture is that of the analysis, and not of the one before it. */
  readonly isCurrent: boolean;
  readonly direction: Direction;
  readonly marks: MarksStore;
  readonly on: CanvasHandlers;
  readonly frozen: boolean;
  readonly selection: readonly string[];
  readonly sight: Sight;
  readonly root: RefObject<HTMLDivElement | null>;
  openBlock(path: string): void;
}

const mergeOfKey: Readonly<Record<string, SkipMerge>> = { a: 'add', c: 'concat', g: 'gate' };

/** The canvas by keyboard: one tab stop, arrows follow the wires. */
export function useKeys(given: Given): { readonly handlers: Record<string, unknown>; focus(): void } {
  const { analysis, placed, isCurrent, direction, marks, on, frozen, selection, sight, openBlock, root } = given;
  const wanted = useRef<string | undefined>(undefined);

  // One element is the tab stop: what the keyboard was on, else the beginning. What is not laid out yet stays it.
  useEffect(() => {
    if (placed === undefined) return;
    const { focus } = marks.get();
    if (focus !== undefined && !isCurrent && isThere(analysis, focus)) return;
    if (focus === undefined || (!focus.startsWith('wire:') && !unitsByItem(placed).has(focus))) marks.set({ focus: (focus === undefined ? undefined : placeOfPath(placed, focus)?.unit.item.path) ?? firstItem(placed)?.path });
  }, [analysis, placed, isCurrent, marks]);
  // What has just come into sight can take the focus only once it is drawn; and what is drawn anew (a block that opens) takes it again. React Flow draws when
  // it likes, so the elements are watched. A keyboard that has left the canvas, for a list say, is never taken back.
  const within = useRef(false);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const settle = (): void => {
      const { focus } = marks.get();
      if (!within.current) wanted.current = undefined;
      if (wanted.current !== undefined && focusElement(element, wanted.current)) wanted.current = undefined;
      else if (within.current && focus !== undefined && document.activeElement === document.body) focusElement(element, focus);
    };
    const watch = new MutationObserver(settle);
    watch.observe(element, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-path'] });
    return () => watch.disconnect();
  }, [marks, root]);

  // What was just put in is selected from outside: the keyboard goes on from there.
  const [only] = selection.length === 1 ? selection : [];
  useEffect(() => {
    if (only === undefined || marks.get().focus === only) return;
    marks.set({ focus: only });
    if (within.current) wanted.current = focusElement(root.current, only) ? undefined : only;
  }, [only, marks, root]);

  const goTo = useCallback((path: string) => {
    marks.set({ focus: path });
    if (!path.startsWith('wire:')) sight.reveal(path);
    wanted.current = focusElement(root.current, path) ? undefined : path;
  }, [marks, sight, root]);
  const focus = useCallback(() => {
    const at = marks.get().focus;
    if (at === undefined || !focusElement(root.current, at)) root.current?.querySelector<HTMLElement>('[data-path]')?.focus();
  }, [marks, root]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (placed === undefined || (event.target instanceof HTMLInputElement)) return;
    const at = marks.get().focus;
    const command = event.ctrlKey || event.metaKey;
    const chosen = selection.length > 0 ? selection : at === undefined ? [] : [at];
    const nodes = chosen.filter((path) => !path.startsWith('wire:'));
    const done = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === 'F8') {
      on.onNextProblem(event.shiftKey ? -1 : 1);
      return done();
    }
    if (command && !event.altKey) {
      const key = event.key.toLowerCase();
      if (frozen && 'xvd'.includes(key)) on.onFrozen();
      if (key === 'c' || key === 'x') on.onCopy(nodes, key === 'x' && !frozen);
      else if (key === 'v' && !frozen) on.onPaste(placeFor(at, given));
      else if (key === 'd' && !frozen) on.onDuplicate(nodes);
      else if (key === 'a') on.onSelect(placed.units.filter(({ depth }) => depth === 0).flatMap(({ unit }) => itemsOfUnit(unit).map((item) => item.path)), 'replace');
      else if (key !== 'v' && key !== 'd') return;
      return done();
    }
    const step = stepOf(event.key, direction);
    if (step !== undefined && event.altKey && !command) {
      if (frozen) on.onFrozen();
      else nudge(nodes, event, given);
      return done();
    }
    if (step !== undefined && !event.altKey) {
      const next = at === undefined ? firstItem(placed)?.path : walk(placed, at, step);
      if (next !== undefined) {
        goTo(next);
        on.onSelect([next], event.shiftKey ? 'add' : 'replace');
      }
      return done();
    }
    switch (event.key) {
      case ' ': {
        const unit = at === undefined ? undefined : unitsByItem(placed).get(at)?.unit;
        if (unit?.kind === 'block' || unit?.kind === 'frame') openBlock(unit.item.path);
        return done();
      }
      case 'Enter':
        if (nodes[0] !== undefined) on.onInspect(nodes[0]);
        return done();
      case 'Escape':
        on.onSelect([], 'replace');
        return done();
      case 'Home':
      case 'End': {
        const first = firstItem(placed);
        const last = placed.units[placed.units.length - 1];
        const next = event.key === 'Home' ? first?.path : last === undefined ? undefined : itemsOfUnit(last.unit)[0]!.path;
        if (next !== undefined) {
          goTo(next);
          on.onSelect([next], 'replace');
        }
        return done();
      }
      case 'ContextMenu': {
        const element = at === undefined ? null : find(root.current, at);
        const box = element?.getBoundingClientRect();
        on.onContext(chosen, { x: box?.left ?? 0, y: box?.bottom ?? 0 }, placeFor(at, given));
        return done();
      }
    }
    if (event.altKey) return;
    const changes = event.key === 'Delete' || event.key === 'Backspace' || event.key === '/' || event.key.toLowerCase() === 'x' || (event.key.toLowerCase() in mergeOfKey && chosen.length === 2);
    if (frozen) {
      if (!changes) return;
      on.onFrozen();
      return done();
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      for (const key of chosen) cutWire(key, on);
      if (nodes.length > 0) on.onDelete(nodes);
      return done();
    }
    if (event.key === '/') {
      const box = (at === undefined ? null : find(root.current, at))?.getBoundingClientRect() ?? root.current!.getBoundingClientRect();
      on.onQuickAdd({ x: box.left + box.width / 2, y: box.bottom }, placeFor(at, given));
      return done();
    }
    const letter = event.key.toLowerCase();
    if (letter === 'x') {
      for (const key of chosen) cutWire(key, on);
      return done();
    }
    const merge = mergeOfKey[letter];
    if (merge !== undefined && chosen.length === 2) {
      const [from, to] = inFlowOrder(chosen, placed) as [string, string];
      const wire = parseWireKey(to);
      on.onDrawSkip(parseWireKey(from) ?? from, wire === undefined ? { kind: 'node', path: to } : { kind: 'wire', wire }, merge);
      return done();
    }
  };

  const onFocus = (event: { readonly target: EventTarget }): void => {
    const path = event.target instanceof Element ? event.target.getAttribute('data-path') : null;
    within.current = true;
    if (path !== null) marks.set({ focus: path });
  };
  const onBlur = (event: FocusEvent): void => {
    if (!(event.relatedTarget instanceof Node) || event.currentTarget.contains(event.relatedTarget)) return;
    within.current = false;
    wanted.current = undefined;
  };
  return { handlers: { onKeyDown, onFocus, onBlur }, focus };
}

function cutWire(key: string, on: CanvasHandlers): void {
  const wire = parseWireKey(key);
  if (wire !== undefined && 'to' in wire) on.onToggleSkip(wire.to, wire.input);
}

/** Where a new layer goes by keyboard: after what has the focus, be it drawn yet or not. */
function placeFor(at: string | undefined, { analysis, placed }: Pick<Given, 'analysis' | 'placed'>): DropTarget {
  const wire = at === undefined ? undefined : parseWireKey(at);
  if (wire !== undefined) return { kind: 'wire', wire };
  if (at !== undefined && ((placed !== undefined && itemAt(placed, at) !== undefined) || isThere(analysis, at))) return { kind: 'node', path: at };
  return { kind: 'point', scope: '', x: 0, y: 0 };
}

/** How far one press of an arrow moves a layer; with Shift a small step. */
const NUDGE = 10;
const SMALL = 1;

/** Alt and an arrow: moves what is selected by hand. */
function nudge(paths: readonly string[], event: KeyboardEvent, { analysis, placed, direction, on }: Given): void {
  const by = turned({ x: event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0, y: event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0 }, direction);
  const step = event.shiftKey ? SMALL : NUDGE;
  const items = new Set(paths.flatMap((path) => (placed === undefined ? [] : unitsByItem(placed).get(path)?.unit.item ?? [])));
  const action = moveNodes(analysis, [...items].map(({ path, moved }) => ({ path, x: (moved?.x ?? 0) + by.x * step, y: (moved?.y ?? 0) + by.y * step })));
  if (!isRefusal(action)) on.onAction(action.edits, action.label, paths);
}

/** In the order of the flow; a wire comes right before what reads it. */
function inFlowOrder(paths: readonly string[], placed: Placed): readonly string[] {
  const order = new Map(placed.units.flatMap(({ unit }) => itemsOfUnit(unit)).map((item, i) => [item.path, i]));
  const at = (path: string): number => {
    const wire = parseWireKey(path);
    if (wire === undefined) return order.get(path) ?? -1;
    return 'to' in wire ? (order.get(wire.to) ?? 0) - 0.5 : Infinity;
  };
  return [...paths].sort((a, b) => at(a) - at(b));
}

function find(root: HTMLElement | null, path: string): HTMLElement | null {
  return root?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`) ?? null;
}

function focusElement(root: HTMLElement | null, path: string): boolean {
  const element = find(root, path);
  element?.focus({ preventScroll: true });
  return element !== null;
}
