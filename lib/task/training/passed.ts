import type { Waiting } from './early-stop.js';

/** What a training loop has to remember of the steps that it has made. */
export interface Passed {
  /** Steps made. */
  readonly step: number;
  readonly seconds: number;
  /** The losses of the last steps, for the mean that a run ends with. */
  readonly losses: readonly number[];
  /** Sums over the steps since a window began. */
  readonly window: { readonly loss: number; readonly count: number; readonly right: number };
  readonly early?: Waiting;
}

export const nothingPassed: Passed = { step: 0, seconds: 0, losses: [], window: { loss: 0, count: 0, right: 0 } };
