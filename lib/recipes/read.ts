import { nearest } from '../document/names.js';
import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Problem } from '../document/problem.js';
import type { OptimizerChoice, Recipe, ScheduleChoice } from './recipe.js';
import { type Choice, type Setting, fits, wanted } from './setting.js';
import { type DatasetName, type LossName, datasets, losses, numbers, optimizers, schedules } from './tables.js';

/** The keys of a recipe, in the order in which they are printed. */
export const recipeKeys = ['dataset', 'loss', 'optimizer', 'schedule', 'batch_size', 'steps', 'seed', 'set'] as const;

/**
 * Reads a recipe as written. Total: whatever is wrong is a problem with its place, and `recipe` then has the value of `base` there
 * (the default recipe of the network, see `defaultRecipe`).
 */
export function readRecipe(value: JsonValue, place: JsonPath, base: Recipe): { readonly recipe: Recipe; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (code: string, message: string, path: JsonPath, part: 'key' | 'value' = 'value', better?: JsonValue): void => {
    problems.push({
      code,
      severity: 'error',
      node: '',
      place: { path, part },
      message,
      explanation: [],
      fixes: better === undefined ? [] : [{ title: `Change to ${JSON.stringify(better)}`, edits: [{ kind: 'set', path, value: better }] }],
    });
  };
  if (!isObject(value)) {
    report('invalid-recipe', `A recipe is an object with ${recipeKeys.join(', ')}.`, place);
    return { recipe: base, problems };
  }
  const unknownKeys = (object: JsonObject, known: readonly string[], path: JsonPath, what: string): void => {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue;
      const near = nearest(key, known);
      report('unknown-recipe-key', `${what} has no \`${key}\`${near ? `; did you mean \`${near}\`` : ''}. It takes ${known.join(', ')}.`, [...path, key], 'key');
    }
  };
  const name = <N extends string>(key: string, table: Readonly<Record<N, unknown>>, fallback: N): N => {
    const written = own(value, key);
    if (written === undefined) return fallback;
    if (typeof written === 'string' && Object.hasOwn(table, written)) return written as N;
    const names = Object.keys(table);
    report('unknown-' + key, `There is no ${key} ${JSON.stringify(written)}; there are ${names.join(', ')}.`, [...place, key], 'value', nearest(String(written), names));
    return fallback;
  };
  const setting = (object: JsonObject, key: string, spec: Setting, fallback: unknown, path: JsonPath): unknown => {
    const written = own(object, key);
    if (written === undefined) return fallback;
    if (fits(spec, written)) return written;
    report('invalid-recipe-value', `\`${key}\` is ${JSON.stringify(written)}; it takes ${wanted(spec)}.`, [...path, key], 'value', spec.default as JsonValue);
    return fallback;
  };
  const choice = (key: 'optimizer' | 'schedule', table: Readonly<Record<string, Choice>>, fallback: OptimizerChoice | ScheduleChoice): unknown => {
    const written = own(value, key);
    if (written === undefined) return fallback;
    const object: JsonObject | undefined = typeof written === 'string' ? { name: written } : isObject(written) ? written : undefined;
    const namePath = typeof written === 'string' ? [...place, key] : [...place, key, 'name'];
    if (!object) {
      report('invalid-recipe', `\`${key}\` is an object such as ${JSON.stringify(fallback)}.`, [...place, key], 'value', fallback as unknown as JsonValue);
      return fallback;
    }
    const chosen = own(object, 'name');
    if (chosen === undefined) {
      report('missing-recipe-key', `\`${key}\` needs a \`name\`: ${Object.keys(table).join(', ')}.`, [...place, key]);
      return fallback;
    }
    if (typeof chosen !== 'string' || !Object.hasOwn(table, chosen)) {
      report('unknown-' + key, `There is no ${key} ${JSON.stringify(chosen)}; there are ${Object.keys(table).join(', ')}.`, namePath, 'value', nearest(String(chosen), Object.keys(table)));
      return fallback;
    }
    const { settings } = table[chosen] as Choice;
    unknownKeys(object, ['name', ...Object.keys(settings)], [...place, key], `The ${key} ${chosen}`);
    return { name: chosen, ...Object.fromEntries(Object.entries(settings).map(([each, spec]) => [each, setting(object, each, spec, spec.default, [...place, key])])) };
  };

  unknownKeys(value, recipeKeys, place, 'A recipe');
  const set = own(value, 'set');
  if (set !== undefined && !isObject(set)) report('invalid-recipe', '`set` is an object of document parameters and their values.', [...place, 'set']);
  const recipe: Recipe = {
    dataset: name<DatasetName>('dataset', datasets, base.dataset),
    loss: name<LossName>('loss', losses, base.loss),
    optimizer: choice('optimizer', optimizers, base.optimizer) as OptimizerChoice,
    schedule: choice('schedule', schedules, base.schedule) as ScheduleChoice,
    batch_size: setting(value, 'batch_size', numbers.batch_size, base.batch_size, place) as number,
    steps: setting(value, 'steps', numbers.steps, base.steps, place) as number,
    seed: setting(value, 'seed', numbers.seed, base.seed, place) as number,
    set: set !== undefined && isObject(set) ? set : base.set,
  };
  return { recipe, problems };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
