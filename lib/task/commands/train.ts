import path from 'node:path';
import { parse } from '../../document/parse.js';
import { buildProgram } from '../../program/index.js';
import type { RunRecord, StartedRecord } from '../../protocol/records.js';
import type { Recipe } from '../../recipes/index.js';
import type { Backend } from '../backends/backend.js';
import { openBackend } from '../backends/open.js';
import { openDataset } from '../data/dataset.js';
import { initialWeights } from '../initialise.js';
import { describeChange } from '../runs/change.js';
import { createRunFolder, finishKilledRuns, manifests } from '../runs/folder.js';
import { createScalarWriter } from '../runs/tensorboard.js';
import { estimate } from '../training/estimate.js';
import { plan, type Plan } from '../training/plan.js';
import { train } from '../training/run.js';
import { createDisplay, duration, megabytes } from '../training/terminal.js';
import { evaluateDim } from '../../shapes/index.js';
import { exit, guarded, readArguments, readDesign, readSettings, UnusableInput } from './input.js';
import { obstacleLines, obstacleRecords } from './obstacles.js';

export const usage = `netwright train FILE [--recipe NAME] [--steps N] [--seed N] [--batch N] [--set name=value]... [--backend NAME] [--python FILE] [--events] [--json]

Trains a design for a few steps on a data set that ships with Netwright, and writes .netwright/runs/ID/ below the present folder.
  --recipe    a recipe of the document's "training"; quick or the first one unless given, and a default one where there is none
  --backend   auto (the fastest that loads), tfjs-node, wasm or torch (PyTorch in your own Python)
  --python    the Python with PyTorch; else NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH are looked through for one
  --set       a parameter of the document, such as depth=56
  --events    one JSON record a line on standard output, nothing else
  --json      the last record only, as JSON
Ctrl+C, or a file named stop in the run's folder, ends the run after the present step; what is learned so far is saved.
Exit code 0: completed or stopped; 1: the design cannot be trained, or the run failed; 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return guarded(async () => {
    const { values, positionals } = readArguments(
      args,
      {
        recipe: { type: 'string' },
        steps: { type: 'string' },
        seed: { type: 'string' },
        batch: { type: 'string' },
        set: { type: 'string', multiple: true },
        backend: { type: 'string' },
        python: { type: 'string' },
        events: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      usage,
    );
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    const [file, more] = positionals;
    if (file === undefined || more !== undefined) throw new UnusableInput(`train takes one FILE\n${usage}`);
    const text = readDesign(file);
    const planned = plan(text, 'train', {
      ...(values.recipe !== undefined && { recipe: values.recipe }),
      set: readSettings(values.set),
      change: { ...whole('steps', values.steps, 1), ...whole('seed', values.seed, 0), ...(values.batch !== undefined && { batch_size: whole('batch', values.batch, 1).batch as number }) },
    });
    if (!('program' in planned)) {
      if (values.events) for (const record of obstacleRecords(planned)) process.stdout.write(`${JSON.stringify(record)}\n`);
      process.stderr.write(`${obstacleLines(file, text, planned).join('\n')}\n`);
      return exit.errors;
    }
    const backend = await openBackend(values.backend, { python: values.python, folder: path.dirname(path.resolve(file)) });
    if (typeof backend === 'string') throw new UnusableInput(backend);
    const unable = backend.unsupported(planned.program);
    if (unable.length) {
      for (const { node, reason } of unable) process.stderr.write(`${file}: error: \`${node.path}\` cannot be trained here: ${reason}. [unsupported-operator]\n`);
      if (values.events) for (const { node, reason } of unable) process.stdout.write(`${JSON.stringify({ type: 'problem', node: node.path, code: 'unsupported-operator', message: reason } satisfies RunRecord)}\n`);
      return exit.errors;
    }
    return trainOn(backend, planned, { file, text, events: values.events ?? false, json: values.json ?? false });
  });
}

interface Called {
  readonly file: string;
  readonly text: string;
  readonly events: boolean;
  readonly json: boolean;
}

