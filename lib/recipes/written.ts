import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Document } from '../document/model.js';
import { nearest } from '../document/names.js';
import type { Problem } from '../document/problem.js';
import { buildProgram } from '../program/build.js';
import type { Instance, Program } from '../program/program.js';
import { defaultRecipe } from './default.js';
import { matched, wordsOf } from './node-words.js';
import { readRecipe } from './read.js';

/**
 * What is wrong with what a design says of its training: the recipes, and the words `freeze` and `initialize` at nodes. Whether network and recipe fit is not
 * asked, since a recipe may be for a network that is still being drawn.
 */
export function writtenProblems(document: Document, program: Program, set: JsonObject = {}): readonly Problem[] {
  const problems: Problem[] = [];
  // A keystroke waits for this, and entries of a map cost more than its values.
  for (const scope of [document.root, ...document.blocks.values()])
    for (const node of scope.nodes.values()) {
      if (!node.others) continue;
      const place = scope.name === '' ? ['nodes', node.name] : ['blocks', scope.name, 'nodes', node.name];
      for (const problem of wordsOf(node, place).problems) problems.push({ ...problem, node: firstUse(program.root, place) });
    }
  if (document.training.size === 0) return problems;
  const base = defaultRecipe([], []);
  for (const [name, written] of document.training) {
    const place = ['training', name];
    const { recipe, problems: own } = readRecipe(written, place, base);
    const unknown = unknownSettings(document, recipe.set, place);
    problems.push(...own, ...unknown);
    if (recipe.freeze.length && !unknown.length) problems.push(...unknownPaths(document, program, recipe.freeze, { ...recipe.set, ...set }, place));
  }
  return problems;
}

/** Whether a problem is about training alone: the network can be drawn, traced in shapes and exported all the same. */
export function isOfTraining({ place: { path } }: Pick<Problem, 'place'>): boolean {
  const word = path[path[0] === 'blocks' ? 4 : 2];
  return path[0] === 'training' || word === 'freeze' || word === 'initialize';
}

/** Names in a recipe's `set` that are no parameters of the document. */
export function unknownSettings({ root: { params } }: Document, set: JsonObject, place: JsonPath): readonly Problem[] {
  return Object.keys(set).filter((name) => !params.has(name)).map((name) => {
    const near = nearest(name, params.keys());
    const path = [...place, 'set', name];
    return {
      code: 'unknown-param',
      severity: 'error',
      node: '',
      place: { path, part: 'key' },
      message: `The document has no parameter \`${name}\`${near === undefined ? '' : `; did you mean \`${near}\``}${near === undefined ? '.' : '?'}`,
      explanation: [],
      fixes: near === undefined || Object.hasOwn(set, near) ? [] : [{ title: `Rename to ${JSON.stringify(near)}`, edits: [{ kind: 'renameKey', path, to: near }] }],
    };
  });
}

/** Patterns of `freeze` that name nothing. Nothing is said of them where errors hide a part of the network. */
function unknownPaths(document: Document, program: Program, freeze: readonly string[], set: JsonObject, place: JsonPath): readonly Problem[] {
  const isBroken = ({ findings }: Program): boolean => findings.some(({ severity = 'error' }) => severity === 'error');
  if (isBroken(program)) return [];
  const among = (network: Program): readonly Problem[] => freeze.flatMap((pattern, i) => matched(network, pattern, [...place, 'freeze', i]).problem ?? []);
  const found = among(program);
  // The recipe may name what its own parameters bring; that network is built only where there is doubt.
  if (!found.length || !Object.keys(set).some((name) => !sameValue(program.params[name] as JsonValue, set[name]))) return found;
  const other = buildProgram(document, { set });
  return isBroken(other) ? [] : among(other);
}

const sameValue = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Path of the first node or block of the network that is written at this place; '' where it is not used. */
function firstUse(instance: Instance, place: JsonPath): string {
  const wanted = place.join('/');
  for (const use of instance.uses.values())
    for (const each of use.each) {
      if (use.place.join('/') === wanted) return each.path;
      const inside = each.kind === 'block' ? firstUse(each.instance, place) : '';
      if (inside !== '') return inside;
    }
  return '';
}
