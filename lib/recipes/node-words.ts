import type { JsonPath, JsonValue } from '../document/json.js';
import type { Node } from '../document/model.js';
import { nearest } from '../document/names.js';
import type { Problem } from '../document/problem.js';
import type { Instance, Program, ProgramNode } from '../program/program.js';
import { defaultRecipe } from './default.js';
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
  // What stands in a block is met once for each use of it.
  const problems = new Map<string, Problem>();
  const frozen = new Set<string>();
  const freeze = (index: number): void => program.nodes[index]?.weights.forEach(({ key }) => frozen.add(key));
  const initialize = new Map<number, InitialisationChoice>();

  const visit = (instance: Instance, still: boolean, begin: InitialisationChoice | undefined): void => {
    for (const { node, place: path, each } of instance.uses.values()) {
      const words = wordsOf(node, path);
      for (const problem of words.problems) problems.set(JSON.stringify(problem.place.path), problem);
      const [isStill, first] = [words.freeze ?? still, words.initialize ?? begin];
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
    const { nodes, problem } = matched(program, pattern, [...place, 'freeze', i]);
    if (problem) problems.set(JSON.stringify(problem.place.path), problem);
    for (const { index } of nodes) freeze(index);
  }
  return { frozen, initialize, problems: [...problems.values()] };
}

/** The words `freeze` and `initialize` of a node as written, and what is wrong with them. */
export function wordsOf({ others }: Node, place: JsonPath): { readonly freeze?: boolean; readonly initialize?: InitialisationChoice; readonly problems: readonly Problem[] } {
  const [freeze, initialize] = [others?.get('freeze'), others?.get('initialize')];
  if (freeze === undefined && initialize === undefined) return { problems: [] };
  const read = initialize === undefined ? undefined : readRecipe({ initialize }, place, defaultRecipe([], []));
  const problems = [
    ...(freeze === undefined || typeof freeze === 'boolean' ? [] : [problemAt({ code: 'invalid-freeze' }, `\`freeze\` is ${JSON.stringify(freeze)}; it takes true or false.`, [...place, 'freeze'], true)]),
    ...(read?.problems ?? []),
  ];
  return { ...(typeof freeze === 'boolean' && { freeze }), ...(read && { initialize: read.recipe.initialize }), problems };
}

/** The nodes that a pattern of `freeze` is about; and why there is none with a tensor. */
export function matched(program: Program, pattern: string, place: JsonPath): { readonly nodes: readonly ProgramNode[]; readonly problem?: Problem } {
  const fits = matcher(pattern);
  const nodes = program.nodes.filter(({ path }) => fits(path));
  if (nodes.some(({ weights }) => weights.length)) return { nodes };
  if (nodes.length) return { nodes, problem: problemAt({ code: 'unknown-path' }, `\`freeze\` names ${pattern}, which has no tensors: ${nodes.length === 1 ? `${nodes[0]?.operator.type} learns nothing` : `none of its ${nodes.length} nodes learns anything`}.`, place) };
  const near = nearest(pattern, pathsOf(program));
  return { nodes, problem: problemAt({ code: 'unknown-path' }, `\`freeze\` names ${pattern}, and no node or block has that path${near === undefined ? '.' : `; did you mean ${near}?`}`, place, near) };
}

const problemAt = ({ code }: Pick<Problem, 'code'>, message: string, path: JsonPath, better?: JsonValue): Problem => ({
  code,
  severity: 'error',
  node: '',
  place: { path, part: 'value' },
  message,
  explanation: [],
  fixes: better === undefined ? [] : [{ title: `Change to ${JSON.stringify(better)}`, edits: [{ kind: 'set', path, value: better }] }],
});

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
