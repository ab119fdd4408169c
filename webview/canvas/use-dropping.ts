import { useCallback, useEffect, useRef, useState, type DragEvent, type RefObject } from 'react';
import { useReactFlow } from '@xyflow/react';
import { insertAt, isRefusal, preview } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { instanceAt } from '../../lib/analysis/index.js';
import type { Placed } from '../../lib/layout/index.js';
import { drag, dragType, type CanvasHandlers, type DropTarget } from './contract.js';
import type { MarksStore } from './marks.js';
import type { useFreePlace } from './use-free-place.js';
import { targetAt } from './target.js';
import { itemAt } from './whereabouts.js';

interface Given {
  readonly analysis: Analysis;
  /** What is drawn now, the ghost of this very drag included. */
  readonly placed: RefObject<Placed | undefined>;
  readonly marks: MarksStore;
  readonly on: CanvasHandlers;
  readonly frozen: boolean;
  /** Adds to an action where the layer that it makes stands. */
  readonly stand: ReturnType<typeof useFreePlace>;
}

/** A wire that was left closes again after this long, so that it does not flicker under a trembling hand. */
const LINGER_MS = 140;
/** By then the picture without the ghost stands. */
const SETTLE_MS = 80;

/** A layer dragged from the palette: the wire under it opens, and a ghost with its inferred shape stands where it would be put. */
export function useDropping({ analysis, placed, marks, on, frozen, stand }: Given): { readonly handlers: Record<string, unknown>; readonly preview: Analysis | undefined } {
  const flow = useReactFlow();
  const [shown, setShown] = useState<Analysis>();
  const target = useRef<DropTarget | undefined>(undefined);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);

  /** Looks again at what is under the pointer. */
  const aimHere = useRef<(() => void) | undefined>(undefined);

  const clear = useCallback(() => {
    clearTimeout(leaving.current);
    leaving.current = undefined;
    target.current = undefined;
    setShown(undefined);
    marks.set({ drop: undefined });
  }, [marks]);
  // A design that changed under the drag makes the ghost a lie.
  useEffect(() => clear, [analysis, clear]);

  const aim = useCallback((type: string, next: DropTarget) => {
    if (next.kind === 'point' && target.current !== undefined && target.current.kind !== 'point') {
      // A drag that rests is told again and again; only the first of these starts the clock.
      leaving.current ??= setTimeout(() => {
        clear();
        // The wire has closed, so something else may be under the pointer that has not moved.
        leaving.current = setTimeout(() => aimHere.current?.(), SETTLE_MS);
      }, LINGER_MS);
      return;
    }
    clearTimeout(leaving.current);
    leaving.current = undefined;
    if (same(target.current, next)) return;
    target.current = next;
    const action = next.kind === 'point' ? undefined : insertAt(analysis, type, next);
    const fits = action !== undefined && !('refused' in action);
    setShown(fits ? preview(analysis, action.edits) : undefined);
    marks.set({ drop: fits || next.kind !== 'node' ? undefined : { path: next.path } });
  }, [analysis, clear, marks]);

  const over = (element: EventTarget | null, x: number, y: number): void => {
    const now = placed.current;
    if (now === undefined || drag.type === undefined) return;
    const next = targetAt(now, element, flow.screenToFlowPosition({ x, y }));
    // On the ghost itself, or on the wire into it, the aim is what it was.
    const named = next.kind === 'node' ? next.path : next.kind === 'wire' && 'to' in next.wire ? next.wire.to : undefined;
    if (named !== undefined && itemAt(now, named)?.ghost === 'added') {
      clearTimeout(leaving.current);
      leaving.current = undefined;
      return;
    }
    aim(drag.type, next);
  };
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(dragType)) return;
    event.preventDefault();
    if (frozen) {
      event.dataTransfer.dropEffect = 'none';
      return;
    }
    event.dataTransfer.dropEffect = 'copy';
    const { clientX, clientY } = event;
    aimHere.current = () => over(document.elementFromPoint(clientX, clientY), clientX, clientY);
    over(event.target, clientX, clientY);
  };
  const onDrop = (event: DragEvent): void => {
    const type = event.dataTransfer.getData(dragType);
    if (frozen || type === '') return;
    event.preventDefault();
    const now = placed.current;
    aimHere.current = undefined;
    const here: DropTarget | undefined = now === undefined ? undefined : targetAt(now, event.target, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    // A drag over free ground is aimed at once, when it comes there; it is dropped where it ends.
    const aimed = target.current?.kind === 'point' && here?.kind === 'point' ? here : (target.current ?? here);
    clear();
    const place: DropTarget = aimed ?? { kind: 'point', scope: '', x: 0, y: 0 };
    const action = place.kind === 'point' ? insertAt(analysis, type, place) : undefined;
    // The first layer of a scope is wired to its input and needs no place.
    if (place.kind !== 'point' || action === undefined || isRefusal(action) || isWired(analysis, place.scope)) return on.onDropOperator(type, place);
    void stand(analysis, action, place).then(({ edits, label, select }) => on.onAction(edits, label, select));
  };
  const onDragLeave = (event: DragEvent): void => {
    if (event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) return;
    aimHere.current = undefined;
    clear();
  };
  const onDragEnter = (event: DragEvent): void => {
    const entering = !(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget));
    if (frozen && entering && event.dataTransfer.types.includes(dragType)) on.onFrozen();
  };
  return { handlers: { onDragEnter, onDragOver, onDrop, onDragLeave }, preview: shown };
}

/** Whether the next layer of a scope reads the scope's input at once. */
function isWired({ program }: Analysis, scope: string): boolean {
  return instanceAt(program, scope)?.block.nodes.size === 0;
}

function same(a: DropTarget | undefined, b: DropTarget): boolean {
  return a !== undefined && (a.kind === 'point' && b.kind === 'point' ? a.scope === b.scope : JSON.stringify(a) === JSON.stringify(b));
}
