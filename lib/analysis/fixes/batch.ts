import { insertedBefore } from './insertion.js';
import { formatDim, isSym, symbolsOf } from '../../shapes/index.js';
import { writtenAt } from '../scope.js';
import type { Candidate } from './verify.js';
import type { Graph } from '../graph.js';
import type { Pattern } from '../conditions/pattern.js';
import type { JsonValue } from '../../document/json.js';
import type { ProgramNode } from '../../program/program.js';

/** Fixes of a layer that takes some batches only. */
export function batchCandidates(graph: Graph, node: ProgramNode, names: readonly string[], pattern: Pattern): readonly Candidate[] {
  return [...expanded(graph, node, names), ...reshaped(node), ...alongOther(node), ...(pattern.kind === 'equal' ? fixedInputs(graph, names, pattern.value) : [])];
}

/** What is there once (a class token) is expanded to the batch of an input of the scope. */
function expanded(graph: Graph, node: ProgramNode, names: readonly string[]): readonly Candidate[] {
  const written = writtenAt(graph.program, node.path);
  if (written === undefined || node.inputs.length < 2) return [];
  const open = (size: unknown): boolean => typeof size === 'object' && size !== null && symbolsOf(size as Parameters<typeof symbolsOf>[0]).some((name) => names.includes(name));
  const batch = [...written.instance.inputs].find(([, { tensor }]) => tensor.shape?.[0] !== undefined && isSym(tensor.shape[0]) && open(tensor.shape[0]))?.[0];
  if (batch === undefined) return [];
  return node.inputs.flatMap(({ tensor: { shape } }, input) => {
    if (shape?.[0] !== 1 || shape.length < 2) return [];
    const sizes: JsonValue[] = [`=dim(${batch}, 0)`, ...shape.slice(1).map(() => -1)];
    return [{ title: `Insert Expand before \`${node.name}\`, to ${[...names, ...shape.slice(1).map(formatDim)].join(' × ')}`, where: 'once for each example of the batch', variants: [insertedBefore(written, input, [{ wish: 'expand', node: { op: 'Expand', shape: sizes } }])] }];
  });
}

/** Sizes that leave the batch as it is. */
function reshaped(node: ProgramNode): readonly Candidate[] {
  const sizes = node.params['shape'];
  if (node.operator.type !== 'Reshape' || !Array.isArray(sizes) || !sizes.every((size): size is number => typeof size === 'number')) return [];
  const set = (shape: readonly number[]): Candidate => ({ title: `Set shape [${shape.join(', ')}]`, where: 'keeps the batch', once: 'shape', variants: [[{ kind: 'set', path: [...node.place, 'shape'], value: shape }]] });
  const own = node.inputs[0]?.tensor.shape?.slice(1) ?? [];
  const each = own.reduce<number>((total, size) => total * (typeof size === 'number' ? size : NaN), 1);
  const rest = sizes.filter((size) => size !== -1);
  const known = rest.reduce((total, size) => total * size, 1);
  return [
    ...(!sizes.includes(-1) && known === each ? [set([-1, ...sizes.slice(sizes[0] === 1 ? 1 : 0)])] : []),
    ...(!sizes.includes(-1) && sizes.length > 1 && known / sizes[0]! === each ? [set([-1, ...sizes.slice(1)])] : []),
    // One size was left open for what is known without it.
    ...(sizes.includes(-1) && each % known === 0 ? [set([-1, ...sizes.map((size) => (size === -1 ? each / known : size))])] : []),
    ...(sizes[0] !== -1 && sizes.includes(-1) ? [set([-1, ...sizes.slice(1).map((size) => (size === -1 ? each / known * sizes[0]! : size))])] : []),
  ];
}

/** Another axis than the batch that is cut or halved; an Expand that leaves the batch as it is. */
function alongOther(node: ProgramNode): readonly Candidate[] {
  const { operator: { type, params }, inputs, place } = node;
  const rank = inputs[0]?.tensor.shape?.length ?? 0;
  const { dim, shape } = node.params;
  if (params.has('dim') && (dim === 0 || dim === -rank)) return Array.from({ length: rank - 1 }, (_, k): Candidate => ({ title: `Set dim ${k + 1}`, where: 'leaves the batch whole', once: 'dim', variants: [[{ kind: 'set', path: [...place, 'dim'], value: k + 1 }]] }));
  if (type !== 'Expand' || !Array.isArray(shape) || shape.length !== rank || !shape.every((size) => typeof size === 'number')) return [];
  const kept = [-1, ...(shape as readonly number[]).slice(1)];
  return [{ title: `Set shape [${kept.join(', ')}]`, where: 'keeps the batch', variants: [[{ kind: 'set', path: [...place, 'shape'], value: kept }]] }];
}

/** A design for one size of batch says so in its input. */
function fixedInputs({ program }: Graph, names: readonly string[], size: number): readonly Candidate[] {
  const places = [...program.document.root.inputs.values()].flatMap(({ name, shape }) => (typeof shape?.[0] === 'string' && names.includes(shape[0]) ? [{ name, path: ['inputs', name, 'shape', 0] }] : []));
  if (places.length === 0) return [];
  return [{ title: `Set the batch of ${places.map(({ name }) => `\`${name}\``).join(' and ')} to ${size}`, where: 'where no other is meant', variants: [places.map(({ path }) => ({ kind: 'set', path, value: size }))] }];
}
