import type { EarlyStopChoice } from '../../recipes/index.js';

/** The best value so far and how many looks ago it was. */
export interface Waiting {
  readonly best: number;
  readonly step: number;
  readonly looks: number;
}

/** After one more look: as ReduceLROnPlateau counts, with an absolute threshold. */
export function looked({ monitor, min_delta }: EarlyStopChoice, before: Waiting | undefined, value: number, step: number): Waiting {
  const better = before === undefined || (monitor === 'test_accuracy' ? value > before.best + min_delta : value < before.best - min_delta);
  return better ? { best: value, step, looks: 0 } : { ...before, looks: before.looks + 1 };
}

/** Why a run is over, in words; undefined while it goes on. */
export function waitedLongEnough({ monitor, every, patience }: EarlyStopChoice, { best, step, looks }: Waiting): string | undefined {
  if (looks < patience) return undefined;
  return `Stopped early, as the recipe says: ${monitor} has not been better than ${best.toPrecision(4)} (step ${step}) at ${looks} look${looks === 1 ? '' : 's'}, ${every} steps apart.`;
}
