import { add, broadcastDim, broadcastShapes, divisible, formatDim, formatShape, mul, product, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { sizeAt, withAxis } from './axes.js';
import { batchOf } from './matmul.js';
import { inferredArg } from './calls.js';
import { defineOperator } from './define.js';
import { needOneType } from './dtypes.js';
import type { Operator, Report, TorchCall, WeightSpec } from './operator.js';
import { flag, integer, number } from './param.js';

/** Whether PyTorch's CPU computes this in one kernel (`use_flash_attention_cpp`): 4 axes each, one batch and, unless they are shared, as many heads, nothing of them empty. */
function isFused(q: Shape, k: Shape, v: Shape, shared: boolean): boolean {
  const same = (axis: number): boolean => [k, v].every((shape) => sameDim(sizeAt(q, axis), sizeAt(shape, axis)) !== false);
  return [q, k, v].every(({ length }) => length === 4) && same(0) && (shared || same(1)) && ![...q.slice(0, 3), sizeAt(k, -2)].includes(0);
}

const sdpa = defineOperator({
  type: 'SDPA',
  family: 'Attention',
  doc: 'Scaled dot-product attention: softmax(q·kᵀ / √d)·v over the last two axes.',
  reference: 'torch.nn.functional.scaled_dot_product_attention.html',
  inputs: [{ name: 'query' }, { name: 'key' }, { name: 'value' }, { name: 'attn_mask', optional: true, dtype: 'any' }],
  params: {
    dropout_p: number({ default: 0, min: 0, max: 1, doc: 'Chance that an attention weight is dropped.' }),
    is_causal: flag({ default: false, doc: 'Each place sees only those before it.' }),
    scale: number({ default: null, doc: 'Factor before the softmax; null: 1 / √d.' }),
    enable_gqa: flag({ default: false, doc: 'Groups of query heads share a head of key and value.' }),
  },
  infer([query, key, value, mask], p, report) {
    const { dtype } = query;
    if (mask !== null && p.is_causal === true) report({ code: 'mask-and-causal', param: 'is_causal', input: 3, message: 'is_causal makes its own mask: attn_mask must be left out.' });
    if (query.shape !== null && key.shape !== null && value.shape !== null) needOneType('SDPA', [query, key, value], report);
    const [q, k, v] = [query.shape, key.shape, value.shape];
    if (q === null || k === null || v === null) return [{ shape: null, dtype }];
    for (const [input, shape] of [q, k, v].entries()) {
      if (shape.length >= 2) continue;
      report({ code: 'wrong-rank', input, message: `SDPA takes at least 2 axes (length × width), but ${formatShape(shape)} arrives.`, facts: { rank: shape.length } });
      return [{ shape: null, dtype }];
    }
    if (sameDim(sizeAt(q, -1), sizeAt(k, -1)) === false) {
      report({ code: 'feature-mismatch', input: 1, message: `query and key must be equally wide: ${formatDim(sizeAt(q, -1))} and ${formatDim(sizeAt(k, -1))} differ.`, facts: { expected: sizeAt(q, -1), actual: sizeAt(k, -1) } });
    }
    if (sameDim(sizeAt(k, -2), sizeAt(v, -2)) === false) {
      report({ code: 'shape-mismatch', input: 2, message: `key and value must be equally long: ${formatDim(sizeAt(k, -2))} and ${formatDim(sizeAt(v, -2))} differ.`, facts: { axis: v.length - 2, axes: [v.length - 2], sizes: [null, sizeAt(k, -2), sizeAt(v, -2)], inputs: [1, 2] } });
    }
    if (p.enable_gqa === true && [q, k, v].some(({ length }) => length < 3)) report({ code: 'wrong-rank', param: 'enable_gqa', message: 'enable_gqa counts heads along the third last axis: query, key and value need at least 3 axes.', facts: { ranks: [q.length, k.length, v.length] } });
    // Heads of key and value are repeated until each head of the query has one.
    const repeated = (shape: Shape, input: number, what: string): Shape => {
      if (p.enable_gqa !== true || q.length < 3 || shape.length < 3) return shape;
      const [heads, shared] = [sizeAt(q, -3), sizeAt(shape, -3)];
      if (divisible(heads, shared) === false) report({ code: 'not-divisible', input, message: `The ${formatDim(heads)} query heads cannot share ${formatDim(shared)} ${what} heads.`, facts: { what: 'heads', value: heads, by: shared } });
      return withAxis(shape, shape.length - 3, heads);
    };
    const scores = [...batchOf('SDPA', q, repeated(k, 1, 'key'), report), 1, 1];
    const lead = batchOf('SDPA', scores, repeated(v, 2, 'value'), report);
    checkMask(mask, [...lead, sizeAt(q, -2), sizeAt(k, -2)], dtype, report);
    if (mask?.shape != null && mask.shape.length < 2 && p.dropout_p === 0 && isFused(q, k, v, p.enable_gqa === true)) {
      const wanted = [...[1, 1].slice(mask.shape.length), ...mask.shape];
      report({ code: 'wrong-rank', input: 3, message: `PyTorch's fused attention, which takes 4 axes and no dropout, reads the last two axes of the mask, but ${formatShape(mask.shape)} arrives: give it as ${formatShape(wanted)}.`, facts: { rank: mask.shape.length } });
    }
    return [{ shape: [...lead, sizeAt(q, -2), sizeAt(v, -1)], dtype }];
  },
  macs([query, key, value], [output], p) {
    if (output?.shape == null || query.shape === null || key.shape === null) return null;
    const pairs = mul(sizeAt(query.shape, -2), sizeAt(key.shape, -2));
    // The scores are made once, even where the value has a larger batch.
    const keys = p.enable_gqa === true && query.shape.length >= 3 && key.shape.length >= 3 ? withAxis(key.shape, key.shape.length - 3, sizeAt(query.shape, -3)) : key.shape;
    const batch = broadcastShapes(query.shape.slice(0, -2), keys.slice(0, -2)).shape;
    return mul(pairs, add(mul(product(batch), sizeAt(query.shape, -1)), mul(product(output.shape.slice(0, -2)), sizeAt(value.shape, -1))));
  },
  torch(_p, [, , , mask], write) {
    const args = write.keywords();
    const more = [...(mask === null ? [] : ['attn_mask={3}']), ...args.map(({ name }) => `${name ?? ''}={${name ?? ''}}`)];
    return { expression: `F.scaled_dot_product_attention({0}, {1}, {2}${more.map((word) => `, ${word}`).join('')})`, precedence: 'atom', args };
  },
});

/** A mask must reach the scores by broadcasting, and may not make them larger. */
function checkMask(mask: Tensor | null, scores: Shape, query: Tensor['dtype'], report: Report, input = 3): void {
  if (mask?.shape == null) return;
  if (!['bool', 'float32', query].includes(mask.dtype)) report({ code: 'wrong-dtype', input, message: `A mask is bool, or ${query} as the query is, but ${mask.dtype} arrives.`, facts: { dtype: mask.dtype, wanted: 'bool' } });
  const offset = scores.length - mask.shape.length;
  const fits = offset >= 0 && mask.shape.every((size, axis) => size === 1 || broadcastDim(size, scores[offset + axis] as Dim) !== undefined && sameDim(size, scores[offset + axis] as Dim) !== false);
  if (!fits) report({ code: 'shape-mismatch', input, message: `The mask is ${formatShape(mask.shape)}, but the scores are ${formatShape(scores)}.`, facts: { sizes: [mask.shape, scores], inputs: [input] } });
}

interface Heads {
  readonly embed_dim: Dim | undefined;
  readonly num_heads: Dim;
  readonly bias: boolean | null;
  readonly add_bias_kv: boolean | null;
  readonly add_zero_attn: boolean | null;
  readonly kdim: Dim | undefined;
  readonly vdim: Dim | undefined;
  readonly batch_first: boolean | null;
}

interface Sequence {
  readonly length: Dim;
  /** Undefined for an unbatched sequence. */
  readonly batch: Dim | undefined;
  readonly width: Dim;
}

function sequence(shape: Shape | null, batchFirst: boolean | null): Sequence | null {
  if (shape === null) return null;
  if (shape.length === 2) return { length: sizeAt(shape, 0), batch: undefined, width: sizeAt(shape, 1) };
  const [a, b] = batchFirst === true ? [1, 0] : [0, 1];
  return { length: sizeAt(shape, a), batch: sizeAt(shape, b), width: sizeAt(shape, 2) };
}

const multiheadAttention = defineOperator({
  type: 'MultiheadAttention',
  family: 'Attention',
  doc: 'Attention in several heads with learned projections of query, key and value.',
  reference: 'torch.nn.MultiheadAttention.html',
  inputs: [
    { name: 'query', ranks: [2, 3], dtype: 'float32', doc: 'length × batch × width (batch first where batch_first), or length × width' },
    { name: 'key', ranks: [2, 3], dtype: 'float32', doc: 'a key of 2 or 3 axes' },
    { name: 'value', ranks: [2, 3], dtype: 'float32', doc: 'a value of 2 or 3 axes' },
    { name: 'key_padding_mask', optional: true, dtype: 'mask', ranks: [1, 2], doc: 'batch × length of the key' },
    { name: 'attn_mask', optional: true, dtype: 'mask', ranks: [2, 3], doc: 'length × length of the key, or one such for each head of the batch' },
  ],
  outputs: ['output', 'weights'],
  params: {
    embed_dim: integer({ min: 1, assertion: true, doc: 'Width of the query.' }),
    num_heads: integer({ min: 1, initial: 8, doc: 'Heads; must divide embed_dim.' }),
    dropout: number({ default: 0, min: 0, max: 1, doc: 'Chance that an attention weight is dropped.' }),
    bias: flag({ default: true, doc: 'Learns offsets of the projections.' }),
    add_bias_kv: flag({ default: false, doc: 'Adds one learned place to key and value.' }),
    add_zero_attn: flag({ default: false, doc: 'Adds one place of zeros to key and value.' }),
    kdim: integer({ default: null, min: 1, doc: 'Width of the key; null: embed_dim.' }),
    vdim: integer({ default: null, min: 1, doc: 'Width of the value; null: embed_dim.' }),
    batch_first: flag({ default: false, initial: true, doc: 'The batch is the first axis, not the second.' }),
  },
  infer([query, key, value, paddingMask, mask], p, report) {
    const { dtype } = query;
    const [q, k, v] = [query, key, value].map(({ shape }) => sequence(shape, p.batch_first)) as [Sequence | null, Sequence | null, Sequence | null];
    const width = p.embed_dim ?? q?.width ?? null;
    if (divisible(width, p.num_heads) === false) report({ code: 'not-divisible', param: 'num_heads', message: `num_heads ${formatDim(p.num_heads)} does not divide embed_dim ${formatDim(width)}.`, facts: { what: 'embed_dim', value: width, by: p.num_heads } });
    const wanted: readonly (readonly [string, string, Sequence | null, Dim])[] = [['query', 'embed_dim', q, width], ['key', 'kdim', k, p.kdim ?? width], ['value', 'vdim', v, p.vdim ?? width]];
    for (const [input, [name, param, arriving, expected]] of wanted.entries()) {
      if (arriving === null || sameDim(arriving.width, expected) !== false) continue;
      report({ code: 'feature-mismatch', param, input, message: `${name} is ${formatDim(arriving.width)} wide, but ${param === 'embed_dim' || (param === 'kdim' ? p.kdim : p.vdim) !== undefined ? param : 'embed_dim'} is ${formatDim(expected)}.`, facts: { expected, actual: arriving.width } });
    }
    if (q === null || k === null || v === null) return [query.shape === null ? { shape: null, dtype } : query, { shape: null, dtype }];
    const pairs: readonly (readonly [string, string, number, Dim | undefined, Dim | undefined])[] = [
      ['key and value', 'long', 2, k.length, v.length], ['query and key', 'batched', 1, q.batch, k.batch], ['key and value', 'batched', 2, k.batch, v.batch],
    ];
    for (const [names, how, input, a, b] of pairs) {
      if (a === undefined && b === undefined) continue;
      if (a !== undefined && b !== undefined && sameDim(a, b) !== false) continue;
      report({ code: 'shape-mismatch', input, message: `${names} must be equally ${how}: ${a === undefined ? 'no batch' : formatDim(a)} and ${b === undefined ? 'no batch' : formatDim(b)} differ.`, facts: { axis: 0, axes: [0], sizes: [a ?? null, b ?? null], inputs: [input - 1, input] } });
    }
    const scores: Shape = [...(q.batch === undefined ? [] : [q.batch]), q.length, k.length];
    checkPaddingMask(paddingMask, q.batch === undefined ? [k.length] : [q.batch, k.length], report);
    if (mask?.shape != null) {
      const heads = q.batch === undefined ? p.num_heads : mul(q.batch, p.num_heads);
      const expected: Shape = mask.shape.length === 3 ? [heads, q.length, k.length] : [q.length, k.length];
      if (expected.some((size, axis) => sameDim(size, mask.shape?.[axis] ?? null) === false)) report({ code: 'shape-mismatch', input: 4, message: `attn_mask is ${formatShape(mask.shape)}, but ${formatShape(expected)} is wanted.`, facts: { sizes: [mask.shape, expected], inputs: [4] } });
    }
    const extra = (p.add_bias_kv === true ? 1 : 0) + (p.add_zero_attn === true ? 1 : 0);
    return [
      { shape: [...(query.shape ?? []).slice(0, -1), width], dtype },
      { shape: [...scores.slice(0, -1), add(k.length, extra)], dtype },
    ];
  },
  weights: ([query], p) => attentionWeights(p, p.embed_dim ?? sizeAt(query.shape, -1)),
  macs: ([query, key, value], _outputs, p) => attentionMacs(p, p.embed_dim ?? sizeAt(query.shape, -1), query, key, value),
  torch(p, [query, , , paddingMask, mask], write): TorchCall {
    const call = `{0}, {1}, {2}${paddingMask === null ? '' : ', key_padding_mask={3}'}${mask === null ? '' : ', attn_mask={4}'}`;
    return { module: 'nn.MultiheadAttention', args: [inferredArg(p, 'embed_dim', sizeAt(query.shape, -1)), ...write.positional('num_heads'), ...write.keywords()], results: '{0}, {1}', call };
  },
  summary: (p) => [`${formatDim(p.num_heads)} heads`],
});

function checkPaddingMask(mask: Tensor | null, expected: Shape, report: Report): void {
  if (mask?.shape == null || (mask.shape.length === expected.length && expected.every((size, axis) => sameDim(size, mask.shape?.[axis] ?? null) !== false))) return;
  report({ code: 'shape-mismatch', input: 3, message: `key_padding_mask is ${formatShape(mask.shape)}, but ${formatShape(expected)} is wanted.`, facts: { sizes: [mask.shape, expected], inputs: [3] } });
}

/** Weights of nn.MultiheadAttention in the order of its state_dict, under a prefix ("self_attn."). */
export function attentionWeights(p: Pick<Heads, 'bias' | 'add_bias_kv' | 'kdim' | 'vdim'>, width: Dim, prefix = ''): readonly WeightSpec[] {
  const learned = (name: string, shape: Shape): WeightSpec => ({ name: `${prefix}${name}`, shape, learned: true });
  const apart = (p.kdim !== undefined && p.kdim !== width) || (p.vdim !== undefined && p.vdim !== width);
  return [
    ...(apart
      ? [learned('q_proj_weight', [width, width]), learned('k_proj_weight', [width, p.kdim ?? width]), learned('v_proj_weight', [width, p.vdim ?? width])]
      : [learned('in_proj_weight', [mul(3, width), width])]),
    ...(p.bias === false ? [] : [learned('in_proj_bias', [mul(3, width)])]),
    ...(p.add_bias_kv === true ? [learned('bias_k', [1, 1, width]), learned('bias_v', [1, 1, width])] : []),
    learned('out_proj.weight', [width, width]),
    ...(p.bias === false ? [] : [learned('out_proj.bias', [width])]),
  ];
}

/** Projections of all three, the products with scores and values, and the projection of the result. */
export function attentionMacs(p: Pick<Heads, 'add_bias_kv' | 'add_zero_attn' | 'batch_first'>, width: Dim, query: Tensor, key: Tensor, value: Tensor): Dim {
  if (query.shape === null || key.shape === null || value.shape === null) return null;
  const attended = add(sequence(key.shape, p.batch_first)?.length ?? null, (p.add_bias_kv === true ? 1 : 0) + (p.add_zero_attn === true ? 1 : 0));
  const rows = product(query.shape.slice(0, -1));
  return [
    mul(product(query.shape), width), mul(product(key.shape), width), mul(product(value.shape), width),
    mul(2, mul(rows, mul(attended, width))), mul(rows, mul(width, width)),
  ].reduce(add);
}

export const attentions: readonly Operator[] = [sdpa, multiheadAttention];
