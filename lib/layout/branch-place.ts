import { layoutBranches, type BranchesPlaced, type BranchNode } from './branches.js';
import { portOf, type Box, type Context, type Spot } from './flow.js';
import { indexOf, isPrintedOutside } from './scene-index.js';
import { anatomy, labelWidth } from './size.js';
import type { Link } from './model.js';

/** The distance along the flow between one piece and the next. */
export function gapBetween(from: Box, to: Box, context: Context): number {
  const { scene, setting } = context;
  const leaving = indexOf(scene).outOf(from.id);
  // A wire to elsewhere parts here too: a lane, or one to what dangles.
  const forks = leaving.some((link) => link.lane !== undefined || link.to.id !== to.id);
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
export async function placeBranches(from: Box, between: readonly Box[], to: Box, links: readonly Link[], context: Context): Promise<void> {
  const { scene, setting, routes } = context;
  const chains = between.length > MANY ? chainsOf(between, links) : between.map((box) => [box]);
  const headOf = new Map(chains.flatMap((chain) => chain.map((box) => [box.id, chain[0]!.id] as const)));
  const inChains = new Set(chains.flatMap((chain) => chain.slice(1).map((box) => box.id)));
  const outer = inChains.size === 0 ? links : links.filter((link) => !inChains.has(link.to.id));
  const nodes = [branchNode(from, links, context), ...chains.map((chain) => chainNode(chain, links, context)), branchNode(to, links, context)];
  const ends = outer.map((link) => ({ id: link.id, from: headOf.get(link.from.id) ?? link.from.id, to: link.to.id }));
  // Where a lane comes in, the branch that it reaches stands beside the axis and the other one on it.
  const laned = between.some((box) => indexOf(scene).into(box.id).some((link) => link.lane !== undefined));
  const first = await layoutBranches(nodes, ends, setting.elk, laned);
  // Lanes run before the axis, so what they reach should stand on that side too.
  const axis = first.at.get(from.id)!.v;
  const reached = chains.flat().reduce((sum, box) => sum + (indexOf(scene).into(box.id).some((link) => link.lane !== undefined) ? first.at.get(headOf.get(box.id) ?? box.id)!.v - axis : 0), 0);
  const { at: placed, routes: found } = reached > 1 ? mirrored(await layoutBranches(nodes.map(turnedOver), ends, setting.elk, laned)) : first;
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
  const end = at.get(to.id)!;
  // Only what all ways lead to can go back to the axis; beside a dead end something else may stand there.
  const leading = new Set(links.map((link) => link.from.id));
  const astray = between.every((box) => leading.has(box.id)) ? end.v - start.v : 0;
  const global = ({ u, v }: Spot): Spot => ({ u: from.u + u - start.u, v: from.v + v - start.v });
  for (const box of between) Object.assign(box, global(at.get(box.id)!));
  to.u = from.u + end.u - start.u;
  to.v = from.v + end.v - start.v - astray;
  for (const link of links) {
    const route = found.get(link.id) ?? [];
    if (route.length > 0) routes.set(link.id, link.to.id === to.id ? endingAt(route.map(global), -astray) : route.map(global));
  }
}

/** A piece as it looks in a mirror along the axis. */
function turnedOver(node: BranchNode): BranchNode {
  const negated = (ports: ReadonlyMap<string, number>): ReadonlyMap<string, number> => new Map([...ports].map(([link, v]) => [link, -v]));
  return { ...node, before: node.after, after: node.before, arrivals: negated(node.arrivals), departures: negated(node.departures) };
}

function mirrored({ at, routes }: BranchesPlaced): BranchesPlaced {
  const over = ({ u, v }: Spot): Spot => ({ u, v: -v });
  return { at: new Map([...at].map(([id, spot]) => [id, over(spot)])), routes: new Map([...routes].map(([id, route]) => [id, route.map(over)])) };
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
  return { ...first, length: chain.reduce((sum, box) => sum + box.length, gaps), before: Math.max(...chain.map((box) => box.before)), after: Math.max(...chain.map((box) => box.after)), gap: end.gap, departures: end.departures };
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
