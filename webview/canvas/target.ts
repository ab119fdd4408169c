import type { Placed, Point } from '../../lib/layout/index.js';
import type { DropTarget } from './contract.js';
import { contains, distanceTo } from './geometry.js';
import { refOf } from './marks.js';

/** How near to a wire counts as on it. */
const NEAR = 16;

/** What is under a point of the canvas: a wire, a node, or the scope that it lies in. */
export function targetAt(placed: Placed, element: EventTarget | null, at: Point): DropTarget {
  const wire = element instanceof Element ? element.closest('[data-wire]')?.getAttribute('data-wire') : undefined;
  const named = wire == null ? undefined : placed.wires.find((each) => each.link.id === wire);
  if (named !== undefined) return { kind: 'wire', wire: refOf(named) };
  const path = element instanceof Element ? element.closest('[data-path]')?.getAttribute('data-path') : undefined;
  if (path != null && !path.startsWith('wire:')) return { kind: 'node', path };
  const near = nearestWire(placed, at);
  if (near !== undefined) return { kind: 'wire', wire: refOf(near) };
  return { kind: 'point', scope: scopeAt(placed, at), x: Math.round(at.x), y: Math.round(at.y) };
}

/** The wire within reach of a point. A cut skip carries nothing, so nothing can be put on it. */
export function nearestWire(placed: Placed, at: Point, counts: (wire: Placed['wires'][number]) => boolean = () => true): Placed['wires'][number] | undefined {
  let best: Placed['wires'][number] | undefined;
  let least = NEAR;
  for (const wire of placed.wires) {
    if (wire.link.skip?.off === true || wire.points.length < 2 || !counts(wire)) continue;
    const distance = distanceTo(wire.points, at) - wire.link.width / 2;
    // Of two halves of one wire that meet at a block's border, the one inside wins only well inside.
    if (distance < least) [best, least] = [wire, distance];
  }
  return best;
}

/** The innermost open block around a point; '' is the document. */
export function scopeAt(placed: Placed, at: Point): string {
  let scope = '';
  let depth = -1;
  for (const each of placed.units) if (each.unit.kind === 'frame' && each.depth > depth && contains(each, at)) [scope, depth] = [each.unit.body.path, each.depth];
  return scope;
}
