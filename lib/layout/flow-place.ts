import { layoutBranches, type BranchNode } from './branches.js';
import { deadEndsOf, type DeadEnd } from './dead-ends.js';
import { portOf, type Box, type Context, type Spot } from './flow.js';
import { indexOf, isPrintedOutside } from './scene-index.js';
import { routeAround } from './router.js';
import { anatomy, labelWidth } from './size.js';
import type { Link } from './model.js';

/**
 * Places the flow. Everything that all ways pass stands on one axis; what lies between two such pieces is a plain step or, where it
 * branches, ELK's. Parts that are not joined stand side by side. Gives how far the flow reaches behind the axis.
 */
export async function placeFlow(context: Context): Promise<{ readonly right: number }> {
  const { boxes, carried, flow, scene } = context;
  const order = [...scene.entries.map((entry) => entry.id), ...scene.units.map((unit) => unit.id), ...scene.exits.map((exit) => exit.id)].filter((id) => !carried.has(id));
  const groups = joined(order, flow).map((members) => ({ members, weight: weightOf(members, context) })).sort((a, b) => b.weight - a.weight);
  const groupOf = new Map(groups.flatMap(({ members }, i) => members.map((id) => [id, i] as const)));
  const links = groups.map((): Link[] => []);
  for (const link of flow) links[groupOf.get(link.from.id)!]!.push(link);
  let right = 0;
  for (const [i, { members }] of groups.entries()) {
    await placeGroup(members, links[i]!, context);
    const placed = members.map((id) => boxes.get(id)!);
    const before = reduce(placed, (box) => box.before - box.v);
    if (i > 0) shift(placed, links[i]!, { u: 0, v: right + ASIDE + before }, context);
    right = Math.max(right, reduce(placed, (box) => box.v + box.after));
  }
  return { right };
}

/** Parts that stand side by side are this far apart. */
const ASIDE = 64;

function reduce(boxes: readonly Box[], value: (box: Box) => number): number {
  return boxes.reduce((most, box) => Math.max(most, value(box)), -Infinity);
}

/** The part with the scope's first output, then the one with its first input, is the main one. */
function weightOf(members: readonly string[], { scene }: Context): number {
  return members.length + (members.includes(scene.exits[0]?.id ?? '') ? 1e9 : 0) + (members.includes(scene.entries[0]?.id ?? '') ? 1e8 : 0);
}

function shift(placed: readonly Box[], links: readonly Link[], by: Spot, { routes }: Context): void {
  for (const box of placed) {
    box.u += by.u;
    box.v += by.v;
  }
  for (const link of links) {
    const route = routes.get(link.id);
    if (route !== undefined) routes.set(link.id, route.map(({ u, v }) => ({ u: u + by.u, v: v + by.v })));
  }
}

