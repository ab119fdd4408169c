import type { JsonObject } from '../../document/json.js';
import { parse, type Parsed } from '../../document/parse.js';
import type { Problem } from '../../document/problem.js';
import type { Program } from '../../program/program.js';
import { type ChosenRun, chooseRun, chooseSizes, lostBatch, type Recipe } from '../../recipes/index.js';
import { evaluateDim } from '../../shapes/index.js';
import type { TrainerOptions } from '../backends/backend.js';
import { fitting } from './fitting.js';

/** A design that can be run: no errors, every size a number. */
export interface Plan {
  readonly parsed: Parsed;
  readonly program: Program;
  readonly recipe: Recipe;
  readonly recipeName: string;
  /** What is frozen, and which nodes begin in a way of their own. */
  readonly choices: ChosenRun['choices'];
  /** What was set from the recipe and from the command. */
  readonly set: JsonObject;
  /** Sizes of the symbols of the inputs' shapes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Shapes of the inputs, with the batch. */
  readonly inputs: readonly (readonly number[])[];
  /** The batch size is written in the design, or what stands in the design takes no other. */
  readonly fixedBatch: boolean;
  /** What is asked of the batch where it is not written: "N must be 4". */
  readonly fixedBy?: string;
  /** Things worth saying that keep nothing from running. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  readonly recipe?: string;
  readonly set: JsonObject;
  /** Changes to the recipe: from the command line, or those of a run that is gone on with. */
  readonly change?: Partial<Recipe>;
}

/** Reads a design, chooses its recipe and sizes; or says what is in the way. */
export function plan(text: string, purpose: 'train' | 'trace', { recipe: asked, set, change }: PlanOptions): Plan | readonly Problem[] {
  const parsed = parse(text);
  const chosen = chooseRun(parsed, { ...(asked !== undefined && { recipe: asked }), set, ...(change?.batch_size !== undefined && { batch: change.batch_size }) }, purpose === 'train');
  if ('obstacles' in chosen) return chosen.obstacles;
  const { program, name, recipe: read, choices } = chosen;
  const written = { ...read, ...change };
  const notes: string[] = [];
  const first = program.inputs[0]?.tensor.shape?.[0];
  const writtenBatch = typeof first === 'number';
  const batch = writtenBatch ? first : purpose === 'trace' ? 1 : written.batch_size;
  if (writtenBatch && purpose === 'train' && batch !== written.batch_size) notes.push(`The batch size is ${batch}: the first axis of the input ${program.inputs[0]?.name} is written as a number.`);
  const wished = { ...written, batch_size: Math.max(1, batch) };
  const { sizes: usual, notes: sized } = chooseSizes(program, wished);
  const { sizes, moved, batch: fixedBy } = fitting(program, usual, purpose === 'train');
  const symbol = typeof first === 'object' ? first?.text : undefined;
  const recipe = { ...wished, batch_size: (symbol === undefined ? undefined : sizes.get(symbol)) ?? wished.batch_size };
  notes.push(...sized.filter((note) => ![...moved.keys()].some((name) => note.startsWith(`${name} of the input `))));
  for (const [name, asked] of moved) notes.push(name === symbol ? `The batch size is ${recipe.batch_size} instead of ${wished.batch_size}: ${asked}.` : `${name} is taken as ${sizes.get(name)}: ${asked}.`);
  const fixedBatch = writtenBatch || fixedBy !== undefined;
  const lost = purpose === 'trace' ? lostBatch(program, recipe) : undefined;
  if (lost) notes.push(`It can be traced, not trained. ${lost.message}`);
  if (purpose === 'train' && program.outputs.length > 1) notes.push(`The loss looks at the first of ${program.outputs.length} outputs, ${program.outputs[0]?.name}.`);
  const inputs = program.inputs.map(({ tensor }) => (tensor.shape ?? []).map((dim) => evaluateDim(dim, sizes) ?? 1));
  return { parsed, program, recipe, recipeName: name, choices, set: chosen.set, sizes, inputs, fixedBatch, ...(fixedBy !== undefined && { fixedBy }), notes };
}

/** What a trainer is told of a plan. */
export function trainerOptions({ recipe: { loss, loss_settings, optimizer, clip, seed }, choices }: Pick<Plan, 'recipe' | 'choices'>): TrainerOptions {
  return { loss, loss_settings, optimizer, clip, seed, frozen: [...choices.frozen] };
}
