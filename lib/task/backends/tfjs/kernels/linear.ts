import { addBias, product } from '../axes.js';
import { type Call, type Kernel, needWeight, number, required } from '../kernel.js';
import type { Tensor, TF } from '../tf.js';
import { channelsFirst, first } from '../wire.js';

/** x · weightᵀ + bias over the last axis; `weight` is [out, in]. */
export function linear(tf: TF, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const inside = x.shape[x.rank - 1] as number;
  const flat = tf.matMul(tf.reshape(x, [product(x.shape.slice(0, -1)), inside]), weight, false, true);
  const y = bias ? addBias(tf, flat, bias) : flat;
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[0] as number]);
}

/** y[o] = x1ᵀ · weight[o] · x2 + bias; weight is [out, in1, in2]. */
const bilinear: Kernel = (call) => {
  const { tf } = call;
  const [a, b] = [channelsFirst(tf, required(call, 0)), channelsFirst(tf, required(call, 1))];
  const weight = needWeight(call, 'weight');
  const bias = call.weight('bias');
  const [out, in1, in2] = weight.shape as [number, number, number];
  const rows = product(a.shape.slice(0, -1));
  // Every x1 · weight[o] at once: [rows, in1] · [in1, out · in2].
  const left = tf.reshape(tf.matMul(tf.reshape(a, [rows, in1]), tf.reshape(tf.transpose(weight, [1, 0, 2]), [in1, out * in2])), [rows, out, in2]);
  const y = tf.sum(tf.mul(left, tf.reshape(b, [rows, 1, in2])), 2);
  return [first(tf.reshape(bias ? tf.add(y, bias) : y, [...a.shape.slice(0, -1), out]))];
};

/** Rows of the table; the row of padding_idx gets no gradient. */
const embedding: Kernel = (call) => {
  const { tf, p } = call;
  const indices = channelsFirst(tf, required(call));
  const table = needWeight(call, 'weight');
  return [first(lookUp(call, table, tf.cast(indices, 'int32'), typeof p['padding_idx'] === 'number' ? number(p['padding_idx'], 0) : undefined))];
};

function lookUp({ tf }: Call, table: Tensor, indices: Tensor, padding: number | undefined): Tensor {
  const rows = table.shape[0] as number;
  const read = padding === undefined ? table : frozenRow(tf, table, padding < 0 ? padding + rows : padding);
  const flat = tf.gather(read, tf.reshape(indices, [indices.size]) as never, 0);
  return tf.reshape(flat, [...indices.shape, table.shape[1] as number]);
}

function frozenRow(tf: TF, table: Tensor, row: number): Tensor {
  const apply = tf.customGrad((input: unknown) => ({ value: tf.clone(input as Tensor), gradFunc: (dy: Tensor) => tf.mul(dy, tf.tensor2d(Array.from({ length: dy.shape[0] as number }, (_, i) => [i === row ? 0 : 1]))) }));
  return apply(table);
}

export const linearKernels: Readonly<Record<string, Kernel>> = {
  Linear: (call) => [first(linear(call.tf, channelsFirst(call.tf, required(call)), needWeight(call, 'weight'), call.weight('bias')))],
  Bilinear: bilinear,
  Embedding: embedding,
  // A Parameter's only tensor has its node's own path for a key, and no name.
  Parameter: (call) => [first(needWeight(call, ''))],
};
