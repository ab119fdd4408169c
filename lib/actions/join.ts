import { nodePath, writtenAt, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { operatorIn } from '../program/declared.js';
import { isRefusal, refuse, type Acted, type SkipStart } from './action.js';
import { forgotten } from './move.js';
import { behind, originAt } from './place.js';
import { liftedTo } from './skip.js';

/** Position of the first input that a layer must have and does not read; undefined where it has all. */
export function wantedInput(analysis: Analysis, path: string): number | undefined {
  const node = writtenAt(analysis.program, path)?.node;
  if (node === undefined) return undefined;
  const { document } = analysis.parsed;
  const inputs = operatorIn(document, node.op)?.inputs ?? [];
  const needed = document.blocks.get(node.op)?.inputs.size ?? inputs.reduce((count, input) => count + (input.optional === true ? 0 : input.variadic === true ? (input.least ?? 1) : 1), 0);
  return node.in.length < needed ? node.in.length : undefined;
}

/** Leads what a layer, an input or a wire gives to the input that a layer lacks. A layer that stood free goes to its place in the flow. */
export function join(analysis: Analysis, from: SkipStart, path: string): Acted {
  const target = originAt(analysis, path);
  const node = target?.written?.node;
  if (target === undefined || node === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
  const start = liftedTo(analysis, from, target.instance);
  if (isRefusal(start)) return start;
  if (behind(target.block, start.name).has(target.name)) return refuse(`\`${target.name}\` stands before \`${start.name}\`: that would be a cycle.`);
  const sources = [...node.in.map((source) => (typeof source === 'object' && source !== null ? formatSource(source) : source)), start.spelled];
  return { edits: [{ kind: 'set', path: [...nodePath(target.block.name, node.name), 'in'], value: sources }, ...forgotten(analysis, node.in.length === 0 ? [path] : [])], label: `Connect ${start.name} to ${node.name}`, select: [path] };
}