function joined(ids: readonly string[], links: readonly Link[]): string[][] {
  const root = new Map(ids.map((id) => [id, id]));
  const find = (id: string): string => {
    let top = id;
    while (root.get(top) !== top) top = root.get(top)!;
    for (let at = id; at !== top;) {
      const next = root.get(at)!;
      root.set(at, top);
      at = next;
    }
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

/** Places one joined part: its way to the output, then what dangles from that beside it. `members` are in data order. */
async function placeGroup(members: readonly string[], links: readonly Link[], context: Context): Promise<void> {
  const { main, ends } = deadEndsOf(members, links, context.scene);
  const within = (ids: readonly string[]): readonly Link[] => {
    const inside = new Set(ids);
    return links.filter((link) => inside.has(link.from.id) && inside.has(link.to.id));
  };
  await placeWay(main, ends.length === 0 ? links : within(main), context);
  const standing = main.map((id) => context.boxes.get(id)!);
  for (const end of ends) {
    const own = within(end.members);
    await placeWay(end.members, own, context);
    hang(end, own, standing, context);
    standing.push(...end.members.map((id) => context.boxes.get(id)!));
  }
  const obstacles = standing.map((box) => ({ u: box.u, v: box.v - box.before, uEnd: box.u + box.length, vEnd: box.v + box.after }));
  const hanging = new Map(ends.flatMap((end) => end.members.map((id) => [id, end.from] as const)));
  for (const link of links) {
    if (hanging.get(link.to.id) !== link.from.id) continue;
    const [from, to] = [context.boxes.get(link.from.id)!, context.boxes.get(link.to.id)!];
    const route = routeAround({ u: from.u + from.length, v: from.v + portOf(from, link, 'from'), du: 1, dv: 0 }, { u: to.u, v: to.v + portOf(to, link, 'to'), du: 1, dv: 0 }, obstacles);
    if (route !== undefined) context.routes.set(link.id, route);
  }
}

/** Puts a dead end beside what stands already, right after the piece that it hangs on. */
function hang({ members, from }: DeadEnd, links: readonly Link[], standing: readonly Box[], context: Context): void {
  const placed = members.map((id) => context.boxes.get(id)!);
  const source = context.boxes.get(from)!;
  const first = Math.min(...placed.map((box) => box.u));
  const u = source.u + source.length + anatomy.gap - first;
  const [start, end] = [source.u, Math.max(...placed.map((box) => box.u + box.length)) + u];
  const beside = standing.filter((box) => box.u < end + anatomy.gap && box.u + box.length > start - anatomy.gap);
  const right = reduce(beside, (box) => box.v + box.after);
  const before = reduce(placed, (box) => box.before - box.v);
  shift(placed, links, { u, v: right + ASIDE + before }, context);
}

/** Places what lies on one way, piece by piece along its axis. `members` are in data order. */
async function placeWay(members: readonly string[], links: readonly Link[], context: Context): Promise<void> {
  const { boxes } = context;
  const place = new Map(members.map((id, i) => [id, i]));
  const leaving = new Map<string, Link[]>();
  for (const link of links) leaving.set(link.from.id, [...(leaving.get(link.from.id) ?? []), link]);
  let reach = 0;
  let from = boxes.get(members[0]!)!;
  from.u = 0;
  from.v = 0;
  let between: string[] = [];
  for (const [i, id] of members.entries()) {
    const box = boxes.get(id)!;
    const passed = i > 0 && reach <= i;
    if (passed) {
      const inside = [from.id, ...between].flatMap((each) => leaving.get(each) ?? []);
      if (between.length === 0 && inside.length > 0) {
        box.u = from.u + from.length + gapBetween(from, box, context);
        box.v = from.v;
      } else await placeBranches(from, between.map((each) => boxes.get(each)!), box, inside, context);
      from = box;
      between = [];
    } else if (i > 0) between.push(id);
    for (const link of leaving.get(id) ?? []) reach = Math.max(reach, place.get(link.to.id)!);
  }
}

/** The distance along the flow between one piece and the next. */
function gapBetween(from: Box, to: Box, context: Context): number {
  const { scene, setting } = context;
  const leaving = indexOf(scene).outOf(from.id);
  const forks = leaving.some((link) => link.lane !== undefined);
  const clash = to.unit?.kind === 'merge' && to.unit.arriving.length > 0;
  const down = setting.direction === 'down';
  if (from.unit === undefined) {
    if (down) return anatomy.head + (forks ? anatomy.entryFork + 18 : 16);
    return forks ? anatomy.pad + 22 : anatomy.pad;
  }
  const label = leaving[0] === undefined || isPrintedOutside(leaving[0], scene) ? 0 : labelWidth(leaving[0].label);
  if (to.unit === undefined && scene.path !== '') return forks ? anatomy.fork + anatomy.afterFork : 0;
  const stack = to.unit?.kind === 'block' && to.unit.item.times !== undefined && to.unit.item.times > 1 && down ? 8 : 0;
  if (down) return (clash ? 72 : forks ? anatomy.fork + anatomy.afterFork + 6 : anatomy.gap) + stack;
  return Math.max(48, label + 34) + (forks ? 18 : 0) + (clash ? 60 : 0);
}

/** Lays out what lies between two pieces of the axis with ELK, and brings its end back to the axis. */
async function placeBranches(from: Box, between: readonly Box[], to: Box, links: readonly Link[], context: Context): Promise<void> {
  const { scene, setting, routes } = context;
  const members = [from, ...between, to];
  const chains = between.length > MANY ? chainsOf(between, links) : between.map((box) => [box]);
  const headOf = new Map(chains.flatMap((chain) => chain.map((box) => [box.id, chain[0]!.id] as const)));
  const inChains = new Set(chains.flatMap((chain) => chain.slice(1).map((box) => box.id)));
  const outer = inChains.size === 0 ? links : links.filter((link) => !inChains.has(link.to.id));
  const nodes = [branchNode(from, links, context), ...chains.map((chain) => chainNode(chain, links, context)), branchNode(to, links, context)];
  const { at: placed, routes: found } = await layoutBranches(nodes, outer.map((link) => ({ id: link.id, from: headOf.get(link.from.id) ?? link.from.id, to: link.to.id })), setting.elk);
  const at = new Map(placed);
  for (const chain of chains) {
    let { u } = placed.get(chain[0]!.id)!;
    const { v } = placed.get(chain[0]!.id)!;
    for (const [i, box] of chain.entries()) {
      at.set(box.id, { u, v });
      u += box.length + (chain[i + 1] === undefined ? 0 : gapBetween(box, chain[i + 1]!, context));
    }
  }
  const start = at.get(from.id)!;
  // Lanes run before the axis, so what they reach should stand on that side too.
  const reached = between.reduce((sum, box) => sum + (indexOf(scene).into(box.id).some((link) => link.lane !== undefined) ? at.get(box.id)!.v - start.v : 0), 0);
  const side = reached > 1 && members.every((box) => Math.abs(box.before - box.after) < 1) ? -1 : 1;
  const end = at.get(to.id)!;
  // Only what all ways lead to can go back to the axis; beside a dead end something else may stand there.
  const leading = new Set(links.map((link) => link.from.id));
  const astray = between.every((box) => leading.has(box.id)) ? side * (end.v - start.v) : 0;
  const global = ({ u, v }: Spot): Spot => ({ u: from.u + u - start.u, v: from.v + side * (v - start.v) });
  for (const box of between) Object.assign(box, global(at.get(box.id)!));
  to.u = from.u + end.u - start.u;
  to.v = from.v + side * (end.v - start.v) - astray;
  for (const link of links) {
    const route = found.get(link.id) ?? [];
    if (route.length > 0) routes.set(link.id, link.to.id === to.id ? endingAt(route.map(global), -astray) : route.map(global));
  }
}

/** Of more pieces than this the chains go to ELK as one piece each: its time grows with the pieces and not with their length. */
const MANY = 40;

/** What lies between, in chains: pieces of which each alone reads the one before, and is its only reader. */
function chainsOf(between: readonly Box[], links: readonly Link[]): readonly (readonly Box[])[] {
  const inside = new Map(between.map((box) => [box.id, box]));
  const into = new Map<string, Link[]>();
  const outOf = new Map<string, Link[]>();
  for (const link of links) {
    into.set(link.to.id, [...(into.get(link.to.id) ?? []), link]);
    outOf.set(link.from.id, [...(outOf.get(link.from.id) ?? []), link]);
  }
  const only = (list: readonly Link[] | undefined): Link | undefined => (list?.length === 1 ? list[0] : undefined);
  const before = (box: Box): Box | undefined => {
    const link = only(into.get(box.id));
    return link !== undefined && only(outOf.get(link.from.id)) === link ? inside.get(link.from.id) : undefined;
  };
  const chains: Box[][] = [];
  const chainOf = new Map<string, Box[]>();
  // They come in data order, so the piece before stands in its chain already.
  for (const box of between) {
    const source = before(box);
    const chain = source === undefined ? undefined : chainOf.get(source.id);
    const own = chain ?? [];
    own.push(box);
    chainOf.set(box.id, own);
    if (chain === undefined) chains.push(own);
  }
  return chains;
}

function chainNode(chain: readonly Box[], links: readonly Link[], context: Context): BranchNode {
  const [head, last] = [chain[0]!, chain[chain.length - 1]!];
  const first = branchNode(head, links, context);
  if (chain.length === 1) return first;
  const gaps = chain.slice(1).reduce((sum, box, i) => sum + gapBetween(chain[i]!, box, context), 0);
  const end = branchNode(last, links, context);
  return { ...first, length: chain.reduce((sum, box) => sum + box.length, gaps), before: reduce(chain, (box) => box.before), after: reduce(chain, (box) => box.after), gap: end.gap, departures: end.departures };
}

/** A route whose end has moved across. */
function endingAt(route: readonly Spot[], by: number): readonly Spot[] {
  if (Math.abs(by) < 0.5) return route;
  const end = route[route.length - 1]!;
  const moved = { u: end.u, v: end.v + by };
  if (route.length > 2) return [...route.slice(0, -2), { ...route[route.length - 2]!, v: moved.v }, moved];
  const bend = end.u - 10;
  return [route[0]!, { u: bend, v: end.v }, { u: bend, v: moved.v }, moved];
}

function branchNode(box: Box, links: readonly Link[], { scene, setting }: Context): BranchNode {
  const leaving = links.filter((link) => link.from.id === box.id);
  const arriving = links.filter((link) => link.to.id === box.id);
  const forks = indexOf(scene).outOf(box.id).some((link) => link.lane !== undefined);
  const clash = arriving.length > 0 && box.unit?.kind === 'merge' && box.unit.arriving.length > 0;
  const down = setting.direction === 'down';
  const label = leaving[0] === undefined ? 0 : down ? 14 : labelWidth(leaving[0].label) + 18;
  const room = box.unit !== undefined ? label : down && scene.path !== '' && leaving.length > 0 ? anatomy.head : 0;
  return {
    id: box.id, length: box.length, before: box.before, after: box.after, gap: room + (forks ? anatomy.fork + 8 : 0), room: clash ? 24 : 0,
    arrivals: new Map(arriving.map((link) => [link.id, portOf(box, link, 'to')])),
    departures: new Map(leaving.map((link) => [link.id, portOf(box, link, 'from')])),
    ...(indexOf(scene).isEntry(box.id) && { rank: 'first' as const }),
    ...(indexOf(scene).isExit(box.id) && { rank: 'last' as const }),
  };
}
