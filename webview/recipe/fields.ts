import { freeRecipeName } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { apply } from '../../lib/document/apply.js';
import type { Edit } from '../../lib/document/edit.js';
import type { JsonObject, JsonPath, JsonValue } from '../../lib/document/json.js';
import type { Problem } from '../../lib/document/problem.js';
import { emptyDocument } from '../../lib/document/index.js';
import { recipeWords } from '../../lib/language/words.js';
import { buildProgram } from '../../lib/program/index.js';
import { augmentations, type Choice, clips, datasets, defaultRecipe, earlyStop, initialisations, losses, numbers, optimizers, readPython, readRecipe, type Recipe, recipeKeys, schedules, type Setting } from '../../lib/recipes/index.js';

/** A word of a recipe, as a field of the form. `path` is where it stands in the recipe. */
export type RecipeField = { readonly path: readonly string[]; readonly doc: string; readonly written: JsonValue | undefined } & (
  /** One of a table by its name; `usual` is what counts where nothing is written. */
  | { readonly kind: 'choice'; readonly table: Readonly<Record<string, Choice>>; readonly chosen: string; readonly usual: string }
  /** A number, word or switch; `base` is written beside it where its group is not written yet. */
  | { readonly kind: 'setting'; readonly setting: Setting; readonly usual: JsonValue; readonly base?: JsonObject }
  /** A group of settings that is there or not: early stop, gradient clipping. */
  | { readonly kind: 'group'; readonly options: readonly { readonly title: string; readonly value: JsonObject; readonly on: boolean }[] }
  /** Patterns of paths. */
  | { readonly kind: 'paths' }
  /** A parameter of the network. */
  | { readonly kind: 'parameter'; readonly usual: JsonValue }
  /** What the form has no field for. */
  | { readonly kind: 'unknown' }
);

export interface RecipeSection {
  readonly title: string;
  readonly fields: readonly RecipeField[];
}

/** The sections of the form and the words of a recipe that stand in them. */
const sections: readonly (readonly [string, readonly (typeof recipeKeys)[number][]])[] = [
  ['Data', ['dataset', 'batch_size']],
  ['Augmentation of images', ['augment']],
  ['Loss', ['loss']],
  ['Optimizer', ['optimizer', 'clip']],
  ['Schedule', ['schedule']],
  ['Length', ['steps', 'early_stop', 'seed', 'measure_every']],
  ['Weights at the start', ['initialize', 'freeze']],
  ['Parameters of the network', ['set']],
];

const choices = { dataset: datasets, loss: losses, optimizer: optimizers, schedule: schedules, initialize: initialisations } as const;

/** A recipe of the design as the form shows it; written or, as `default`, what the shapes suggest. */
export interface ShownRecipe {
  readonly name: string;
  readonly isWritten: boolean;
  /** The name under which the first change writes it. */
  readonly target: string;
  readonly sections: readonly RecipeSection[];
  /** The message that the reader would have for a value at a word; undefined where it takes it. */
  wrong(edits: readonly Edit[], path: readonly string[]): string | undefined;
}

/** The recipe that Run takes: the one chosen where the design has it, else as `netwright train` chooses. */
export function recipeName({ parsed: { document: { training } } }: Pick<Analysis, 'parsed'>, chosen: string | undefined): string {
  if (chosen !== undefined && (training.has(chosen) || chosen === 'default')) return chosen;
  return training.has('quick') ? 'quick' : ([...training.keys()][0] ?? 'default');
}

export function shownRecipe(analysis: Analysis, name: string): ShownRecipe {
  const { document } = analysis.parsed;
  const written = document.training.get(name);
  const place = ['training', name];
  const set = objectOf(objectOf(written)['set']);
  const program = Object.keys(set).length > 0 ? buildProgram(document, { set }) : analysis.program;
  const base = defaultRecipe(program.inputs.map(({ tensor }) => tensor), program.outputs.map(({ value }) => value.tensor));
  const target = written === undefined ? freeRecipeName(document.training) : name;
  return {
    name,
    isWritten: written !== undefined,
    target,
    sections: sectionsOf(objectOf(written), base, document.root.params),
    wrong(edits, path) {
      const alone = { ...emptyDocument, training: new Map(written === undefined ? [] : [[target, written]]) };
      const after = apply(alone, edits);
      if ('refused' in after) return after.refused;
      const value = after.training.get(target);
      if (value === undefined) return undefined;
      return readRecipe(value, place, base).problems.find((problem) => isBelow(problem.place.path, [...place, ...path]))?.message;
    },
  };
}

function sectionsOf(written: JsonObject, base: Recipe, params: ReadonlyMap<string, JsonValue>): readonly RecipeSection[] {
  const shown = sections.map(([title, keys]) => ({ title, fields: keys.flatMap((key) => fieldsOf(key, written, base, params)) }));
  const unknown = Object.keys(written).filter((key) => !(recipeKeys as readonly string[]).includes(key));
  return [...(unknown.length > 0 ? [{ title: 'Not understood', fields: unknown.map((key) => ({ kind: 'unknown' as const, path: [key], doc: '', written: written[key] })) }] : []), ...shown.filter(({ fields }) => fields.length > 0)];
}

