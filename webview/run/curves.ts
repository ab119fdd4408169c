import type { FinishedRecord, RunRecord, RunSummary, StartedRecord } from '../../lib/protocol/records.js';

export type ProgressRecord = Extract<RunRecord, { type: 'progress' }>;
export interface Point {
  readonly step: number;
  readonly value: number;
}

export function startOf({ records }: RunSummary): StartedRecord | undefined {
  return records.find((record) => record.type === 'started');
}

export function endOf({ records }: RunSummary): FinishedRecord | undefined {
  return records.filter((record) => record.type === 'finished').at(-1);
}

export function progressOf({ records }: RunSummary): readonly ProgressRecord[] {
  return records.filter((record) => record.type === 'progress');
}

export function isRunning(run: RunSummary): boolean {
  return startOf(run) !== undefined && endOf(run) === undefined;
}

export function latestProgress(run: RunSummary): { readonly step: number; readonly steps: number; readonly last: ProgressRecord | undefined } {
  const last = progressOf(run).at(-1);
  return { step: endOf(run)?.steps ?? last?.step ?? 0, steps: startOf(run)?.steps ?? last?.step ?? 0, last };
}

/** One quantity over the steps of a run. */
export function series(run: RunSummary, read: (record: ProgressRecord) => number | undefined): readonly Point[] {
  return progressOf(run).flatMap((record) => {
    const value = read(record);
    return value === undefined || !Number.isFinite(value) ? [] : [{ step: record.step, value }];
  });
}

/** An exponential mean, since single batches are noisy: the weight of the past is 0.8 for ten records and more. */
export function smoothed(points: readonly Point[]): readonly Point[] {
  const keep = Math.min(0.8, points.length / 40);
  let mean = points[0]?.value ?? 0;
  return points.map(({ step, value }) => ({ step, value: (mean = keep * mean + (1 - keep) * value) }));
}

/** Round values between which an axis is parted: at most `most` of them, 1, 2 or 5 times a power of ten apart. */
export function ticks(from: number, to: number, most = 4): readonly number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Layers with a gradient norm, in the order in which the network runs; those that the analysis does not know stand last. */
export function gradientLayers(runs: readonly RunSummary[], order: readonly string[]): readonly string[] {
  const names = new Set(runs.flatMap((run) => progressOf(run).flatMap(({ gradients }) => Object.keys(gradients ?? {}))));
  const rank = new Map(order.map((path, k) => [path, k]));
  return [...names].sort((a, b) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity));
}

/** "1 min 12 s", "0.9 s". */
export function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** "mnist in data/mnist, 60,000 + 10,000 samples": what a run reads, with the samples for training and for the tests. */
export function dataOf(start: StartedRecord | undefined): string | undefined {
  const { title, train, test } = start?.dataset ?? {};
  const sizes = [train, test].flatMap((count) => (count ? [count.toLocaleString('en-US')] : []));
  return title && (sizes.length ? `${title}, ${sizes.join(' + ')} samples` : title);
}
