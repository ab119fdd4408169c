import path from 'node:path';
import { parse } from '../../document/parse.js';
import { buildProgram } from '../../program/index.js';
import type { Problem } from '../../document/problem.js';
import type { FinishedRecord, StartedRecord } from '../../protocol/records.js';
import { datasetTitle, type Recipe } from '../../recipes/index.js';
import type { Backend, Trainer } from '../backends/backend.js';
import { prove, type Proven } from '../backends/proof.js';
import { exit } from '../commands/input.js';
import { obstacleLines, obstacleRecords } from '../commands/obstacles.js';
import type { DataSource } from '../data/open.js';
import { homeOf } from '../data/planned.js';
import { DataProblem, problemOf } from '../data/problem.js';
import { initialWeights } from '../initialise.js';
import { describeChange } from '../runs/change.js';
import { createRunFolder, finishKilledRuns, manifests, type RunFolder } from '../runs/folder.js';
import type { Resumable } from '../runs/resume.js';
import { createScalarWriter } from '../runs/tensorboard.js';
import { estimate, memory } from './estimate.js';
import { availableMemory, causeOf, messageOf, outOfMemory } from './failure.js';
import { nothingPassed } from './passed.js';
import { type Plan, trainerOptions } from './plan.js';
import { train } from './run.js';
import { duration, megabytes } from './terminal.js';
import { unmade } from './unmade.js';
import { createVoice, type Speech, type Voice } from './voice.js';

export interface Start extends Speech {
  readonly file: string;
  readonly text: string;
  readonly planned: Plan;
  readonly backend: Backend;
  readonly data: DataSource | undefined;
  /** What was said of the backend; a run that goes on is told it again. */
  readonly told?: object;
  readonly resumed?: Resumable;
  /** Told how the run ended, and its ID. */
  readonly ended?: (finished: FinishedRecord, id: string) => void;
}

/** One training run, from its folder to its last record. Whatever happens, that is one `finished` with the reason. Answers the exit code. */
export async function startRun(given: Start): Promise<number> {
  const { planned, json, events } = given;
  const home = process.cwd();
  const data = given.data ?? (await ownData(given));
  if (data instanceof DataProblem) {
    given.backend.close?.();
    return refused(given, problemOf(data, planned.recipeName));
  }
  const { backend, message: proof } = await prove(given.backend, planned, data);
  const start = { ...given, backend, ...(proof && { proof }) };
  finishKilledRuns(home);
  const change = start.resumed ? start.resumed.run.change : changeSince(home, start.file, planned);
  let folder: RunFolder;
  try {
    folder = claimFolder(home, start, change);
  } catch (error) {
    data.close();
    backend.close?.();
    return unmade(start.file, error, json || events);
  }
  const voice = createVoice(folder, planned.recipe.steps, start);
  try {
    const finished = await madeRun({ ...start, ...(change !== undefined && { change }) }, data, folder, voice);
    voice.finish(finished);
    start.ended?.(finished, folder.id);
    if (json) process.stdout.write(`${JSON.stringify({ ...finished, id: folder.id, folder: folder.path })}\n`);
    if (finished.outcome === 'failed' && (json || events)) process.stderr.write(`${start.file}: error: ${finished.reason ?? ''}\n`);
    else if (finished.outcome !== 'failed') voice.say(`Saved in ${path.relative(home, folder.path) || folder.path}.`);
    return finished.outcome === 'completed' || finished.outcome === 'stopped' ? exit.clean : exit.errors;
  } finally {
    voice.close();
    data.close();
    backend.close?.();
  }
}

/** Batches that the user's own Python makes, on the backend that runs in it. */
async function ownData({ backend, planned, file }: Start): Promise<DataSource | DataProblem> {
  const { recipe, program, fixedBatch } = planned;
  const made = await backend.ownData?.({ program, recipe, home: homeOf(file), fixed: fixedBatch });
  return made ?? new DataProblem('data-backend', `${datasetTitle(recipe.dataset, recipe.data)} makes its batches in Python, with the torch backend (--backend torch); ${backend.name} cannot take them.`);
}

