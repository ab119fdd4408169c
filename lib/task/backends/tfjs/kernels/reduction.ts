import { cut } from '../axes.js';
import { untaped } from '../gradient.js';
import { type Call, type Kernel, flag, list, number, required } from '../kernel.js';
import type { Tensor, TF } from '../tf.js';
import { axisIn, channelsFirst, first } from '../wire.js';

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** `dim`: an axis, a list of them, or all where nothing is written. */
const reduce =
  (f: (call: Call, x: Tensor, axes: number[], keep: boolean) => Tensor): Kernel =>
  (call) => {
    const wire = required(call);
    const rank = wire.tensor.rank;
    const given = call.p['dim'];
    const axes = given === null || given === undefined || (Array.isArray(given) && given.length === 0) ? wire.tensor.shape.map((_, i) => i) : list(given).map((dim) => positive(dim, rank));
    const keep = flag(call.p['keepdim'], false);
    if (wire.layout === 'last' && keep) return [{ tensor: f(call, wire.tensor, axes.map((axis) => axisIn(wire, axis)), true), layout: 'last' }];
    // What is left when all spatial axes go ([N, C]) is the same in both orders.
    if (wire.layout === 'last' && rank - axes.length === 2 && axes.every((axis) => axis >= 2)) return [first(f(call, wire.tensor, axes.map((axis) => axisIn(wire, axis)), false))];
    return [first(f(call, channelsFirst(call.tf, wire), axes, keep))];
  };

/** The largest (or smallest) value; its gradient is shared among equals, as torch.amax does. */
const extreme =
  (largest: boolean): Kernel =>
  (call) =>
    reduce(({ tf }, x, axes, keep) => {
      const take = (values: Tensor, keepDims: boolean): Tensor => (largest ? tf.max(values, axes, keepDims) : tf.min(values, axes, keepDims));
      const apply = tf.customGrad((input: unknown, save: unknown) => {
        const source = input as Tensor;
        (save as (tensors: Tensor[]) => void)([source]);
        return {
          value: take(source, keep),
          gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
            const best = take(saved as Tensor, true);
            const equals = tf.cast(tf.equal(saved as Tensor, best), 'float32') as Tensor;
            return tf.mul(equals, tf.div(tf.reshape(dy, best.shape), tf.sum(equals, axes, true)));
          },
        };
      });
      return apply(x);
    })(call);

/** With Bessel's correction, as torch.var. */
function variance(tf: TF, x: Tensor, axes: number[], keep: boolean): Tensor {
  const count = axes.reduce((all, axis) => all * (x.shape[axis] as number), 1);
  return tf.div(tf.sum(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keep), count - 1);
}

const arg =
  (largest: boolean): Kernel =>
  (call) => {
    const { tf, p } = call;
    const x = channelsFirst(tf, required(call));
    const dim = p['dim'];
    const find = (values: Tensor, axis: number): Tensor => (largest ? tf.argMax(values, axis) : tf.argMin(values, axis));
    const keep = flag(p['keepdim'], false);
    if (typeof dim !== 'number') return [first(tf.reshape(find(tf.reshape(x, [x.size]), 0), keep ? x.shape.map(() => 1) : []))];
    const axis = positive(dim, x.rank);
    const found = find(x, axis);
    return [first(keep ? tf.expandDims(found, axis) : found)];
  };

const cumulativeProduct: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  const axis = positive(number(p['dim'], 0), x.rank);
  const parts: Tensor[] = [];
  for (let i = 0; i < (x.shape[axis] as number); i++) {
    const part = cut(tf, x, axis, i, 1);
    parts.push(i === 0 ? part : tf.mul(parts[i - 1] as Tensor, part));
  }
  return [first(parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, axis))];
};

