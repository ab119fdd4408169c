import type { JsonPath, JsonValue } from '../document/json.js';
import { nearest } from '../document/names.js';
import type { Problem } from '../document/problem.js';
import type { Instance, Program } from '../program/program.js';
import { readRecipe } from './read.js';
import type { InitialisationChoice, Recipe } from './recipe.js';

/** What recipe and nodes say together about single nodes. */
export interface NodeChoices {
  /** Keys of the tensors that stay as they begin. */
  readonly frozen: ReadonlySet<string>;
  /** How nodes begin that say so themselves, or stand in a block that does, by index. */
  readonly initialize: ReadonlyMap<number, InitialisationChoice>;
  readonly problems: readonly Problem[];
}

/**
 * Which tensors are frozen, by the patterns of the recipe's `freeze` and by `"freeze": true` at nodes and blocks, and which nodes begin by an `initialize`
 * of their own. A tensor that several nodes share is frozen as soon as one of them is.
 */
export function nodeChoices(program: Program, recipe: Recipe, place: JsonPath): NodeChoices {
  const problems = new Map<string, Problem>();
  const report = (code: string, message: string, path: JsonPath, better?: JsonValue): void => {
    // What stands in a block is met once for each use of it.
    problems.set(JSON.stringify(path), {
      code,
      severity: 'error',
      node: '',
      place: { path, part: 'value' },
      message,
      explanation: [],
      fixes: better === undefined ? [] : [{ title: `Change to ${JSON.stringify(better)}`, edits: [{ kind: 'set', path, value: better }] }],
    });
  };
  const frozen = new Set<string>();
  const freeze = (index: number): void => program.nodes[index]?.weights.forEach(({ key }) => frozen.add(key));
  const initialize = new Map<number, InitialisationChoice>();

  const visit = (instance: Instance, still: boolean, begin: InitialisationChoice | undefined): void => {
    for (const { node, place: path, each } of instance.uses.values()) {
      const word = node.others?.get('freeze');
      if (word !== undefined && typeof word !== 'boolean') report('invalid-freeze', `\`freeze\` is ${JSON.stringify(word)}; it takes true or false.`, [...path, 'freeze'], true);
      const written = node.others?.get('initialize');
      const read = written === undefined ? undefined : readRecipe({ initialize: written }, path, recipe);
      for (const problem of read?.problems ?? []) problems.set(JSON.stringify(problem.place.path), problem);
      const [isStill, first] = [word === true || (still && word !== false), read?.recipe.initialize ?? begin];
      for (const use of each) {
        if (use.kind === 'block') visit(use.instance, isStill, first);
        else if (use.kind === 'node') {
          if (isStill) freeze(use.node);
          if (first) initialize.set(use.node, first);
        }
      }
    }
  };
  visit(program.root, false, undefined);

  for (const [i, pattern] of recipe.freeze.entries()) {
    const fits = matcher(pattern);
    const found = program.nodes.filter(({ path }) => fits(path));
    const path = [...place, 'freeze', i];
    if (!found.length) {
      const near = nearest(pattern, pathsOf(program));
      report('unknown-path', `\`freeze\` names ${pattern}, and no node or block has that path${near === undefined ? '.' : `; did you mean ${near}?`}`, path, near);
    } else if (!found.some(({ weights }) => weights.length)) report('unknown-path', `\`freeze\` names ${pattern}, which has no tensors: ${found.length === 1 ? `${found[0]?.operator.type} learns nothing` : `none of its ${found.length} nodes learns anything`}.`, path);
    for (const { index } of found) freeze(index);
  }
  return { frozen, initialize, problems: [...problems.values()] };
}

/** Whether a path is the pattern's or lies below it. `*` stands for anything without a dot, `**` for anything: "stage1", "stage1[0].conv*", "*.bn1". */
function matcher(pattern: string): (path: string) => boolean {
  const text = pattern.replace(/\*+|[^*]+/g, (part) => (part === '*' ? '[^.]*' : part.startsWith('*') ? '.*' : part.replace(/[.[\](){}+?^$|\\]/g, '\\$&')));
  const expression = new RegExp(`^${text}(?=$|[.[])`, 'u');
  return (path) => expression.test(path);
}

/** Paths of nodes and of the blocks around them, with and without the numbers of repetitions. */
function pathsOf({ nodes }: Program): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of nodes) {
    const parts = path.split('.');
    parts.forEach((_, i) => {
      const prefix = parts.slice(0, i + 1).join('.');
      paths.add(prefix).add(prefix.replace(/\[\d+\]$/, ''));
    });
  }
  return paths;
}
