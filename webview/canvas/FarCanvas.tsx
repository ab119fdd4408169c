import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import { useReactFlow, useStore, type ReactFlowState } from '@xyflow/react';
import type { Box, Placed, PlacedUnit } from '../../lib/layout/index.js';
import { boxOfPoints, contains, meet } from './geometry.js';
import { tokenOf } from './Glyph.js';
import type { MarksStore } from './marks.js';

/** Below this zoom, and with more cards than this in sight, elements cost more than they show. */
export const FAR = 0.35;
export const MANY = 300;

/** How many units a viewport shows, counted only where the answer matters. */
export function isFar(placed: Placed | undefined, view: Box, zoom: number): boolean {
  if (placed === undefined || zoom >= FAR || placed.units.length <= MANY) return false;
  let count = 0;
  for (const unit of placed.units) if (meet(unit, view) && ++count > MANY) return true;
  return false;
}

/** The network from far away, on one drawing surface: bars or marks in the family's colour, skips, and names of blocks. */
export function FarCanvas({ placed, marks, select }: { readonly placed: Placed; readonly marks: MarksStore; select(path: string | undefined): void }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useReactFlow();
  const [x, y, zoom] = useStore((state: ReactFlowState) => state.transform);
  const width = useStore((state: ReactFlowState) => state.width);
  const height = useStore((state: ReactFlowState) => state.height);
  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext('2d');
    if (surface === null || context == null) return undefined;
    const draw = (): void => {
      const scale = window.devicePixelRatio;
      surface.width = Math.round(width * scale);
      surface.height = Math.round(height * scale);
      context.setTransform(scale * zoom, 0, 0, scale * zoom, scale * x, scale * y);
      paint(context, placed, { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }, zoom, marks.get().selection, surface);
    };
    draw();
    return marks.subscribe(draw);
  }, [placed, marks, x, y, zoom, width, height]);
  const onClick = (event: MouseEvent): void => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    let best: PlacedUnit | undefined;
    for (const unit of placed.units) if (contains(unit, at) && (best === undefined || unit.depth > best.depth || best.unit.kind === 'frame')) best = unit;
    select(best?.unit.item.path);
  };
  return <canvas ref={canvas} className="nw-far" style={{ width, height }} aria-hidden="true" onClick={onClick} />;
}

function paint(context: CanvasRenderingContext2D, placed: Placed, view: Box, zoom: number, selection: ReadonlySet<string>, element: Element): void {
  const style = getComputedStyle(element);
  const colors = new Map<string, string>();
  const color = (name: string): string => {
    const known = colors.get(name);
    if (known !== undefined) return known;
    const value = resolve(element, `nw-${name}`);
    colors.set(name, value);
    return value;
  };
  const least = 1.5 / zoom;
  context.clearRect(view.x, view.y, view.width, view.height);
  for (const { unit, x, y, width, height } of placed.units) {
    if (unit.kind !== 'frame' || !meet({ x, y, width, height }, view)) continue;
    context.strokeStyle = color('block-line');
    context.lineWidth = 1 / zoom;
    context.strokeRect(x, y, width, height);
  }
  context.lineJoin = 'round';
  for (const { link, points } of placed.wires) {
    if (points.length < 2 || !meet(boxOfPoints(points), view)) continue;
    context.strokeStyle = color(link.skip === undefined ? `res-${link.unknown ? 'vec' : link.level}` : tokenOf(link.skip.merge));
    context.lineWidth = Math.max(least, link.width);
    context.setLineDash(link.skip?.off === true || link.unknown ? [3 / zoom, 4 / zoom] : link.skip?.merge === 'gate' ? [8, 5] : []);
    context.beginPath();
    points.forEach((point, i) => (i === 0 ? context.moveTo(point.x, point.y) : context.lineTo(point.x, point.y)));
    context.stroke();
  }
  context.setLineDash([]);
  const mark = zoom < 0.15;
  const card = color('card');
  for (const each of placed.units) {
    const { unit, x, y, width, height, axis } = each;
    if (unit.kind === 'frame' || !meet(each, view)) continue;
    if (unit.kind === 'merge') {
      context.fillStyle = color(unit.item.state === 'error' ? 'err' : tokenOf(unit.merge));
      context.beginPath();
      context.arc(x + (width > height ? axis : width / 2), y + 14, 14, 0, Math.PI * 2);
      context.fill();
    } else {
      const tint = color(unit.item.tint === 'block' ? 'blockfam' : unit.item.tint);
      context.fillStyle = mark ? tint : card;
      context.fillRect(x, y, width, height);
      context.fillStyle = tint;
      if (!mark) context.fillRect(x, y, Math.max(12, 3 / zoom), height);
    }
    if (!selection.has(unit.item.path)) continue;
    context.strokeStyle = color('focus');
    context.lineWidth = 2 / zoom;
    context.strokeRect(x, y, width, height);
  }
  context.fillStyle = color('strong');
  context.font = `500 ${11 / zoom}px ${style.getPropertyValue('--nw-mono')}`;
  for (const { unit, x, y, width } of placed.units) if (unit.kind === 'frame' && width * zoom > 60) context.fillText(unit.item.name, x + 8 / zoom, y + 14 / zoom, width);
}

/** A mixed colour as the browser works it out: a drawing surface knows no `color-mix` of variables. */
function resolve(element: Element, name: string): string {
  const probe = element.parentElement ?? element;
  const before = (probe as HTMLElement).style.outlineColor;
  (probe as HTMLElement).style.outlineColor = `var(--${name})`;
  const value = getComputedStyle(probe).outlineColor;
  (probe as HTMLElement).style.outlineColor = before;
  return value;
}
