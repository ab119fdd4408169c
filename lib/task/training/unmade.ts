import type { FinishedRecord } from '../../protocol/records.js';
import { exit } from '../commands/input.js';
import { causeOf, messageOf } from './failure.js';

/** The end of a run that could not begin, since its folder cannot be made: told as that of any other, with the last record that it would have had. */
export function unmade(file: string, error: unknown, asRecords: boolean): number {
  const finished: FinishedRecord = { type: 'finished', outcome: 'failed', cause: causeOf(error), reason: messageOf(error), steps: 0, time: 0, metrics: {} };
  if (asRecords) process.stdout.write(`${JSON.stringify(finished)}\n`);
  process.stderr.write(`${file}: error: ${finished.reason ?? ''}\n`);
  return exit.errors;
}
