import type { ReactNode } from 'react';
import type { Placed } from '../../lib/layout/index.js';
import type { Fix, Problem } from '../../lib/document/problem.js';
import { itemsOfUnit } from './whereabouts.js';

/** Says of the dashed layer which fix it would come from: above its corner, beside the wire that comes in there. */
export function GhostNote({ placed, fix, problem }: { readonly placed: Placed; readonly fix: Fix | undefined; readonly problem: Problem | undefined }): ReactNode {
  if (fix === undefined || problem === undefined) return null;
  const ghost = placed.units.find(({ unit }) => itemsOfUnit(unit).some((item) => item.ghost !== undefined));
  if (ghost === undefined) return null;
  return <div className="nw-ghost-note" style={{ left: ghost.x, top: ghost.y }}>fix {problem.fixes.indexOf(fix) + 1}</div>;
}