/** Data that cannot be used is told before there is a run. */
function refused({ file, text, events }: Start, problem: Problem): number {
  if (events) for (const record of obstacleRecords([problem])) process.stdout.write(`${JSON.stringify(record)}\n`);
  process.stderr.write(`${obstacleLines(file, text, [problem]).join('\n')}\n`);
  return exit.errors;
}

interface Making extends Start {
  /** What differs from the run before. */
  readonly change?: string;
  /** What the backend showed before it was trusted with the run. */
  readonly proof?: Proven['message'];
}

async function madeRun(start: Making, data: DataSource, folder: RunFolder, voice: Voice): Promise<FinishedRecord> {
  const { planned, backend, resumed } = start;
  const { program, recipe, sizes, notes } = planned;
  const from = resumed?.checkpoint?.passed ?? nothingPassed;
  const begun = performance.now();
  const reached = { step: from.step, kept: from.step };
  let trainer: Trainer | undefined;
  try {
    const weights = resumed?.checkpoint?.weights ?? initialWeights(program, recipe.seed, sizes, { initialize: recipe.initialize, nodes: planned.choices.initialize });
    const made = (trainer = await backend.trainer(program, weights, trainerOptions(planned)));
    if (resumed?.checkpoint) await made.restore(resumed.checkpoint.trainer);
    const expected = await estimate(planned, made, data);
    const started = startedRecord(start, data, folder.id, from.step, expected);
    greet(start, started, voice);
    voice.record(started);
    if (start.proof) voice.record({ type: 'log', level: start.proof.level, message: start.proof.text });
    for (const message of [...notes, ...data.notes, ...warnings(start, started)]) voice.record({ type: 'log', level: 'info', message });
    const finished = await train({
      plan: planned,
      trainer: made,
      data,
      record: voice.record,
      made: (step) => (reached.step = step),
      stopAsked: () => voice.stopAsked,
      scalars: createScalarWriter(folder.path),
      testSeconds: expected.tests,
      from,
      measureEvery: recipe.measure_every,
      async checkpoint(passed) {
        folder.saveCheckpoint({ weights: await made.weights(), trainer: await made.state(), passed });
        reached.kept = passed.step;
      },
    });
    folder.saveWeights(await made.weights());
    return finished;
  } catch (error) {
    const cause = causeOf(error, availableMemory(backend) ?? Infinity, memory(planned));
    let reason = cause === 'device-lost' ? `The device is lost (${backend.device}): ${messageOf(error)}` : messageOf(error);
    if (cause === 'out-of-memory') {
      const found = await outOfMemory(error, planned, backend, trainer, data);
      reason = found.reason;
      attempt(() => voice.record({ type: 'problem', node: found.node, code: cause, message: reason }));
    }
    if (error instanceof DataProblem) attempt(() => voice.record({ type: 'problem', node: '', code: error.code, message: reason }));
    if (reached.kept > 0) reason = `${reason.replace(/\.?$/, '.')} It can be gone on with from step ${reached.kept}: netwright train --resume ${folder.id}`;
    return { type: 'finished', outcome: 'failed', cause, reason, steps: reached.step, time: from.seconds + (performance.now() - begun) / 1000, metrics: {} };
  } finally {
    const used = trainer;
    if (used) attempt(() => used.dispose());
  }
}

/** What can fail once more where something has failed already. */
function attempt(what: () => void): void {
  try {
    what();
  } catch {
    return;
  }
}

function claimFolder(home: string, { file, text, planned, backend, resumed, told }: Start, change: string | undefined): RunFolder {
  const memory = availableMemory(backend);
  return createRunFolder(home, {
    command: 'train',
    file,
    design: text,
    recipe: planned.recipeName,
    settings: { ...planned.recipe },
    set: planned.set,
    backend: backend.name,
    device: backend.device,
    ...(memory !== undefined && { memory }),
    reason: backend.reason,
    versions: backend.versions,
    options: { every: planned.recipe.measure_every, ...told },
    ...(change !== undefined && { change }),
    ...(resumed && { resumed: { run: resumed.run.id, step: resumed.checkpoint?.passed.step ?? 0 } }),
  });
}

