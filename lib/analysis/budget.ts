import { totalsOf, activationBytesOf, withBatchOfOne } from './totals.js';
import { formatDim, lowerBound, type Dim } from '../shapes/index.js';
import { nearest } from '../document/names.js';
import type { Totals } from './analysis.js';
import type { Document } from '../document/model.js';
import type { Problem, Step } from '../document/problem.js';
import type { Program, ProgramNode } from '../program/program.js';

/** What `"budget"` may limit: its name in a sentence, what the whole costs, and what one layer adds. */
interface Limited {
  readonly word: string;
  total(totals: Totals): Dim;
  share(node: ProgramNode, bytes: ReadonlyMap<string, Dim>): Dim;
}

export const budgetKeys: Readonly<Record<string, Limited>> = {
  params: { word: 'parameters', total: ({ params }) => params, share: ({ shared, parameters }) => (shared ? 0 : parameters) },
  macs: { word: 'MACs', total: ({ macs }) => macs, share: ({ macs }) => withBatchOfOne(macs) },
  activation_bytes: { word: 'activation bytes', total: ({ activationBytes }) => activationBytes, share: ({ path }, bytes) => bytes.get(path) ?? 0 },
};

/** Limits of the document that the design does not keep. What depends on a named size is over only where it is so for every size. */
export function budgetProblems(document: Document, program: Program): readonly Problem[] {
  const budget = document.others.get('budget');
  if (budget === undefined) return [];
  const said = (code: string, severity: Problem['severity'], path: readonly string[], message: string, more: Partial<Problem> = {}): Problem => ({ code, severity, node: '', place: { path: ['budget', ...path] }, message, explanation: [], fixes: [], ...more });
  if (typeof budget !== 'object' || budget === null || Array.isArray(budget)) return [said('wrong-type', 'error', [], 'The budget must be an object with limits, such as { "params": 5000000 }.')];
  const bytes = activationBytesOf(program);
  const totals = totalsOf(program);
  return Object.entries(budget).flatMap(([key, limit]): readonly Problem[] => {
    const limited = Object.hasOwn(budgetKeys, key) ? budgetKeys[key] : undefined;
    if (limited === undefined) {
      const meant = nearest(key, Object.keys(budgetKeys));
      return [said('unknown-key', 'warning', [key], `A budget has no \`${key}\`; it limits ${Object.keys(budgetKeys).map((name) => `\`${name}\``).join(', ')}.${meant === undefined ? '' : ` Was \`${meant}\` meant?`}`, { place: { path: ['budget', key], part: 'key' } })];
    }
    if (typeof limit !== 'number' || limit < 0) return [said('wrong-type', 'error', [key], `The budget's \`${key}\` must be a number of ${limited.word}, not ${JSON.stringify(limit)}.`)];
    const total = limited.total(totals);
    if (total === null || lowerBound(total) <= limit) return [];
    const over = typeof total === 'number' ? ` (${count(total - limit)} or ${percent(total / limit - 1)} more)` : '';
    return [said('over-budget', 'error', [key], `The design has ${count(total)} ${limited.word}, but its budget is ${count(limit)}${over}.`, {
      explanation: largest(program, limited, bytes, total),
      fixes: typeof total === 'number' ? [{ title: `Raise the budget to ${count(total)} ${limited.word}`, edits: [{ kind: 'set', path: ['budget', key], value: total }] }] : [],
      facts: { key, limit, total },
    })];
  });
}

/** The layers that cost the most; repetitions of one layer are told together. */
function largest(program: Program, limited: Limited, bytes: ReadonlyMap<string, Dim>, total: Dim): readonly Step[] {
  const groups = new Map<string, { readonly node: string; cost: number; times: number }>();
  for (const node of program.nodes) {
    const share = limited.share(node, bytes);
    if (typeof share !== 'number' || share === 0) continue;
    const key = node.path.replace(/\[\d+\]/gu, '');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { node: node.path, cost: share, times: 1 });
    else {
      group.cost += share;
      group.times += 1;
    }
  }
  return [...groups].sort(([, a], [, b]) => b.cost - a.cost).slice(0, 3).map(([name, { node, cost, times }]) => ({
    text: `\`${name}\`${times > 1 ? `, ${times} times,` : ''} has ${count(cost)} of them${typeof total === 'number' ? ` (${percent(cost / total)})` : ''}.`,
    node,
  }));
}

function count(dim: Dim): string {
  return typeof dim === 'number' ? dim.toLocaleString('en-US') : formatDim(dim);
}

function percent(part: number): string {
  return part < 0.001 ? 'less than 0.1 %' : `${(100 * part).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}
