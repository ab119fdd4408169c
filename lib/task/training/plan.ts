import type { JsonObject, JsonValue } from '../../document/json.js';
import type { Parsed } from '../../document/parse.js';
import { parse } from '../../document/parse.js';
import { nearest } from '../../document/names.js';
import type { Problem } from '../../document/problem.js';
import { buildProgram } from '../../program/index.js';
import type { Program } from '../../program/program.js';
import { defaultRecipe, mismatch, type Recipe, readRecipe } from '../../recipes/index.js';
import { evaluateDim } from '../../shapes/index.js';

/** One thing that keeps a design from running, with its place in the file. */
export type Obstacle = Pick<Problem, 'code' | 'message' | 'node' | 'place'> & { readonly fix?: string };

/** A design that can be run: no errors, every size a number. */
export interface Plan {
  readonly parsed: Parsed;
  readonly program: Program;
  readonly recipe: Recipe;
  readonly recipeName: string;
  /** What was set from the recipe and from the command. */
  readonly set: JsonObject;
  /** Sizes of the symbols of the inputs' shapes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Shapes of the inputs, with the batch. */
  readonly inputs: readonly (readonly number[])[];
  /** The batch size is written in the design. */
  readonly fixedBatch: boolean;
  /** Things worth saying that keep nothing from running. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  readonly recipe?: string;
  readonly set: JsonObject;
  /** Changes to the recipe from the command line. */
  readonly change?: Partial<Pick<Recipe, 'steps' | 'seed' | 'batch_size'>>;
}

/** The fix that ends a network in scores for the ten digits, by the title under which the editor offers it. */
export const classifierFix = 'Add classifier: pool, flatten, Linear 10';

/** Reads a design, chooses its recipe and sizes; or says what is in the way. `train` also asks whether network and recipe fit. */
export function plan(text: string, purpose: 'train' | 'trace', options: PlanOptions): Plan | readonly Obstacle[] {
  const parsed = parse(text);
  const errors = parsed.problems.filter(({ severity }) => severity === 'error');
  if (!parsed.readable || errors.length) return errors;
  const chosen = chooseRecipe(parsed, options);
  if (Array.isArray(chosen)) return chosen as readonly Obstacle[];
  const { name, recipe: read } = chosen as { readonly name: string; readonly recipe: Recipe };
  const set = { ...read.set, ...options.set };
  const program = buildProgram(parsed.document, { set });
  const findings = program.findings.filter(({ severity = 'error' }) => severity === 'error');
  if (findings.length) return findings.map(({ code, message, node, place, part }) => ({ code, message, node, place: { path: place, ...(part && { part }) } }));
  const written = { ...read, ...options.change };
  const [notes, fixedBatch] = [[] as string[], typeof program.inputs[0]?.tensor.shape?.[0] === 'number'];
  const batch = fixedBatch && program.inputs.length ? (program.inputs[0]?.tensor.shape?.[0] as number) : purpose === 'trace' ? 1 : written.batch_size;
  if (fixedBatch && purpose === 'train' && batch !== written.batch_size) notes.push(`The batch size is ${batch}: the first axis of the input ${program.inputs[0]?.name} is written as a number.`);
  const recipe = { ...written, batch_size: Math.max(1, batch) };
  const sizes = chooseSizes(program, recipe.batch_size, notes);
  if (purpose === 'train') {
    const wrong = mismatch(
      program.inputs.map(({ tensor }) => tensor),
      program.outputs.map(({ value }) => value.tensor),
      recipe,
    );
    if (wrong) {
      const output = program.outputs[0]?.value.origin;
      const node = output?.kind === 'node' ? (program.nodes[output.node]?.path ?? '') : '';
      return [{ ...wrong, node, place: { path: ['outputs'] }, ...(wrong.code === 'no-classifier' && { fix: classifierFix }) }];
    }
    if (program.outputs.length > 1) notes.push(`The loss looks at the first of ${program.outputs.length} outputs, ${program.outputs[0]?.name}.`);
  }
  const inputs = program.inputs.map(({ tensor }) => (tensor.shape ?? []).map((dim) => evaluateDim(dim, sizes) ?? 1));
  return { parsed, program, recipe, recipeName: name, set, sizes, inputs, fixedBatch, notes };
}

/** The named recipe, else `quick`, else the first one written, else the default one of the network's shapes. */
function chooseRecipe({ document }: Parsed, { recipe: asked, set }: PlanOptions): { readonly name: string; readonly recipe: Recipe } | readonly Obstacle[] {
  const shapes = (values: JsonObject): Recipe => {
    const program = buildProgram(document, { set: values });
    return defaultRecipe(
      program.inputs.map(({ tensor }) => tensor),
      program.outputs.map(({ value }) => value.tensor),
    );
  };
  const names = [...document.training.keys()];
  const name = asked ?? (names.includes('quick') ? 'quick' : names[0]);
  if (name === undefined || (!document.training.has(name) && name === 'default')) return { name: 'default', recipe: shapes(set) };
  const value = document.training.get(name);
  if (value === undefined) {
    const near = nearest(name, names);
    const known = names.length ? `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}` : 'the document has none, and without --recipe the default one runs';
    return [{ code: 'unknown-recipe', message: `There is no recipe ${name}${near ? `; did you mean ${near}?` : ':'} ${known}.`, node: '', place: { path: ['training'] } }];
  }
  // What a recipe sets may change the shapes, and so the recipe that it completes.
  const setsOf = (written: JsonValue): JsonObject => (typeof written === 'object' && written !== null && !Array.isArray(written) && typeof (written as JsonObject)['set'] === 'object' ? ((written as JsonObject)['set'] as JsonObject) : {});
  const { recipe, problems } = readRecipe(value, ['training', name], shapes({ ...setsOf(value), ...set }));
  return problems.length ? problems : { name, recipe };
}

/** A number for every symbol: the batch for the first axis, then 3 channels and 32 along the others. */
function chooseSizes(program: Program, batch: number, notes: string[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, tensor } of program.inputs)
    for (const [axis, dim] of (tensor.shape ?? []).entries()) {
      if (dim === null || typeof dim === 'number' || sizes.has(dim.text)) continue;
      const size = axis === 0 ? batch : axis === 1 && tensor.shape?.length === 4 ? 3 : 32;
      sizes.set(dim.text, size);
      if (axis > 0) notes.push(`${dim.text} of the input ${name} is taken as ${size}.`);
    }
  return sizes;
}
