import type { FinishedRecord, RunRecord } from '../../protocol/records.js';
import { learningRate } from '../../recipes/index.js';
import type { StepResult, Trainer } from '../backends/backend.js';
import type { Batch, Batches } from '../data/dataset.js';
import type { ScalarWriter } from '../runs/tensorboard.js';
import { looked, waitedLongEnough } from './early-stop.js';
import { forksOf, measuresRecord } from './measures.js';
import { nothingPassed, type Passed } from './passed.js';
import type { Plan } from './plan.js';

export interface RunOptions {
  readonly plan: Plan;
  readonly trainer: Trainer;
  readonly data: Batches;
  readonly record: (record: RunRecord) => void;
  /** Told the number of every step that is made. */
  readonly made?: (step: number) => void;
  /** Looked at after every step. */
  readonly stopAsked: () => boolean;
  readonly scalars?: ScalarWriter;
  /** Seconds that the tests take; a stopped run does not wait long for them. */
  readonly testSeconds: number;
  /** Where the run goes on from; the trainer is in that state. */
  readonly from?: Passed;
  /** Called from time to time and at the end of all that can be gone on with. */
  readonly checkpoint?: (passed: Passed) => Promise<void>;
  /** Steps from one checkpoint to the next; without it they are made by the clock. */
  readonly checkpointEvery?: number;
  /** Steps from one look inside the network to the next; 0: never. */
  readonly measureEvery?: number;
}

/** At most ten progress records a second. */
const pause = 100;

/** Seconds between checkpoints, at least; and how much longer than to make one the time between two is. */
const [rest, share] = [30, 50];

/** Steps that one progress record averages. Windows end at fixed steps, so equal runs say equal numbers at equal steps whatever the clock does. */
const windowOf = (steps: number): number => Math.min(5, Math.ceil(steps / 100));

/** The training loop: one batch, one update, one look at the stop file a step. Answers the run's last record, which it has not written yet. What fails below it is thrown. */
export async function train(options: RunOptions): Promise<FinishedRecord> {
  const { plan, trainer, data, record, made, stopAsked, scalars, testSeconds, from = nothingPassed, checkpoint, checkpointEvery, measureEvery = 0 } = options;
  const { recipe } = plan;
  const forks = measureEvery > 0 ? forksOf(plan.program) : [];
  const start = performance.now();
  const elapsed = (): number => from.seconds + (performance.now() - start) / 1000;
  const last = [...from.losses];
  const every = windowOf(recipe.steps);
  let { loss: sum, count, right } = from.window;
  let early = from.early;
  let [shown, kept, cost] = [-Infinity, performance.now(), 0];
  const passed = (step: number): Passed => ({ step, seconds: elapsed(), losses: last, window: { loss: sum, count, right }, ...(early && { early }) });
  const keep = async (step: number): Promise<void> => {
    if (!checkpoint) return;
    const before = performance.now();
    await checkpoint(passed(step));
    record({ type: 'checkpoint', step });
    kept = performance.now();
    cost = kept - before;
  };
  const ended = async (outcome: 'completed' | 'stopped', step: number, tests: Tests, reason?: string): Promise<FinishedRecord> => {
    await keep(step);
    return { type: 'finished', outcome, ...(reason !== undefined && { reason }), steps: step, time: elapsed(), metrics: { ...(last.length && { train_loss: mean(last) }), ...tests } };
  };
  for (let step = from.step; step < recipe.steps; step++) {
    const batch = await data.batch(step);
    const final = step === recipe.steps - 1;
    const ends = step === 0 || (step + 1) % every === 0 || final;
    const due = ends && (performance.now() - shown >= pause || final);
    const measure = measureEvery > 0 && (step % measureEvery === 0 || final);
    const result = await trainer.step(batch, { step, rate: learningRate(recipe, step), gradients: due, measure });
    const { loss, accuracy, gradients, measured } = result;
    if (!Number.isFinite(loss) || result.overflow) {
      const { node, reason } = await divergence(options, batch, step, result);
      record({ type: 'problem', node, code: 'diverged', message: reason });
      return { type: 'finished', outcome: 'diverged', reason, steps: step, time: elapsed(), metrics: last.length ? { train_loss: mean(last) } : {} };
    }
    made?.(step + 1);
    last.push(loss);
    if (last.length > 20) last.shift();
    [sum, count, right] = [sum + loss, count + 1, right + (accuracy ?? 0)];
    if (due) {
      const rate = (step + 1) / elapsed();
      const shownLoss = sum / count;
      record({ type: 'progress', step: step + 1, time: round(elapsed(), 3), loss: shownLoss, ...(accuracy !== undefined && { accuracy: right / count }), rate: round(rate, 2), ...(gradients && { gradients }) });
      scalars?.write(step + 1, { 'train/loss': shownLoss, ...(accuracy !== undefined && { 'train/accuracy': right / count }) });
      shown = performance.now();
    }
    if (measured) record(measuresRecord(step + 1, measured, forks));
    if (ends) [sum, count, right] = [0, 0, 0];
    // Signals and the stop file are seen between two steps.
    await new Promise((resume) => setImmediate(resume));
    if (final) break;
    if (recipe.early_stop && (step + 1) % recipe.early_stop.every === 0) {
      const value = recipe.early_stop.monitor === 'train_loss' ? mean(last) : (await test(trainer, data))[recipe.early_stop.monitor];
      if (value !== undefined) early = looked(recipe.early_stop, early, value, step + 1);
      const over = early && waitedLongEnough(recipe.early_stop, early);
      if (over !== undefined) return ended('completed', step + 1, await test(trainer, data), over);
    }
    if (stopAsked()) return ended('stopped', step + 1, testSeconds < 5 ? await test(trainer, data) : {}, `Stopped after step ${step + 1} of ${recipe.steps}, as asked.`);
    if (checkpointEvery ? (step + 1) % checkpointEvery === 0 : performance.now() - kept > Math.max(1000 * rest, share * cost)) await keep(step + 1);
  }
  const tests = await test(trainer, data);
  scalars?.write(recipe.steps, Object.fromEntries(Object.entries(tests).map(([name, value]) => [name.replace('test_', 'test/'), value])));
  return ended('completed', recipe.steps, tests);
}

/** Where the first value that is no number came up, in words. */
async function divergence({ plan: { program, recipe }, trainer }: RunOptions, batch: Batch, step: number, { loss }: StepResult): Promise<{ readonly node: string; readonly reason: string }> {
  const found = await trainer.firstNotFinite(batch, step);
  const node = found && program.node(found.node);
  const what = Number.isFinite(loss) ? `A gradient is no number at step ${step + 1}, where the loss is ${loss.toPrecision(4)}` : `The loss is ${loss} at step ${step + 1}`;
  const where = !node
    ? 'every layer puts out numbers, so it is the loss itself that overflows'
    : found.pass === 'forward'
      ? `the first value that is no number comes out of \`${node.path}\` (${node.operator.type})`
      : `on the way back the first value that is no number comes from \`${node.path}\` (${node.operator.type})`;
  return { node: node?.path ?? '', reason: `${what}: ${where}. A smaller learning rate than ${recipe.optimizer.lr} is the first thing to try.` };
}

interface Tests {
  readonly test_loss?: number;
  readonly test_accuracy?: number;
}

/** Loss and accuracy over all test samples, in eval mode. */
export async function test(trainer: Trainer, data: Batches): Promise<Tests> {
  let [samples, loss, right, answered] = [0, 0, 0, false];
  for await (const batch of data.tests()) {
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
