import { middleOf, moveByHand, rerouted } from './by-hand.js';
import { placeFlow } from './flow-place.js';
import { placeLanes } from './lane-place.js';
import { indexOf } from './scene-index.js';
import { anatomy, busHeight, costWidth, extentOf, headerWidth, labelWidth, type Extent } from './size.js';
import type { Elk } from './branches.js';
import type { Exit, Link, Scene, Unit } from './model.js';
import type { Direction } from './view.js';

/** A point in flow coordinates: u along the flow, v across it (left and up are negative). */
export interface Spot {
  readonly u: number;
  readonly v: number;
}

/** One placed piece of a scope, in the scope's flow coordinates. `spot` is where its axis begins. */
export interface Box extends Extent {
  readonly id: string;
  u: number;
  v: number;
  readonly unit?: Unit;
  readonly body?: Body;
  /** Where each of its inputs and outputs crosses its border, from its axis; the axis where missing. */
  readonly ins: ReadonlyMap<string, number>;
  readonly outs: ReadonlyMap<string, number>;
}

/** A scope with everything in it placed; its main wire enters at u = 0, v = 0. */
export interface Body extends Extent {
  readonly scene: Scene;
  readonly boxes: readonly Box[];
  readonly routes: ReadonlyMap<string, readonly Spot[]>;
  /** Where a wire leaves its source for a lane, by the source's id. */
  readonly forks: ReadonlyMap<string, Spot>;
  /** Across positions of the entries and exits. */
  readonly entries: ReadonlyMap<string, number>;
  readonly exits: ReadonlyMap<string, number>;
  /** Where chips stand, by link. */
  readonly chips: ReadonlyMap<string, Spot>;
  /** Where wires leave their strands of a bundle, by link. */
  readonly taps: ReadonlyMap<string, Spot>;
}

export interface Setting {
  readonly direction: Direction;
  readonly elk: Elk;
}

/** Places one scope and, first, the open blocks in it. */
export async function layoutScene(scene: Scene, setting: Setting, least = 0): Promise<Body> {
  const bodies = new Map<string, Body>();
  for (const unit of scene.units) if (unit.kind === 'frame') bodies.set(unit.id, await layoutScene(unit.body, setting, setting.direction === 'down' ? 0 : headerWidth(unit) + costWidth(unit)));
  const boxes = new Map<string, Box>();
  for (const unit of scene.units) boxes.set(unit.id, boxOf(unit, bodies.get(unit.id), setting.direction));
  const isDocument = scene.path === '';
  for (const entry of scene.entries) boxes.set(entry.id, point(entry.id, 0));
  for (const exit of scene.exits) boxes.set(exit.id, exitBox(exit, isDocument, setting.direction));

  const carried = new Set(scene.units.filter((unit) => inLane(unit, scene)).map((unit) => unit.id));
  const flow = scene.links.filter((link) => link.lane === undefined);
  const context: Context = { scene, setting, boxes, flow, carried, routes: new Map() };
  const { right } = await placeFlow(context);
  const lanes = placeLanes(scene, boxes, carried, setting.direction);
  for (const link of flow) if (!context.routes.has(link.id)) context.routes.set(link.id, straight(link, boxes));
  const stopped = new Set([...lanes.blocked, ...crossingLanes(context, lanes.routes)]);
  if (stopped.size > 0) {
    // Such a lane goes to ELK with the rest of the flow.
    return layoutScene({ ...scene, links: scene.links.map((link) => (link.lane !== undefined && stopped.has(link.lane) ? withoutLane(link) : link)) }, setting, least);
  }
  for (const [id, route] of lanes.routes) context.routes.set(id, route);

  const moved = moveByHand(context);
  const all = [...boxes.values()];
  const ends = scene.exits.map((exit) => boxes.get(exit.id)!);
  const length = Math.max(least, ...all.map((box) => box.u + box.length)) + (isDocument ? 0 : setting.direction === 'down' ? anatomy.fork : anatomy.pad);
  // Every input of a block comes from its border, and every output leaves at it.
  for (const entry of scene.entries) startAtBorder(boxes.get(entry.id)!, context);
  if (!isDocument) for (const end of ends) endAtBorder(end, length, context);
  const led = rerouted(context, moved);
  const chips = new Map([...lanes.chips].map(([link, spot]) => [link, led.has(link) ? middleOf(context.routes.get(link) ?? []) : spot]));
  // A wire that is led around what was moved runs by itself.
  const taps = new Map([...lanes.taps].filter(([link]) => !led.has(link)));
  const across = [...led].flatMap((link) => (context.routes.get(link) ?? []).map(({ v }) => v));
  const before = Math.max(0, lanes.before, ...all.map((box) => box.before - box.v), ...across.map((v) => 6 - v));
  return {
    scene, boxes: all, routes: context.routes, forks: lanes.forks, chips, taps, length, before, after: Math.max(right, ...across.map((v) => v + 6), ...all.map((box) => box.v + Math.max(box.after, setting.direction === 'down' ? clashWidth(box) : 0))),
    entries: new Map(scene.entries.map((entry) => [entry.id, boxes.get(entry.id)!.v])),
    exits: new Map(scene.exits.map((exit) => [exit.id, boxes.get(exit.id)!.v])),
  };
}

/** Room for the shape that arrives at a merge where it cannot be combined. */
function clashWidth({ unit }: Box): number {
  return unit?.kind !== 'merge' || unit.arriving.length === 0 ? 0 : 74 + Math.max(...unit.arriving.map((arrival) => labelWidth(arrival.dims) * 1.1));
}

