import { type Augment, augmentations } from './augment.js';
import { type DataSettings, type DatasetName, datasets, readPython } from './datasets.js';
import { nearest } from '../document/names.js';
import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Problem } from '../document/problem.js';
import type { ClipChoice, EarlyStopChoice, InitialisationChoice, LossSettings, OptimizerChoice, Recipe, ScheduleChoice } from './recipe.js';
import { type Choice, type Setting, fits, wanted } from './setting.js';
import { type LossName, clips, earlyStop, initialisations, losses, numbers, optimizers, schedules } from './tables.js';

/** The keys of a recipe, in the order in which they are printed. */
export const recipeKeys = ['dataset', 'augment', 'loss', 'optimizer', 'schedule', 'initialize', 'clip', 'freeze', 'batch_size', 'steps', 'early_stop', 'measure_every', 'seed', 'set'] as const;

/** The code of the problem where a recipe names what there is not. */
const unknown = {
  dataset: { code: 'unknown-dataset' },
  loss: { code: 'unknown-loss' },
  optimizer: { code: 'unknown-optimizer' },
  schedule: { code: 'unknown-schedule' },
  initialize: { code: 'unknown-initialize' },
} as const;

/**
 * Reads a recipe as written. Total: whatever is wrong is a problem with its place, and `recipe` then has the value of `base` there
 * (the default recipe of the network, see `defaultRecipe`).
 */
