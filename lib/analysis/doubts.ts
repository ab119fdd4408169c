import { demandOf } from './conditions/conditions.js';
import { patternsOf, type Pattern } from './conditions/pattern.js';
import { fitsWith } from './conditions/requirement.js';
import { Sizes } from './conditions/sizes.js';
import { listed } from './axes.js';
import { axisWord } from '../operators/axes.js';
import { batchCandidates } from './fixes/batch.js';
import { emptiedCandidates, partCandidates } from './fixes/part.js';
import { vertexName } from './naming.js';
import { lookAt, nodesOf, type Graph } from './graph.js';
import { untrainable } from '../recipes/index.js';
import type { Hint } from './hints.js';
import type { Candidate } from './fixes/verify.js';
import { formatDim, formatShape, isSym, product, symbolsOf, type Dim, type Shape } from '../shapes/index.js';
import type { Operator } from '../operators/operator.js';
import type { ProgramNode } from '../program/program.js';

/**
 * What PyTorch runs, for some sizes at least, and what is probably a mistake: warnings, given whatever else is wrong. What a person merely
 * would change is advice.
 */
export function doubtsOf(graph: Graph): readonly Hint[] {
  const batch = batchNames(graph);
  const doubtful = ({ family, type, inputs }: Operator): boolean => family === 'Merge' || family === 'Arithmetic' || type === 'Squeeze' || emptying.has(type) || (batch.size > 0 && (reshaping.has(type) || inputs.length > 1 || inputs[0]?.variadic === true));
  return [...untrained(graph), ...lookAt(graph, 'doubts', doubtful, (node) => (node.state === 'error' ? [] : [...stretched(graph, node), ...squeezesNothing(node), ...keepsNothing(node), ...(batch.size > 0 ? fixesBatch(graph, node, batch) : [])]))];
}

function warning(code: string, node: ProgramNode, message: string, candidates: readonly Candidate[] = [], facts: Readonly<Record<string, unknown>> = {}): Hint {
  return { problem: { code, severity: 'warning', node: node.path, place: { path: node.place }, message, explanation: [], fixes: [], facts }, candidates };
}

/** Two tensors that stretch each other, or batches of which one is a single example: an Add that was meant for equal shapes. */
function stretched(graph: Graph, node: ProgramNode): readonly Hint[] {
  const { operator, inputs } = node;
  if (operator.family !== 'Merge' && operator.family !== 'Arithmetic') return [];
  if (operator.merge === 'concat' || inputs.length !== 2 || inputs.some(({ origin }) => isLearned(graph, origin))) return [];
  const [a, b] = [inputs[0]!.tensor.shape, inputs[1]!.tensor.shape];
  if (a == null || b == null || a.length === 0 || b.length === 0) return [];
  const outer = stretches(a, b) && stretches(b, a);
  const batch = a.length === b.length && a.length > 1 && (a[0] === 1) !== (b[0] === 1) && a.slice(1).every((size, k) => size === b[k + 1] && size !== 1);
  if (!outer && !batch) return [];
  const both = listed([a, b].map(formatShape));
  return [warning('broadcast', node, outer ? `${operator.type} \`${node.name}\` stretches both inputs: ${both} make ${formatShape(node.outputs[0]?.shape ?? null)}.` : `${operator.type} \`${node.name}\` stretches the batch of one input: ${both}.`, [], { shapes: [a, b] })];
}

/** Whether some axis of `a` is 1 where that of `b` is not. */
function stretches(a: Shape, b: Shape): boolean {
  return a.some((size, axis) => {
    const beside = b[axis - a.length + b.length];
    return size === 1 && beside !== undefined && beside !== null && beside !== 1;
  });
}

function isLearned(graph: Graph, origin: ProgramNode['inputs'][number]['origin']): boolean {
  return origin.kind === 'constant' || (origin.kind === 'node' && graph.program.nodes[origin.node]?.operator.type === 'Parameter');
}

