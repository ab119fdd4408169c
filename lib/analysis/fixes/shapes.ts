import { inputSizeCandidate, inputSizeCandidates, spatialSizes, suitableSizes } from './input-size.js';
import { nodeOf } from './wiring.js';
import { settingEdits } from './setting.js';
import { insertedBefore } from './insertion.js';
import { widthCandidates } from './width.js';
import { writtenAt, type Written } from '../scope.js';
import { operator } from '../../operators/index.js';
import { product } from '../../shapes/index.js';
import type { Candidate, FixContext } from './verify.js';
import type { JsonPath, JsonValue } from '../../document/json.js';

/** Fixes of one layer whose input has the wrong rank or size. */
export function shapeCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written === undefined) return [];
  const input = finding.input ?? 0;
  const shape = written.use.inputs[input]?.tensor.shape;
  const path = nodeOf(finding.place);
  const candidates: Candidate[] = [];
  if (finding.code === 'wrong-rank' || (finding.code === 'feature-mismatch' && (shape?.length ?? 0) > 2)) {
    if (finding.code === 'wrong-rank' && shape != null) {
      // The operator of as many spatial axes as arrive behind batch and channels: another would read the batch as channels.
      const other = written.node.op.replace(/[123]d$/, `${Math.max(1, shape.length - 2)}d`);
      if (other !== written.node.op && operator(other) !== undefined) candidates.push({ title: `Use ${other}`, variants: [[{ kind: 'set', path: [...path, 'op'], value: other }]] });
    }
    // Factors of a product keep their axes, and a sequence that lost them is no sequence.
    if ((shape?.length ?? 0) > 2 && !['MatMul', 'BMM', 'SDPA'].includes(written.node.op) && operator(written.node.op)?.family !== 'Attention' && operator(written.node.op)?.family !== 'Recurrent') candidates.push(...flattenCandidate(written, input));
  }
  if (finding.code === 'window-too-large' || finding.code === 'empty-input' || finding.code === 'empty-output') {
    const { size, padded, extent } = finding.facts ?? {};
    const set = (title: string, param: string, value: JsonValue): Candidate => ({ title, variants: [[{ kind: 'set', path: [...path, param], value }], settingEdits(graph.program, written.instance, written.name, param, value)] });
    const pools = graph.program.node(finding.node)?.operator.family === 'Pooling';
    const sizes = inputSizeCandidates(context, true);
    // A pool that finds nothing left to pool says that the image is too small; a wide window is padded.
    if (pools) candidates.push(...sizes);
    else if (operator(written.node.op)?.params.has('padding') === true && typeof padded === 'number' && typeof extent === 'number') {
      for (const padding of new Set([Math.floor(extent / 2), Math.ceil((extent - Number(size)) / 2)])) candidates.push({ ...set(`Set padding ${padding}`, 'padding', padding), once: 'padding', ...(padding === (extent - 1) / 2 && { where: 'keeps the size at stride 1' }) });
    }
    if (typeof padded === 'number' && padded >= 1) candidates.push(set(`Set kernel_size ${padded}`, 'kernel_size', padded));
    if (!pools) candidates.push(...sizes);
  }
  if (finding.code === 'feature-mismatch' || finding.code === 'channel-mismatch') candidates.push(...widthCandidates(context, finding.node, input, finding.facts?.['actual'], plainSize(finding.facts?.['expected'])));
  if (finding.code === 'feature-mismatch') candidates.push(...upstreamCandidates(context, finding.facts?.['expected'], finding.facts?.['actual']));
  if (finding.code === 'too-few-values') candidates.push(...batchCandidates(context));
  if (finding.code === 'split-sum' || finding.code === 'element-count') candidates.push(...countCandidates(context, path));
  if (finding.code === 'crop-too-large' && typeof finding.facts?.['size'] === 'number') candidates.push({ title: `Set size ${finding.facts['size']}`, variants: [[{ kind: 'set', path: [...path, 'size'], value: finding.facts['size'] }]] });
  if (suitable.has(finding.code)) candidates.push(...suitableSizes(context));
  return candidates;
}

/** A layer made for as many features as the whole map holds was meant behind a Flatten, and a Flatten that takes the batch along was meant to leave it. */
export function forgottenFlatten(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  if (finding?.code !== 'feature-mismatch') return [];
  const keeps = batchKept(context);
  if (keeps.length > 0) return keeps;
  const written = writtenAt(graph.program, finding.node);
  const shape = written?.use.inputs[finding.input ?? 0]?.tensor.shape;
  if (written === undefined || shape == null || shape.length < 3 || product(shape.slice(1)) !== finding.facts?.['expected']) return [];
  return flattenCandidate(written, finding.input ?? 0);
}

