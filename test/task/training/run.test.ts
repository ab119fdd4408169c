import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../lib/protocol/records.js';
import type { Trainer } from '../../../lib/task/backends/backend.js';
import { openDataset } from '../../../lib/task/data/dataset.js';
import { plan } from '../../../lib/task/training/plan.js';
import { train } from '../../../lib/task/training/run.js';
import { root } from '../../support/paths.js';

/** A trainer of known losses that takes its time where it is told to: the loop is what is tried, not a network. */
function slowAt(slow: (step: number) => boolean, loss: (step: number) => number): Trainer {
  return {
    async step(_batch, { step }) {
      if (slow(step)) await new Promise((resume) => setTimeout(resume, 30));
      return { loss: loss(step), accuracy: (step % 10) / 10 };
    },
    rehearse: async () => 1,
    evaluate: async () => ({ loss: 1, accuracy: 0.5 }),
    firstNotFinite: async () => ({ node: 'fc', pass: 'forward' }),
    weights: async () => new Map() as never,
    state: async () => ({ tensors: new Map(), numbers: {} }),
    restore: async () => undefined,
    dispose() {},
  };
}

async function recordsOf(trainer: Trainer, steps: number, stopAsked: () => boolean = () => false): Promise<{ records: readonly RunRecord[]; finished: RunRecord }> {
  const planned = plan(readFileSync(path.join(root, 'media/templates/mlp.nnet.json'), 'utf8'), 'train', { set: {}, change: { steps } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  const data = openDataset(planned.recipe, { input: [2], dtype: 'float32', output: [3], loss: planned.recipe.loss });
  const records: RunRecord[] = [];
  const finished = await train({ plan: planned, trainer, data, record: (record) => void records.push(record), stopAsked, testSeconds: 0 });
  return { records, finished };
}

const progress = (records: readonly RunRecord[]) => records.flatMap((record) => (record.type === 'progress' ? [record] : []));

describe('the training loop', () => {
  it('says equal numbers at equal steps, whatever the clock does', async () => {
    const loss = (step: number): number => 1 / (step + 1);
    const even = progress((await recordsOf(slowAt(() => true, loss), 40)).records);
    const uneven = progress((await recordsOf(slowAt((step) => step % 7 === 0, loss), 40)).records);
    const losses = new Map(even.map((record) => [record.step, record.loss]));
    const shared = uneven.filter((record) => losses.has(record.step));
    expect(shared.length).toBeGreaterThan(1);
    for (const record of shared) expect(record.loss).toBe(losses.get(record.step));
    expect(even.at(-1)).toMatchObject({ step: 40, loss: 1 / 40 });
    expect(uneven.at(-1)).toMatchObject({ step: 40, loss: 1 / 40 });
  });

  it('writes at most ten progress records a second, the first step and the last among them', async () => {
    const { records } = await recordsOf(slowAt((step) => step % 2 === 0, () => 1), 60);
    const shown = progress(records);
    expect(shown[0]?.step).toBe(1);
    expect(shown.at(-1)?.step).toBe(60);
    for (const [before, after] of shown.slice(0, -1).map((record, i) => [record, shown[i + 1]] as const)) {
      if (after && after.step < 60) expect(after.time - before.time).toBeGreaterThanOrEqual(0.099);
    }
  });

  it('shows a long run as soon as a short one', async () => {
    let steps = 0;
    const { records } = await recordsOf(slowAt(() => true, () => 1), 1_000_000, () => ++steps === 12);
    const shown = progress(records).map(({ step }) => step);
    expect(shown[0]).toBe(1);
    expect(shown).toContain(10);
  });

  it('ends as diverged with the node that made the first value that is no number', async () => {
    const { records, finished } = await recordsOf(slowAt(() => false, (step) => (step === 5 ? NaN : 1)), 40);
    expect(finished).toMatchObject({ type: 'finished', outcome: 'diverged', steps: 5 });
    expect(records.find((record) => record.type === 'problem')).toMatchObject({ node: 'fc', code: 'diverged' });
  });

  it('finishes the step when it is asked to stop', async () => {
    let looks = 0;
    const { finished } = await recordsOf(slowAt(() => false, () => 1), 40, () => ++looks === 3);
    expect(finished).toMatchObject({ outcome: 'stopped', steps: 3 });
  });
});