/** A Squeeze of axes that certainly are not 1: PyTorch leaves them as they are without a word. */
function squeezesNothing(node: ProgramNode): readonly Hint[] {
  if (node.operator.type !== 'Squeeze') return [];
  const shape = node.inputs[0]?.tensor.shape;
  const dims = [node.params['dim'] ?? []].flat();
  if (shape == null || dims.length === 0) return [];
  const kept = dims.flatMap((dim) => (typeof dim === 'number' ? [{ dim, size: shape.at(dim) ?? null }] : []));
  if (kept.length < dims.length || !kept.every(({ size }) => typeof size === 'number' && size !== 1)) return [];
  const axes = kept.length === 1 ? `axis ${kept[0]!.dim} of ${formatShape(shape)} is ${formatDim(kept[0]!.size)}` : `axes ${listed(kept.map(({ dim }) => String(dim)))} of ${formatShape(shape)} are ${listed(kept.map(({ size }) => formatDim(size)))}`;
  const ones = shape.flatMap((size, axis) => (size === 1 && axis > 0 ? [axis] : []));
  return [warning('squeeze-nothing', node, `Squeeze \`${node.name}\` does nothing: ${axes}, and only an axis of size 1 can be taken away.`, ones.map((axis): Candidate => ({ title: `Set dim ${axis}`, where: 'has size 1', variants: [[{ kind: 'set', path: [...node.place, 'dim'], value: axis }]] })), { shape, dims })];
}

/** Layers that no gradient passes, and what would let it: a part of `src` as large as the index. */
function untrained(graph: Graph): readonly Hint[] {
  return nodesOf(graph, ({ type }) => type === 'Scatter').length === 0 ? [] : untrainable(graph.program).map(({ node, message }) => warning('scatter-gradient', node, message, partCandidates(graph, node), { shapes: [node.inputs[1]?.tensor.shape, node.inputs[2]?.tensor.shape] }));
}

/** Operators that may give nothing of something, as their parameters say. */
const emptying: ReadonlySet<string> = new Set(['Slice', 'Narrow', 'Split', 'Interpolate', 'Upsample', 'Tile', 'Expand', 'TopK', 'Crop', ...[1, 2, 3].map((n) => `AdaptiveAvgPool${n}d`)]);

/** A tensor without elements made of one that has some: PyTorch computes on with nothing. */
function keepsNothing(node: ProgramNode): readonly Hint[] {
  const shape = node.inputs[0]?.tensor.shape;
  if (shape == null || shape.includes(0) || !emptying.has(node.operator.type)) return [];
  for (const [port, { shape: made }] of node.outputs.entries()) {
    const axis = made?.indexOf(0) ?? -1;
    if (made === null || axis < 0) continue;
    const before = shape[axis - made.length + shape.length];
    const which = node.outputs.length > 1 ? `, in its output ${port}` : '';
    const word = axisWord(axis, made.length);
    const count = before === undefined || before === null ? `along ${word}` : word.endsWith('s') ? `of ${formatDim(before)} ${word}` : `of ${formatDim(before)} along ${word}`;
    const hint = warning('keeps-nothing', node, `${node.operator.type} \`${node.name}\` keeps 0 ${count}${which}: ${formatShape(shape)} becomes ${formatShape(made)}.`, emptiedCandidates(node, axis), { axis, port, shapes: [shape, made] });
    // A slice beyond the end is cut off to nothing, as Python's are: that may be meant for larger sizes.
    return [beyondEnd(node, axis, before) ? { ...hint, problem: { ...hint.problem, severity: 'hint' } } : hint];
  }
  return [];
}

function beyondEnd({ operator: { type }, params: { ranges } }: ProgramNode, axis: number, size: Dim | undefined): boolean {
  const range = type === 'Slice' && Array.isArray(ranges) ? (ranges as readonly unknown[])[axis] : undefined;
  const start = Array.isArray(range) ? (range as readonly unknown[])[0] : undefined;
  return typeof start === 'number' && typeof size === 'number' && start >= size;
}

/** Names of open sizes that stand as the first axis of an input: batches. */
function batchNames({ program }: Graph): ReadonlySet<string> {
  return new Set(program.inputs.flatMap(({ tensor: { shape } }) => (shape !== null && shape.length > 1 && isSym(shape[0]!) ? symbolsOf(shape[0]) : [])));
}

