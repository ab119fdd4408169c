import { readFileSync } from 'node:fs';
import path from 'node:path';
import { recordsOf } from '../../protocol/runs.js';
import type { Recipe } from '../../recipes/index.js';
import { type Checkpoint, checkpointOf } from './checkpoint.js';
import { finishKilledRuns, type FoundRun, isAlive, manifests, readRun, runsOf } from './folder.js';

/** A run that can be gone on with. */
export interface Resumable {
  readonly run: FoundRun;
  /** The design's whole path; runs name it from the folder that `.netwright` lies in. */
  readonly file: string;
  /** None where the run had not come to its first checkpoint: then all begins again, from the same seed. */
  readonly checkpoint?: Checkpoint;
  /** The recipe of the run, with as many steps as it shall have now. */
  readonly settings: Partial<Recipe>;
  /** How often was looked inside. */
  readonly every?: number;
}

/** Finds the run of an ID, a folder or `last`, and where it can be gone on with; or says why it cannot. */
export function resumable(home: string, name: string, steps?: number): Resumable | string {
  finishKilledRuns(home);
  const run = name === 'last' ? [...manifests(home)].reverse().find(({ command }) => command === 'train') : (readRun(path.join(runsOf(home), name)) ?? readRun(path.resolve(home, name)));
  if (!run) return name === 'last' ? 'no run has been made here' : 'there is no run of this name here';
  if (run.command !== 'train') return `it is a ${run.command}, which has no steps`;
  const finished = recordsOf(read(path.join(run.folder, 'events.jsonl'))).find((record) => record.type === 'finished');
  if (!finished && isAlive(run)) return 'it still runs';
  const settings = { ...run.settings, ...(steps !== undefined && { steps }) } as Partial<Recipe>;
  try {
    const checkpoint = checkpointOf(run, (id) => readRun(path.join(path.dirname(run.folder), id)));
    const made = checkpoint?.passed.step ?? 0;
    if (made >= (settings.steps ?? 0)) return `it has made ${made} steps of ${settings.steps}; --steps gives it more`;
    const every = run.options?.['every'];
    return { run, file: path.resolve(run.folder, '..', '..', '..', run.file), settings, ...(checkpoint && { checkpoint }), ...(typeof every === 'number' && { every }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
