import type { Spot } from './flow.js';

/** What a wire keeps clear of, in flow coordinates. */
export interface Obstacle {
  readonly u: number;
  readonly v: number;
  readonly uEnd: number;
  readonly vEnd: number;
}

/** One end of a wire and the way that it goes there, as a unit vector. */
export interface WireEnd extends Spot {
  readonly du: number;
  readonly dv: number;
}

/** A wire keeps this far from layers, and runs this far straight out of one and into one. */
const CLEAR = 12;
const STUB = 14;
/** A detour of so many pixels is worth one bend less. */
const BEND = 36;
/** Only what lies this near to both ends can be in the way. */
const REACH = 140;
const MOST_OBSTACLES = 24;
/** A second wire along the same layer takes the next track; each pixel on another wire's way costs so many more. */
const TRACK = 10;
const SHARED = 4;

/** A stretch of another wire. */
export interface Stretch {
  readonly a: Spot;
  readonly b: Spot;
}

/**
 * The shortest orthogonal way with few bends from one end to the other, around obstacles; undefined where there is none. The search runs
 * over the lines along the obstacles' borders, which hold a shortest way, and over a track beside each, for a wire that would run along
 * another (`taken`).
 */
export function routeAround(start: WireEnd, end: WireEnd, obstacles: readonly Obstacle[], taken: readonly Stretch[] = []): readonly Spot[] | undefined {
  const from = { u: start.u + start.du * STUB, v: start.v + start.dv * STUB };
  const to = { u: end.u - end.du * STUB, v: end.v - end.dv * STUB };
  const area = { u: Math.min(from.u, to.u) - REACH, v: Math.min(from.v, to.v) - REACH, uEnd: Math.max(from.u, to.u) + REACH, vEnd: Math.max(from.v, to.v) + REACH };
  const near = obstacles.filter((each) => each.u < area.uEnd && each.uEnd > area.u && each.v < area.vEnd && each.vEnd > area.v).slice(0, MOST_OBSTACLES)
    .map((each) => ({ u: each.u - CLEAR, v: each.v - CLEAR, uEnd: each.uEnd + CLEAR, vEnd: each.vEnd + CLEAR }));
  const others = taken.filter(({ a, b }) => Math.min(a.u, b.u) < area.uEnd && Math.max(a.u, b.u) > area.u && Math.min(a.v, b.v) < area.vEnd && Math.max(a.v, b.v) > area.v);
  const tracks = others.length > 0 ? [0, TRACK] : [0];
  const us = lines([from.u, to.u, (from.u + to.u) / 2], near.flatMap((each) => tracks.flatMap((by) => [each.u - by, each.uEnd + by])));
  const vs = lines([from.v, to.v], near.flatMap((each) => tracks.flatMap((by) => [each.v - by, each.vEnd + by])));
  const found = search({ us, vs, near, others, from, to, first: start, last: end });
  return found === undefined ? undefined : straightened([start, ...found, end]);
}

function lines(ends: readonly number[], borders: readonly number[]): readonly number[] {
  return [...new Set([...ends, ...borders])].sort((a, b) => a - b);
}

interface Search {
  readonly us: readonly number[];
  readonly vs: readonly number[];
  readonly near: readonly Obstacle[];
  readonly others: readonly Stretch[];
  readonly from: Spot;
  readonly to: Spot;
  readonly first: WireEnd;
  readonly last: WireEnd;
}

const ways = [{ du: 1, dv: 0 }, { du: 0, dv: 1 }, { du: -1, dv: 0 }, { du: 0, dv: -1 }] as const;

