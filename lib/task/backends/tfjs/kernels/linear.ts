import { addBias, product } from '../axes.js';
import { untaped } from '../gradient.js';
import { type Call, type Kernel, needWeight, number, required, text } from '../kernel.js';
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

/** The vectors of each bag taken together; a number that is padding counts in none. */
const embeddingBag: Kernel = (call) => {
  const { tf, p } = call;
  const numbers = tf.cast(channelsFirst(tf, required(call)), 'int32') as Tensor;
  const table = needWeight(call, 'weight');
  const padding = typeof p['padding_idx'] === 'number' ? number(p['padding_idx'], 0) : undefined;
  const rows = lookUp(call, table, numbers, undefined);
  const members = membership(call, numbers);
  const counted = padding === undefined ? members : tf.mul(members, tf.cast(tf.notEqual(numbers, tf.scalar(padding < 0 ? padding + (table.shape[0] as number) : padding, 'int32')), 'float32'));
  // [bags, numbers, 1] beside [bags or 1, numbers, width].
  const mask = tf.expandDims(counted, -1) as Tensor;
  const vectors = numbers.rank === 2 ? rows : (tf.expandDims(rows, 0) as Tensor);
  const count = tf.sum(mask, 1);
  if (text(p['mode'], 'mean') === 'max') {
    const bags = tf.backend_util.assertAndGetBroadcastShape(vectors.shape, mask.shape);
    const [here, spread] = [tf.broadcastTo(mask, bags), tf.broadcastTo(vectors, bags)];
    // Of equals the first is taken, and it alone learns.
    const taken = untaped(tf, () => {
      const places = tf.argMax(tf.where(tf.greater(here, 0), spread, tf.fill(bags, -3e38)), 1);
      const hot = tf.cast(tf.oneHot(tf.reshape(places, [places.size]) as never, bags[1] as number), 'float32') as Tensor;
      return tf.mul(tf.transpose(tf.reshape(hot, [...places.shape, bags[1] as number]), [0, 2, 1]), here);
    });
    return [first(tf.sum(tf.mul(taken, spread), 1))];
  }
  const given = call.inputs[2];
  const weights = given ? (tf.expandDims(channelsFirst(tf, given), -1) as Tensor) : undefined;
  const sum = tf.sum(tf.mul(vectors, weights ? tf.mul(mask, weights) : mask), 1);
  return [first(text(p['mode'], 'mean') === 'sum' ? sum : tf.div(sum, tf.maximum(count, 1)))];
};

/** Which numbers are in which bag, [bags, numbers]: rows are bags; one row is cut where the offsets say. */
function membership({ tf, p, inputs }: Call, numbers: Tensor): Tensor {
  if (numbers.rank === 2) return tf.ones(numbers.shape);
  const offsets = [...(channelsFirst(tf, inputs[1]!).dataSync() as Int32Array)];
  const ends = [...offsets.slice(1), ...(p['include_last_offset'] === true ? [] : [numbers.size])];
  return tf.tensor2d(ends.flatMap((end, bag) => Array.from({ length: numbers.size }, (_, i) => (i >= (offsets[bag] as number) && i < end ? 1 : 0))), [ends.length, numbers.size]);
}

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
  EmbeddingBag: embeddingBag,
  // A Parameter's only tensor has its node's own path for a key, and no name.
  Parameter: (call) => [first(needWeight(call, ''))],
};
