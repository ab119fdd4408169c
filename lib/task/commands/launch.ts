import path from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { parse } from '../../document/parse.js';
import type { Problem } from '../../document/problem.js';
import type { RunRecord } from '../../protocol/records.js';
import type { Backend } from '../backends/backend.js';
import { openBackend } from '../backends/open.js';
import { type DatasetSpec, datasets } from '../../recipes/index.js';
import type { DataSource } from '../data/open.js';
import { openPlanned } from '../data/planned.js';
import { DataProblem, problemOf } from '../data/problem.js';
import { memory } from '../training/estimate.js';
import { plan, type Plan, type PlanOptions } from '../training/plan.js';
import { exit, guarded, readArguments, readDesign, readSettings, UnusableInput } from './input.js';
import { deviceOptions, type Given, readDevice, toldOf } from './devices.js';
import { designNamed } from './templates.js';
import { obstacleLines, obstacleRecords } from './obstacles.js';

/** Options of every command that runs a network. */
export const shared = {
  set: { type: 'string', multiple: true },
  backend: { type: 'string' },
  python: { type: 'string' },
  ...deviceOptions,
  json: { type: 'boolean' },
  events: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof readArguments<O & typeof shared>>['values'];

/** What is to be run: a design, and what else was said of it. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly plan: PlanOptions;
  /** The backend that it ran on before, for one that is gone on with. */
  readonly backend?: string;
  /** What was said of that backend. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Command<O extends Options> {
  readonly purpose: 'train' | 'trace';
  readonly usage: string;
  readonly options: O;
  /** Reads what is to be run and how. */
  source(values: Values<O>, file: string | undefined): Source;
}

export interface Launched<O extends Options> {
  readonly file: string;
  readonly text: string;
  readonly planned: Plan;
  readonly backend: Backend;
  /** What was said of it. */
  readonly told: Given;
  /** The data of a training run; undefined for a trace, and for batches that the backend's Python makes. */
  readonly data: DataSource | undefined;
  readonly values: Values<O>;
}

/** Reads the arguments of a command that runs a network, the design and its plan, and opens the backend; says what is in the way, else runs. */
export function launch<const O extends Options>(args: readonly string[], { purpose, usage, options, source }: Command<O>, run: (launched: Launched<O>) => Promise<number>): Promise<number> {
  return guarded(async () => {
    const { values: read, positionals } = readArguments(args, { ...shared, ...options }, usage);
    const values = read as Values<O>;
    const given = read as ReturnType<typeof readArguments<typeof shared>>['values'];
    if (given.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    const [first, more] = positionals;
    if (more !== undefined) throw new UnusableInput(`${purpose} takes one FILE\n${usage}`);
    const { file, text, plan: choices, backend: before, options: then } = source(values, first);
    // A trace answers --json with records too.
    const asRecords = given.events || (given.json && purpose === 'trace');
    const say = (record: RunRecord): void => void (asRecords && process.stdout.write(`${JSON.stringify(record)}\n`));
    const refuse = (problems: readonly Problem[]): number => {
      obstacleRecords(problems).forEach(say);
      process.stderr.write(`${obstacleLines(file, text, problems).join('\n')}\n`);
      return exit.errors;
    };
    const told = toldOf(given, given.backend === undefined || given.backend === before ? then : {});
    const planned = plan(text, purpose, choices);
    // What is no design at all is input that cannot be used, as it is for `check`.
    if (!('program' in planned)) return parse(text).readable ? refuse(planned) : Math.max(refuse(planned), exit.unusable);
    // Files are looked through while the backend loads.
    const { dataset } = planned.recipe;
    const reads: DatasetSpec = datasets[dataset];
    const reading = purpose === 'train' || reads.files ? openPlanned(planned, file) : Promise.resolve(undefined);
    const backend = await openBackend(given.backend ?? before ?? (purpose === 'train' && dataset === 'python' ? 'torch' : undefined), { python: given.python, ...readDevice(told), folder: path.dirname(path.resolve(file)), needs: memory(planned) });
    let data = await reading;
    if (purpose === 'trace' && data) {
      // A trace reads random values: what is wrong with the data is said, and keeps nothing from running.
      if (data instanceof DataProblem) refuse([{ ...problemOf(data, planned.recipeName), severity: 'warning' }]);
      else data.close();
      data = undefined;
    }
    if (typeof backend === 'string') {
      if (data instanceof DataProblem) return refuse([problemOf(data, planned.recipeName)]);
      data?.close();
      throw new UnusableInput(backend);
    }
    if (data instanceof DataProblem) {
      backend.close?.();
      return refuse([problemOf(data, planned.recipeName)]);
    }
    if (backend.follow) {
      data?.close();
      process.stderr.write(`${backend.device}: another machine leads this run and writes its record.\n`);
      const end = await backend.follow();
      process.stderr.write(`${end}\n`);
      return /exit code 0|was closed/.test(end) ? exit.clean : exit.errors;
    }
    const apart = undivided(planned, backend.processes ?? 1);
    if (apart !== undefined) {
      process.stderr.write(`${file}: error: ${apart} [undivided-batch]\n`);
      say({ type: 'problem', node: '', code: 'undivided-batch', message: apart });
      data?.close();
      backend.close?.();
      return exit.errors;
    }
    const unable = backend.unsupported(planned.program);
    for (const { node, reason } of unable) {
      // PyTorch runs and trains every operator.
      const message = `\`${node.path}\` cannot be ${purpose === 'train' ? 'trained' : 'run'} on ${backend.name}: ${reason}. The backend torch can: --backend torch.`;
      process.stderr.write(`${file}: error: ${message} [unsupported-operator]\n`);
      say({ type: 'problem', node: node.path, code: 'unsupported-operator', message });
    }
    if (unable.length) {
      data?.close();
      backend.close?.();
      return exit.errors;
    }
    try {
      return await run({ file, text, planned, backend, told, data, values });
    } finally {
      backend.close?.();
    }
  });
}

/** Why a batch cannot be shared by so many processes. */
function undivided({ program, recipe, fixedBatch, fixedBy }: Plan, processes: number): string | undefined {
  if (processes === 1) return undefined;
  if (fixedBy !== undefined) return `The network takes no part of a batch (${fixedBy}), so that ${processes} processes cannot share one.`;
  if (fixedBatch) return `The batch size is written as a number, the first axis of the input ${program.inputs[0]?.name ?? ''}, so that ${processes} processes cannot share a batch; write a symbol such as "N".`;
  if (recipe.batch_size < processes) return `A batch of ${recipe.batch_size} leaves nothing for some of ${processes} processes.`;
  return undefined;
}

/** The one FILE of a command line, and its `--set`. */
export function theFile(file: string | undefined, set: readonly string[] | undefined, { purpose, usage }: { readonly purpose: string; readonly usage: string }): Source {
  if (file === undefined) throw new UnusableInput(`${purpose} takes one FILE\n${usage}`);
  const named = designNamed(file);
  return { file: named, text: readDesign(named), plan: { set: readSettings(set) } };
}

/** `--steps 100` as { steps: 100 }. */
export function whole<N extends string>(name: N, text: string | undefined, least: number): { readonly [name in N]?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new UnusableInput(`--${name} takes an integer of at least ${least}, not ${text}`);
  return { [name]: value } as { readonly [name in N]?: number };
}
