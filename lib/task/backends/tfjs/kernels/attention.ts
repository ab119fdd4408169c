import { cut } from '../axes.js';
import { multiply } from '../gradient.js';
import { type Call, type Kernel, flag, needWeight, number, required } from '../kernel.js';
import { repeat } from '../resize.js';
import type { Tensor } from '../tf.js';
import { channelsFirst, first } from '../wire.js';
import { linear } from './linear.js';

/** An input by the name that its operator declares; undefined where it is left out. */
export function named(call: Call, name: string): Tensor | undefined {
  const index = call.node.operator.inputs.findIndex((spec) => spec.name === name);
  const wire = index < 0 ? null : call.inputs[index];
  return wire ? channelsFirst(call.tf, wire) : undefined;
}

/** A mask as something to add: boolean masks forbid where they are true (PyTorch's MultiheadAttention). */
function additive({ tf }: Call, mask: Tensor, forbids: boolean): Tensor {
  if (mask.dtype !== 'bool') return mask;
  const zero = tf.zerosLike(tf.cast(mask, 'float32'));
  const never = tf.fill(mask.shape, -Infinity);
  return forbids ? tf.where(mask, never, zero) : tf.where(mask, zero, never);
}

/** softmax(q · kᵀ · scale + mask) · v, with q, k, v as [batch, heads, length, width]. */
function attend(call: Call, q: Tensor, k: Tensor, v: Tensor, scale: number, mask: Tensor | undefined, dropout: number): { readonly output: Tensor; readonly weights: Tensor } {
  const { tf } = call;
  const scores = tf.mul(multiply(tf, q, tf.transpose(k, [...k.shape.slice(0, -2).keys(), k.rank - 1, k.rank - 2])), scale);
  let weights = tf.softmax(mask ? tf.add(scores, mask) : scores) as Tensor;
  if (call.training && dropout > 0) {
    const generator = call.random();
    const drawn = Float32Array.from({ length: weights.size }, () => (generator.uniform() < dropout ? 0 : 1 / (1 - dropout)));
    weights = tf.mul(weights, tf.tensor(drawn, weights.shape));
  }
  return { output: multiply(tf, weights, v), weights };
}

/** Forbids what comes later. */
function causal({ tf }: Call, rows: number, columns: number): Tensor {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => (i % columns > Math.floor(i / columns) ? -Infinity : 0));
  return tf.tensor2d(values, [rows, columns]);
}

/** What multi-head attention is applied to; tensors are batch first, masks as PyTorch takes them (a boolean one forbids where it is true). */
export interface Attended {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly mask?: Tensor | undefined;
  readonly keyPadding?: Tensor | undefined;
  readonly heads: number;
  readonly dropout: number;
  readonly zero?: boolean;
}

/** torch.nn.functional.multi_head_attention_forward with the tensors whose names begin with `prefix`. The weights are the mean over the heads. */
export function multiHead(call: Call, prefix: string, { query, key, value, mask: scoreMask, keyPadding, heads, dropout, zero }: Attended): { readonly output: Tensor; readonly weights: Tensor } {
  const { tf } = call;
  const [n, length, width] = query.shape as [number, number, number];
  const together = call.weight(`${prefix}in_proj_weight`);
  const bias = call.weight(`${prefix}in_proj_bias`);
  const project = (x: Tensor, index: number, name: string): Tensor =>
    linear(tf, x, together ? cut(tf, together, 0, index * width, width) : needWeight(call, `${prefix}${name}`), bias && cut(tf, bias, 0, index * width, width));
  const q = project(query, 0, 'q_proj_weight');
  let [k, v] = [project(key, 1, 'k_proj_weight'), project(value, 2, 'v_proj_weight')];
  let added = 0;
  const append = (tensor: Tensor, row: Tensor): Tensor => tf.concat([tensor, tf.broadcastTo(row, [n, 1, width])], 1);
  const [biasK, biasV] = [call.weight(`${prefix}bias_k`), call.weight(`${prefix}bias_v`)];
  if (biasK && biasV) {
    [k, v] = [append(k, biasK), append(v, biasV)];
    added += 1;
  }
  if (zero) {
    [k, v] = [append(k, tf.zeros([1, 1, width])), append(v, tf.zeros([1, 1, width]))];
    added += 1;
  }
  const sources = k.shape[1] as number;
  const widened = (mask: Tensor): Tensor => (added ? tf.pad(mask, mask.shape.map((_, axis) => [0, axis === mask.rank - 1 ? added : 0])) : mask);
  const masks: Tensor[] = [];
  if (scoreMask) {
    const mask = widened(additive(call, scoreMask, true));
    masks.push(mask.rank === 3 ? tf.reshape(mask, [n, heads, length, sources]) : mask);
  }
  if (keyPadding) masks.push(tf.reshape(widened(additive(call, keyPadding, true)), [keyPadding.rank === 1 ? 1 : n, 1, 1, sources]));
  const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [n, x.shape[1] as number, heads, width / heads]), [0, 2, 1, 3]);
  const mask = masks.length ? masks.reduce((a, b) => tf.add(a, b)) : undefined;
  const { output, weights } = attend(call, split(q), split(k), split(v), 1 / Math.sqrt(width / heads), mask, dropout);
  const joined = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [n, length, width]);
  return { output: linear(tf, joined, needWeight(call, `${prefix}out_proj.weight`), call.weight(`${prefix}out_proj.bias`)), weights: tf.mean(weights, 1) };
}

