import { cut } from '../axes.js';
import { type Call, type Kernel, flag, needWeight, number } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { channelsFirst, first } from '../wire.js';
import { linear } from './linear.js';

/** An input by the name that its operator declares; undefined where it is left out. */
function named(call: Call, name: string): Tensor | undefined {
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
  const scores = tf.mul(tf.matMul(q, k, false, true), scale);
  let weights = tf.softmax(mask ? tf.add(scores, mask) : scores) as Tensor;
  if (call.training && dropout > 0) {
    const generator = call.random();
    const drawn = Float32Array.from({ length: weights.size }, () => (generator.uniform() < dropout ? 0 : 1 / (1 - dropout)));
    weights = tf.mul(weights, tf.tensor(drawn, weights.shape));
  }
  return { output: tf.matMul(weights, v), weights };
}

/** Forbids what comes later. */
function causal({ tf }: Call, rows: number, columns: number): Tensor {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => (i % columns > Math.floor(i / columns) ? -Infinity : 0));
  return tf.tensor2d(values, [rows, columns]);
}

/** torch.nn.MultiheadAttention. Ports: attn_output and attn_output_weights, the mean over the heads. */
const multihead: Kernel = (call) => {
  const { tf, p } = call;
  const batchFirst = flag(p['batch_first'], false);
  const heads = number(p['num_heads'], 1);
  const given = (name: string): Tensor => {
    const tensor = named(call, name);
    if (!tensor) throw new Error(`${call.node.path}: ${name} is missing`);
    return tensor;
  };
  const query = given('query');
  const unbatched = query.rank === 2;
  const batched = (tensor: Tensor): Tensor => (unbatched ? tf.expandDims(tensor, 0) : batchFirst ? tensor : tf.transpose(tensor, [1, 0, 2]));
  const [qIn, kIn, vIn] = [query, named(call, 'key') ?? query, named(call, 'value') ?? named(call, 'key') ?? query].map(batched) as [Tensor, Tensor, Tensor];
  const [n, length, width] = qIn.shape as [number, number, number];
  const together = call.weight('in_proj_weight');
  const bias = call.weight('in_proj_bias');
  const projection = (index: number, name: string): Tensor => (together ? cut(tf, together, 0, index * width, width) : needWeight(call, name));
  const project = (x: Tensor, index: number, name: string): Tensor => linear(tf, x, projection(index, name), bias && cut(tf, bias, 0, index * width, width));
  const q = project(qIn, 0, 'q_proj_weight');
  let k = project(kIn, 1, 'k_proj_weight');
  let v = project(vIn, 2, 'v_proj_weight');
  let added = 0;
  const append = (tensor: Tensor, row: Tensor): Tensor => tf.concat([tensor, tf.broadcastTo(row, [n, 1, width])], 1);
  const [biasK, biasV] = [call.weight('bias_k'), call.weight('bias_v')];
  if (biasK && biasV) {
    [k, v] = [append(k, biasK), append(v, biasV)];
    added += 1;
  }
  if (flag(p['add_zero_attn'], false)) {
    [k, v] = [append(k, tf.zeros([1, 1, width])), append(v, tf.zeros([1, 1, width]))];
    added += 1;
  }
  const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [n, x.shape[1] as number, heads, width / heads]), [0, 2, 1, 3]);
  const sources = k.shape[1] as number;
  const masks: Tensor[] = [];
  const widened = (mask: Tensor): Tensor => (added ? tf.pad(mask, mask.shape.map((_, axis) => [0, axis === mask.rank - 1 ? added : 0])) : mask);
  const attnMask = named(call, 'attn_mask');
  if (attnMask) {
    const mask = widened(additive(call, attnMask, true));
    masks.push(mask.rank === 3 ? tf.reshape(mask, [n, heads, length, sources]) : mask);
  }
  const padding = named(call, 'key_padding_mask');
  if (padding) masks.push(tf.reshape(widened(additive(call, padding, true)), [unbatched ? 1 : n, 1, 1, sources]));
  if (flag(p['is_causal'], false)) masks.push(causal(call, length, sources));
  const mask = masks.length ? masks.reduce((a, b) => tf.add(a, b)) : undefined;
  const { output, weights } = attend(call, split(q), split(k), split(v), 1 / Math.sqrt(width / heads), mask, number(p['dropout'], 0));
  const joined = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [n, length, width]);
  const y = linear(tf, joined, needWeight(call, 'out_proj.weight'), call.weight('out_proj.bias'));
  const mean = tf.mean(weights, 1);
  if (unbatched) return [first(tf.squeeze(y, [0])), first(tf.squeeze(mean, [0]))];
  return [first(batchFirst ? y : tf.transpose(y, [1, 0, 2])), first(mean)];
};

/** torch.nn.functional.scaled_dot_product_attention; here a boolean mask allows where it is true. */
const scaledDotProduct: Kernel = (call) => {
  const { tf, p } = call;
  const [q, k, v] = [0, 1, 2].map((index) => channelsFirst(tf, call.inputs[index] ?? { tensor: tf.zeros([0]), layout: 'first' })) as [Tensor, Tensor, Tensor];
  const written = named(call, 'attn_mask');
  const masks = [...(written ? [additive(call, written, false)] : []), ...(flag(p['is_causal'], false) ? [causal(call, q.shape[q.rank - 2] as number, k.shape[k.rank - 2] as number)] : [])];
  const mask = masks.length ? masks.reduce((a, b) => tf.add(a, b)) : undefined;
  return [first(attend(call, q, k, v, number(p['scale'], 1 / Math.sqrt(q.shape[q.rank - 1] as number)), mask, number(p['dropout_p'], 0)).output)];
};

export const attentionKernels: Readonly<Record<string, Kernel>> = { MultiheadAttention: multihead, SDPA: scaledDotProduct, ScaledDotProductAttention: scaledDotProduct };
