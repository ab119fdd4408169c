import type { Link, Scene } from './model.js';

/** Pieces that lead nowhere, and the one piece that they come from. */
export interface DeadEnd {
  readonly members: readonly string[];
  readonly from: string;
}

/**
 * Parts a group into the way to its outputs (where it has none, to its deepest piece) and what dangles from that. Only what hangs on one
 * piece counts as dangling; the rest stays with the flow. `members` are in data order.
 */
export function deadEndsOf(members: readonly string[], links: readonly Link[], scene: Scene): { readonly main: readonly string[]; readonly ends: readonly DeadEnd[] } {
  const into = new Map<string, string[]>();
  const leaving = new Set<string>();
  for (const { from, to } of links) {
    into.set(to.id, [...(into.get(to.id) ?? []), from.id]);
    leaving.add(from.id);
  }
  if (members.filter((id) => !leaving.has(id)).length < 2) return { main: members, ends: [] };
  const alive = reaching(targets(members, into, leaving, scene), into);
  const rootOf = new Map<string, string>();
  const groups = new Map<string, string[]>();
  const find = (id: string): string => {
    let at = id;
    while (rootOf.get(at) !== at) at = rootOf.get(at)!;
    return at;
  };
  for (const id of members) {
    if (alive.has(id)) continue;
    rootOf.set(id, id);
    for (const before of into.get(id) ?? []) if (rootOf.has(before)) rootOf.set(find(before), id);
  }
  for (const id of members) if (rootOf.has(id)) groups.set(find(id), [...(groups.get(find(id)) ?? []), id]);
  const ends: DeadEnd[] = [];
  for (const dead of groups.values()) {
    const inside = new Set(dead);
    const sources = new Set(dead.flatMap((id) => (into.get(id) ?? []).filter((before) => !inside.has(before))));
    const [from] = sources;
    // What has a beginning of its own is no branch of the way.
    if (from !== undefined && sources.size === 1 && alive.has(from) && dead.every((id) => (into.get(id) ?? []).length > 0)) ends.push({ members: dead, from });
  }
  const gone = new Set(ends.flatMap((end) => end.members));
  return { main: members.filter((id) => !gone.has(id)), ends };
}

function targets(members: readonly string[], into: ReadonlyMap<string, readonly string[]>, leaving: ReadonlySet<string>, scene: Scene): readonly string[] {
  const exits = new Set(scene.exits.map((exit) => exit.id));
  const out = members.filter((id) => exits.has(id));
  if (out.length > 0) return out;
  const depth = new Map<string, number>();
  for (const id of members) depth.set(id, Math.max(0, ...(into.get(id) ?? []).map((before) => (depth.get(before) ?? 0) + 1)));
  const deepest = members.reduce<string | undefined>((best, id) => (!leaving.has(id) && (best === undefined || depth.get(id)! > depth.get(best)!) ? id : best), undefined);
  return deepest === undefined ? [] : [deepest];
}

function reaching(ends: readonly string[], into: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...ends];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(into.get(id) ?? []));
  }
  return found;
}
