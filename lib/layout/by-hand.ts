import { portOf, type Box, type Context, type Spot } from './flow.js';
import { routeAround, straightened, type Obstacle, type Stretch, type WireEnd } from './router.js';
import { indexOf } from './scene-index.js';
import { anatomy } from './size.js';
import type { Link } from './model.js';

/** Moves what a person placed by hand, from where the layout put it. Everything else stays; `view` holds only the difference. */
export function moveByHand({ boxes, scene, setting }: Context): ReadonlyMap<string, Spot> {
  const moved = new Map<string, Spot>();
  const least = scene.path === '' ? -Infinity : setting.direction === 'down' ? anatomy.head + 10 : anatomy.pad / 2;
  for (const box of boxes.values()) {
    const offset = box.unit?.item.moved;
    if (offset === undefined) continue;
    // Nothing leaves its block upwards: the header stands there.
    const by = { u: Math.max(offset.y, least - box.u), v: offset.x };
    if (by.u === 0 && by.v === 0) continue;
    box.u += by.u;
    box.v += by.v;
    moved.set(box.id, by);
  }
  // The output of the document follows the layer that gives it.
  if (moved.size > 0 && scene.path === '') {
    for (const exit of scene.exits) {
      const [link] = indexOf(scene).into(exit.id);
      const by = link === undefined ? undefined : moved.get(link.from.id);
      const box = boxes.get(exit.id);
      if (by === undefined || box === undefined) continue;
      box.u += by.u;
      box.v += by.v;
      moved.set(exit.id, by);
    }
  }
  return moved;
}

/** Leads wires to what was moved, and those that a moved layer now stands on around it. Gives the wires that changed. */
export function rerouted({ boxes, routes, scene, setting }: Context, moved: ReadonlyMap<string, Spot>): ReadonlySet<string> {
  const changed = new Set<string>();
  if (moved.size === 0) return changed;
  const solid = [...boxes.values()].filter((box) => box.length > 0);
  const obstacles = solid.map((box) => ({ id: box.id, ...rectangle(box) }));
  const inTheWay = obstacles.filter(({ id }) => moved.has(id));
  // In a falling flow the header of an open block lies across it.
  const header = scene.path !== '' && setting.direction === 'down' ? [{ id: '', u: -anatomy.head, v: -FAR, uEnd: anatomy.head, vEnd: FAR }] : [];
  const waiting: Link[] = [];
  for (const link of scene.links) {
    const route = routes.get(link.id) ?? [];
    if (route.length < 2) continue;
    const [from, to] = [moved.get(link.from.id), moved.get(link.to.id)];
    if (from === undefined && to === undefined && !inTheWay.some((each) => each.id !== link.from.id && each.id !== link.to.id && runsThrough(route, each))) continue;
    if (from !== undefined && to !== undefined && from.u === to.u && from.v === to.v) {
      const along = route.map((spot) => plus(spot, from));
      if (!obstacles.some((each) => each.id !== link.from.id && each.id !== link.to.id && runsThrough(along, each))) {
        routes.set(link.id, along);
        changed.add(link.id);
        continue;
      }
    }
    waiting.push(link);
    changed.add(link.id);
  }
  for (const [i, link] of waiting.entries()) {
    const [start, end] = [startOf(link, boxes), endOf(routes.get(link.id)!, moved.get(link.to.id))];
    const later = new Set(waiting.slice(i).map((each) => each.id));
    const taken = scene.links.flatMap((other) => (later.has(other.id) || other.from.id === link.from.id ? [] : stretches(routes.get(other.id) ?? [])));
    const below = header.length > 0 && indexOf(scene).isEntry(link.from.id) ? { ...start, u: start.u + anatomy.head - 2 } : start;
    routes.set(link.id, straightened([start, ...(routeAround(below, end, [...obstacles, ...header], taken) ?? stepped(start, end))]));
  }
  return changed;
}

/** Wider than any block. */
const FAR = 100_000;

function stretches(route: readonly Spot[]): readonly Stretch[] {
  return route.slice(1).map((b, i) => ({ a: route[i]!, b }));
}

/** The middle of a wire's longest stretch, where its chip has most room. */
export function middleOf(route: readonly Spot[]): Spot {
  let best = { u: 0, v: 0, length: -1 };
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1]!, route[i]!];
    const length = Math.abs(a.u - b.u) + Math.abs(a.v - b.v);
    if (length > best.length) best = { u: (a.u + b.u) / 2, v: (a.v + b.v) / 2, length };
  }
  return { u: best.u, v: best.v };
}

function rectangle(box: Box): Obstacle {
  return { u: box.u, v: box.v - box.before, uEnd: box.u + box.length, vEnd: box.v + box.after };
}

function startOf(link: Link, boxes: ReadonlyMap<string, Box>): WireEnd {
  const box = boxes.get(link.from.id)!;
  return { u: box.u + box.length, v: box.v + portOf(box, link, 'from'), du: 1, dv: 0 };
}

/** Where a wire arrived before, and from which side, moved with its reader. */
function endOf(route: readonly Spot[], by: Spot | undefined): WireEnd {
  const [before, last] = [route[route.length - 2]!, route[route.length - 1]!];
  const level = Math.abs(before.u - last.u) < 0.5 && Math.abs(before.v - last.v) >= 0.5;
  return { ...plus(last, by ?? { u: 0, v: 0 }), du: level ? 0 : 1, dv: level ? Math.sign(last.v - before.v) : 0 };
}

function plus(a: Spot, b: Spot): Spot {
  return { u: a.u + b.u, v: a.v + b.v };
}

function stepped(start: WireEnd, end: WireEnd): readonly Spot[] {
  const middle = (start.u + end.u) / 2;
  if (end.dv !== 0) return [start, { u: end.u, v: start.v }, end];
  return [start, { u: middle, v: start.v }, { u: middle, v: end.v }, end];
}

function runsThrough(route: readonly Spot[], each: Obstacle): boolean {
  return route.some((b, i) => {
    const a = route[i - 1];
    return a !== undefined && Math.max(a.u, b.u) > each.u && Math.min(a.u, b.u) < each.uEnd && Math.max(a.v, b.v) > each.v && Math.min(a.v, b.v) < each.vEnd;
  });
}
