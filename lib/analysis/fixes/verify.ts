import { apply } from '../../document/apply.js';
import { buildProgram } from '../../program/build.js';
import { add, formatDim, formatShape, product, sub } from '../../shapes/index.js';
import { withoutBatch } from '../axes.js';
import type { Graph } from '../graph.js';
import type { AnalyzeOptions } from '../analyze.js';
import type { Mismatch } from '../explain.js';
import type { Edit } from '../../document/edit.js';
import type { Parsed } from '../../document/parse.js';
import type { Fix, Problem } from '../../document/problem.js';
import type { LocatedFinding, Program } from '../../program/program.js';
import type { Dim } from '../../shapes/dimension.js';

/** What the search for fixes of one problem starts from. */
export interface FixContext {
  readonly parsed: Parsed;
  readonly graph: Graph;
  readonly options: AnalyzeOptions;
  readonly problem: Problem;
  /** Undefined for a problem of the text. */
  readonly finding: LocatedFinding | undefined;
  readonly mismatch: Mismatch | undefined;
}

/** A fix that may work. Of its variants the first that proves right is offered. */
export interface Candidate {
  readonly title: string;
  /** Where it changes what: "on the skip". Parameters and resulting shape are added. */
  readonly where?: string;
  readonly variants: readonly (readonly Edit[])[];
  /** Stays in the list with a reason when it does not work; else it is dropped. */
  readonly shown?: boolean;
  /** Of the candidates with the same word here only the first that works is offered. */
  readonly once?: string;
  /** A reason known beforehand; such a candidate is not tried. */
  readonly refusal?: string;
}

/** Edited designs built for one problem at most; large networks get fewer, so that a menu of fixes opens at once. */
function trials(program: Program): number {
  return Math.max(6, Math.min(40, Math.floor(60_000 / (program.nodes.length + 1))));
}

/** The candidates that mend the problem without doing harm anywhere, and those that are worth showing with the reason why not. */
export function verifiedFixes(context: FixContext, candidates: readonly Candidate[], most = 8): readonly Fix[] {
  const { program } = context.graph;
  const before = new Set(program.findings.map(keyOf));
  const target = new Set(context.finding === undefined ? [] : [context.finding.node, ...otherNodes(context.problem)].map((node) => groupOf({ ...context.finding!, node })));
  let left = trials(program);
  const offered: Fix[] = [];
  const refused: Fix[] = [];
  const seen = new Set<string>();
  const done = new Set<string>();
  for (const { title, where, variants, shown, refusal, once } of candidates) {
    if (once !== undefined && done.has(once)) continue;
    if (refusal !== undefined) {
      refused.push({ title, edits: [], refusal });
      continue;
    }
    let reason: string | undefined;
    for (const edits of variants) {
      const key = JSON.stringify(edits);
      if (edits.length === 0 || seen.has(key) || left <= 0 || offered.length >= most) continue;
      seen.add(key);
      left -= 1;
      const document = apply(context.parsed.document, edits);
      if ('refused' in document) { reason ??= document.refused; continue; }
      const after = buildProgram(document, context.options.set === undefined ? {} : { set: context.options.set });
      const added = after.findings.find((finding) => !before.has(keyOf(finding)));
      const stays = after.findings.some((finding) => target.has(groupOf(finding)));
      if (!stays && added === undefined) {
        if (once !== undefined) done.add(once);
        offered.push({ title, detail: detailOf(context, where, after), edits });
        reason = undefined;
        break;
      }
      reason ??= added !== undefined ? `then ${added.node === '' ? 'the design' : `\`${added.node}\``} is wrong: ${added.message}` : 'the problem stays';
    }
    if (reason !== undefined && shown === true) refused.push({ title, edits: [], refusal: reason });
  }
  return [...offered, ...refused];
}

/** What tells one finding from another. */
export function keyOf(finding: LocatedFinding): string {
  return `${finding.code}|${finding.node}|${finding.param ?? ''}|${finding.input ?? ''}`;
}

/** The findings that are told as one problem: those of all repetitions of a node. */
function groupOf(finding: LocatedFinding): string {
  return `${finding.code}|${finding.node.replace(/\[\d+\]/g, '')}|${finding.param ?? ''}|${finding.input ?? ''}`;
}

/** Paths of the other nodes that are told with this one. */
function otherNodes(problem: Problem): readonly string[] {
  const others = problem.facts?.['others'];
  return Array.isArray(others) ? (others as readonly string[]) : [];
}

function detailOf(context: FixContext, where: string | undefined, after: Program): string {
  const parts = where === undefined ? [] : [where];
  const change = sub(parametersOf(after), parametersOf(context.graph.program));
  if (change !== 0 && change !== null) parts.push(typeof change === 'number' ? `${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString('en-US')} parameters` : `${formatDim(change)} more parameters`);
  const shape = after.node(context.problem.node)?.outputs[0]?.shape;
  if (shape != null) parts.push(`result ${shape.length > 2 ? withoutBatch(shape) : formatShape(shape)}`);
  return parts.join(' · ');
}

export function parametersOf(program: Program): Dim {
  let params: Dim = 0;
  for (const weight of program.weights.values()) if (weight.learned) params = add(params, product(weight.shape));
  return params;
}
