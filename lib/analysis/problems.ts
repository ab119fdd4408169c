import { mismatchOf, type Mismatch } from './explain.js';
import { fixesFor } from './fixes/fixes.js';
import type { AnalyzeOptions } from './analyze.js';
import { graphOf, type Graph } from './graph.js';
import { buildProgram } from '../program/build.js';
import type { Parsed } from '../document/parse.js';
import type { Fix, Problem } from '../document/problem.js';
import type { ProgramNode, LocatedFinding } from '../program/program.js';

/**
 * Everything that is wrong, errors first, each group in the order of the file. Repetitions of one node that have the same problem are told
 * once, at the first, with the paths of the others in the facts. Fixes are looked for when they are first asked for: each is verified by
 * building the edited design, and few problems are ever opened.
 */
export function problemsOf(parsed: Parsed, graph: Graph, options: AnalyzeOptions, chain = 0): readonly Problem[] {
  const solve = chain >= 3 ? undefined : (edited: Parsed) => problemsOf(edited, graphOf(buildProgram(edited.document, options.set === undefined ? {} : { set: options.set })), options, chain + 1);
  const problems: Problem[] = parsed.problems.map((problem) => withFixes(located(parsed, problem), () => fixesFor({ parsed, graph, options, problem, finding: undefined, mismatch: undefined, solve })));
  for (const { finding, others } of gathered(graph.program.findings)) {
    const node = finding.index === undefined ? undefined : graph.program.nodes[finding.index];
    const mismatch = node === undefined ? undefined : mismatchAt(graph, node, finding);
    const problem = located(parsed, {
      code: finding.code,
      severity: finding.severity ?? 'error',
      node: finding.node,
      ...atOf(finding),
      place: finding.part === undefined ? { path: finding.place } : { path: finding.place, part: finding.part },
      message: mismatch?.message ?? finding.message,
      explanation: mismatch?.explanation ?? [],
      fixes: [],
      facts: { ...finding.facts, ...mismatch?.facts, ...(others.length > 0 && { others }) },
    });
    problems.push(withFixes(problem, () => fixesFor({ parsed, graph, options, problem, finding, mismatch, solve })));
  }
  return problems.map((problem, index) => ({ problem, index })).sort((a, b) => order(a.problem) - order(b.problem) || start(a.problem) - start(b.problem) || a.index - b.index).map(({ problem }) => problem);
}

const order = (problem: Problem): number => ({ error: 0, warning: 1, hint: 2 })[problem.severity];
const start = (problem: Problem): number => problem.range?.start ?? 0;

function located(parsed: Parsed, problem: Problem): Problem {
  const range = problem.range ?? parsed.rangeOf(problem.place.path, problem.place.part);
  return range === undefined ? problem : { ...problem, range };
}

/** The problem with its fixes behind a getter that looks for them once. */
function withFixes(problem: Problem, find: () => readonly Fix[]): Problem {
  let found: readonly Fix[] | undefined = problem.fixes.length > 0 ? problem.fixes : undefined;
  return Object.defineProperty({ ...problem }, 'fixes', { enumerable: true, configurable: true, get: () => (found ??= find()) });
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