/** Codes of what may fit with another size of the input. */
const suitable: ReadonlySet<string> = new Set(['not-divisible', 'element-count', 'feature-mismatch', 'crop-too-large', 'padding-too-large', 'split-sum']);

/** The one size of a list of one. */
const plainSize = (size: unknown): unknown => (Array.isArray(size) && size.length === 1 ? (size as readonly unknown[])[0] : size);

/** A Flatten put before an input of a node. */
export function flattenCandidate(written: Written, input: number): readonly Candidate[] {
  return [{ title: `Insert Flatten before \`${written.name}\``, variants: [insertedBefore(written, input, [{ wish: 'flatten', node: { op: 'Flatten' } }])] }];
}

function batchKept({ graph, finding }: FixContext): readonly Candidate[] {
  const node = graph.program.node(finding!.node);
  const from = node?.inputs[finding!.input ?? 0]?.origin;
  const before = from?.kind === 'node' ? graph.program.nodes[from.node] : undefined;
  return before?.operator.type === 'Flatten' && before.params['start_dim'] === 0 ? [{ title: `Set start_dim 1 on \`${before.name}\``, where: 'keeps the batch', variants: [[{ kind: 'set', path: [...before.place, 'start_dim'], value: 1 }]] }] : [];
}

/** A vector of another length: the input may have another size than the head was made for. */
function upstreamCandidates(context: FixContext, expected: unknown, actual: unknown): readonly Candidate[] {
  const { parsed } = context;
  const candidates: Candidate[] = [];
  if (typeof expected !== 'number' || typeof actual !== 'number' || actual < 1) return candidates;
  for (const input of parsed.document.root.inputs.values()) {
    const sizes = spatialSizes(context, input);
    if (sizes === undefined) continue;
    const scale = (expected / actual) ** (1 / sizes.length);
    if (scale >= 0.5) for (const off of [0, 1, -1, 2, -2]) candidates.push(inputSizeCandidate(context, input, sizes.map((size) => Math.max(1, Math.round(size * scale) + off))));
  }
  return candidates;
}

/** Statistics of one value a channel mean nothing: the batch is left open, or is two. */
function batchCandidates({ parsed }: FixContext): readonly Candidate[] {
  return [...parsed.document.root.inputs.values()].filter((input) => input.shape?.[0] === 1).flatMap((input) => (['N', 2] as const).map((size): Candidate => ({ title: `Set the batch of \`${input.name}\` to ${size}`, once: 'batch', variants: [[{ kind: 'set', path: ['inputs', input.name, 'shape', 0], value: size }]] })));
}

/** How many elements arrive at the layer concerned. */
function elements({ graph, finding }: FixContext): unknown {
  const shape = graph.program.node(finding!.node)?.inputs[0]?.tensor.shape;
  return shape == null ? undefined : product(shape);
}

/** Sizes whose product or sum is not what is there: one of them is computed from the others. */
function countCandidates(context: FixContext, path: JsonPath): readonly Candidate[] {
  const { finding, parsed } = context;
  const param = finding!.param;
  const value = param === undefined ? undefined : parsed.valueAt([...path, param]);
  if (param === undefined || !Array.isArray(value) || !value.every((size): size is number => typeof size === 'number')) return [];
  const sizes: readonly number[] = value;
  const set = (changed: readonly number[]): Candidate => ({ title: `Set ${param} [${changed.join(', ')}]`, once: 'count', variants: [[{ kind: 'set', path: [...path, param], value: changed }]] });
  if (finding!.code === 'split-sum') {
    const total = finding!.facts?.['size'] ?? finding!.facts?.['total'];
    const rest = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
    if (typeof total !== 'number') return [];
    // Pieces that are written alike are meant to be alike.
    const alike = sizes.length > 1 && sizes.every((size) => size === sizes[0]) && total % sizes.length === 0;
    const equal = alike ? [{ ...set(sizes.map(() => total / sizes.length)), once: 'equal parts', where: 'equal parts' }] : [];
    return [...equal, ...(total > rest ? [set([...sizes.slice(0, -1), total - rest])] : [])];
  }
  const open = sizes.map((size) => (size === -1 ? 1 : size));
  const total = finding!.facts?.['total'] ?? finding!.facts?.['elements'] ?? elements(context);
  // One size that divides the whole, near the one that does not.
  const near = !sizes.includes(-1) || typeof total !== 'number' ? [] : sizes.flatMap((size, axis) => (size === -1 ? [] : [1, -1, 2, -2, 3, -3].map((off) => size + off).filter((other) => other > 0 && total % other === 0).map((other) => set(sizes.map((each, at) => (at === axis ? other : each))))));
  return [...near, ...open.map((_, at) => set(open.map((size, axis) => (axis === open.length - 1 - at ? -1 : size)))), set([open[0] ?? -1, -1]), set([-1])];
}
