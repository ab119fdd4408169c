import { bundlesOf, STRAND } from './bundle.js';
import { anatomy } from './size.js';
import type { Box, Spot } from './flow.js';
import type { Link, Scene } from './model.js';
import type { Direction } from './view.js';

export interface LanesPlaced {
  readonly routes: ReadonlyMap<string, readonly Spot[]>;
  readonly forks: ReadonlyMap<string, Spot>;
  readonly chips: ReadonlyMap<string, Spot>;
  /** Where a wire leaves its strand of a bundle, by link. */
  readonly taps: ReadonlyMap<string, Spot>;
  /** How far the lanes reach beyond the axis. */
  readonly before: number;
  /** Lanes that would run through a layer on their way out of the flow. */
  readonly blocked: ReadonlySet<string>;
}

interface Run {
  readonly id: string;
  readonly links: readonly Link[];
  readonly through: readonly Box[];
  /** Where it leaves the flow; undefined where its first piece has no source. */
  readonly fork: Box | undefined;
  readonly taps: readonly Link[];
  readonly readers: readonly string[];
  readonly bare: boolean;
  start: number;
  end: number;
  v: number;
  half: number;
}

/** Wires into one reader keep this far from each other. */
const ARRIVAL_STEP = 9;

/**
 * Puts the lanes beside the flow: always before the axis (left of a falling flow, above one to the right), clear of the layers that they
 * pass, the shortest inside; many that reach one reader stand close together. What a lane carries stands in its middle, and the flow makes room for it where it must.
 */
export function placeLanes(scene: Scene, boxes: ReadonlyMap<string, Box>, carried: ReadonlySet<string>, direction: Direction): LanesPlaced {
  const runs = runsOf(scene, boxes, carried);
  for (const run of runs) makeRoom(run, boxes, carried, direction);
  for (const run of runs) measure(run, scene, boxes, direction);
  const bundles = bundlesOf(runs);
  const bundled = new Set(bundles.flat());
  const groups = [...bundles, ...runs.filter((run) => !bundled.has(run)).map((run) => [run])].map((members) => ({ members, start: Math.min(...members.map((run) => run.start)), end: Math.max(...members.map((run) => run.end)) }));
  groups.sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start || (a.members[0]!.id < b.members[0]!.id ? -1 : 1));
  const placed: Run[] = [];
  const flow = [...boxes.values()].filter((box) => !carried.has(box.id));
  for (const { members, start, end } of groups) {
    const half = Math.max(0, ...members[0]!.through.map((box) => box.before));
    const passed = flow.filter((box) => box.u < end && box.u + box.length > start).map((box) => box.before - box.v);
    const beside = Math.max(0, ...passed);
    const plain = beside <= anatomy.card / 2 + 4 && members.length === 1;
    let out = Math.max(beside + anatomy.lane + half + (half === 0 ? 10 : 0), direction === 'down' ? (plain ? anatomy.laneAxis : 0) : 0);
    for (const other of placed) {
      if (other.start >= end || other.end <= start) continue;
      out = Math.max(out, -other.v + other.half + half + anatomy.lane);
    }
    members.forEach((run, i) => Object.assign(run, { v: -out - i * STRAND, half }));
    placed.push(...members);
  }
  return drawn(placed, bundled, { boxes, flow, direction });
}

function runsOf(scene: Scene, boxes: ReadonlyMap<string, Box>, carried: ReadonlySet<string>): Run[] {
  const byLane = new Map<string, Link[]>();
  for (const link of scene.links) if (link.lane !== undefined) byLane.set(link.lane, [...(byLane.get(link.lane) ?? []), link]);
  return [...byLane].map(([id, links]) => {
    const first = links.find((link) => !carried.has(link.from.id));
    const through: Box[] = [];
    for (const link of links) for (const end of [link.from.id, link.to.id]) if (carried.has(end) && !through.some((box) => box.id === end)) through.push(boxes.get(end)!);
    const taps = links.filter((link) => !carried.has(link.to.id));
    return { id, links, through, fork: first === undefined ? undefined : boxes.get(first.from.id), taps, readers: taps.map((link) => link.to.id), bare: through.length === 0 && first !== undefined, start: 0, end: 0, v: 0, half: 0 };
  });
}