/** A layer that takes some batches only, though the batch is left open: a class token that is not expanded, a Reshape to numbers. */
function fixesBatch(graph: Graph, node: ProgramNode, batch: ReadonlySet<string>): readonly Hint[] {
  if (!mayFixBatch(node, batch)) return [];
  const names = [...new Set(node.inputs.flatMap(({ tensor }) => (tensor.shape ?? []).flatMap(symbolsOf)))];
  const open = names.filter((name) => batch.has(name));
  if (open.length === 0) return [];
  // Other names get a size with which some batch fits.
  for (const other of [96, 64, 224, 7, 1]) {
    const fits = (size: number): boolean => fitsWith(node, Sizes.same(names, other).with(open, size));
    if (tried.every(fits)) return [];
    const upTo = (last: number): ReturnType<typeof patternsOf> => patternsOf(Array.from({ length: last + 1 }, (_, size) => size > 0 && fits(size)));
    // Pieces of written sizes fit one batch, which may be a large one.
    const found = upTo(160) ?? (names.length === open.length ? upTo(1600) : undefined);
    if (found === undefined) continue;
    const [pattern] = found.filter(({ kind }) => kind !== 'at-least');
    return pattern === undefined ? [] : [told(graph, node, open, pattern)];
  }
  return [];
}

const tried = [1, 2, 3, 5, 7, 8, 12, 96, 100];

/** Whether what a layer makes of a batch depends on more than each example: told from its shapes, so that few layers are tried. */
function mayFixBatch({ operator, inputs, outputs }: ProgramNode, batch: ReadonlySet<string>): boolean {
  // Most layers hand the batch on as the first axis of all that they read and give.
  const first = inputs[0]?.tensor.shape?.[0];
  if (isSym(first) && !reshaping.has(operator.type) && inputs.every(({ tensor }) => tensor.shape?.[0] === first) && outputs.every(({ shape }) => shape?.[0] === first) && symbolsOf(first).some((name) => batch.has(name))) return false;
  const symbolic = inputs.filter(({ tensor }) => tensor.shape?.some((dim) => isSym(dim) && symbolsOf(dim).some((name) => batch.has(name))) === true);
  if (symbolic.length === 0) return false;
  if (reshaping.has(operator.type)) return true;
  if (operator.merge === 'concat' || operator.type === 'Stack') return inputs.some(({ tensor }) => tensor.shape !== null && tensor.shape[0] !== symbolic[0]!.tensor.shape?.[0]);
  // Elsewhere an open size that is gone has met a number, or was summed over.
  return inputs.length > 1 && !outputs.some(({ shape }) => shape?.some((dim) => isSym(dim) && symbolsOf(dim).some((name) => batch.has(name))) === true);
}
/** Layers of one input that may part or count the batch, or fix its size. */
const reshaping: ReadonlySet<string> = new Set(['Reshape', 'Unflatten', 'Split', 'Chunk', 'Expand', 'Fold', 'GLU', 'PixelShuffle', 'PixelUnshuffle']);

function told(graph: Graph, node: ProgramNode, names: readonly string[], pattern: Pattern): Hint {
  const must = `fits only where ${listed(names)} ${demandOf(pattern, names.length > 1)}`;
  const shape = node.inputs[0]?.tensor.shape ?? null;
  const why = node.operator.type === 'Reshape' && shape !== null
    ? `${formatShape(shape)} has ${formatDim(product(shape))} elements, which shape [${[node.params['shape']].flat().map((size) => (size === null ? '?' : String(size))).join(', ')}] does not hold for another batch`
    : `${listed(node.inputs.map(({ tensor }, input) => `${tensor.shape === null ? '?' : formatShape(tensor.shape)} from ${vertexName(graph, graph.reads[graph.inputs + node.index]?.[input] ?? 0, node.scope)}`))}`;
  return warning('fixed-batch', node, `${node.operator.type} \`${node.name}\` ${must}: ${why}.`, batchCandidates(graph, node, names, pattern), { symbols: names, pattern });
}
