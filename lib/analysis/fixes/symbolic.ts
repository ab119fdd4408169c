import { graphVertex, nodeAt, type Graph } from '../graph.js';
import { insertedBefore } from './insertion.js';
import { flattenCandidate } from './shapes.js';
import { writtenAt } from '../scope.js';
import { listed } from '../axes.js';
import { operator } from '../../operators/index.js';
import { symbolsOf, isSym } from '../../shapes/index.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { ProgramNode } from '../../program/program.js';

/** A learned tensor whose size is left open: what stands before it is brought to a fixed size, or the input gets numbers. */
export function symbolicCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  if (finding?.code !== 'symbolic-weight') return [];
  const node = graph.program.node(finding.node);
  const written = node === undefined ? undefined : writtenAt(graph.program, node.path);
  const shape = node?.inputs[0]?.tensor.shape;
  if (node === undefined || written === undefined || shape == null) return [];
  const candidates: Candidate[] = [];
  const batch = new Set(graph.program.inputs.flatMap(({ tensor }) => (tensor.shape?.[0] !== undefined && isSym(tensor.shape[0]) ? symbolsOf(tensor.shape[0]) : [])));
  const symbols = Array.isArray(finding.facts?.['symbols']) ? (finding.facts['symbols'] as readonly string[]) : [];
  const fewer = node.operator.type.replace(/[123]d$/u, `${Math.max(1, shape.length - 2)}d`);
  if (symbols.some((name) => batch.has(name)) && fewer !== node.operator.type && operator(fewer) !== undefined) candidates.push({ title: `Use ${fewer}`, where: 'the first axis is the batch', variants: [[{ kind: 'set', path: [...node.place, 'op'], value: fewer }]] });
  const flatten = flattenBefore(graph, node);
  const sizes = numbersFor(context, symbols.filter((name) => !batch.has(name)));
  if (flatten !== undefined) {
    if (flatten.params['start_dim'] === 0) {
      const keep: Edit = { kind: 'set', path: [...flatten.place, 'start_dim'], value: 1 };
      const title = `Set start_dim 1 on \`${flatten.name}\``;
      candidates.push({ title, where: 'keeps the batch', once: 'batch', variants: [[keep]] }, ...sizes.map((each): Candidate => ({ ...each, title: `${title} and ${lowered(each.title)}`, once: 'batch', variants: each.variants.map((edits) => [keep, ...edits]) })));
    }
    const maps = flatten.inputs[0]?.tensor.shape;
    const before = writtenAt(graph.program, flatten.path);
    if (before !== undefined && maps != null && maps.length >= 3 && maps.length <= 5) {
      const pool = `AdaptiveAvgPool${maps.length - 2}d`;
      candidates.push({ title: `Insert ${pool} to 1 before \`${flatten.name}\``, where: 'any size of map becomes one number a channel', variants: [insertedBefore(before, 0, [{ wish: 'pool', node: { op: pool, output_size: 1 } }])] });
    }
  } else if (shape.length >= 4) candidates.push(...flattenCandidate(written, 0));
  return [...candidates, ...sizes];
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The Flatten from which a vector comes, past what keeps its shape. */
function flattenBefore(graph: Graph, node: ProgramNode): ProgramNode | undefined {
  for (let at = graph.reads[graphVertex(graph, node.path)!]?.[0] ?? -1; at >= 0; at = graph.reads[at]?.[0] ?? -1) {
    const before = nodeAt(graph, at);
    if (before === undefined || before.operator.type === 'Flatten' || before.operator.type === 'Reshape') return before?.operator.type === 'Flatten' ? before : undefined;
    if (before.operator.docks !== true) return undefined;
  }
  return undefined;
}

/** Numbers for named sizes of the inputs: those that people train with. */
function numbersFor({ parsed }: FixContext, symbols: readonly string[]): readonly Candidate[] {
  if (symbols.length === 0) return [];
  const places = [...parsed.document.root.inputs.values()].flatMap(({ name, shape = [] }) => shape.flatMap((size, axis) => (typeof size === 'string' && symbols.includes(size) ? [['inputs', name, 'shape', axis] as const] : [])));
  if (places.length === 0) return [];
  return [32, 64, 224, 256, 16].map((size): Candidate => ({ title: `Give ${listed(symbols.map((name) => `\`${name}\``))} the size ${size}`, where: 'in the input', once: 'numbers', variants: [places.map((path) => ({ kind: 'set', path: [...path], value: size }))] }));
}
