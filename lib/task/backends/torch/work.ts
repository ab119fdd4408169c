import type { Program } from '../../../program/program.js';
import { evaluateDim } from '../../../shapes/index.js';

/** Mean multiply-adds of a batch in the layers that have any; Python chooses its number of threads by it. */
export function meanWork({ nodes }: Program, sizes: ReadonlyMap<string, number>): number {
  const works = nodes.map(({ macs }) => (macs === null ? null : evaluateDim(macs, sizes))).filter((work) => work !== null && work > 0) as readonly number[];
  return works.length ? Math.round(works.reduce((sum, work) => sum + work, 0) / works.length) : 0;
}