/** tfjs differentiates no TopK: what arrives goes back to where the values stood. */
const topK: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  const axis = positive(number(p['dim'], -1), x.rank);
  const order = x.shape.map((_, i) => i);
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  const turned = x.rank > 1 ? tf.transpose(x, order) : x;
  const columns = turned.shape[turned.rank - 1] as number;
  const k = number(p['k'], 1);
  const sign = flag(p['largest'], true) ? 1 : -1;
  const flat = tf.reshape(turned, [turned.size / columns, columns]);
  const find = (values: Tensor) => tf.topk(tf.mul(values, sign), k, true);
  const indices = untaped(tf, () => find(flat).indices);
  const apply = tf.customGrad((input: unknown, save: unknown) => {
    const found = find(input as Tensor);
    (save as (tensors: Tensor[]) => void)([found.indices]);
    return {
      value: tf.mul(found.values, sign),
      gradFunc: (dy: Tensor, [places]: Tensor[]) => tf.sum(tf.mul(tf.cast(tf.oneHot(places as never, columns), 'float32') as Tensor, tf.expandDims(dy, -1)), 1),
    };
  });
  const back = (tensor: Tensor): Tensor => {
    const shaped = tf.reshape(tensor, [...turned.shape.slice(0, -1), k]);
    return x.rank > 1 ? tf.transpose(shaped, order) : shaped;
  };
  return [first(back(apply(flat))), first(untaped(tf, () => back(indices)))];
};

/** What arrives at an element goes back to where it stood: in the order of the places, which are sorted for that. */
const sort: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  if (x.rank === 0 || x.size === 0) return [first(x), first(tf.zeros(x.shape, 'int32'))];
  const axis = positive(number(p['dim'], -1), x.rank);
  const order = x.shape.map((_, i) => i);
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  const turned = x.rank > 1 ? tf.transpose(x, order) : x;
  const columns = x.shape[axis] as number;
  const rows = x.size / columns;
  const flat = tf.reshape(turned, [rows, columns]);
  const sign = flag(p['descending'], false) ? 1 : -1;
  const sorted = (values: Tensor, factor: number) => tf.topk(tf.mul(values, tf.scalar(factor, values.dtype as 'float32')), columns, true);
  /** Each row's elements at its own places. */
  const taken = (values: Tensor, places: Tensor): Tensor => {
    const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(columns, 'int32'));
    const all = tf.reshape(tf.add(places, tf.reshape(starts, [rows, 1])), [rows * columns]);
    return tf.reshape(tf.gather(tf.reshape(values, [rows * columns]), all as never), [rows, columns]);
  };
  const numbers = flat.dtype === 'bool' ? (tf.cast(flat, 'int32') as Tensor) : flat;
  const indices = untaped(tf, () => sorted(numbers, sign).indices);
  const apply = tf.customGrad((input: unknown, save: unknown) => {
    (save as (tensors: Tensor[]) => void)([indices]);
    return {
      value: taken(input as Tensor, indices),
      // Places are whole numbers that float32 holds exactly.
      gradFunc: (dy: Tensor, [places]: Tensor[]) => taken(dy, sorted(tf.cast(places as Tensor, 'float32'), -1).indices),
    };
  });
  const back = (tensor: Tensor): Tensor => {
    const shaped = tf.reshape(tensor, turned.shape);
    return x.rank > 1 ? tf.transpose(shaped, order) : shaped;
  };
  const values = numbers.dtype === 'float32' ? apply(numbers) : (tf.cast(taken(numbers, indices), flat.dtype) as Tensor);
  return [first(back(values)), first(untaped(tf, () => back(indices)))];
};

/** tfjs' gradient of a running sum is wrong along any axis but the last. */
const cumulativeSum: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  const axis = positive(number(p['dim'], 0), x.rank);
  if (axis === x.rank - 1 || x.rank === 0) return [first(tf.cumsum(x, axis))];
  const order = x.shape.map((_, i) => i);
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  return [first(tf.transpose(tf.cumsum(tf.transpose(x, order), x.rank - 1), order))];
};

const normalize: Kernel = (call) => {
  const { tf, p } = call;
  const wire = required(call);
  const axis = axisIn(wire, number(p['dim'], 1));
  const power = number(p['p'], 2);
  const x = wire.tensor;
  const norm = power === 2 ? tf.sqrt(tf.sum(tf.square(x), axis, true)) : power === 1 ? tf.sum(tf.abs(x), axis, true) : tf.pow(tf.sum(tf.pow(tf.abs(x), power), axis, true), 1 / power);
  return [{ tensor: tf.div(x, tf.maximum(norm, number(p['eps'], 1e-12))), layout: wire.layout }];
};

