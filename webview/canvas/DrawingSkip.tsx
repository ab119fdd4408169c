import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react';
import { keyOf, type Direction, type Placed, type Point } from '../../lib/layout/index.js';
import type { SkipMerge, SkipStart, SkipTarget } from './contract.js';
import { roundedPath } from './geometry.js';
import { Glyph, mergeKeys, mergeWords } from './Glyph.js';
import { useMarks } from './marks.js';
import { unitsByItem } from './whereabouts.js';
import { portOn, wireOfKey } from './WirePorts.js';

/** A skip that has found its end and waits for its kind. */
export interface Dropped {
  readonly from: SkipStart;
  readonly target: SkipTarget;
  readonly x: number;
  readonly y: number;
}

/** The dotted lane of the skip under way: out beside the flow, along it, and to the pointer. */
export function DrawingSkip({ placed, at, direction }: { readonly placed: Placed; readonly at: Point | undefined; readonly direction: Direction }): ReactNode {
  const from = useMarks((marks) => marks.drawing?.from);
  const over = useMarks((marks) => (marks.drawing?.over !== undefined && marks.drawing.targets.get(keyOf(marks.drawing.over))?.fits === true ? marks.drawing.over : undefined));
  if (from === undefined || at === undefined) return null;
  const start = unitsByItem(placed).get(from);
  const wire = start === undefined ? wireOfKey(placed, from) : undefined;
  if (start === undefined && wire === undefined) return null;
  const end = over === undefined ? undefined : unitsByItem(placed).get(over);
  const down = direction === 'down';
  const leave: Point = start === undefined ? portOn(placed, wire!, direction) : down ? { x: start.x, y: start.y + start.height / 2 } : { x: start.x + start.width / 2, y: start.y };
  const arrive: Point = end === undefined ? at : down ? { x: end.x, y: end.y + end.height / 2 } : { x: end.x + end.width / 2, y: end.y };
  const out = down ? Math.min(leave.x, arrive.x) - 36 : Math.min(leave.y, arrive.y) - 36;
  const way = down ? [leave, { x: out, y: leave.y }, { x: out, y: arrive.y }, arrive] : [leave, { x: leave.x, y: out }, { x: arrive.x, y: out }, arrive];
  return (
    <svg className="nw-drawing" width="1" height="1" aria-hidden="true">
      <path d={roundedPath(way)} />
      <circle cx={leave.x} cy={leave.y} r={5} className="is-start" />
      {end !== undefined && <circle cx={arrive.x} cy={arrive.y} r={5} className="is-end" />}
    </svg>
  );
}

const kinds: readonly SkipMerge[] = ['add', 'concat', 'gate'];

/** The choice at the drop: how the skip is merged. */
export function MergeChoice({ dropped, choose, cancel }: { readonly dropped: Dropped; choose(merge: SkipMerge): void; cancel(): void }): ReactNode {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector('button')?.focus();
    const outside = (event: globalThis.PointerEvent): void => {
      if (!(event.target instanceof globalThis.Node) || menu.current?.contains(event.target) !== true) cancel();
    };
    window.addEventListener('pointerdown', outside);
    return () => window.removeEventListener('pointerdown', outside);
  }, [cancel]);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    event.stopPropagation();
    const merge = kinds.find((kind) => mergeKeys[kind].toLowerCase() === event.key.toLowerCase());
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') cancel();
    else if (merge !== undefined) choose(merge);
    else if (event.key === 'ArrowDown') buttons[(at + 1) % buttons.length]?.focus();
    else if (event.key === 'ArrowUp') buttons[(at + buttons.length - 1) % buttons.length]?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={menu} className="nw-choice" role="menu" aria-label="How the skip is merged" style={{ position: 'fixed', left: dropped.x + 8, top: dropped.y - 12 } as CSSProperties} onKeyDown={onKeyDown}>
      {kinds.map((merge) => (
        <button key={merge} type="button" role="menuitem" onClick={(event) => { event.stopPropagation(); choose(merge); }}>
          <Glyph merge={merge} />
          <span>{mergeWords[merge]}</span>
          <kbd>{mergeKeys[merge]}</kbd>
        </button>
      ))}
    </div>
  );
}
