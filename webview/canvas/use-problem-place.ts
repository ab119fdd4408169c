import { useEffect, useRef } from 'react';
import { useStore, type ReactFlowState } from '@xyflow/react';
import type { Box, Placed } from '../../lib/layout/index.js';
import type { Problem } from '../../lib/document/problem.js';
import type { CanvasHandlers } from './contract.js';
import { boxOfPoints } from './geometry.js';
import type { Sight } from './use-viewport.js';
import { placeOfPath } from './whereabouts.js';

/** Tells the shell where the focused problem is, and brings it out from under what covers the canvas. */
export function useProblemPlace({ placed, problem, on, sight, coveredRight }: { readonly placed: Placed | undefined; readonly problem: Problem | undefined; readonly on: CanvasHandlers; readonly sight: Sight; readonly coveredRight: number }): void {
  const transform = useStore((state: ReactFlowState) => state.transform.join(' '));
  const width = useStore((state: ReactFlowState) => state.width);
  const report = on.onProblemPlace;
  const told = useRef(false);
  useEffect(() => {
    if (report === undefined) return;
    const where = placed === undefined || problem === undefined ? undefined : branchesOf(placed, problem.node);
    if (where === undefined) {
      if (told.current) report(undefined);
      told.current = false;
      return;
    }
    told.current = true;
    const [x = 0, y = 0, zoom = 1] = transform.split(' ').map(Number);
    const { box, at } = where;
    report({ x: at.x * zoom + x, y: at.y * zoom + y, keepClear: { left: box.x * zoom + x, top: box.y * zoom + y, right: (box.x + box.width) * zoom + x, bottom: (box.y + box.height) * zoom + y } });
  }, [placed, problem, transform, report]);

  // The ghost of the fix comes a moment after the focus and is wider than what was there: it is brought into sight as well.
  const focused = problem === undefined ? '' : `${problem.node} ${problem.code}`;
  const asked = useRef<{ readonly what: string; readonly at: number }>({ what: '', at: 0 });
  const latest = useRef({ problem, sight });
  useEffect(() => {
    latest.current = { problem, sight };
  });
  useEffect(() => {
    const what = `${focused} ${coveredRight} ${width}`;
    if (asked.current.what !== what) asked.current = { what, at: performance.now() };
    if (performance.now() - asked.current.at > SETTLING_MS) return;
    const { problem: which, sight: eye } = latest.current;
    const where = placed === undefined || which === undefined ? undefined : branchesOf(placed, which.node);
    if (where !== undefined) eye.revealBox(where.box, true);
  }, [focused, placed, coveredRight, width]);
}

/** The chip of an arriving shape, and that of a skip, which stands on the middle of its lane: their texts are not measured. */
const ARRIVAL_WIDTH = 160;
const CHIP = { width: 120, height: 24 };
/** After this long the person may have gone elsewhere; nothing is moved under their hands. */
const SETTLING_MS = 1_200;

/** The merge's right side, and the box around the branches that meet there. */
function branchesOf(placed: Placed, path: string): { readonly box: Box; readonly at: { readonly x: number; readonly y: number } } | undefined {
  const where = placeOfPath(placed, path);
  if (where === undefined) return undefined;
  const { unit, box } = where;
  const at = { x: box.x + box.width + (unit.kind === 'merge' ? 12 : 4), y: unit.kind === 'merge' ? box.y + 14 : box.y + box.height / 2 };
  const scene = placed.units.find((each) => each.unit.kind === 'frame' && each.unit.body.path === where.placed.scene);
  if (scene !== undefined && scene.height < 1200) return { box: scene, at };
  const boxes: Box[] = [box];
  for (const label of placed.labels) if (label.arrival !== undefined && placed.wires.some(({ link }) => link.id === label.arrival?.link && link.to.id === unit.id)) boxes.push({ x: label.x, y: label.y - 14, width: ARRIVAL_WIDTH, height: 22 });
  const lanes = new Set(placed.wires.flatMap(({ link }) => (link.to.id === unit.id && link.lane !== undefined ? [link.lane] : [])));
  for (const { link, points } of placed.wires) if (link.lane !== undefined && lanes.has(link.lane) && points.length > 0) boxes.push(boxOfPoints(points));
  const inLanes = new Set(placed.wires.flatMap(({ link }) => (link.lane !== undefined && lanes.has(link.lane) ? [link.id] : [])));
  for (const chip of placed.chips) if (inLanes.has(chip.link)) boxes.push({ x: chip.x - CHIP.width / 2, y: chip.y - CHIP.height / 2, ...CHIP });
  for (const { link, points } of placed.wires) if (link.to.id === unit.id && points.length > 0) boxes.push(boxOfPoints(points));
  for (const other of placed.units) if (placed.wires.some(({ link }) => link.to.id === unit.id && link.from.id === other.unit.id)) boxes.push(other);
  const left = Math.min(...boxes.map((each) => each.x)), top = Math.min(...boxes.map((each) => each.y));
  return { box: { x: left, y: top, width: Math.max(...boxes.map((each) => each.x + each.width)) - left, height: Math.max(...boxes.map((each) => each.y + each.height)) - top }, at };
}
