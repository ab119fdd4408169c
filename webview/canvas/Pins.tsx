import type { ReactNode } from 'react';
import type { Placed, Point } from '../../lib/layout/index.js';
import type { Problem } from '../../lib/document/problem.js';
import { placeOfPath } from './whereabouts.js';

/** The numbered steps of the focused problem's explanation, where they happen; the last one of a mismatch is the fork. */
export function Pins({ placed, problem }: { readonly placed: Placed; readonly problem: Problem | undefined }): ReactNode {
  if (problem === undefined) return null;
  const lane = laneInto(placed, problem.node);
  const fork = problem.explanation.length > 1 ? problem.explanation[problem.explanation.length - 1]?.node : undefined;
  const taken: Point[] = [];
  return problem.explanation.map((step, i) => {
    if (step.node === undefined) return null;
    const last = i === problem.explanation.length - 1;
    // A step about the fork that is not the last tells of the skip itself.
    let spot = lane !== undefined && step.node === fork ? (last ? lane.fork : lane.side) : cornerOf(placed, step.node);
    if (spot === undefined) return null;
    while (taken.some((other) => Math.hypot(other.x - spot!.x, other.y - spot!.y) < 18)) spot = { x: spot.x + 22, y: spot.y };
    taken.push(spot);
    return <div key={i} className="nw-pin" style={{ left: spot.x, top: spot.y }} aria-hidden="true">{i + 1}</div>;
  });
}

function cornerOf(placed: Placed, path: string): Point | undefined {
  const box = placeOfPath(placed, path)?.box;
  return box === undefined ? undefined : { x: box.x + box.width, y: box.y };
}

/** The lane that ends at a merge: where it parts, and a place on its side, clear of what it carries. */
function laneInto(placed: Placed, merge: string): { readonly fork: Point; readonly side: Point } | undefined {
  const end = placed.wires.find(({ link }) => link.to.item === merge && link.lane !== undefined);
  const start = end === undefined ? undefined : placed.wires.find(({ link }) => link.lane === end.link.lane);
  const [fork, corner, next] = start?.points ?? [];
  if (fork === undefined || corner === undefined || next === undefined) return undefined;
  const away = (a: number, b: number): number => a + Math.sign(b - a) * Math.min(44, Math.abs(b - a) / 2);
  return { fork, side: { x: away(corner.x, next.x), y: away(corner.y, next.y) } };
}
