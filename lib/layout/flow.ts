import { layoutBranches, type BranchNode, type Elk } from './branches.js';
import { placeLanes } from './lane-place.js';
import { anatomy, extentOf, headerWidth, labelWidth, type Extent } from './size.js';
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
}

export interface Setting {
  readonly direction: Direction;
  readonly elk: Elk;
}

/** Places one scope and, first, the open blocks in it. */
export async function layoutScene(scene: Scene, setting: Setting, least = 0): Promise<Body> {
  const bodies = new Map<string, Body>();
  for (const unit of scene.units) if (unit.kind === 'frame') bodies.set(unit.id, await layoutScene(unit.body, setting, setting.direction === 'down' ? 0 : headerWidth(unit) + unit.cost.length * 6.2 + 20));
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

  const all = [...boxes.values()];
  const ends = scene.exits.map((exit) => boxes.get(exit.id)!);
  const length = Math.max(least, ...all.map((box) => box.u + box.length)) + (isDocument ? 0 : setting.direction === 'down' ? anatomy.fork : anatomy.pad);
  // Every output of a block leaves at its border.
  if (!isDocument) for (const end of ends) extendTo(end, length, context, scene);
  const before = Math.max(0, lanes.before, ...all.map((box) => box.before - box.v));
  return {
    scene, boxes: all, routes: context.routes, forks: lanes.forks, chips: lanes.chips, length, before, after: Math.max(right, ...all.map((box) => box.v + Math.max(box.after, setting.direction === 'down' ? clashWidth(box) : 0))),
    entries: new Map(scene.entries.map((entry) => [entry.id, boxes.get(entry.id)!.v])),
    exits: new Map(scene.exits.map((exit) => [exit.id, boxes.get(exit.id)!.v])),
  };
}

/** Room for the shape that arrives at a merge where it cannot be combined. */
function clashWidth({ unit }: Box): number {
  return unit?.kind !== 'merge' || unit.arriving.length === 0 ? 0 : 74 + Math.max(...unit.arriving.map((arrival) => labelWidth(arrival.dims) * 1.1));
}

interface Context {
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
  return scene.links.flatMap((link) => {
    const [before, end] = (lanes.get(link.id) ?? []).slice(-2);
    if (link.lane === undefined || before === undefined || end === undefined || before.u !== end.u) return [];
    const crossed = flow.some((other) => (routes.get(other.id) ?? []).some((spot, i, way) => {
      const from = way[i - 1];
      return from !== undefined && from.v === spot.v && Math.min(from.u, spot.u) < end.u - 1 && Math.max(from.u, spot.u) > end.u + 1 && Math.min(before.v, end.v) < spot.v && Math.max(before.v, end.v) > spot.v;
    }));
    return crossed ? [link.lane] : [];
  });
}

/** Whether a piece stands on a lane: all of its wires run in one. */
function inLane(unit: Unit, scene: Scene): boolean {
  if (unit.kind !== 'card' && unit.kind !== 'pill') return false;
  const touching = scene.links.filter((link) => link.to.id === unit.id || link.from.id === unit.id);
  const lane = touching[0]?.lane;
  return lane !== undefined && touching.every((link) => link.lane === lane) && touching.some((link) => link.from.id === unit.id);
}