async function trainOn(backend: Backend, planned: Plan, { file, text, events, json }: Called): Promise<number> {
  const { program, recipe, recipeName, sizes, inputs, fixedBatch, set, notes } = planned;
  const home = process.cwd();
  const weights = initialWeights(program, recipe.seed, sizes);
  const trainer = await backend.trainer(program, weights, { loss: recipe.loss, optimizer: recipe.optimizer, seed: recipe.seed });
  const data = openDataset(
    recipe,
    {
      input: (inputs[0] ?? []).slice(1),
      dtype: /^(u?int|bool)/.test(program.inputs[0]?.tensor.dtype ?? '') ? 'int32' : 'float32',
      output: (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1),
      loss: recipe.loss,
    },
    fixedBatch,
  );
  finishKilledRuns(home);
  const change = changeSince(home, file, planned);
  const folder = createRunFolder(home, {
    command: 'train',
    file,
    design: text,
    recipe: recipeName,
    settings: { ...recipe },
    set,
    backend: backend.name,
    device: backend.device,
    reason: backend.reason,
    versions: backend.versions,
    ...(change !== undefined && { change }),
  });
  const out = json || events ? process.stderr : process.stdout;
  const display = createDisplay(out, recipe.steps);
  const record = (each: RunRecord): void => {
    folder.append(each);
    if (events) process.stdout.write(`${JSON.stringify(each)}\n`);
    else if (!json) display.show(each);
  };
  let signal: string | undefined;
  const listen = (name: NodeJS.Signals): void => {
    if (signal !== undefined) process.exit(130);
    signal = name;
    if (!json && !events) out.write(`\n${name}: the present step is finished, then what is learned is saved. Once more ends at once.\n`);
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  try {
    const expected = await estimate(planned, trainer, data);
    const started: StartedRecord = {
      type: 'started',
      id: folder.id,
      command: 'train',
      file,
      at: new Date().toISOString(),
      backend: backend.name,
      device: backend.device,
      seed: recipe.seed,
      steps: recipe.steps,
      batch: recipe.batch_size,
      estimate: { seconds: expected.seconds, bytes: expected.bytes },
      recipe: recipeName,
      set,
    };
    if (!events && !json) {
      out.write(`${file}: ${recipe.steps} steps of ${recipe.batch_size} on ${recipe.dataset}, ${recipe.loss}, ${recipe.optimizer.name} at ${recipe.optimizer.lr}, seed ${recipe.seed} (recipe ${recipeName})\n`);
      out.write(`${backend.name} on ${backend.device}, ${backend.reason}. About ${duration(expected.seconds)} and ${megabytes(expected.bytes)}.\n`);
      if (change !== undefined) out.write(`Since the run before: ${change}.\n`);
    }
    record(started);
    for (const message of notes) record({ type: 'log', level: 'info', message });
    const finished = await train({ plan: planned, trainer, data, record, stopAsked: () => signal !== undefined || folder.stopAsked(), scalars: createScalarWriter(folder.path), testSeconds: expected.tests });
    folder.saveWeights(await trainer.weights());
    record(finished);
    if (json) process.stdout.write(`${JSON.stringify({ ...finished, id: folder.id, folder: folder.path })}\n`);
    else if (!events) out.write(`Saved in ${path.relative(home, folder.path) || folder.path}.\n`);
    return finished.outcome === 'completed' || finished.outcome === 'stopped' ? exit.clean : exit.errors;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    record({ type: 'finished', outcome: 'failed', reason, steps: 0, time: 0, metrics: {} });
    process.stderr.write(`${file}: error: ${reason}\n`);
    return exit.errors;
  } finally {
    process.off('SIGINT', listen).off('SIGTERM', listen);
    trainer.dispose();
  }
}

/** What differs from the last training run of this file. */
function changeSince(home: string, file: string, now: Plan): string | undefined {
  const before = [...manifests(home)].reverse().find((manifest) => manifest.command === 'train' && path.resolve(home, manifest.file) === path.resolve(home, file));
  if (!before) return undefined;
  const program = buildProgram(parse(before.design).document, { set: before.set as Plan['set'] });
  return describeChange({ program, recipe: before.settings as unknown as Recipe }, now);
}

/** `--steps 100` as { steps: 100 }. */
function whole<N extends string>(name: N, text: string | undefined, least: number): { readonly [name in N]?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new UnusableInput(`--${name} takes an integer of at least ${least}, not ${text}`);
  return { [name]: value } as { readonly [name in N]?: number };
}
