import { refuse, type Acted } from './action.js';
import type { Analysis } from '../analysis/index.js';
import type { JsonObject, JsonValue } from '../document/json.js';
import { type Choice, type DatasetSpec, readPython } from '../recipes/index.js';
import { fits } from '../recipes/setting.js';

/**
 * Sets a word of a recipe ("steps", or "optimizer" and "lr"); undefined takes it out. A recipe that is not there yet is written with this word; `base` is what
 * a group that is not there yet says beside its setting, such as the optimiser's name.
 */
export function setRecipeWord({ parsed }: Pick<Analysis, 'parsed'>, recipe: string, word: readonly string[], value: JsonValue | undefined, base?: JsonObject): Acted {
  const [key, setting] = word;
  if (key === undefined) return refuse('Which word of the recipe is to change was not said.');
  const written = parsed.document.training.get(recipe);
  const place = ['training', recipe];
  const label = `${value === undefined ? 'Take out' : 'Set'} ${word.join('.')} of ${recipe}`;
  if (!isObject(written)) return value === undefined ? { edits: [], label } : { edits: [{ kind: 'set', path: place, value: { [key]: setting === undefined ? value : { ...base, [setting]: value } } }], label };
  if (setting === undefined) return { edits: [value === undefined ? { kind: 'remove', path: [...place, key] } : { kind: 'set', path: [...place, key], value }], label };
  const group = own(written, key);
  if (isObject(group)) {
    // A group of settings that says nothing any more goes; a choice keeps its name.
    const last = value === undefined && Object.keys(group).every((each) => each === setting);
    return { edits: [last ? { kind: 'remove', path: [...place, key] } : value === undefined ? { kind: 'remove', path: [...place, key, setting] } : { kind: 'set', path: [...place, key, setting], value }], label };
  }
  if (value === undefined) return { edits: [], label };
  const named: JsonObject = typeof group === 'string' ? { ...((key === 'dataset' ? readPython(group) : undefined) ?? { name: group }) } : { ...base };
  return { edits: [{ kind: 'set', path: [...place, key], value: { ...named, [setting]: value } }], label };
}

/** Chooses by name: an optimiser, say. Settings that the new choice has as well, and takes, stay; undefined takes the word out. */
export function chooseInRecipe(analysis: Pick<Analysis, 'parsed'>, recipe: string, key: string, table: Readonly<Record<string, Choice | DatasetSpec>>, name: string | undefined): Acted {
  if (name === undefined) return setRecipeWord(analysis, recipe, [key], undefined);
  const settings = Object.hasOwn(table, name) ? table[name]!.settings : {};
  const written = analysis.parsed.document.training.get(recipe);
  const before = isObject(written) ? own(written, key) : undefined;
  const kept = isObject(before) ? Object.entries(before).filter(([each, value]) => each !== 'name' && Object.hasOwn(settings, each) && fits(settings[each]!, value)) : [];
  const acted = setRecipeWord(analysis, recipe, [key], kept.length > 0 || key === 'optimizer' || key === 'schedule' || key === 'initialize' ? { name, ...Object.fromEntries(kept) } : name);
  return 'refused' in acted ? acted : { ...acted, label: `Choose the ${key} ${name} in ${recipe}` };
}

/** One more recipe, which says nothing yet: all in it is as the shapes suggest. */
export function addRecipe({ parsed }: Pick<Analysis, 'parsed'>, name = freeRecipeName(parsed.document.training)): Acted {
  const wrong = recipeNameProblem({ parsed }, name);
  return wrong === undefined ? { edits: [{ kind: 'insert', path: ['training'], key: name, value: {} }], label: `Add the recipe ${name}` } : refuse(wrong);
}

/** A recipe once more, right behind it, under a name of its own. */
export function duplicateRecipe({ parsed }: Pick<Analysis, 'parsed'>, name: string, copy = freeRecipeName(parsed.document.training, name)): Acted {
  const { training } = parsed.document;
  const written = training.get(name);
  if (written === undefined) return refuse(`There is no recipe ${name} any more.`);
  return { edits: [{ kind: 'insert', path: ['training'], key: copy, value: written, after: name }], label: `Duplicate the recipe ${name} as ${copy}` };
}

/** Renames a recipe; what it says stays, with its comments. */
export function renameRecipe({ parsed }: Pick<Analysis, 'parsed'>, from: string, to: string): Acted {
  if (!parsed.document.training.has(from)) return refuse(`There is no recipe ${from} any more.`);
  const wrong = recipeNameProblem({ parsed }, to, from);
  if (wrong !== undefined) return refuse(wrong);
  return { edits: from === to ? [] : [{ kind: 'renameKey', path: ['training', from], to }], label: `Rename the recipe ${from} to ${to}` };
}

export function removeRecipe({ parsed }: Pick<Analysis, 'parsed'>, name: string): Acted {
  return parsed.document.training.has(name) ? { edits: [{ kind: 'remove', path: ['training', name] }], label: `Delete the recipe ${name}` } : refuse(`There is no recipe ${name} any more.`);
}

/** Why a recipe cannot have a name; undefined where it can. */
export function recipeNameProblem({ parsed }: Pick<Analysis, 'parsed'>, name: string, own?: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name)) return 'A recipe is named by letters, digits, _, - and ., beginning with a letter.';
  return name !== own && parsed.document.training.has(name) ? `There is a recipe ${name} already.` : undefined;
}

/** `quick` first, since that is what Run takes; then by number. */
export function freeRecipeName(training: ReadonlyMap<string, unknown>, like?: string): string {
  if (like === undefined && !training.has('quick')) return 'quick';
  const stem = (like ?? 'recipe').replace(/\d+$/, '') || 'recipe';
  if (like === undefined && !training.has(stem)) return stem;
  for (let k = 2; ; k++) if (!training.has(`${stem}${k}`)) return `${stem}${k}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