function boxOf(unit: Unit, body: Body | undefined, direction: Direction): Box {
  if (unit.kind !== 'frame' || body === undefined) {
    return { id: unit.id, u: 0, v: 0, ...extentOf(unit as Exclude<Unit, { kind: 'frame' }>, direction), unit, ins: new Map(), outs: new Map() };
  }
  const down = direction === 'down';
  const before = Math.max(body.before + anatomy.pad, down ? headerWidth(unit) : 0, down && body.before >= anatomy.laneAxis ? anatomy.laneFrame : 0) + (down ? 0 : anatomy.head);
  const after = Math.max(body.after + anatomy.pad, down ? unit.cost.length * 6.2 + 24 : 0);
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

/** Places the flow: chains on one axis, everything else by ELK; parts that are not joined stand side by side. */
async function placeFlow(context: Context): Promise<{ readonly right: number }> {
  const { boxes, carried, flow } = context;
  const groups = joined([...boxes.keys()].filter((id) => !carried.has(id)), flow);
  groups.sort((a, b) => weight(b, context) - weight(a, context));
  let right = 0;
  let first = true;
  for (const group of groups) {
    const links = flow.filter((link) => group.includes(link.from.id) && group.includes(link.to.id));
    const chain = chainOf(group, links);
    if (chain !== undefined) placeChain(chain, context);
    else await placeBranches(group, links, context);
    const members = group.map((id) => boxes.get(id)!);
    const before = Math.max(...members.map((box) => box.before - box.v));
    if (!first) shift(group, links, right + 64 + before, context);
    right = Math.max(right, ...members.map((box) => box.v + box.after));
    first = false;
  }
  return { right };
}

function weight(group: readonly string[], { scene }: Context): number {
  // The part with the document's first output, or the block's first input, is the main one.
  return group.length + (group.includes(scene.exits[0]?.id ?? '') ? 10_000 : 0) + (group.includes(scene.entries[0]?.id ?? '') ? 1_000 : 0);
}

function shift(group: readonly string[], links: readonly Link[], by: number, { boxes, routes }: Context): void {
  for (const id of group) boxes.get(id)!.v += by;
  for (const link of links) {
    const route = routes.get(link.id);
    if (route !== undefined) routes.set(link.id, route.map(({ u, v }) => ({ u, v: v + by })));
  }
}

function joined(ids: readonly string[], links: readonly Link[]): string[][] {
  const root = new Map(ids.map((id) => [id, id]));
  const find = (id: string): string => {
    let top = id;
    while (root.get(top) !== top) top = root.get(top)!;
    root.set(id, top);
    return top;
  };
  for (const link of links) if (root.has(link.from.id) && root.has(link.to.id)) root.set(find(link.to.id), find(link.from.id));
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const top = find(id);
    const group = groups.get(top);
    if (group === undefined) groups.set(top, [id]);
    else group.push(id);
  }
  return [...groups.values()];
}

/** The order along the one axis, when that is all there is to it. */
function chainOf(group: readonly string[], links: readonly Link[]): readonly string[] | undefined {
  const next = new Map<string, string>();
  const before = new Map<string, string>();
  for (const link of links) {
    if ((next.get(link.from.id) ?? link.to.id) !== link.to.id || (before.get(link.to.id) ?? link.from.id) !== link.from.id) return undefined;
    next.set(link.from.id, link.to.id);
    before.set(link.to.id, link.from.id);
  }
  const start = group.find((id) => !before.has(id));
  if (start === undefined) return undefined;
  const chain = [start];
  for (let id = next.get(start); id !== undefined; id = next.get(id)) chain.push(id);
  return chain.length === group.length ? chain : undefined;
}

function placeChain(chain: readonly string[], context: Context): void {
  const { boxes } = context;
  let u = 0;
  chain.forEach((id, i) => {
    const box = boxes.get(id)!;
    box.v = 0;
    if (i > 0) u += gapBetween(boxes.get(chain[i - 1]!)!, box, context);
    box.u = u;
    u += box.length;
    // A block whose output leaves beside its input's axis shifts what follows.
    const out = box.outs.values().next().value;
    if (out !== undefined && out !== 0 && i + 1 < chain.length) boxes.get(chain[i + 1]!)!.v = box.v;
  });
}

/** The distance along the flow between one piece and the next. */
function gapBetween(from: Box, to: Box, context: Context): number {
  const { scene, setting } = context;
  const leaving = scene.links.filter((link) => link.from.id === from.id);
  const forks = leaving.some((link) => link.lane !== undefined);
  const isEntry = from.unit === undefined;
  const isExit = to.unit === undefined;
  const clash = to.unit?.kind === 'merge' && to.unit.arriving.length > 0;
  const down = setting.direction === 'down';
  if (isEntry) {
    if (down) return anatomy.head + (forks ? anatomy.entryFork + 18 : 16);
    return forks ? anatomy.pad + 22 : anatomy.pad;
  }
  const label = leaving[0] === undefined || hidden(leaving[0], scene) ? 0 : labelWidth(leaving[0].label);
  if (isExit && scene.path !== '') return forks ? anatomy.fork + anatomy.afterFork : 0;
  const stack = to.unit?.kind === 'block' && to.unit.item.times !== undefined && to.unit.item.times > 1 && down ? 8 : 0;
  if (down) return (clash ? 72 : forks ? anatomy.fork + anatomy.afterFork + 6 : anatomy.gap) + stack;
  return Math.max(44, label + 24) + (forks ? 18 : 0) + (clash ? 60 : 0);
}

