import { gapBetween, placeBranches } from './branch-place.js';
import { deadEndsOf, type DeadEnd } from './dead-ends.js';
import { portOf, type Box, type Context, type Spot } from './flow.js';
import { routeAround, straightened } from './router.js';
import { anatomy } from './size.js';
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
    const start = { u: from.u + from.length, v: from.v + portOf(from, link, 'from') };
    // It parts below the shape that is printed at the layer.
    const parting = { u: start.u + (context.setting.direction === 'down' && from.unit !== undefined ? 10 : 0), v: start.v, du: 1, dv: 0 };
    const route = routeAround(parting, { u: to.u, v: to.v + portOf(to, link, 'to'), du: 1, dv: 0 }, obstacles);
    if (route !== undefined) context.routes.set(link.id, straightened([start, ...route]));
  }
}

/** Puts a dead end beside what stands already, right after the piece that it hangs on. */
function hang({ members, from }: DeadEnd, links: readonly Link[], standing: readonly Box[], context: Context): void {
  const placed = members.map((id) => context.boxes.get(id)!);
  const source = context.boxes.get(from)!;
  const first = Math.min(...placed.map((box) => box.u));
  const u = source.u + source.length + anatomy.gap + 14 - first;
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