/** Dijkstra's algorithm over crossings of lines, each with the direction in which it is reached. */
function search({ us, vs, near, others, from, to, first, last }: Search): readonly Spot[] | undefined {
  const state = (i: number, j: number, way: number): number => (i * vs.length + j) * 4 + way;
  const wayOf = (du: number, dv: number): number => ways.findIndex((way) => way.du === Math.sign(du) && way.dv === Math.sign(dv));
  const costs = new Map<number, number>();
  const before = new Map<number, number>();
  const open = new Heap();
  const begin = state(us.indexOf(from.u), vs.indexOf(from.v), Math.max(0, wayOf(first.du, first.dv)));
  const [endI, endJ, endWay] = [us.indexOf(to.u), vs.indexOf(to.v), Math.max(0, wayOf(last.du, last.dv))];
  costs.set(begin, 0);
  open.push(0, begin);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { cost, value } = next;
    if (cost > (costs.get(value) ?? Infinity)) continue;
    const way = value % 4;
    const j = Math.floor(value / 4) % vs.length;
    const i = Math.floor(value / 4 / vs.length);
    if (i === endI && j === endJ && way === endWay) return traced(value, before, us, vs);
    for (const [turn, { du, dv }] of ways.entries()) {
      if ((turn + 2) % 4 === way) continue;
      const onward = turn === way;
      // A turn is made on the spot; only then does the way go on.
      const [toI, toJ] = onward ? [i + du, j + dv] : [i, j];
      if (onward && (toI < 0 || toJ < 0 || toI >= us.length || toJ >= vs.length || blocked(us[i]!, vs[j]!, us[toI]!, vs[toJ]!, near))) continue;
      const reached = state(toI, toJ, turn);
      const total = cost + (onward ? Math.abs(us[toI]! - us[i]!) + Math.abs(vs[toJ]! - vs[j]!) + SHARED * shared(us[i]!, vs[j]!, us[toI]!, vs[toJ]!, others) : BEND);
      if (total >= (costs.get(reached) ?? Infinity)) continue;
      costs.set(reached, total);
      before.set(reached, value);
      open.push(total, reached);
    }
  }
  return undefined;
}

function traced(end: number, before: ReadonlyMap<number, number>, us: readonly number[], vs: readonly number[]): readonly Spot[] {
  const way: Spot[] = [];
  for (let at: number | undefined = end; at !== undefined; at = before.get(at)) way.unshift({ u: us[Math.floor(at / 4 / vs.length)]!, v: vs[Math.floor(at / 4) % vs.length]! });
  return way;
}

function blocked(u: number, v: number, uEnd: number, vEnd: number, near: readonly Obstacle[]): boolean {
  return near.some((each) => Math.max(u, uEnd) > each.u + 0.1 && Math.min(u, uEnd) < each.uEnd - 0.1 && Math.max(v, vEnd) > each.v + 0.1 && Math.min(v, vEnd) < each.vEnd - 0.1);
}

/** How many pixels of a step run along other wires. */
function shared(u: number, v: number, uEnd: number, vEnd: number, others: readonly Stretch[]): number {
  let sum = 0;
  for (const { a, b } of others) {
    if (u === uEnd && Math.abs(a.u - u) < TRACK - 2 && Math.abs(b.u - u) < TRACK - 2) sum += Math.max(0, Math.min(Math.max(v, vEnd), Math.max(a.v, b.v)) - Math.max(Math.min(v, vEnd), Math.min(a.v, b.v)));
    else if (v === vEnd && Math.abs(a.v - v) < TRACK - 2 && Math.abs(b.v - v) < TRACK - 2) sum += Math.max(0, Math.min(Math.max(u, uEnd), Math.max(a.u, b.u)) - Math.max(Math.min(u, uEnd), Math.min(a.u, b.u)));
  }
  return sum;
}

/** Without the spots that lie on a straight stretch. */
export function straightened(way: readonly Spot[]): readonly Spot[] {
  const kept: Spot[] = [];
  for (const spot of way) {
    const [a, b] = kept.slice(-2);
    const last = kept[kept.length - 1];
    if (last !== undefined && same(last.u, spot.u) && same(last.v, spot.v)) continue;
    if (a !== undefined && b !== undefined && ((same(a.u, b.u) && same(b.u, spot.u)) || (same(a.v, b.v) && same(b.v, spot.v)))) kept.pop();
    kept.push({ u: spot.u, v: spot.v });
  }
  return kept;
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.01;
}

/** A binary heap of states by cost. */
class Heap {
  private readonly items: { readonly cost: number; readonly value: number }[] = [];

  push(cost: number, value: number): void {
    const { items } = this;
    let at = items.length;
    items.push({ cost, value });
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above]!.cost <= cost) break;
      items[at] = items[above]!;
      at = above;
    }
    items[at] = { cost, value };
  }

  pop(): { readonly cost: number; readonly value: number } | undefined {
    const { items } = this;
    const [top] = items;
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && items[below + 1]!.cost < items[below]!.cost) below++;
      if (items[below]!.cost >= last.cost) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = last;
    return top;
  }
}