/** A scope while it is placed. */
export interface Context {
  readonly scene: Scene;
  readonly setting: Setting;
  readonly boxes: Map<string, Box>;
  readonly flow: readonly Link[];
  readonly carried: ReadonlySet<string>;
  readonly routes: Map<string, readonly Spot[]>;
}

function withoutLane({ lane: _lane, ...link }: Link): Link {
  return link;
}

/** Lanes that would cross the flow on their way to a reader on its other side. */
function crossingLanes({ scene, flow, routes }: Context, lanes: ReadonlyMap<string, readonly Spot[]>): readonly string[] {
  const ends = scene.links.flatMap((link) => {
    const [before, end] = (lanes.get(link.id) ?? []).slice(-2);
    return link.lane === undefined || before === undefined || end === undefined || before.u !== end.u ? [] : [{ lane: link.lane, u: end.u, near: Math.max(before.v, end.v), far: Math.min(before.v, end.v) }];
  });
  const nearest = ends.reduce((most, end) => Math.max(most, end.near), -Infinity);
  const beside: { readonly v: number; readonly from: number; readonly to: number }[] = [];
  for (const link of flow) {
    const way = routes.get(link.id) ?? [];
    way.forEach((spot, i) => {
      const from = way[i - 1];
      if (from !== undefined && from.v === spot.v && spot.v < nearest) beside.push({ v: spot.v, from: Math.min(from.u, spot.u), to: Math.max(from.u, spot.u) });
    });
  }
  return ends.filter(({ u, near, far }) => beside.some(({ v, from, to }) => from < u - 1 && to > u + 1 && far < v && near > v)).map(({ lane }) => lane);
}

/** Whether a piece stands on a lane: all of its wires run in one. */
function inLane(unit: Unit, scene: Scene): boolean {
  if (unit.kind !== 'card' && unit.kind !== 'pill') return false;
  const leaving = indexOf(scene).outOf(unit.id);
  const lane = leaving[0]?.lane;
  return lane !== undefined && [...leaving, ...indexOf(scene).into(unit.id)].every((link) => link.lane === lane);
}

function boxOf(unit: Unit, body: Body | undefined, direction: Direction): Box {
  if (unit.kind !== 'frame' || body === undefined) {
    return { id: unit.id, u: 0, v: 0, ...extentOf(unit as Exclude<Unit, { kind: 'frame' }>, direction), unit, ins: new Map(), outs: new Map() };
  }
  const down = direction === 'down';
  const before = Math.max(body.before + anatomy.pad, down ? headerWidth(unit) : 0, down && body.before >= anatomy.laneAxis ? anatomy.laneFrame : 0) + (down ? 0 : anatomy.head + (unit.bus === undefined ? 0 : busHeight(unit)));
  const after = Math.max(body.after + anatomy.pad, down ? costWidth(unit) : 0);
  return { id: unit.id, u: 0, v: 0, length: body.length, before, after, unit, body, ins: new Map(body.entries), outs: new Map(body.exits) };
}

function point(id: string, length: number): Box {
  return { id, u: 0, v: 0, length, before: 0, after: 0, ins: new Map(), outs: new Map() };
}

function exitBox(exit: Exit, isDocument: boolean, direction: Direction): Box {
  if (!isDocument || !exit.pill) return point(exit.id, 0);
  const width = 36 + exit.name.length * 7.25;
  return direction === 'down' ? { ...point(exit.id, anatomy.pill), before: width / 2, after: width / 2 } : { ...point(exit.id, width), before: anatomy.pill / 2, after: anatomy.pill / 2 };
}

/** Across position, from the axis, where a link meets a box. */
export function portOf(box: Box, link: Link, end: 'from' | 'to'): number {
  if (box.body === undefined) return 0;
  const { scene } = box.body;
  const id = end === 'to' ? scene.entries[link.to.input]?.id : scene.exits[link.from.output]?.id;
  return (id === undefined ? undefined : (end === 'to' ? box.ins : box.outs).get(id)) ?? 0;
}

/** A wire without bends of its own: straight, or with one step across. */
export function straight(link: Link, boxes: ReadonlyMap<string, Box>): readonly Spot[] {
  const from = boxes.get(link.from.id)!;
  const to = boxes.get(link.to.id)!;
  const start = { u: from.u + from.length, v: from.v + portOf(from, link, 'from') };
  const end = { u: to.u, v: to.v + portOf(to, link, 'to') };
  if (Math.abs(start.v - end.v) < 0.5) return [start, end];
  const middle = (start.u + end.u) / 2;
  return [start, { u: middle, v: start.v }, { u: middle, v: end.v }, end];
}

function startAtBorder(entry: Box, { routes, scene }: Context): void {
  if (entry.u === 0) return;
  entry.u = 0;
  for (const link of indexOf(scene).outOf(entry.id)) {
    const route = routes.get(link.id);
    if (route !== undefined && route.length > 0 && link.lane === undefined) routes.set(link.id, [{ u: 0, v: entry.v }, ...route.slice(route.length > 2 || route[1]?.v === entry.v ? 1 : 0)]);
  }
}

function endAtBorder(exit: Box, length: number, { routes, scene }: Context): void {
  exit.u = length;
  for (const link of indexOf(scene).into(exit.id)) {
    const route = routes.get(link.id);
    if (route !== undefined && route.length > 0) routes.set(link.id, [...route.slice(0, -1), { u: length, v: route[route.length - 1]!.v }]);
  }
}