/** Where a wire parts for a lane. */
function forkAt(box: Box, scene: Scene, direction: Direction): number {
  const isEntry = scene.entries.some((entry) => entry.id === box.id);
  return box.u + box.length + (isEntry ? (direction === 'down' ? anatomy.head + anatomy.entryFork : anatomy.pad - 8) : anatomy.fork);
}

/** Where a lane meets its reader, along the flow. */
function arrivalAt(box: Box): number {
  if (box.unit?.kind === 'merge') return box.u + anatomy.merge / 2;
  if (box.body !== undefined) return box.u - 14;
  return box.u + Math.min(box.length / 2, anatomy.dock);
}

function measure(run: Run, scene: Scene, boxes: ReadonlyMap<string, Box>, direction: Direction): void {
  run.end = Math.max(...run.taps.map((tap) => arrivalAt(boxes.get(tap.to.id)!)));
  const needed = run.through.reduce((sum, box) => sum + box.length + anatomy.gap, 0);
  run.start = run.fork === undefined ? run.end - needed - 10 : forkAt(run.fork, scene, direction);
}

function makeRoom(run: Run, boxes: ReadonlyMap<string, Box>, carried: ReadonlySet<string>, direction: Direction): void {
  if (run.through.length === 0 || run.fork === undefined) return;
  const label = direction === 'down' ? anatomy.gap : 112;
  const needed = run.through.reduce((sum, box) => sum + box.length, 0) + (run.through.length - 1) * label + anatomy.gap + label;
  const target = boxes.get(run.taps[0]!.to.id)!;
  const missing = needed - (arrivalAt(target) - (run.fork.u + run.fork.length + anatomy.fork));
  if (missing <= 0) return;
  const from = target.u;
  for (const box of boxes.values()) if (!carried.has(box.id) && box.u >= from) box.u += missing;
}

function drawn(runs: readonly Run[], bundled: ReadonlySet<Run>, { boxes, flow, direction }: { readonly boxes: ReadonlyMap<string, Box>; readonly flow: readonly Box[]; readonly direction: Direction }): LanesPlaced {
  const routes = new Map<string, readonly Spot[]>();
  const forks = new Map<string, Spot>();
  const chips = new Map<string, Spot>();
  const taps = new Map<string, Spot>();
  const blocked = new Set<string>();
  let before = 0;
  // What stands on the axis is never in the way: wires leave and arrive between its pieces.
  const aside = flow.filter((box) => Math.abs(box.v) > 1);
  const arrivals = new Map<string, Run[]>();
  for (const run of runs) for (const tap of run.taps) arrivals.set(tap.to.id, [...(arrivals.get(tap.to.id) ?? []), run].sort((a, b) => b.v - a.v));
  for (const run of runs) {
    const { v, start, end } = run;
    before = Math.max(before, -v + run.half);
    const along: Spot[] = [];
    if (run.fork !== undefined) {
      forks.set(run.fork.id, { u: start, v: run.fork.v });
      along.push({ u: start, v: run.fork.v }, { u: start, v });
      if (crosses(aside, run.fork, start, v)) blocked.add(run.id);
    }
    placeThrough(run, direction);
    for (const link of run.links) {
      const toBox = boxes.get(link.to.id)!;
      const fromBox = boxes.get(link.from.id)!;
      const head = run.through.includes(fromBox) ? [{ u: fromBox.u + fromBox.length, v }] : along;
      if (run.through.includes(toBox)) {
        routes.set(link.id, [...head, { u: toBox.u, v }]);
        continue;
      }
      // A bundle arrives in one row, with the innermost of its lanes.
      const all = arrivals.get(link.to.id)!;
      const inner = all.find((other) => bundled.has(other));
      const siblings = all.filter((other) => other === inner || !bundled.has(other));
      const row = bundled.has(run) ? inner! : run;
      const shift = siblings.length === 1 || siblings.length > 5 ? 0 : (siblings.indexOf(row) - (siblings.length - 1) / 2) * Math.min(ARRIVAL_STEP, 20 / (siblings.length - 1));
      const u = arrivalAt(toBox) + shift;
      routes.set(link.id, [...head, { u, v }, ...arrive(link, toBox, u, shift)]);
      if (crosses(aside, toBox, u, v)) blocked.add(run.id);
      if (bundled.has(run)) taps.set(link.id, { u, v });
      if (link.skip?.chip === undefined || bundled.has(run)) continue;
      const alone = run.taps.length === 1 && !runs.some((other) => other !== run && other.start < end && other.end > start);
      const half = 16 + link.skip.chip.length * 3;
      if (run.through.length > 0) {
        const last = run.through[run.through.length - 1]!;
        chips.set(link.id, { u: (last.u + last.length + u) / 2 - 2, v });
        continue;
      }
      if (siblings.length > 1) {
        // Near their common end there is no room for words, but where each lane leaves the flow it has a stretch of its own.
        const spot = run.taps.length > 1 || run.fork === undefined ? undefined : ownStretch(run, { end: u, half, wide: 20 + link.skip.chip.length * 5.6 }, runs, direction);
        if (spot !== undefined) chips.set(link.id, spot);
        continue;
      }
      chips.set(link.id, alone ? { u: (start + u) / 2, v } : direction === 'down' ? { u, v: Math.min(v + half + 18, (v + toBox.v - toBox.before) / 2) } : { u: (start + u) / 2, v });
      if (alone) before = Math.max(before, direction === 'down' ? -v + half : -v + 9);
    }
  }
  return { routes, forks, chips, taps, before, blocked };
}

