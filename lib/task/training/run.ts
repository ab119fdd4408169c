import type { FinishedRecord, RunRecord } from '../../protocol/records.js';
import { learningRate } from '../../recipes/index.js';
import type { Trainer } from '../backends/backend.js';
import type { Dataset } from '../data/dataset.js';
import type { ScalarWriter } from '../runs/tensorboard.js';
import type { Plan } from './plan.js';

export interface RunOptions {
  readonly plan: Plan;
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly record: (record: RunRecord) => void;
  /** Looked at after every step. */
  readonly stopAsked: () => boolean;
  readonly scalars?: ScalarWriter;
  /** Seconds that the tests take; a stopped run does not wait long for them. */
  readonly testSeconds: number;
}

/** At most ten progress records a second. */
const pause = 100;

/** Steps that one progress record averages. Windows end at fixed steps, so equal runs say equal numbers at equal steps whatever the clock does. */
const windowOf = (steps: number): number => Math.min(5, Math.ceil(steps / 100));

/** The training loop: one batch, one update, one look at the stop file a step. Answers the run's last record, which it has not written yet. */
export async function train({ plan, trainer, data, record, stopAsked, scalars, testSeconds }: RunOptions): Promise<FinishedRecord> {
  const { recipe, program } = plan;
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const last: number[] = [];
  const every = windowOf(recipe.steps);
  let [sum, counted, right, shown] = [0, 0, 0, -Infinity];
  for (let step = 0; step < recipe.steps; step++) {
    const batch = data.batch(step);
    const ends = step === 0 || (step + 1) % every === 0 || step === recipe.steps - 1;
    const due = ends && (performance.now() - shown >= pause || step === recipe.steps - 1);
    const { loss, accuracy, gradients } = await trainer.step(batch, { step, rate: learningRate(recipe, step), gradients: due });
    if (!Number.isFinite(loss)) {
      const path = await trainer.firstNotFinite(batch, step);
      const node = path === undefined ? undefined : program.node(path);
      const where = node ? `the first value that is no number comes out of \`${node.path}\` (${node.operator.type})` : 'every layer still puts out numbers, so it is the loss itself that overflows';
      const reason = `The loss is ${loss} at step ${step + 1}: ${where}. A smaller learning rate than ${recipe.optimizer.lr} is the first thing to try.`;
      record({ type: 'problem', node: node?.path ?? '', code: 'diverged', message: reason });
      return { type: 'finished', outcome: 'diverged', reason, steps: step, time: elapsed(), metrics: last.length ? { train_loss: mean(last) } : {} };
    }
    last.push(loss);
    if (last.length > 20) last.shift();
    [sum, counted, right] = [sum + loss, counted + 1, right + (accuracy ?? 0)];
    if (due) {
      const rate = (step + 1) / elapsed();
      const shownLoss = sum / counted;
      record({ type: 'progress', step: step + 1, time: round(elapsed(), 3), loss: shownLoss, ...(accuracy !== undefined && { accuracy: right / counted }), rate: round(rate, 2), ...(gradients && { gradients }) });
      scalars?.write(step + 1, { 'train/loss': shownLoss, ...(accuracy !== undefined && { 'train/accuracy': right / counted }) });
      shown = performance.now();
    }
    if (ends) [sum, counted, right] = [0, 0, 0];
    // Signals and the stop file are seen between two steps.
    await new Promise((resume) => setImmediate(resume));
    if (stopAsked() && step < recipe.steps - 1) {
      const tests = testSeconds < 5 ? await test(trainer, data) : {};
      return { type: 'finished', outcome: 'stopped', reason: `Stopped after step ${step + 1} of ${recipe.steps}, as asked.`, steps: step + 1, time: elapsed(), metrics: { train_loss: mean(last), ...tests } };
    }
  }
  const tests = await test(trainer, data);
  scalars?.write(recipe.steps, Object.fromEntries(Object.entries(tests).map(([name, value]) => [name.replace('test_', 'test/'), value])));
  return { type: 'finished', outcome: 'completed', steps: recipe.steps, time: elapsed(), metrics: { train_loss: mean(last), ...tests } };
}

/** Loss and accuracy over all test samples, in eval mode. */
export async function test(trainer: Trainer, data: Dataset): Promise<{ readonly test_loss?: number; readonly test_accuracy?: number }> {
  let [samples, loss, right, answered] = [0, 0, 0, false];
  for (const batch of data.tests()) {
    const size = batch.target.shape[0] ?? 1;
    const result = await trainer.evaluate(batch);
    samples += size;
    loss += result.loss * size;
    if (result.accuracy !== undefined) [right, answered] = [right + result.accuracy * size, true];
    await new Promise((resume) => setImmediate(resume));
  }
  if (!samples || !Number.isFinite(loss)) return {};
  return { test_loss: loss / samples, ...(answered && { test_accuracy: right / samples }) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
