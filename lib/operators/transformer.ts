import { add, divisible, formatDim, formatShape, mul, product, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { attentionMacs, attentionWeights } from './attention.js';
import { sizeAt } from './axes.js';
import { inferredArg } from './calls.js';
import { defineOperator } from './define.js';
import type { InputSpec, Operator, Report, TorchCall, WeightSpec } from './operator.js';
import { choice, flag, integer, number } from './param.js';

interface Layer {
  readonly d_model: Dim | undefined;
  readonly nhead: Dim;
  readonly dim_feedforward: Dim;
  readonly batch_first: boolean | null;
  readonly bias: boolean | null;
}

const params = {
  d_model: integer({ min: 1, assertion: true, doc: 'Width of the sequence.' }),
  nhead: integer({ min: 1, initial: 8, doc: 'Heads of attention; must divide d_model.' }),
  dim_feedforward: integer({ min: 1, default: 2048, doc: 'Width between the two linear layers.' }),
  dropout: number({ min: 0, max: 1, default: 0.1, doc: 'Chance that an element is dropped.' }),
  activation: choice(['relu', 'gelu'], { default: 'relu', doc: 'Between the two linear layers.' }),
  layer_norm_eps: number({ default: 1e-5, min: 0, doc: 'Added to variances.' }),
  batch_first: flag({ default: false, initial: true, doc: 'The batch is the first axis, not the second.' }),
  norm_first: flag({ default: false, doc: 'Normalises before each part instead of after it.' }),
  bias: flag({ default: true, doc: 'Learns offsets.' }),
} as const;
const form = 'length × batch × width (batch first where batch_first), or length × width';
const sequenceInput = <const N extends string>(name: N) => ({ name, ranks: [2, 3], dtype: 'float32', doc: form }) as const;
const mask = <const N extends string>(name: N) => ({ name, optional: true, dtype: 'mask' }) as const satisfies InputSpec;

function lengthOf(shape: Shape, batchFirst: boolean | null): Dim {
  return shape.length === 2 ? sizeAt(shape, 0) : sizeAt(shape, batchFirst === true ? 1 : 0);
}

function batchOf(shape: Shape, batchFirst: boolean | null): Dim | undefined {
  return shape.length === 2 ? undefined : sizeAt(shape, batchFirst === true ? 0 : 1);
}

function check(type: string, tensors: readonly Tensor[], p: Layer, report: Report): Dim {
  const width = p.d_model ?? sizeAt(tensors[0]?.shape ?? null, -1);
  if (divisible(width, p.nhead) === false) report({ code: 'not-divisible', param: 'nhead', message: `nhead ${formatDim(p.nhead)} does not divide d_model ${formatDim(width)}.`, facts: { what: 'd_model', value: width, by: p.nhead } });
  tensors.forEach(({ shape }, input) => {
    if (sameDim(sizeAt(shape, -1), width) !== false) return;
    report({ code: 'feature-mismatch', param: 'd_model', input, message: `d_model is ${formatDim(width)}, but the last axis of ${formatShape(shape)} has ${formatDim(sizeAt(shape, -1))}.`, facts: { expected: width, actual: sizeAt(shape, -1) } });
  });
  const [first, second] = tensors;
  if (first?.shape != null && second?.shape != null) {
    const [a, b] = [batchOf(first.shape, p.batch_first), batchOf(second.shape, p.batch_first)];
    const fit = a === undefined || b === undefined ? a === b : sameDim(a, b) !== false;
    if (!fit) report({ code: 'shape-mismatch', input: 1, message: `${type} needs two sequences of one batch: ${formatShape(first.shape)} and ${formatShape(second.shape)} differ.`, facts: { axis: 0, axes: [0], sizes: [a ?? null, b ?? null], inputs: [0, 1] } });
  }
  return width;
}

/** A mask of scores (length × length, or one for each head of the batch) or of places (batch × length). */
function checkMask(tensor: Tensor | null, input: number, name: string, expected: readonly Shape[], report: Report): void {
  const shape = tensor?.shape ?? null;
  if (shape === null || expected.some((wanted) => wanted.length === shape.length && wanted.every((size, axis) => sameDim(size, shape[axis] as Dim) !== false))) return;
  report({ code: 'shape-mismatch', input, message: `${name} is ${formatShape(shape)}, but ${expected.map(formatShape).join(' or ')} is wanted.`, facts: { sizes: [shape, ...expected], inputs: [input] } });
}

function scores(query: Shape, key: Shape, p: Layer): readonly Shape[] {
  const [length, other] = [lengthOf(query, p.batch_first), lengthOf(key, p.batch_first)];
  const batch = batchOf(query, p.batch_first);
  return [[length, other], [batch === undefined ? p.nhead : mul(batch, p.nhead), length, other]];
}

function places(key: Shape, p: Layer): readonly Shape[] {
  const batch = batchOf(key, p.batch_first);
  return [batch === undefined ? [lengthOf(key, p.batch_first)] : [batch, lengthOf(key, p.batch_first)]];
}

const plain = { add_bias_kv: false, add_zero_attn: false, kdim: undefined, vdim: undefined } as const;

function layerWeights(p: Layer, width: Dim, attentions: readonly string[]): readonly WeightSpec[] {
  const pairOf = (name: string, shape: Shape, outputs: Dim): WeightSpec[] => [
    { name: `${name}.weight`, shape, learned: true },
    ...(p.bias === false ? [] : [{ name: `${name}.bias`, shape: [outputs], learned: true }]),
  ];
  return [
    ...attentions.flatMap((name) => attentionWeights({ ...plain, bias: p.bias }, width, `${name}.`)),
    ...pairOf('linear1', [p.dim_feedforward, width], p.dim_feedforward),
    ...pairOf('linear2', [width, p.dim_feedforward], width),
    ...[...attentions, 'feedforward'].flatMap((_, i) => pairOf(`norm${i + 1}`, [width], width)),
  ];
}

function feedforwardMacs({ shape }: Tensor, p: Layer): Dim {
  return shape === null ? null : mul(2, mul(product(shape), p.dim_feedforward));
}

const encoderLayer = defineOperator({
  type: 'TransformerEncoderLayer',
  family: 'Attention',
  doc: 'Self-attention and two linear layers, each with a skip and a LayerNorm.',
  reference: 'torch.nn.TransformerEncoderLayer.html',
  inputs: [sequenceInput('src'), mask('src_mask'), mask('src_key_padding_mask')],
  params,
  infer([src, srcMask, padding], p, report) {
    check('TransformerEncoderLayer', [src], p, report);
    if (src.shape !== null) {
      checkMask(srcMask, 1, 'src_mask', scores(src.shape, src.shape, p), report);
      checkMask(padding, 2, 'src_key_padding_mask', places(src.shape, p), report);
    }
    return [src];
  },
  weights: ([src], p) => layerWeights(p, p.d_model ?? sizeAt(src.shape, -1), ['self_attn']),
  macs: ([src], _outputs, p) => add(attentionMacs({ ...plain, batch_first: p.batch_first }, p.d_model ?? sizeAt(src.shape, -1), src, src, src), feedforwardMacs(src, p)),
  torch: (p, [src, srcMask, padding], write): TorchCall => ({
    module: 'nn.TransformerEncoderLayer',
    args: [inferredArg(p, 'd_model', sizeAt(src.shape, -1)), ...write.positional('nhead'), ...write.keywords()],
    call: `{0}${srcMask === null ? '' : ', src_mask={1}'}${padding === null ? '' : ', src_key_padding_mask={2}'}`,
  }),
  summary: (p) => [`${formatDim(p.nhead)} heads`, formatDim(p.dim_feedforward)],
});

const decoderLayer = defineOperator({
  type: 'TransformerDecoderLayer',
  family: 'Attention',
  doc: 'Self-attention, attention to a memory, and two linear layers, each with a skip and a LayerNorm.',
  reference: 'torch.nn.TransformerDecoderLayer.html',
  inputs: [sequenceInput('tgt'), sequenceInput('memory'), mask('tgt_mask'), mask('memory_mask'), mask('tgt_key_padding_mask'), mask('memory_key_padding_mask')],
  params,
  infer([tgt, memory, tgtMask, memoryMask, tgtPadding, memoryPadding], p, report) {
    check('TransformerDecoderLayer', [tgt, memory], p, report);
    if (tgt.shape !== null && memory.shape !== null) {
      checkMask(tgtMask, 2, 'tgt_mask', scores(tgt.shape, tgt.shape, p), report);
      checkMask(memoryMask, 3, 'memory_mask', scores(tgt.shape, memory.shape, p), report);
      checkMask(tgtPadding, 4, 'tgt_key_padding_mask', places(tgt.shape, p), report);
      checkMask(memoryPadding, 5, 'memory_key_padding_mask', places(memory.shape, p), report);
    }
    return [tgt];
  },
  weights: ([tgt], p) => layerWeights(p, p.d_model ?? sizeAt(tgt.shape, -1), ['self_attn', 'multihead_attn']),
  macs([tgt, memory], _outputs, p) {
    const width = p.d_model ?? sizeAt(tgt.shape, -1);
    const heads = { ...plain, batch_first: p.batch_first };
    return add(add(attentionMacs(heads, width, tgt, tgt, tgt), attentionMacs(heads, width, tgt, memory, memory)), feedforwardMacs(tgt, p));
  },
  torch(p, [tgt, , ...masks], write): TorchCall {
    const names = ['tgt_mask', 'memory_mask', 'tgt_key_padding_mask', 'memory_key_padding_mask'];
    return {
      module: 'nn.TransformerDecoderLayer',
      args: [inferredArg(p, 'd_model', sizeAt(tgt.shape, -1)), ...write.positional('nhead'), ...write.keywords()],
      call: `{0}, {1}${masks.map((each, i) => (each === null ? '' : `, ${names[i] ?? ''}={${i + 2}}`)).join('')}`,
    };
  },
  summary: (p) => [`${formatDim(p.nhead)} heads`, formatDim(p.dim_feedforward)],
});

export const transformers: readonly Operator[] = [encoderLayer, decoderLayer];
