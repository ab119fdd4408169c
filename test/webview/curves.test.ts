import { describe, expect, it } from 'vitest';
import type { RunRecord, RunSummary, StartedRecord } from '../../lib/protocol/records.js';
import { dataOf, formatTime, gradientLayers, isRunning, latestProgress, series, smoothed, ticks } from '../../webview/run/curves.js';

const started: RunRecord = { type: 'started', id: 'a', command: 'train', file: 'f', at: '2026-01-01T00:00:00Z', backend: 'tfjs', device: 'cpu', seed: 0, steps: 200, batch: 8, estimate: { seconds: 1, bytes: 1 }, recipe: 'quick', set: {} };
const progress = (step: number, loss: number, gradients?: Record<string, number>): RunRecord => ({ type: 'progress', step, time: step / 10, loss, rate: 10, ...(gradients && { gradients }) });
const run = (...records: RunRecord[]): RunSummary => ({ id: 'a', design: '', records });

describe('a run', () => {
  it('is running from its first record to its last', () => {
    expect(isRunning(run())).toBe(false);
    expect(isRunning(run(started, progress(1, 2)))).toBe(true);
    expect(isRunning(run(started, { type: 'finished', outcome: 'stopped', steps: 1, time: 1, metrics: {} }))).toBe(false);
  });
  it('says how far it is', () => {
    expect(latestProgress(run(started, progress(1, 2), progress(7, 1)))).toMatchObject({ step: 7, steps: 200 });
  });
  it('names its data and their size, as far as that is known', () => {
    const of = (dataset: StartedRecord['dataset']) => dataOf({ ...(started as StartedRecord), ...(dataset && { dataset }) });
    expect(of({ title: 'mnist in data/mnist', train: 60_000, test: 10_000 })).toBe('mnist in data/mnist, 60,000 + 10,000 samples');
    expect(of({ title: 'python:data.py:batches' })).toBe('python:data.py:batches');
    expect(of(undefined)).toBeUndefined();
  });
  it('leaves out of a curve what is no number', () => {
    expect(series(run(started, progress(1, 2), progress(2, NaN), progress(3, 1)), ({ loss }) => loss).map(({ step }) => step)).toEqual([1, 3]);
  });
  it('orders layers as the network runs, those it does not know last', () => {
    expect(gradientLayers([run(started, progress(1, 1, { fc: 1, conv: 1, old: 1 }))], ['conv', 'fc'])).toEqual(['conv', 'fc', 'old']);
  });
});

describe('a chart', () => {
  it('has round ticks within its range', () => {
    expect(ticks(0, 2.6)).toEqual([0, 1, 2]);
    expect(ticks(0, 1)).toEqual([0, 0.5, 1]);
    expect(ticks(0, 200, 5)).toEqual([0, 50, 100, 150, 200]);
    expect(ticks(1, 1)).toEqual([1]);
  });
  it('smooths within the range of its points', () => {
    const points = Array.from({ length: 50 }, (_, step) => ({ step, value: step % 2 }));
    expect(smoothed(points).every(({ value }) => value >= 0 && value <= 1)).toBe(true);
    expect(smoothed([])).toEqual([]);
  });
  it('says times as people do', () => {
    expect([formatTime(0.94), formatTime(12.2), formatTime(72), formatTime(NaN)]).toEqual(['0.9 s', '12 s', '1 min 12 s', '–']);
  });
});
