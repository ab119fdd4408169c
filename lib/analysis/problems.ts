import { unusedAllowances, withAllowances } from './allowances.js';
import { blockInputProblems } from './block-inputs.js';
import { budgetProblems } from './budget.js';
import { withoutEchoes, withoutFollowing } from './following.js';
import { shortNames } from './naming.js';
import { aloneProblems } from './alone.js';
import { programFor, type Given } from './given.js';
import { arrivalSteps, batchInWeight } from './arrival.js';
import { mismatchOf, type Mismatch } from './explain.js';
import { freed, type Freed } from './conditions/free.js';
import { fixesFor } from './fixes/fixes.js';
import { verifiedFixes } from './fixes/verify.js';
import { hintsOf } from './hints.js';
import { overridesOf } from './overrides.js';
import { graphOf, type Graph } from './graph.js';
import { trainingProblems } from './training.js';
import type { Parsed } from '../document/parse.js';
import type { Fix, Problem, Step } from '../document/problem.js';
import type { ProgramNode, LocatedFinding } from '../program/program.js';

/**
 * Everything that is wrong, errors first, each group in the order of the file. Repetitions of one node that have the same problem are told
 * once, at the first, with the paths of the others in the facts. Fixes are looked for when they are first asked for: each is verified by
 * building the edited design, and few problems are ever opened.
 */
export function problemsOf(parsed: Parsed, graph: Graph, options: Given, chain = 0): readonly Problem[] {
  const solve = chain >= 3 ? undefined : (edited: Parsed) => problemsOf(edited, graphOf(programFor(edited.document, options, graph.program), graph), options, chain + 1);
  const problems: Problem[] = withoutEchoes(parsed.problems).map((problem) => withFixes(located(parsed, problem), () => fixesFor({ parsed, graph, options, problem, finding: undefined, mismatch: undefined, solve, chain })));
  // Of a text that breaks off only that is told: what the rest lacks says nothing about the design.
  const findings = parsed.readable ? withoutFollowing(graph, parsed.problems) : [];
  let open: { readonly found: Freed | undefined } | undefined;
  const freedOnce = (): Freed | undefined => (open ??= { found: freed(graph.program, options) }).found;
  const overrides = options.assume === undefined ? overridesOf(parsed.document, options) : undefined;
  for (const { finding, others } of gathered(findings)) {
    const node = finding.index === undefined ? undefined : graph.program.nodes[finding.index];
    const mismatch = node === undefined ? undefined : mismatchAt(graph, node, finding);
    const problem = located(parsed, {
      code: finding.code,
      severity: finding.severity ?? 'error',
      node: finding.node,
      ...atOf(finding),
      place: finding.part === undefined ? { path: finding.place } : { path: finding.place, part: finding.part },
      message: mismatch?.message ?? (node === undefined ? finding.message : (batchInWeight(graph, node, finding) ?? named(node, finding.message))),
      explanation: mismatch?.explanation ?? (node === undefined ? [] : arrivalSteps(graph, node, finding)),
      fixes: [],
      facts: { ...finding.facts, ...mismatch?.facts, ...(others.length > 0 && { others }) },
    });
    const told = node !== undefined && dependsOnSize.has(finding.code) && (mismatch === undefined || mismatch.first.length === mismatch.second.length) ? withSizes(problem, freedOnce) : problem;
    const override = overrides?.step(finding);
    if (override !== undefined) problems.push({ ...problem, explanation: [...problem.explanation, override] });
    else problems.push(withFixes(told, () => fixesFor({ parsed, graph, options, problem, finding, mismatch, solve, chain, freed: freedOnce })));
  }
  // Advice on a text that lacks something would be about what it lacks.
  const advised = !parsed.problems.some(({ severity }) => severity === 'error');
  for (const { problem, candidates } of parsed.readable ? [...blockInputProblems(graph), ...hintsOf(graph)] : []) {
    if (problem.severity === 'hint' && !advised) continue;
    const told = located(parsed, problem);
    problems.push(withFixes(told, () => verifiedFixes({ parsed, graph, options, problem: told, finding: undefined, mismatch: undefined, gone: (after) => { const edited = graphOf(after, graph); return ![...blockInputProblems(edited), ...hintsOf(edited)].some((other) => sameHint(other.problem, told)); } }, candidates)));
  }
  if (parsed.readable) for (const problem of budgetProblems(parsed.document, graph.program)) problems.push(located(parsed, problem));
  for (const { problem, candidates, gone } of parsed.readable && options.assume === undefined && chain === 0 ? trainingProblems(parsed.document, graph.program, options) : []) {
    const told = located(parsed, problem);
    problems.push(withFixes(told, () => verifiedFixes({ parsed, graph, options, problem: told, finding: undefined, mismatch: undefined, gone }, candidates)));
  }
  if (parsed.readable && options.assume === undefined && chain === 0) problems.push(...aloneProblems(parsed, problems, problemsOf));
  const kept = [...withAllowances(parsed.document, problems), ...unusedAllowances(parsed.document, problems).map((problem) => located(parsed, problem))];
  return kept.map(shortened).sort((a, b) => order(a) - order(b) || start(a) - start(b));
}

