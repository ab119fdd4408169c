import type { RunRecord, RunSummary } from '../../lib/protocol/records.js';
import { endOf, isRunning, startOf } from './curves.js';

/** Runs of one file with every run that went on with another in the place of both: its curves begin where the other's do. Oldest first. */
export function chains(runs: readonly RunSummary[]): readonly RunSummary[] {
  const known = new Map<string, RunSummary>();
  const joined = runs.map((run) => {
    const resumed = startOf(run)?.resumed;
    const before = resumed && known.get(resumed.run);
    const whole = before ? { ...run, records: [...past(before.records, resumed.step), ...run.records] } : run;
    known.set(run.id, whole);
    return { whole, before: before && resumed.run };
  });
  const replaced = new Set(joined.map(({ before }) => before));
  return joined.flatMap(({ whole }) => (replaced.has(whole.id) ? [] : [whole]));
}

/** What a run had measured up to the step from which another goes on. */
function past(records: readonly RunRecord[], step: number): readonly RunRecord[] {
  return records.filter((record) => (record.type === 'progress' || record.type === 'measures' || record.type === 'checkpoint') && record.step <= step);
}

/** The step from which an interrupted run can be gone on with; undefined where it goes on, or has come to its end. */
export function resumableAt(run: RunSummary): number | undefined {
  const [start, end] = [startOf(run), endOf(run)];
  if (!start || isRunning(run) || end?.outcome === 'completed' || end?.outcome === 'diverged') return undefined;
  const kept = run.records.reduce((step, record) => (record.type === 'checkpoint' ? record.step : step), start.resumed?.step ?? 0);
  return kept > 0 && kept < start.steps ? kept : undefined;
}
