import path from 'node:path';
import { UnusableInput } from './input.js';
import { deviceUsage } from './devices.js';
import { launch, shared, type Source, theFile, whole } from './launch.js';
import { resumable, type Resumable } from '../runs/resume.js';
import { numbers } from '../../recipes/index.js';
import { evaluateDim, product } from '../../shapes/index.js';
import type { Plan } from '../training/plan.js';
import { startRun } from '../training/start.js';
import { type Ended, runSeveral, variants } from './several.js';

export const usage = `netwright train FILE... [--recipe NAME] [--steps N] [--seed N] [--batch N] [--set name=value]... [--backend NAME] [--python FILE] [--every N] [--events] [--json]
netwright train --resume RUN [--steps N] [--backend NAME] [--python FILE] [--every N] [--events] [--json]

Trains a design for a few steps on the data set of its recipe, and writes .netwright/runs/ID/ below the present folder.
  --recipe    a recipe of the document's "training"; quick or the first one unless given, and a default one where there is none
${deviceUsage}
  FILE        a design, or the name of a template such as residual-20; several make a run each
  --set       a parameter of the document, such as depth=56; several values (depth=20,56) make a run each, as --seed 0,1,2 does, and a table of all
  --every     look at activations, wires and parameters every N steps, 0: never; unless given, what "measure_every" of the recipe says, ${numbers.measure_every.default} where it says nothing
  --resume    go on with a run (its ID, its folder, or last) from its last checkpoint, with the design and recipe that it had; --steps gives it more steps
  --events    one JSON record a line on standard output, nothing else
  --json      the last record only, as JSON
Ctrl+C, or a file named stop in the run's folder, ends the run after the present step; what is learned so far is saved.
Exit code 0: completed or stopped; 1: the design cannot be trained, or the run failed; 2: input that cannot be used.`;

const options = {
  recipe: { type: 'string' },
  steps: { type: 'string' },
  seed: { type: 'string' },
  batch: { type: 'string' },
  every: { type: 'string' },
  resume: { type: 'string' },
} as const;

/** One run, or all those that several files, `--set depth=20,56` and `--seed 0,1` ask for, with a table of them. */
export function run(args: readonly string[]): Promise<number> {
  const several = variants(args, { ...shared, ...options });
  if (!several) return runOne(args);
  const quiet = ['--events', '--json'].some((flag) => args.includes(flag));
  return runSeveral(several, runOne, (line) => void (quiet ? process.stderr : process.stdout).write(`${line}\n`));
}

function runOne(args: readonly string[], ended?: (ended: Ended) => void): Promise<number> {
  let before: Resumable | undefined;
  return launch(
    args,
    {
      purpose: 'train',
      usage,
      options,
      source(values, file): Source {
        const { steps } = whole('steps', values.steps, 1);
        const { every } = whole('every', values.every, 0);
        if (values.resume === undefined) {
          const { batch } = whole('batch', values.batch, 1);
          const source = theFile(file, values.set, { purpose: 'train', usage });
          return { ...source, plan: { ...source.plan, ...(values.recipe !== undefined && { recipe: values.recipe }), change: { ...(steps !== undefined && { steps }), ...whole('seed', values.seed, 0), ...(batch !== undefined && { batch_size: batch }), ...(every !== undefined && { measure_every: every }) } } };
        }
        const fixed = (['recipe', 'set', 'seed', 'batch'] as const).find((name) => values[name] !== undefined);
        if (fixed !== undefined) throw new UnusableInput(`--resume goes on with what the run had: leave --${fixed} out\n${usage}`);
        const found = resumable(process.cwd(), values.resume, steps);
        if (typeof found === 'string') throw new UnusableInput(`--resume ${values.resume}: ${found}`);
        // An editor names the design that it shows.
        if (file !== undefined && path.resolve(file) !== found.file) throw new UnusableInput(`--resume ${values.resume}: it is a run of ${found.run.file}, not of ${file}`);
        before = found;
        const { design, recipe, set, backend, options } = found.run;
        return { file: file ?? (path.relative(process.cwd(), found.file) || found.file), text: design, plan: { ...(recipe !== 'default' && { recipe }), set: set as Source['plan']['set'], change: { ...found.settings, ...(every !== undefined ? { measure_every: every } : found.every !== undefined && { measure_every: found.every }) } }, backend, options: options ?? {} };
      },
    },
    ({ values, ...launched }) => {
      return startRun({ ...launched, events: values.events ?? false, json: values.json ?? false, ...(before && { resumed: before }), ended: (finished, id) => ended?.({ id, parameters: parametersOf(launched.planned), finished }) });
    },
  );
}

/** Learned scalars, as they run. */
function parametersOf({ program, sizes }: Plan): number {
  return [...program.weights.values()].reduce((sum, { learned, shape }) => sum + (learned ? (evaluateDim(product(shape), sizes) ?? 0) : 0), 0);
}
