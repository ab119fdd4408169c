import { graphOf } from '../../analysis/graph.js';
import { findSkips } from '../../analysis/skips.js';
import type { Program } from '../../program/program.js';
import type { ForkMeasure, MeasuresRecord } from '../../protocol/records.js';
import type { Measured } from '../backends/backend.js';

/** A skip where it leaves: the tensor, its readers on the skip and on the branches, and where the skip merges. */
export interface Fork {
  readonly at: string;
  readonly to: string;
  readonly skip: string;
  /** Readers that begin another skip are no branches. */
  readonly elsewhere: ReadonlySet<string>;
}

/** Where the skips of a network leave. */
export function forksOf(program: Program): readonly Fork[] {
  const skips = findSkips(graphOf(program)).map(({ from, to, through }) => ({ at: from, to, skip: through[0] ?? to }));
  return skips.map((skip) => ({ ...skip, elsewhere: new Set(skips.filter(({ at }) => at === skip.at).map((other) => other.skip)) }));
}

/** What a step showed, as a record: four digits are enough to look at. */
export function measuresRecord(step: number, { activations, parameters, wires, sums }: Measured, forks: readonly Fork[]): MeasuresRecord {
  return {
    type: 'measures',
    step,
    activations: mapped(activations, ({ mean, spread, dead }) => ({ mean: short(mean), spread: short(spread), ...(dead !== undefined && { dead: short(dead) ?? 0 }) })),
    parameters: mapped(parameters, ({ gradient, update }) => ({ gradient: short(gradient), update: short(update) })),
    wires: mapped(wires, (readers) => mapped(readers, short)),
    forks: forks.flatMap((fork) => forkMeasure(fork, wires[fork.at] ?? {}, sums[fork.at])),
  };
}

function forkMeasure({ at, to, skip, elsewhere }: Fork, readers: Readonly<Record<string, number>>, sum: number | undefined): readonly ForkMeasure[] {
  const arriving = readers[skip];
  if (arriving === undefined) return [];
  const others = Object.entries(readers).filter(([reader]) => reader !== skip);
  const branches = others.filter(([reader]) => !elsewhere.has(reader));
  return [{ at, to, skip: { [skip]: short(arriving) }, branch: Object.fromEntries((branches.length ? branches : others).map(([reader, norm]) => [reader, short(norm)])), both: short(sum ?? NaN) }];
}

function mapped<A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(4)) : null);