function startedRecord({ file, planned: { recipe, recipeName, set }, backend, resumed }: Start, data: DataSource, id: string, step: number, { seconds, bytes }: { readonly seconds: number; readonly bytes: number }): StartedRecord {
  const memory = availableMemory(backend);
  return {
    type: 'started',
    id,
    command: 'train',
    file,
    at: new Date().toISOString(),
    backend: backend.name,
    device: backend.device,
    reason: backend.reason,
    versions: backend.versions,
    seed: recipe.seed,
    steps: recipe.steps,
    batch: recipe.batch_size,
    dataset: { title: datasetTitle(recipe.dataset, recipe.data), ...(data.train && { train: data.train }), ...(data.test && { test: data.test }) },
    estimate: { seconds: seconds * (1 - step / recipe.steps), bytes },
    ...(memory !== undefined && { memory }),
    recipe: recipeName,
    set,
    ...(resumed && { resumed: { run: resumed.run.id, step } }),
  };
}

function greet({ file, planned: { recipe, recipeName }, backend, resumed, change }: Making, { estimate: { seconds, bytes }, dataset, memory }: StartedRecord, { say }: Voice): void {
  say(`${file}: ${recipe.steps} steps of ${recipe.batch_size} on ${dataWords(dataset)}, ${recipe.loss}, ${recipe.optimizer.name} at ${recipe.optimizer.lr}, seed ${recipe.seed} (recipe ${recipeName})`);
  const versions = Object.entries(backend.versions).map(([name, version]) => `${name} ${version}`).join(', ');
  say(`${backend.name} on ${backend.device} (${versions}), ${backend.reason}. About ${duration(seconds)} and ${megabytes(bytes)}${memory === undefined ? '' : ` of ${megabytes(memory)} free`}.`);
  if (resumed) say(`Goes on with ${resumed.run.id} after step ${resumed.checkpoint?.passed.step ?? 0}.`);
  else if (change !== undefined) say(`Since the run before: ${change}.`);
}

/** "mnist in data/mnist (60,000 samples, 10,000 to test)". */
function dataWords(dataset: StartedRecord['dataset']): string {
  const { title = '', train, test } = dataset ?? {};
  const sizes = [...(train ? [`${train.toLocaleString('en-US')} samples`] : []), ...(test ? [`${test.toLocaleString('en-US')} to test`] : [])];
  return sizes.length ? `${title} (${sizes.join(', ')})` : title;
}

/** What a person would want to know before waiting for the result. */
function warnings({ backend, resumed }: Start, { memory, estimate: { bytes } }: StartedRecord): readonly string[] {
  const run = resumed?.run;
  return [
    ...(memory !== undefined && bytes > memory ? [`The run is estimated to need ${megabytes(bytes)}, and ${megabytes(memory)} are free.`] : []),
    ...(run && (run.backend !== backend.name || run.device !== backend.device) ? [`The run was made on ${run.backend} (${run.device}) so far and goes on with ${backend.name} (${backend.device}): its numbers are not to the last bit those of a run without the break.`] : []),
  ];
}

/** What differs from the last training run of this file. */
function changeSince(home: string, file: string, now: Plan): string | undefined {
  const before = [...manifests(home)].reverse().find((manifest) => manifest.command === 'train' && path.resolve(home, manifest.file) === path.resolve(home, file));
  if (!before) return undefined;
  const program = buildProgram(parse(before.design).document, { set: before.set as Plan['set'] });
  try {
    return describeChange({ program, recipe: before.settings as unknown as Recipe }, now);
  } catch {
    // The recipe in a folder of another version, or that somebody has changed, is none that can be compared.
    return undefined;
  }
}
