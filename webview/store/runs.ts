import type { RunSummary } from '../../lib/protocol/records.js';
import { isRunning } from '../run/curves.js';

/**
 * Whether the run panel is to come up: for a run that goes on, and for one that is new since the page last heard of them, since a short run may be over
 * before it is first seen. Runs that were over before the page opened do not ask for it.
 */
export function asksForPanel(known: ReadonlySet<string> | undefined, runs: readonly RunSummary[]): boolean {
  return runs.some((run) => isRunning(run) || (known !== undefined && !known.has(run.id)));
}
