import { describe, expect, it } from 'vitest';
import type { FinishedRecord, MeasuresRecord, RunRecord, RunSummary, StartedRecord } from '../../lib/protocol/records.js';
import { chains, resumableAt } from '../../webview/run/chain.js';
import { forkSides, layerRows, looksOf, shortNumber } from '../../webview/run/looks.js';

const started = (more: Partial<StartedRecord> = {}): StartedRecord => ({ type: 'started', id: 'a', command: 'train', file: 'a.nnet.json', at: '2026-01-01T00:00:00Z', backend: 'wasm', device: 'wasm', seed: 0, steps: 20, batch: 4, estimate: { seconds: 1, bytes: 1 }, recipe: 'quick', set: {}, ...more });
const progress = (step: number): RunRecord => ({ type: 'progress', step, time: step, loss: 1 / step, rate: 1 });
const finished = (outcome: FinishedRecord['outcome']): RunRecord => ({ type: 'finished', outcome, steps: 12, time: 1, metrics: {} });
const run = (id: string, ...records: readonly RunRecord[]): RunSummary => ({ id, design: '', records });

describe('a run that went on with another', () => {
  const first = run('a', started(), progress(5), { type: 'checkpoint', step: 10 }, progress(10), progress(12), finished('killed'));
  const second = run('b', started({ id: 'b', resumed: { run: 'a', step: 10 } }), progress(11), progress(20), finished('completed'));
  it('is drawn as one curve with it, up to the step from which it goes on', () => {
    const [whole, ...more] = chains([first, second]);
    expect(more).toEqual([]);
    expect(whole?.records.flatMap((record) => (record.type === 'progress' ? [record.step] : []))).toEqual([5, 10, 11, 20]);
    expect(whole?.records.filter(({ type }) => type === 'finished')).toHaveLength(1);
  });
  it('leaves the runs before it alone, and stands alone where the other is gone', () => {
    expect(chains([run('z', started(), finished('completed')), first, second]).map(({ id }) => id)).toEqual(['z', 'b']);
    expect(chains([second])).toEqual([second]);
  });
});

describe('a run can be gone on with', () => {
  it('from its last checkpoint, where it was interrupted', () => {
    expect(resumableAt(run('a', started(), { type: 'checkpoint', step: 5 }, { type: 'checkpoint', step: 10 }, finished('stopped')))).toBe(10);
    expect(resumableAt(run('b', started({ resumed: { run: 'a', step: 10 } }), finished('killed')))).toBe(10);
  });
  it('not while it runs, after its end, or without a checkpoint', () => {
    expect(resumableAt(run('a', started(), { type: 'checkpoint', step: 10 }))).toBeUndefined();
    expect(resumableAt(run('a', started(), { type: 'checkpoint', step: 20 }, finished('completed')))).toBeUndefined();
    expect(resumableAt(run('a', started(), finished('failed')))).toBeUndefined();
  });
});

describe('a look inside', () => {
  const look: MeasuresRecord = {
    type: 'measures',
    step: 1,
    activations: { 'stage1[0].conv1': { mean: 0, spread: 1 }, 'stage1[0].relu1': { mean: 0.5, spread: 0.6, dead: 0.25 }, sum: { mean: 1, spread: 2 } },
    parameters: { 'stage1.0.conv1.weight': { gradient: 3, update: 0.01 }, 'stage1.0.conv1.bias': { gradient: 4, update: null } },
    wires: { 'stage1[0].conv1': { 'stage1[0].relu1': 0.7 }, 'stage1[0].relu1': { conv2: 0.3, sum: 0.4 }, sum: { 'output sum': 1 } },
    forks: [{ at: 'stage1[0].relu1', to: 'sum', skip: { sum: 0.4 }, branch: { conv2: 0.3 }, both: 0.6 }],
  };
  it('has a row a layer, with the weights that are its own', () => {
    expect(looksOf(run('a', started(), look))).toEqual([look]);
    expect(layerRows(look)).toEqual([
      { name: 'stage1[0].conv1', mean: 0, spread: 1, back: 0.7, gradient: 5, update: 0.01 },
      { name: 'stage1[0].relu1', mean: 0.5, spread: 0.6, dead: 0.25, back: 0.6 },
      { name: 'sum', mean: 1, spread: 2, back: 1 },
    ]);
  });
  it('lays both sides of a fork beside each other on one scale', () => {
    expect(forkSides(look.forks[0]!)).toEqual({ skip: { readers: ['sum'], norm: 0.4, share: 1 }, branch: { readers: ['conv2'], norm: 0.3, share: 0.3 / 0.4 } });
  });
  it('writes numbers short, and says where there is none', () => {
    expect([0, 0.12345, 1234.5, 3.44e-5, 2.5e10, null, undefined].map(shortNumber)).toEqual(['0', '0.123', '1230', '3.4e-5', '2.5e10', 'no number', '']);
  });
});