/** Sequences as [batch, length, width], and how to bring a result back. */
export function sequences(call: Call, tensor: Tensor): { readonly enter: (x: Tensor) => Tensor; readonly leave: (y: Tensor) => Tensor } {
  const { tf, p } = call;
  if (tensor.rank === 2) return { enter: (x) => tf.expandDims(x, 0), leave: (y) => tf.squeeze(y, [0]) };
  if (flag(p['batch_first'], false)) return { enter: (x) => x, leave: (y) => y };
  return { enter: (x) => tf.transpose(x, [1, 0, 2]), leave: (y) => tf.transpose(y, [1, 0, 2]) };
}

/** torch.nn.MultiheadAttention. Ports: output and weights. */
const multihead: Kernel = (call) => {
  const { tf, p } = call;
  const query = named(call, 'query') as Tensor;
  const { enter, leave } = sequences(call, query);
  const key = named(call, 'key') ?? query;
  const { output, weights } = multiHead(call, '', {
    query: enter(query),
    key: enter(key),
    value: enter(named(call, 'value') ?? key),
    mask: named(call, 'attn_mask'),
    keyPadding: named(call, 'key_padding_mask'),
    heads: number(p['num_heads'], 1),
    dropout: number(p['dropout'], 0),
    zero: flag(p['add_zero_attn'], false),
  });
  return [first(leave(output)), first(query.rank === 2 ? tf.squeeze(weights, [0]) : weights)];
};

/** torch.nn.functional.scaled_dot_product_attention; here a boolean mask allows where it is true. */
const scaledDotProduct: Kernel = (call) => {
  const { tf, p } = call;
  const [q, key, value] = [0, 1, 2].map((index) => channelsFirst(tf, required(call, index))) as [Tensor, Tensor, Tensor];
  const written = named(call, 'attn_mask');
  // Grouped queries: each head of key and value serves several heads of the query.
  const shared = flag(p['enable_gqa'], false) ? (q.shape[q.rank - 3] as number) / (key.shape[key.rank - 3] as number) : 1;
  const [k, v] = shared > 1 ? [repeat(tf, key, key.rank - 3, shared), repeat(tf, value, value.rank - 3, shared)] : [key, value];
  const masks = [...(written ? [additive(call, written, false)] : []), ...(flag(p['is_causal'], false) ? [causal(call, q.shape[q.rank - 2] as number, k.shape[k.rank - 2] as number)] : [])];
  const mask = masks.length ? masks.reduce((a, b) => tf.add(a, b)) : undefined;
  return [first(attend(call, q, k, v, number(p['scale'], 1 / Math.sqrt(q.shape[q.rank - 1] as number)), mask, number(p['dropout_p'], 0)).output)];
};

export const attentionKernels: Readonly<Record<string, Kernel>> = { MultiheadAttention: multihead, SDPA: scaledDotProduct };