/** A shape that leaves an open block is printed outside of it. */
export function hidden(link: Link, scene: Scene): boolean {
  return scene.path !== '' && scene.links.filter((other) => other.from.id === link.from.id && other.from.output === link.from.output).every((other) => scene.exits.some((exit) => exit.id === other.to.id));
}

async function placeBranches(group: readonly string[], links: readonly Link[], context: Context): Promise<void> {
  const { boxes, scene, setting, routes } = context;
  const nodes = group.map((id): BranchNode => {
    const box = boxes.get(id)!;
    const leaving = links.filter((link) => link.from.id === id);
    const arriving = links.filter((link) => link.to.id === id);
    const forks = scene.links.some((link) => link.from.id === id && link.lane !== undefined);
    const clash = arriving.length > 0 && box.unit?.kind === 'merge' && box.unit.arriving.length > 0;
    const label = leaving[0] === undefined ? 0 : setting.direction === 'down' ? 14 : labelWidth(leaving[0].label) + 8;
    return {
      id, length: box.length, before: box.before, after: box.after,
      gap: (box.unit === undefined ? (setting.direction === 'down' && scene.path !== '' && leaving.length > 0 ? anatomy.head : 0) : label) + (forks ? anatomy.fork + 8 : 0) + (clash ? 20 : 0),
      arrivals: new Map(arriving.map((link) => [link.id, portOf(box, link, 'to')])),
      departures: new Map(leaving.map((link) => [link.id, portOf(box, link, 'from')])),
      ...(scene.entries.some((entry) => entry.id === id) && { rank: 'first' as const }),
      ...(scene.exits.some((exit) => exit.id === id) && { rank: 'last' as const }),
    };
  });
  const { at, routes: found } = await layoutBranches(nodes, links.map((link) => ({ id: link.id, from: link.from.id, to: link.to.id })), setting.elk);
  const origin = axisOf(group, at, context);
  // Lanes run before the axis, so what they reach should stand on that side too.
  const reached = scene.links.filter((link) => link.lane !== undefined && at.has(link.to.id)).reduce((sum, link) => sum + at.get(link.to.id)!.v - origin.v, 0);
  const side = reached > 1 && group.every((id) => Math.abs(boxes.get(id)!.before - boxes.get(id)!.after) < 1) ? -1 : 1;
  for (const id of group) {
    const spot = at.get(id)!;
    const box = boxes.get(id)!;
    box.u = spot.u - origin.u;
    box.v = side * (spot.v - origin.v);
  }
  for (const [id, route] of found) if (route.length > 0) routes.set(id, route.map(({ u, v }) => ({ u: u - origin.u, v: side * (v - origin.v) })));
}

/** Where the axis of a branching part is: at its first entry, else at its topmost piece. */
function axisOf(group: readonly string[], at: ReadonlyMap<string, Spot>, { scene }: Context): Spot {
  const top = Math.min(...group.map((id) => at.get(id)!.u));
  const entry = scene.entries.find((each) => group.includes(each.id));
  const lead = entry?.id ?? group.reduce((best, id) => (at.get(id)!.u < at.get(best)!.u ? id : best));
  return { u: top, v: at.get(lead)!.v };
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

/** Lengthens the wires that end at an exit to the border. */
function extendTo(exit: Box, length: number, { routes }: Context, scene: Scene): void {
  exit.u = length;
  for (const link of scene.links) {
    if (link.to.id !== exit.id) continue;
    const route = routes.get(link.id);
    if (route !== undefined && route.length > 0) routes.set(link.id, [...route.slice(0, -1), { u: length, v: route[route.length - 1]!.v }]);
  }
}
