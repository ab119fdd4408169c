import { layoutScene, type Body, type Setting, type Spot } from './flow.js';
import { indexOf, isPrintedOutside } from './scene-index.js';
import { anatomy, labelWidth, SMALLER, tailWidth } from './size.js';
import type { Elk } from './branches.js';
import type { Box as Rectangle, Link, Picture, Placed, PlacedChip, PlacedExit, PlacedLabel, PlacedUnit, PlacedWire, Point, Unit } from './model.js';
import type { Direction } from './view.js';

/** Places a picture. The same picture gets the same places; ELK is asked only where a scope is more than a chain with skips. */
export async function layout(picture: Picture, elk: Elk, direction: Direction = 'down'): Promise<Placed> {
  const setting: Setting = { direction, elk };
  const body = await layoutScene(picture.root, setting);
  const out: Out = { units: [], wires: [], labels: [], chips: [], exits: [], forks: new Map(), direction };
  emit(body, { u: 0, v: 0 }, 0, out);
  return { picture, bounds: boundsOf(out), ...out };
}

interface Out {
  readonly units: PlacedUnit[];
  readonly wires: PlacedWire[];
  readonly labels: PlacedLabel[];
  readonly chips: PlacedChip[];
  readonly exits: PlacedExit[];
  readonly forks: Map<string, Point>;
  readonly direction: Direction;
}

/** Turns flow coordinates into the canvas' own. */
function turn(spot: Spot, direction: Direction): Point {
  return direction === 'down' ? { x: spot.v, y: spot.u } : { x: spot.u, y: spot.v };
}

function emit(body: Body, origin: Spot, depth: number, out: Out): void {
  const { scene } = body;
  const { direction } = out;
  const at = (spot: Spot): Point => turn({ u: origin.u + spot.u, v: origin.v + spot.v }, direction);
  for (const box of body.boxes) {
    if (box.unit === undefined) continue;
    const corner = at({ u: box.u, v: box.v - box.before });
    const across = box.before + box.after;
    const size = direction === 'down' ? { width: across, height: box.length } : { width: box.length, height: across };
    out.units.push({ unit: box.unit, ...corner, ...size, axis: box.before, depth, scene: scene.path });
    if (box.body !== undefined) emit(box.body, { u: origin.u + box.u, v: origin.v + box.v }, depth + 1, out);
  }
  for (const [id, spot] of body.forks) out.forks.set(id, at(spot));
  for (const link of scene.links) {
    const route = body.routes.get(link.id) ?? [];
    const tap = body.taps.get(link.id);
    out.wires.push({ link, scene: scene.path, points: route.map(at), ...(tap !== undefined && { tap: at(tap) }) });
  }
  for (const exit of scene.exits) {
    const box = body.boxes.find((each) => each.id === exit.id)!;
    if (scene.path === '') out.exits.push({ exit, scene: scene.path, ...at({ u: box.u, v: box.v }) });
  }
  for (const link of scene.links) {
    const spot = body.chips.get(link.id);
    if (spot !== undefined && link.skip?.chip !== undefined) out.chips.push({ ...at(spot), skip: link.skip, text: link.skip.chip, link: link.id });
  }
  labels(body, origin, out);
}

/** Prints each shape once, on the wire that leaves. */
function labels(body: Body, origin: Spot, out: Out): void {
  const { scene } = body;
  const { direction } = out;
  const index = indexOf(scene);
  const told = new Map<string, string>();
  /** How many clashing shapes stand at a side of a merge already. */
  const arrived = new Map<string, number>();
  const place = (spot: Spot): Point => turn({ u: origin.u + spot.u, v: origin.v + spot.v }, direction);
  for (const link of scene.links) {
    const source = `${link.from.id}.${link.from.output}`;
    const route = body.routes.get(link.id) ?? [];
    const start = route[0];
    const arrival = arrivalOf(link, index.unit(link.to.id));
    if (arrival !== undefined && route.length > 1) {
      const before = route[route.length - 2]!, end = route[route.length - 1]!;
      const spot = `${link.to.id} ${Math.abs(before.u - end.u) < 0.5 ? Math.sign(before.v - end.v) : 'along'}`;
      const nth = arrived.get(spot) ?? 0;
      arrived.set(spot, nth + 1);
      out.labels.push(arrivalLabel(link, { route, outside: outermostTap(link, body) }, arrival, place, direction, nth));
    }
    if (start === undefined || told.has(source) || told.get(link.from.id) === textOf(link) || index.unit(link.from.id) === undefined || isPrintedOutside(link, scene) || (link.lane !== undefined && (link.skip?.chip !== undefined || arrival !== undefined || Math.abs((route[1] ?? start).u - start.u) < 26))) continue;
    // A lane's own first wire stands for its source only where no wire of the flow does.
    if (link.lane !== undefined && index.outOf(link.from.id).some((other) => other.from.output === link.from.output && other.lane === undefined)) continue;
    // A second output of one layer is told where its wire ends, since the first has the place at the layer.
    const second = told.has(link.from.id);
    told.set(source, '');
    if (!second) told.set(link.from.id, textOf(link));
    out.labels.push({ ...(second ? endSpot(route, place, direction) : labelSpot(link, route, place, direction)), parts: link.label, of: link.from.item, kind: 'shape', unknown: link.unknown, ...(link.skip !== undefined && { skip: link.skip.merge }), level: link.level });
  }
  for (const box of body.boxes) {
    if (box.unit?.kind !== 'merge' || box.unit.note === undefined || box.unit.arriving.length > 0) continue;
    const aside = anatomy.merge / 2 + Math.max(0, tailWidth(box.unit) - anatomy.merge / 2) + 8;
    const spot = direction === 'down' ? { u: box.u + anatomy.merge / 2, v: box.v + aside } : { u: box.u + anatomy.merge / 2, v: box.v + anatomy.merge / 2 + 12 };
    out.labels.push({ ...place(spot), parts: [{ text: box.unit.note, strong: false }], of: box.id, align: direction === 'down' ? 'left' : 'center', kind: 'note', unknown: false });
  }
}