/** The problem without names that nobody could read to the end; its fixes and its explanation are still looked for when they are asked for. */
function shortened(problem: Problem): Problem {
  return problem.message.length < 400 ? problem : Object.create(Object.prototype, { ...Object.getOwnPropertyDescriptors(problem), message: { enumerable: true, value: shortNames(problem.message) } }) as Problem;
}

/** The sentence with the name of its layer, where it does not have it: an operator does not know how it is called. */
function named({ name, operator: { type } }: ProgramNode, message: string): string {
  if (message.includes(`\`${name}\``)) return message;
  return message.startsWith(`${type} `) ? `${type} \`${name}\`${message.slice(type.length)}` : `${type} \`${name}\`: ${message.replace(/^(?:The|An?|Along|Axis|Columns|Only|With|Mode|Pieces)\b/u, (word) => word.toLowerCase())}`;
}

const sameHint = (a: Problem, b: Problem): boolean => a.code === b.code && a.place.path.join('/') === b.place.path.join('/');

const order = (problem: Problem): number => ({ error: 0, warning: 1, hint: 2 })[problem.severity];
const start = (problem: Problem): number => problem.range?.start ?? 0;

/** The problem with its range: that of its place, else of the nearest place around it that the text has. */
function located(parsed: Parsed, problem: Problem): Problem {
  if (problem.range !== undefined) return problem;
  const { path, part } = problem.place;
  let range = parsed.rangeOf(path, part);
  for (let length = path.length; range === undefined && length >= 0; length -= 1) range = parsed.rangeOf(path.slice(0, length), length > 0 ? 'key' : 'value') ?? parsed.rangeOf(path.slice(0, length));
  return { ...problem, range: range ?? { start: 0, end: 0 } };
}

/** The problem with its fixes behind a getter that looks for them once. */
function withFixes(problem: Problem, find: () => readonly Fix[]): Problem {
  let found: readonly Fix[] | undefined = problem.fixes.length > 0 ? problem.fixes : undefined;
  return Object.defineProperty(Object.create(Object.prototype, Object.getOwnPropertyDescriptors(problem)) as Problem, 'fixes', { enumerable: true, configurable: true, get: () => (found ??= find()) });
}

/** Codes of what may fit with another size of the input. */
const dependsOnSize: ReadonlySet<string> = new Set(['shape-mismatch', 'window-too-large', 'empty-output', 'empty-input', 'not-divisible', 'element-count', 'feature-mismatch', 'crop-too-large', 'padding-too-large', 'split-sum']);

/** The problem with one more step of its explanation, where it depends on the sizes of the inputs: for which it is none. Sought when first read. */
function withSizes(problem: Problem, open: () => Freed | undefined): Problem {
  const before = problem.explanation;
  let steps: readonly Step[] | undefined;
  const find = (): readonly Step[] => {
    const found = open();
    const node = found?.program.node(problem.node);
    return found?.when === undefined || node === undefined || node.state === 'error' ? before : [...before, { text: `It fits when ${found.when}.` }];
  };
  return Object.defineProperty({ ...problem }, 'explanation', { enumerable: true, configurable: true, get: () => (steps ??= find()) });
}

function atOf(finding: LocatedFinding): Pick<Problem, 'at'> {
  if (finding.param !== undefined) return { at: { param: finding.param } };
  return finding.input === undefined ? {} : { at: { port: finding.input } };
}

/** A problem's repetitions, and where the same is wrong for the same reason in every use of a block, its other uses. */
function gathered(findings: readonly LocatedFinding[]): readonly { readonly finding: LocatedFinding; readonly others: string[] }[] {
  const groups = new Map<string, { finding: LocatedFinding; others: string[] }>();
  const all: { finding: LocatedFinding; others: string[] }[] = [];
  for (const finding of findings) {
    const where = [finding.code, finding.place.join('/'), finding.param ?? '', finding.input ?? ''].join('|');
    const keys = [`${where}|${finding.node.replace(/\[\d+\]/g, '')}`, ...(dependsOnUse.has(finding.code) ? [] : [`${where}|${finding.message}`])];
    const group = keys.map((key) => groups.get(key)).find((found) => found !== undefined);
    if (group !== undefined) {
      if (finding.node !== group.finding.node && !group.others.includes(finding.node)) group.others.push(finding.node);
      continue;
    }
    const made = { finding, others: [] };
    all.push(made);
    for (const key of keys) groups.set(key, made);
  }
  return all;
}

/** Problems that a use of a block may have by itself, so that each use is told and can be mended alone. */
const dependsOnUse: ReadonlySet<string> = new Set(['shape-mismatch', 'rank-mismatch', 'window-too-large', 'channel-mismatch', 'feature-mismatch', 'not-divisible', 'wrong-rank']);

function mismatchAt(graph: Graph, node: ProgramNode, finding: LocatedFinding): Mismatch | undefined {
  if (node.inputs.length < 2 || finding.param !== undefined) return undefined;
  if (node.operator.merge === 'concat') {
    const dim = node.params['dim'];
    return mismatchOf(graph, node, typeof dim === 'number' ? dim : 1);
  }
  return node.operator.merge !== undefined || node.operator.family === 'Arithmetic' || node.operator.family === 'Merge' ? mismatchOf(graph, node) : undefined;
}
