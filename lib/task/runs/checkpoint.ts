import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TrainerState } from '../backends/backend.js';
import { readMetadata, readSafeTensors, type Weight, type Weights, writeSafeTensors } from '../safetensors.js';
import type { Passed } from '../training/passed.js';
import type { FoundRun } from './folder.js';

/**
 * All that a run needs to be gone on with as if it had not been interrupted. Batches, augmentation and dropout are drawn from the seed and the number of the
 * step, so that the number is the state of every generator and the place in the data.
 */
export interface Checkpoint {
  readonly weights: Weights;
  readonly trainer: TrainerState;
  readonly passed: Passed;
}

export const checkpointFile = 'checkpoint.safetensors';

/** No key of a weight holds a slash. */
const prefix = 'optimizer/';

/** A SafeTensors file: weights by their keys, what the optimiser keeps after `optimizer/`, the rest in the metadata. */
export function checkpointBytes({ weights, trainer, passed }: Checkpoint, run: string): Uint8Array {
  const tensors = new Map<string, Weight>([...weights, ...[...trainer.tensors].map(([name, tensor]) => [`${prefix}${name}`, tensor] as const)]);
  return writeSafeTensors(tensors, { format: 'pt', netwright: run, numbers: JSON.stringify(trainer.numbers), passed: JSON.stringify(passed) });
}

/** Throws an Error that says what is wrong with the file. */
export function readCheckpoint(file: string): Checkpoint {
  const bytes = readFileSync(file);
  const [weights, tensors] = [new Map<string, Weight>(), new Map<string, Weight>()];
  for (const [name, tensor] of readSafeTensors(bytes)) {
    if (name.startsWith(prefix)) tensors.set(name.slice(prefix.length), tensor);
    else weights.set(name, tensor);
  }
  const { numbers = '{}', passed } = readMetadata(bytes);
  if (passed === undefined) throw new Error('it holds weights alone');
  return { weights, trainer: { tensors, numbers: JSON.parse(numbers) as TrainerState['numbers'] }, passed: passedOf(JSON.parse(passed) as Partial<Passed> | null) };
}

function passedOf(read: Partial<Passed> | null): Passed {
  const { step, seconds, losses, window } = read ?? {};
  const whole = Number.isSafeInteger(step) && (step as number) >= 0 && typeof seconds === 'number' && Array.isArray(losses) && [window?.loss, window?.count, window?.right].every((value) => typeof value === 'number');
  if (!whole) throw new Error('it does not say what the run had come to');
  return read as Passed;
}

/** The last checkpoint of a run: its own, else the one that it had gone on from; undefined where it begins at its first step. Throws an Error where a file cannot be read. */
export function checkpointOf(run: FoundRun, find: (id: string) => FoundRun | undefined): Checkpoint | undefined {
  const file = path.join(run.folder, checkpointFile);
  if (existsSync(file)) {
    try {
      return readCheckpoint(file);
    } catch (error) {
      throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (!run.resumed || run.resumed.step === 0) return undefined;
  const before = find(run.resumed.run);
  if (!before) throw new Error(`${run.id} had gone on from ${run.resumed.run}, which is not there any more, and has no checkpoint of its own`);
  return checkpointOf(before, find);
}