/** Where a chip has room on the first stretches of a lane that others run beside. */
function ownStretch(run: Run, { end, half, wide }: { readonly end: number; readonly half: number; readonly wide: number }, runs: readonly Run[], direction: Direction): Spot | undefined {
  if (direction === 'right') return end - run.start > 2 * half + 24 ? { u: run.start + half + 12, v: run.v } : undefined;
  const [near, far] = [run.fork!.v - Math.max(run.fork!.before, anatomy.card / 2), run.v];
  const crossed = runs.some((other) => other !== run && other.v > far && other.start < run.start + 12 && other.end > run.start - 12);
  return !crossed && near - far > wide + 12 ? { u: run.start, v: (near + far) / 2 } : undefined;
}

/** What a lane carries stands in its middle; what has no source stands right before its reader. */
function placeThrough(run: Run, direction: Direction): void {
  if (run.through.length === 0) return;
  const label = direction === 'down' ? anatomy.gap : 112;
  const total = run.through.reduce((sum, box) => sum + box.length, 0) + (run.through.length - 1) * label;
  let u = run.fork === undefined ? run.end - total - 20 : Math.max(run.start + 12, (run.start + run.end - total) / 2 - (direction === 'down' ? 4 : label / 2 - 12));
  for (const box of run.through) {
    box.u = u;
    box.v = run.v;
    u += box.length + label;
  }
}

/** The last stretch of a lane: into a circle or a layer from the side, into an open block from before its border. */
function arrive(link: Link, box: Box, u: number, shift: number): readonly Spot[] {
  if (box.body !== undefined) {
    const entry = box.body.scene.entries[link.to.input];
    const across = box.v + ((entry === undefined ? undefined : box.ins.get(entry.id)) ?? 0);
    return [{ u, v: across }, { u: box.u, v: across }];
  }
  if (box.unit?.kind !== 'merge') return [{ u, v: box.v - box.before }];
  const radius = anatomy.merge / 2;
  return [{ u, v: box.v - Math.sqrt(Math.max(1, radius * radius - shift * shift)) - 1 }];
}

function crosses(flow: readonly Box[], from: Box, u: number, v: number): boolean {
  return flow.some((box) => box !== from && box.u < u - 1 && box.u + box.length > u + 1 && box.v - box.before < from.v && box.v + box.after > v);
}
