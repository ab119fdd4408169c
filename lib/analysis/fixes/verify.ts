import { parse, type Parsed } from '../../document/parse.js';
import { applyReplacements, patch } from '../../document/patch.js';
import { add, formatShape, product, sub } from '../../shapes/index.js';
import { withoutBatch } from '../axes.js';
import { shortNames } from '../naming.js';
import { writtenAt } from '../scope.js';
import type { Freed } from '../conditions/free.js';
import type { Graph } from '../graph.js';
import { programFor, type Given } from '../given.js';
import type { Mismatch } from '../explain.js';
import type { Edit } from '../../document/edit.js';
import type { Fix, Problem } from '../../document/problem.js';
import type { LocatedFinding, Program } from '../../program/program.js';
import type { Dim } from '../../shapes/dimension.js';

/** What the search for fixes of one problem starts from. */
export interface FixContext {
  readonly parsed: Parsed;
  readonly graph: Graph;
  readonly options: Given;
  readonly problem: Problem;
  /** Undefined for a problem of the text. */
  readonly finding: LocatedFinding | undefined;
  readonly mismatch: Mismatch | undefined;
  /** The problems of an edited text; undefined where enough fixes are chained already. */
  readonly solve?: ((parsed: Parsed) => readonly Problem[]) | undefined;
  /** The design with open input sizes, built when first asked for. */
  readonly freed?: (() => Freed | undefined) | undefined;
  /** How many fixes stand before this one in a chain. */
  readonly chain?: number;
  /** For what is no finding of the program: whether it is gone from an edited one. */
  readonly gone?: (after: Program) => boolean;
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
export function verifiedFixes(context: FixContext, candidates: readonly Candidate[], most = 6): readonly Fix[] {
  const judge = judgeOf(context);
  let left = trials(context.graph.program);
  const offered: Fix[] = [];
  const refused: Fix[] = [];
  const uncovering: Uncovering[] = [];
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
      const verdict = judge(edits);
      if ('refused' in verdict) {
        reason ??= verdict.refused;
        continue;
      }
      const [added] = verdict.added;
      if (verdict.gone && added === undefined) {
        if (once !== undefined) done.add(once);
        offered.push({ title: shortNames(title), ...detailOf(context, where, verdict.after), edits });
        reason = undefined;
        break;
      }
      if (verdict.gone && added !== undefined && verdict.uncovered) uncovering.push({ title, edits, added });
      // A merge of many sources may have a second one that does not fit.
      else if (!verdict.gone && added === undefined && context.finding !== undefined && (context.mismatch?.node.inputs.length ?? 0) > 2) uncovering.push({ title, edits, added: context.finding });
      reason ??= added !== undefined ? `then ${added.node === '' ? 'the design' : `\`${added.node}\``} is wrong: ${added.message}` : stillThere;
    }
    if (reason !== undefined && reason !== stillThere && shown === true) refused.push({ title, edits: [], refusal: reason });
  }
  if (offered.length === 0) offered.push(...chained(context, uncovering, judge));
  return [...offered, ...refused];
}

const stillThere = 'the problem stays';

interface Uncovering {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly added: LocatedFinding;
}

interface Verdict {
  readonly after: Program;
  readonly gone: boolean;
  /** What is wrong after and was not before. */
  readonly added: readonly LocatedFinding[];
  /** All of that stands at nodes to which something unknown came: it was there and could not be seen. */
  readonly uncovered: boolean;
}

type Judge = (edits: readonly Edit[]) => Verdict | { readonly refused: string };

function judgeOf(context: FixContext): Judge {
  const { program } = context.graph;
  const before = new Set(program.findings.map(keyOf));
  const target = new Set(context.finding === undefined ? [] : [context.finding.node, ...otherNodes(context.problem)].map((node) => groupOf({ ...context.finding!, node })));
  const said = new Set(context.parsed.problems.map(textKeyOf));
  return (edits) => {
    // The edits are tried on the text, since that is what they change: the document leaves out what the text has of a wrong kind.
    // What is assumed around a block that stands alone is not in the text.
    if (context.options.assume !== undefined && edits.some((edit) => 'path' in edit && edit.path[0] !== 'blocks')) return { refused: stillThere };
    const changed = patch(context.parsed, edits);
    if ('refused' in changed) return changed;
    const parsed = parse(applyReplacements(context.parsed.text, changed), context.parsed);
    if (parsed.problems.some((problem) => !said.has(textKeyOf(problem)))) return { refused: 'the text would not be a design' };
    const after = programFor(parsed.document, context.options, program);
    const added = after.findings.filter((finding) => !before.has(keyOf(finding)));
    return { after, added, gone: !after.findings.some((finding) => target.has(groupOf(finding))) && (context.gone === undefined || context.gone(after)), uncovered: added.every((finding) => wasHidden(program, finding.node)) };
  };
}

function textKeyOf({ code, place }: Problem): string {
  return `${code}|${place.path.join('/')}`;
}

function wasHidden(program: Program, path: string): boolean {
  const node = program.node(path);
  // What could not be expanded at all hides everything in it.
  const parts = path.split('.');
  if (node === undefined && parts.some((_, k) => writtenAt(program, parts.slice(0, k + 1).join('.'))?.use.each.some(({ kind }) => kind === 'broken') === true)) return true;
  return node !== undefined && (node.state === 'unknown' || node.inputs.some(({ tensor }) => tensor.shape === null || tensor.shape.includes(null)));
}

/**
 * Where several things are wrong one behind the other, a fix of the first only uncovers the next. Then both are mended by one fix: nothing
 * that is offered leaves something new behind.
 */
function chained(context: FixContext, uncovering: readonly Uncovering[], judge: Judge): readonly Fix[] {
  if (context.solve === undefined) return [];
  const fixes: Fix[] = [];
  for (const { title, edits, added } of uncovering.slice(0, (context.chain ?? 0) === 0 ? 4 : 1)) {
    const changed = patch(context.parsed, edits);
    if ('refused' in changed) continue;
    const next = context.solve(parse(applyReplacements(context.parsed.text, changed), context.parsed)).find((problem) => problem.code === added.code && problem.node === added.node);
    const fix = next?.fixes.find((candidate) => candidate.refusal === undefined && (added.node === context.problem.node || !candidate.edits.some(cuts)));
    if (fix === undefined) continue;
    const both = [...edits, ...fix.edits];
    const verdict = judge(both);
    if (!('refused' in verdict) && verdict.gone && verdict.added.length === 0) fixes.push({ title: `${title}, and at \`${added.node}\`: ${fix.title}`, ...detailOf(context, undefined, verdict.after), edits: both });
  }
  return fixes;
}

/** Whether an edit takes away a wire or a layer: at another place than that of the problem nobody asked for it. */
function cuts(edit: Edit): boolean {
  if (edit.kind === 'set') return edit.path.at(-1) === 'off';
  return edit.kind === 'remove' && (edit.path.at(-2) === 'in' || edit.path.at(-2) === 'nodes' || (edit.path.at(-3) === 'nodes' && edit.path.at(-1) === 'in'));
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

function detailOf(context: FixContext, where: string | undefined, after: Program): Pick<Fix, 'detail'> {
  const parts = where === undefined ? [] : [where];
  const change = sub(parametersOf(after), parametersOf(context.graph.program));
  if (typeof change === 'number' && change !== 0) parts.push(`${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString('en-US')} parameters`);
  const shape = after.node(context.problem.node)?.outputs[0]?.shape;
  if (shape != null) parts.push(`result ${shape.length > 2 ? withoutBatch(shape) : formatShape(shape)}`);
  return parts.length === 0 ? {} : { detail: parts.join(' · ') };
}

export function parametersOf(program: Program): Dim {
  let params: Dim = 0;
  for (const weight of program.weights.values()) if (weight.learned) params = add(params, product(weight.shape));
  return params;
}