export function readRecipe(value: JsonValue, place: JsonPath, base: Recipe): { readonly recipe: Recipe; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (code: string, message: string, path: JsonPath, part: 'key' | 'value' = 'value', better?: JsonValue, to?: string): void => {
    problems.push({
      code,
      severity: 'error',
      node: '',
      place: { path, part },
      message,
      explanation: [],
      fixes: [
        ...(better === undefined ? [] : [{ title: `Change to ${JSON.stringify(better)}`, edits: [{ kind: 'set' as const, path, value: better }] }]),
        ...(to === undefined ? [] : [{ title: `Rename to ${JSON.stringify(to)}`, edits: [{ kind: 'renameKey' as const, path, to }] }]),
      ],
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
      const to = near === undefined || Object.hasOwn(object, near) ? undefined : near;
      report('unknown-recipe-key', `${what} has no \`${key}\`${near ? `; did you mean \`${near}\`?` : '.'} It takes ${known.join(', ')}.`, [...path, key], 'key', undefined, to);
    }
  };
  const setting = (object: JsonObject, key: string, spec: Setting, fallback: unknown, path: JsonPath): unknown => {
    const written = own(object, key);
    if (written === undefined) return fallback;
    if (fits(spec, written)) return written;
    const near = spec.kind === 'choice' ? nearest(String(written), spec.choices ?? []) : undefined;
    const better = near ?? (spec.kind === 'path' ? null : (spec.default as JsonValue));
    report('invalid-recipe-value', `\`${key}\` is ${JSON.stringify(written)}; it takes ${wanted(spec)}${near === undefined ? '.' : `. Did you mean ${near}?`}`, [...path, key], 'value', better ?? undefined);
    return fallback;
  };
  const choice = (key: 'dataset' | 'loss' | 'optimizer' | 'schedule' | 'initialize', table: Readonly<Record<string, Choice>>, fallback: { readonly name: string }): unknown => {
    const written = own(value, key);
    if (written === undefined) return fallback;
    const object: JsonObject | undefined = isObject(written) ? written : typeof written === 'string' || key === 'loss' ? ((key === 'dataset' ? readPython(String(written)) : undefined) ?? { name: written }) : undefined;
    const namePath = isObject(written) ? [...place, key, 'name'] : [...place, key];
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
      const near = nearest(String(chosen), Object.keys(table));
      report(unknown[key].code, `There is no ${key} ${JSON.stringify(chosen)}${near === undefined ? '' : `; did you mean ${near}?`}${near === undefined ? '; there' : ' There'} are ${Object.keys(table).join(', ')}.`, namePath, 'value', near);
      return fallback;
    }
    const { settings } = table[chosen] as Choice;
    unknownKeys(object, ['name', ...Object.keys(settings)], [...place, key], `The ${key} ${chosen}`);
    const missing = Object.entries(settings).filter(([each, spec]) => spec.required && own(object, each) === undefined);
    if (missing.length) {
      const form = chosen === 'python' ? '"python:FILE:FUNCTION"' : `{ "name": "${chosen}", ${missing.map(([each]) => `"${each}": "..."`).join(', ')} }`;
      report('missing-recipe-key', `The ${key} ${chosen} needs ${missing.map(([each, { doc }]) => `\`${each}\`: ${doc}`).join(' And ')} Write ${form}; paths are relative to this file.`, [...place, key]);
    }
    return { name: chosen, ...settingsOf(object, settings, [...place, key]) };
  };
  const settingsOf = (object: JsonObject, settings: Readonly<Record<string, Setting>>, path: JsonPath): Readonly<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(settings).map(([each, spec]) => [each, setting(object, each, spec, spec.default, path)]));
  /** An object of settings without a name; null is nothing. */
  const group = (key: 'clip' | 'early_stop', settings: Readonly<Record<string, Setting>>, example: JsonObject): JsonObject | null | undefined => {
    const written = own(value, key);
    if (written === undefined) return undefined;
    if (written === null) return null;
    if (!isObject(written)) {
      report('invalid-recipe', `\`${key}\` is an object such as ${JSON.stringify(example)}.`, [...place, key], 'value', example);
      return undefined;
    }
    unknownKeys(written, Object.keys(settings), [...place, key], `\`${key}\``);
    return written;
  };
  const clip = (): ClipChoice | null => {
    const written = group('clip', clips, { norm: 1 });
    if (!written) return written === null ? null : base.clip;
    const names = (['norm', 'value'] as const).filter((each) => own(written, each) !== undefined);
    const [only] = names;
    if (names.length !== 1 || only === undefined) {
      report('invalid-recipe', names.length ? '`clip` takes `norm` or `value`, not both.' : '`clip` needs `norm` or `value`.', [...place, 'clip'], 'value', names.length ? { norm: own(written, 'norm') as JsonValue } : undefined);
      return base.clip;
    }
    return { [only]: setting(written, only, clips[only], clips[only].default, [...place, 'clip']) } as unknown as ClipChoice;
  };
  const stop = (): EarlyStopChoice | null => {
    const written = group('early_stop', earlyStop, { monitor: 'test_loss', patience: 3 });
    if (!written) return written === null ? null : base.early_stop;
    return settingsOf(written, earlyStop, [...place, 'early_stop']) as unknown as EarlyStopChoice;
  };
  const freeze = (): readonly string[] => {
    const written = own(value, 'freeze');
    if (written === undefined) return base.freeze;
    if (Array.isArray(written) && written.every((each) => typeof each === 'string')) return written;
    report('invalid-recipe', '`freeze` is a list of paths of nodes and blocks, such as ["stem", "stage1[0]", "*.bn1"].', [...place, 'freeze'], 'value', typeof written === 'string' ? [written] : undefined);
    return base.freeze;
  };

  unknownKeys(value, recipeKeys, place, 'A recipe');
  const set = own(value, 'set');
  if (set !== undefined && !isObject(set)) report('invalid-recipe', '`set` is an object of document parameters and their values.', [...place, 'set']);
  const { name: loss, ...lossSettings } = choice('loss', losses, { name: base.loss, ...base.loss_settings }) as LossSettings & { readonly name: LossName };
  const optimizer = choice('optimizer', optimizers, base.optimizer) as OptimizerChoice;
  if (optimizer.name === 'sgd' && optimizer.nesterov && optimizer.dampening)
    report('invalid-recipe-value', `\`nesterov\` needs a \`dampening\` of 0; it is ${optimizer.dampening}.`, [...place, 'optimizer', 'dampening'], 'value', 0);
  const { name: dataset, ...data } = choice('dataset', datasets, { name: base.dataset, ...base.data }) as { readonly name: DatasetName };
  const augment = own(value, 'augment');
  if (augment !== undefined && !isObject(augment)) report('invalid-recipe', '`augment` is an object with flip, crop, mean and std.', [...place, 'augment']);
  const augmented = augment !== undefined && isObject(augment) ? augment : {};
  unknownKeys(augmented, Object.keys(augmentations.settings), [...place, 'augment'], '`augment`');
  const recipe: Recipe = {
    dataset,
    data: data as DataSettings,
    augment: Object.fromEntries(Object.entries(augmentations.settings).map(([key, spec]) => [key, setting(augmented, key, spec, spec.default, [...place, 'augment'])])) as unknown as Augment,
    loss,
    loss_settings: lossSettings,
    optimizer,
    schedule: choice('schedule', schedules, base.schedule) as ScheduleChoice,
    initialize: choice('initialize', initialisations, base.initialize) as InitialisationChoice,
    clip: clip(),
    freeze: freeze(),
    batch_size: setting(value, 'batch_size', numbers.batch_size, base.batch_size, place) as number,
    steps: setting(value, 'steps', numbers.steps, base.steps, place) as number,
    early_stop: stop(),
    measure_every: setting(value, 'measure_every', numbers.measure_every, base.measure_every, place) as number,
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