function labelSpot(link: Link, route: readonly Spot[], place: (spot: Spot) => Point, direction: Direction): Point & { readonly align: 'left' | 'center' } {
  const start = route[0]!;
  const next = route[1] ?? start;
  const carried = link.lane !== undefined && route.length === 3;
  const run = Math.abs(next.u - start.u);
  if (direction === 'down') {
    // A wire that turns to the right at once would run through its words.
    const turn = route[2];
    if (run < 24 && turn !== undefined && turn.v > start.v + 1) return { ...place({ u: start.u + 13, v: start.v - 13 - labelWidth(link.label) }), align: 'left' };
    const u = carried ? (start.u + next.u) / 2 : start.u + Math.min(15, Math.max(13, run / 2));
    return { ...place({ u, v: start.v + 13 }), align: 'left' };
  }
  const half = labelWidth(link.label) / 2;
  return { ...place({ u: start.u + Math.max(half + 6, Math.min(run / 2, half + 26)), v: start.v - 10 - link.width / 2 }), align: 'center' };
}

function textOf(link: Link): string {
  return link.label.map((part) => part.text).join();
}

function endSpot(route: readonly Spot[], place: (spot: Spot) => Point, direction: Direction): Point & { readonly align: 'left' | 'center' } {
  const end = route[route.length - 1]!;
  return direction === 'down' ? { ...place({ u: end.u - 12, v: end.v + 13 }), align: 'left' } : { ...place({ u: end.u - 40, v: end.v + 12 }), align: 'center' };
}

function arrivalOf(link: Link, unit: Unit | undefined): PlacedLabel['arrival'] {
  return unit?.kind === 'merge' ? unit.arriving.find((each) => each.link === link.id) : undefined;
}

/** Where the outermost wire of a bundle leaves it for a reader: what arrives is told outside of that. Undefined for a wire by itself. */
function outermostTap(link: Link, { scene, taps }: Body): Spot | undefined {
  const tap = taps.get(link.id);
  return tap === undefined ? undefined : { u: tap.u, v: Math.min(...indexOf(scene).into(link.to.id).map((other) => taps.get(other.id)?.v ?? tap.v)) };
}

/** Room for "branch" before a clashing shape, and the height of its chip with a gap. */
const ARRIVAL_WORD = 70;
const ARRIVAL_ROW = 26;

/** The shapes that clash stand on their wires, right before the merge. */
function arrivalLabel(link: Link, { route, outside }: { readonly route: readonly Spot[]; readonly outside: Spot | undefined }, arrival: NonNullable<PlacedLabel['arrival']>, place: (spot: Spot) => Point, direction: Direction, nth: number): PlacedLabel {
  const end = route[route.length - 1]!;
  const before = route[route.length - 2]!;
  const shared = { parts: arrival.dims.map(({ text, differs }) => ({ text, strong: differs })), of: link.from.item, align: 'left' as const, kind: 'arrival' as const, unknown: false, arrival, ...(link.skip !== undefined && { skip: link.skip.merge }), level: link.level };
  if (outside !== undefined) return { ...place(direction === 'down' ? { u: outside.u - 4 - ARRIVAL_ROW * nth, v: outside.v - 16 - (labelWidth(shared.parts) + 24 + arrival.who.length * 6.6) * SMALLER } : { u: outside.u - 40, v: outside.v - 14 - ARRIVAL_ROW * nth }), ...shared };
  if (direction === 'down') {
    const fromSide = Math.abs(before.u - end.u) < 0.5;
    // Of several that come from above the second stands at the other side of the axis, further ones above these.
    const row = ARRIVAL_ROW * Math.floor(nth / 2);
    const aside = nth % 2 === 0 ? 13 : -13 - labelWidth(shared.parts) - ARRIVAL_WORD;
    return { ...place(fromSide ? { u: end.u - 17 - ARRIVAL_ROW * nth, v: before.v + 18 } : { u: end.u - 21 - row, v: end.v + aside }), ...shared };
  }
  const fromSide = Math.abs(before.u - end.u) < 0.5;
  return { ...place(fromSide ? { u: end.u + 12, v: (before.v + end.v) / 2 } : { u: end.u - 150, v: end.v + 22 }), ...shared };
}

function boundsOf(out: Out): Rectangle {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  const cover = (x: number, y: number): void => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (const { x, y, width, height } of out.units) {
    cover(x, y);
    cover(x + width, y + height);
  }
  for (const { points } of out.wires) for (const { x, y } of points) cover(x, y);
  for (const label of out.labels) {
    if (label.align !== 'left') continue;
    cover(label.x, label.y);
    cover(label.x + labelWidth(label.parts) + (label.kind === 'arrival' ? ARRIVAL_WORD : 0), label.y);
  }
  return left === Infinity ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left, height: bottom - top };
}