const cosine: Kernel = (call) => {
  const { tf, p } = call;
  const [a, b] = [channelsFirst(tf, required(call, 0)), channelsFirst(tf, required(call, 1))];
  const axis = positive(number(p['dim'], 1), Math.max(a.rank, b.rank));
  const unit = (x: Tensor): Tensor => tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x), axis, true)), number(p['eps'], 1e-8)));
  return [first(tf.sum(tf.mul(unit(a), unit(b)), axis))];
};

/** One after the other: tf.prod is wrong on tfjs-backend-webgpu. */
function productOver(tf: TF, x: Tensor, axes: readonly number[], keep: boolean): Tensor {
  const all = axes.reduce((result, axis) => {
    let product = cut(tf, result, axis, 0, 1);
    for (let i = 1; i < (result.shape[axis] as number); i++) product = tf.mul(product, cut(tf, result, axis, i, 1));
    return product;
  }, x);
  return keep || x.rank === 0 ? all : tf.squeeze(all, [...axes]);
}

/** The distance along the last axis. */
const distance: Kernel = (call) => {
  const { tf, p } = call;
  const difference = tf.add(tf.sub(channelsFirst(tf, required(call, 0)), channelsFirst(tf, required(call, 1))), number(p['eps'], 1e-6));
  const keep = flag(p['keepdim'], false);
  const power = number(p['p'], 2);
  if (power === 0) return [first(untaped(tf, () => tf.sum(tf.cast(tf.notEqual(difference, tf.zerosLike(difference)), 'float32') as Tensor, -1, keep)))];
  if (power === 1) return [first(tf.sum(tf.abs(difference), -1, keep))];
  if (power === 2) return [first(tf.sqrt(tf.sum(tf.square(difference), -1, keep)))];
  return [first(tf.pow(tf.sum(tf.pow(tf.abs(difference), power), -1, keep), 1 / power))];
};

const truths = ({ tf }: Call, x: Tensor): Tensor => (x.dtype === 'bool' ? x : tf.notEqual(x, tf.zerosLike(x)));

/** An empty list of axes is none of them, unlike in sums. */
const truth =
  (f: (call: Call, x: Tensor, axes: number[], keep: boolean) => Tensor): Kernel =>
  (call) =>
    (Array.isArray(call.p['dim']) && call.p['dim'].length === 0 ? [{ ...required(call), tensor: truths(call, required(call).tensor) }] : reduce((given, x, axes, keep) => truths(given, f(given, given.tf.cast(truths(given, x), 'float32') as Tensor, axes, keep)))(call));

export const reductionKernels: Readonly<Record<string, Kernel>> = {
  Mean: reduce(({ tf }, x, axes, keep) => tf.mean(x, axes, keep)),
  Sum: reduce(({ tf }, x, axes, keep) => tf.sum(x, axes, keep)),
  Amax: extreme(true),
  Amin: extreme(false),
  Var: reduce(({ tf }, x, axes, keep) => variance(tf, x, axes, keep)),
  Std: reduce(({ tf }, x, axes, keep) => tf.sqrt(variance(tf, x, axes, keep))),
  LogSumExp: reduce(({ tf }, x, axes, keep) => tf.logSumExp(x, axes, keep)),
  Prod: reduce(({ tf }, x, axes, keep) => productOver(tf, x.dtype === 'bool' ? (tf.cast(x, 'int32') as Tensor) : x, axes, keep)),
  Any: truth(({ tf }, x, axes, keep) => tf.max(x, axes, keep)),
  All: truth(({ tf }, x, axes, keep) => tf.min(x, axes, keep)),
  ArgMax: arg(true),
  ArgMin: arg(false),
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
  TopK: topK,
  Sort: sort,
  Normalize: normalize,
  CosineSimilarity: cosine,
  PairwiseDistance: distance,
};
