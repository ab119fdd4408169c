import type { Box, Point } from '../../lib/layout/index.js';

/** Corner radius of wires. */
const CORNER = 12;

/** An orthogonal way with rounded corners, as SVG path data. */
export function roundedPath(points: readonly Point[], radius = CORNER): string {
  const [first, ...rest] = points;
  if (first === undefined || rest.length === 0) return '';
  let data = `M${n(first.x)} ${n(first.y)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const a = points[i - 1]!, b = points[i]!, c = points[i + 1]!;
    const before = Math.hypot(a.x - b.x, a.y - b.y);
    const after = Math.hypot(c.x - b.x, c.y - b.y);
    if (before === 0 || after === 0) continue;
    const q = Math.min(radius, before / 2, after / 2);
    data += `L${n(b.x + ((a.x - b.x) / before) * q)} ${n(b.y + ((a.y - b.y) / before) * q)}Q${n(b.x)} ${n(b.y)} ${n(b.x + ((c.x - b.x) / after) * q)} ${n(b.y + ((c.y - b.y) / after) * q)}`;
  }
  const last = points[points.length - 1]!;
  return `${data}L${n(last.x)} ${n(last.y)}`;
}

/** A way that ends in a head: the line, shortened to the head's base, and the head. */
export function headed(points: readonly Point[], width: number): { readonly line: readonly Point[]; readonly head: string } {
  const end = points[points.length - 1];
  const before = points[points.length - 2];
  if (end === undefined || before === undefined) return { line: points, head: '' };
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const ux = (end.x - before.x) / length;
  const uy = (end.y - before.y) / length;
  const long = Math.min(7 + width * 0.35, length);
  const half = (width + 7) / 2;
  const base = { x: end.x - ux * long, y: end.y - uy * long };
  const head = `M${n(end.x)} ${n(end.y)}L${n(base.x - uy * half)} ${n(base.y + ux * half)}L${n(base.x + uy * half)} ${n(base.y - ux * half)}Z`;
  return { line: [...points.slice(0, -1), { x: base.x + ux, y: base.y + uy }], head };
}

/** Two rails beside a way: the look of a selected wire. */
export function offsetWay(points: readonly Point[], by: number): readonly Point[] {
  return points.map((point, i) => {
    const a = points[i - 1] ?? point;
    const b = points[i + 1] ?? point;
    const before = direction(a, point);
    const after = direction(point, b);
    const first = before ?? after ?? { x: 0, y: 0 };
    const second = after ?? before ?? { x: 0, y: 0 };
    // The two normals meet at the corner of the offset way.
    const x = -first.y * by + (first.x === second.x && first.y === second.y ? 0 : -second.y * by);
    const y = first.x * by + (first.x === second.x && first.y === second.y ? 0 : second.x * by);
    return { x: point.x + x, y: point.y + y };
  });
}

function direction(a: Point, b: Point): Point | undefined {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return length === 0 ? undefined : { x: Math.round((b.x - a.x) / length), y: Math.round((b.y - a.y) / length) };
}

/** Distance from a point to the nearest stretch of a way. */
export function distanceTo(points: readonly Point[], at: Point): number {
  let best = Infinity;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!, b = points[i]!;
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / length));
    best = Math.min(best, Math.hypot(at.x - a.x - t * (b.x - a.x), at.y - a.y - t * (b.y - a.y)));
  }
  return best;
}

/** The middle of a way's first stretch that is long enough to hold a port; of its longest where none is. `skipped` pixels at its start do not count. */
export function portSpot(points: readonly Point[], skipped = 0): Point {
  let best: { readonly at: Point; readonly length: number } | undefined;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!, b = points[i]!;
    const whole = Math.hypot(b.x - a.x, b.y - a.y);
    const from = i === 1 ? Math.min(skipped, whole) : 0;
    const length = whole - from;
    const t = whole === 0 ? 0 : (from + length / 2) / whole;
    const at = { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
    if (length >= 14) return at;
    if (best === undefined || length > best.length) best = { at, length };
  }
  return best?.at ?? points[0] ?? { x: 0, y: 0 };
}

export function boxOfPoints(points: readonly Point[]): Box {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function meet(a: Box, b: Box): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function contains(box: Box, { x, y }: Point): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Whether two orthogonal ways cross somewhere else than at their ends. */
export function cross(a: readonly Point[], b: readonly Point[]): boolean {
  for (let i = 1; i < a.length; i++) {
    for (let j = 1; j < b.length; j++) {
      const [p, q, r, s] = [a[i - 1]!, a[i]!, b[j - 1]!, b[j]!];
      const horizontal = p.y === q.y && r.x === s.x;
      const vertical = p.x === q.x && r.y === s.y;
      if (horizontal && between(r.x, p.x, q.x) && between(p.y, r.y, s.y)) return true;
      if (vertical && between(p.x, r.x, s.x) && between(r.y, p.y, q.y)) return true;
    }
  }
  return false;
}

function between(value: number, a: number, b: number): boolean {
  return value > Math.min(a, b) + 1 && value < Math.max(a, b) - 1;
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}
