import { expect, test } from 'vitest';
import type { EarlyStopChoice } from '../../../lib/recipes/index.js';
import { looked, waitedLongEnough, type Waiting } from '../../../lib/task/training/early-stop.js';

const choice = (more: Partial<EarlyStopChoice> = {}): EarlyStopChoice => ({ monitor: 'test_loss', every: 10, patience: 2, min_delta: 0.01, ...more });

/** After looks at these values, the step at which the run is over and why. */
function over(settings: EarlyStopChoice, values: readonly number[]): readonly [number, string] | undefined {
  let waiting: Waiting | undefined;
  for (const [k, value] of values.entries()) {
    waiting = looked(settings, waiting, value, (k + 1) * settings.every);
    const reason = waitedLongEnough(settings, waiting);
    if (reason !== undefined) return [(k + 1) * settings.every, reason];
  }
  return undefined;
}

test('a run is over once its loss has not fallen by more than min_delta at as many looks as patience says', () => {
  expect(over(choice(), [1, 0.5, 0.495, 0.3, 0.299, 0.298])).toEqual([60, 'Stopped early, as the recipe says: test_loss has not been better than 0.3000 (step 40) at 2 looks, 10 steps apart.']);
});

test('a loss that goes on falling does not end it', () => {
  expect(over(choice(), [1, 0.9, 0.8, 0.7, 0.6, 0.5])).toBeUndefined();
});

test('accuracy is the better the larger it is', () => {
  expect(over(choice({ monitor: 'test_accuracy' }), [0.1, 0.5, 0.9, 0.9, 0.85])?.[0]).toBe(50);
});

test('a loss that rises and falls again below the best is waited for', () => {
  expect(over(choice({ patience: 3 }), [1, 1.2, 1.1, 0.9, 1, 1, 0.8])).toBeUndefined();
});