function fieldsOf(key: (typeof recipeKeys)[number], recipe: JsonObject, base: Recipe, params: ReadonlyMap<string, JsonValue>): readonly RecipeField[] {
  const written = own(recipe, key);
  switch (key) {
    case 'dataset': return choiceFields(key, written, { name: base.dataset, ...base.data });
    case 'loss': return choiceFields(key, written, { name: base.loss, ...(base.loss_settings as JsonObject) });
    case 'optimizer':
    case 'schedule':
    case 'initialize': return choiceFields(key, written, base[key] as unknown as Named);
    case 'batch_size':
    case 'steps':
    case 'measure_every':
    case 'seed': return [{ kind: 'setting', path: [key], doc: numbers[key].doc, written, setting: numbers[key], usual: base[key] }];
    case 'augment': return groupFields(key, objectOf(written), augmentations.settings);
    case 'freeze': return [{ kind: 'paths', path: [key], doc: recipeWords.freeze, written }];
    case 'clip': {
      const group = objectOf(written);
      const options = Object.entries<Setting>(clips).map(([title, setting]) => ({ title, value: { [title]: setting.default as JsonValue }, on: own(group, title) !== undefined }));
      const on = Object.fromEntries(Object.entries<Setting>(clips).filter(([title]) => own(group, title) !== undefined));
      return [{ kind: 'group', path: [key], doc: recipeWords.clip, written, options }, ...groupFields(key, group, on)];
    }
    case 'early_stop': {
      const on = written !== undefined && written !== null;
      const value = { monitor: earlyStop.monitor.default, patience: earlyStop.patience.default };
      return [{ kind: 'group', path: [key], doc: recipeWords.early_stop, written, options: [{ title: 'on', value, on }] }, ...(on ? groupFields(key, objectOf(written), earlyStop) : [])];
    }
    case 'set': {
      const values = objectOf(written);
      const known = [...params].map(([name, usual]) => ({ kind: 'parameter' as const, path: [key, name], doc: `${name} of the network, in this recipe.`, written: own(values, name), usual }));
      return [...known, ...unknownFields(key, values, new Set(params.keys()))];
    }
  }
}

type Named = { readonly name: string } & JsonObject;

/** The choice itself and its settings. */
function choiceFields(key: keyof typeof choices, written: JsonValue | undefined, base: Named): readonly RecipeField[] {
  const table: Readonly<Record<string, Choice>> = choices[key];
  const object: JsonObject = typeof written === 'string' ? { ...((key === 'dataset' ? readPython(written) : undefined) ?? { name: written }) } : objectOf(written);
  const name = own(object, 'name');
  const known = typeof name === 'string' && Object.hasOwn(table, name);
  const chosen = known ? name : base.name;
  const { settings } = table[chosen]!;
  const fields = Object.entries(settings).map(([each, setting]): RecipeField => {
    const usual = known ? (setting.default as JsonValue) : (own(base, each) ?? (setting.default as JsonValue));
    return { kind: 'setting', path: [key, each], doc: setting.doc, written: own(object, each), setting, usual, base: { name: chosen } };
  });
  const shown = name === undefined && (written === undefined || typeof written === 'object') ? '' : String(name ?? JSON.stringify(written));
  return [{ kind: 'choice', path: [key], doc: `${recipeWords[key]} ${table[chosen]!.doc}`, written, table, chosen: shown, usual: base.name }, ...fields, ...unknownFields(key, object, new Set(['name', ...Object.keys(settings)]))];
}

function groupFields(key: string, group: JsonObject, settings: Readonly<Record<string, Setting>>): readonly RecipeField[] {
  const fields = Object.entries(settings).map(([each, setting]): RecipeField => ({ kind: 'setting', path: [key, each], doc: setting.doc, written: own(group, each), setting, usual: setting.default as JsonValue }));
  return [...fields, ...unknownFields(key, group, new Set([...Object.keys(settings), ...(key === 'clip' ? Object.keys(clips) : [])]))];
}

const unknownFields = (key: string, group: JsonObject, known: ReadonlySet<string>): readonly RecipeField[] =>
  Object.keys(group).filter((each) => !known.has(each)).map((each) => ({ kind: 'unknown', path: [key, each], doc: '', written: group[each] }));

/** Problems of a recipe by the field that they are shown at: the deepest whose path they lie at or below. What belongs to none stands under ''. */
export function problemsByField(problems: readonly Problem[], { name, sections: shown }: ShownRecipe): ReadonlyMap<string, readonly Problem[]> {
  const paths = shown.flatMap(({ fields }) => fields.map(({ path }) => path)).sort((a, b) => b.length - a.length);
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const { path } = problem.place;
    if (!isBelow(path, ['training', name])) continue;
    const key = (paths.find((each) => isBelow(path, ['training', name, ...each])) ?? []).join('.');
    const all = found.get(key);
    if (!all) found.set(key, [problem]);
    else if (!all.some(({ message }) => message === problem.message)) all.push(problem);
  }
  return found;
}

/** What is typed into a field, as a value of the file; nothing takes the word out. What cannot be read stays text, and the reader says what it wants. */
export function typedValue(text: string, { kind }: Pick<Setting, 'kind'>): JsonValue | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  if (kind === 'path' || kind === 'choice') return typed;
  if (kind === 'number' || kind === 'integer') return number(typed) ?? typed;
  const parts = typed.replace(/^[[(]|[\])]$/g, '').split(',').map((part) => number(part.trim()));
  if (parts.some((part) => part === undefined)) return typed;
  return kind === 'channels' && parts.length === 1 && !/^[[(]/.test(typed) ? parts[0] : (parts as number[]);
}

const number = (text: string): number | undefined => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined);

const isBelow = (path: JsonPath, above: JsonPath): boolean => above.every((step, k) => path[k] === step);

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
