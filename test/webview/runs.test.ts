import { describe, expect, it } from 'vitest';
import type { RunRecord, RunSummary } from '../../lib/protocol/records.js';
import { asksForPanel } from '../../webview/store/runs.js';

const started: RunRecord = { type: 'started', id: 'a', command: 'train', file: 'a.nnet.json', at: '2026-01-01T00:00:00Z', backend: 'tfjs', device: 'wasm', seed: 0, steps: 3, batch: 4, estimate: { seconds: 1, bytes: 1 }, recipe: 'quick', set: {} };
const finished: RunRecord = { type: 'finished', outcome: 'completed', steps: 3, time: 1, metrics: {} };
const run = (id: string, records: readonly RunRecord[]): RunSummary => ({ id, design: '', records });

describe('the run panel comes up', () => {
  it('for a run that goes on, also where the page was opened again', () => {
    expect(asksForPanel(undefined, [run('a', [started])])).toBe(true);
  });
  it('for a short run that was over before it was first seen', () => {
    expect(asksForPanel(new Set(['a']), [run('a', [started, finished]), run('b', [started, finished])])).toBe(true);
    expect(asksForPanel(new Set(), [run('a', [started, finished])])).toBe(true);
  });
  it('not for runs that were over before the page opened, or are known', () => {
    expect(asksForPanel(undefined, [run('a', [started, finished])])).toBe(false);
    expect(asksForPanel(new Set(['a']), [run('a', [started, finished])])).toBe(false);
  });
});
