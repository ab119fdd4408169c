import { cut, cutAll } from '../axes.js';
import { untaped } from '../gradient.js';
import { type Call, type Kernel, list, number, required } from '../kernel.js';
import { repeat } from '../resize.js';
import type { Tensor, TF } from '../tf.js';
import { axisIn, channelsFirst, first } from '../wire.js';

const input = (call: Call, index = 0): Tensor => channelsFirst(call.tf, required(call, index));
const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Where the elements that an index names along an axis stand in the flat tensor: of [i][j] the place of [index[i][j]][j] along axis 0. */
function flatPlaces(tf: TF, x: Tensor, index: Tensor, axis: number): Tensor {
  const strides = x.shape.map((_, i) => x.shape.slice(i + 1).reduce((all, size) => all * size, 1));
  return x.shape
    .map((_, i) => {
      if (i === axis) return tf.mul(index, tf.scalar(strides[i] as number, 'int32'));
      const steps = tf.mul(tf.range(0, index.shape[i] as number, 1, 'int32'), tf.scalar(strides[i] as number, 'int32'));
      return tf.reshape(steps, index.shape.map((size, other) => (other === i ? size : 1)));
    })
    .reduce((a, b) => tf.add(a, b));
}

/** torch.gather: out[i][j] = x[index[i][j]][j] along axis 0. */
const gather: Kernel = (call) => {
  const { tf, p } = call;
  const [x, index] = [input(call), tf.cast(input(call, 1), 'int32') as Tensor];
  const places = flatPlaces(tf, x, index, positive(number(p['dim'], 0), x.rank));
  return [first(tf.reshape(tf.gather(tf.reshape(x, [x.size]), tf.reshape(places, [index.size]) as never), index.shape))];
};

/** torch.scatter. tfjs has no gradient of it: what arrives goes to `src` from its places, and to the input from all others. */
const scatter: Kernel = (call) => {
  const { tf, p } = call;
  const whole = input(call);
  const [x, index, src] = [whole, tf.cast(input(call, 1), 'int32') as Tensor, input(call, 2)].map((each) => (each.rank === 0 ? tf.reshape(each, [1]) : each)) as [Tensor, Tensor, Tensor];
  if (index.size === 0) return [first(whole)];
  const places = untaped(tf, () => tf.reshape(flatPlaces(tf, x, index, positive(number(p['dim'], 0), x.rank)), [index.size, 1]));
  const taken = tf.reshape(cutAll(tf, src, index.shape.map(() => 0), index.shape), [index.size]);
  const flat = tf.reshape(x, [x.size]);
  const put = (into: Tensor, at: Tensor, values: Tensor): Tensor => tf.tensorScatterUpdate(into, at as never, values);
  if (x.dtype !== 'float32') {
    const numbers = tf.cast(put(tf.cast(flat, 'int32'), places, tf.cast(taken, 'int32')), x.dtype) as Tensor;
    return [first(tf.reshape(numbers, whole.shape))];
  }
  const apply = tf.customGrad((into: unknown, values: unknown, save: unknown) => {
    (save as (tensors: Tensor[]) => void)([places]);
    return {
      value: put(into as Tensor, places, values as Tensor),
      gradFunc: (dy: Tensor, [at]: Tensor[]) => {
        const row = tf.reshape(at as Tensor, [index.size]);
        return [put(dy, at as Tensor, tf.zeros([index.size])), tf.gather(dy, row as never)];
      },
    };
  });
  return [first(tf.reshape(apply(flat, taken), whole.shape))];
};

const indexSelect: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const index = tf.cast(input(call, 1), 'int32');
  return [first(tf.gather(x, tf.reshape(index, [index.size]) as never, positive(number(p['dim'], 0), x.rank)))];
};

const select: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const axis = positive(number(p['dim'], 0), x.rank);
  return [first(tf.squeeze(cut(tf, x, axis, positive(number(p['index'], 0), x.shape[axis] as number), 1), [axis]))];
};

const tile: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const times = list(p['dims']);
  const rank = Math.max(x.rank, times.length);
  let result = tf.reshape(x, [...Array.from({ length: rank - x.rank }, () => 1), ...x.shape]);
  for (const [i, count] of times.entries()) {
    const axis = rank - times.length + i;
    const part = result;
    if (count === 0) result = cut(tf, part, axis, 0, 0);
    else if (count > 1) result = tf.concat(Array.from({ length: count }, () => part), axis);
  }
  return [first(result)];
};

const roll: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const shifts = list(p['shifts']);
  const dims = p['dims'] === null || p['dims'] === undefined ? undefined : list(p['dims']);
  const along = (tensor: Tensor, axis: number, shift: number): Tensor => {
    const size = tensor.shape[axis] as number;
    const moved = ((shift % size) + size) % size;
    return moved === 0 ? tensor : tf.concat([cut(tf, tensor, axis, size - moved, moved), cut(tf, tensor, axis, 0, size - moved)], axis);
  };
  if (!dims) return [first(tf.reshape(along(tf.reshape(x, [x.size]), 0, shifts[0] ?? 0), x.shape))];
  return [first(dims.reduce((tensor, dim, i) => along(tensor, positive(dim, x.rank), shifts[i] ?? shifts[0] ?? 0), x))];
};

/** A mask of what lies on the kept side of a diagonal of the last two axes. */
const triangle =
  (upper: boolean): Kernel =>
  (call) => {
    const { tf, p } = call;
    const x = input(call);
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const diagonal = number(p['diagonal'], 0);
    const mask = Float32Array.from({ length: rows * columns }, (_, i) => {
      const offset = (i % columns) - Math.floor(i / columns);
      return (upper ? offset >= diagonal : offset <= diagonal) ? 1 : 0;
    });
    return [first(tf.mul(x, tf.cast(tf.tensor2d(mask, [rows, columns]), x.dtype) as Tensor))];
  };

export const indexingKernels: Readonly<Record<string, Kernel>> = {
  Gather: gather,
  Scatter: scatter,
  IndexSelect: indexSelect,
  Select: select,
  Tile: tile,
  Roll: roll,
  Flip: (call) => {
    const x = input(call);
    return [first(call.tf.reverse(x, list(call.p['dims']).map((dim) => positive(dim, x.rank))))];
  },
  Triu: triangle(true),
  Tril: triangle(false),
  OneHot: (call) => [first(call.tf.oneHot(call.tf.cast(input(call), 'int32'), number(call.p['num_classes'], 1)))],
  RepeatInterleave: (call) => {
    const wire = required(call);
    const times = number(call.p['repeats'], 1);
    const axis = axisIn(wire, number(call.p['dim'], 0));
    return [{ tensor: times === 0 ? cut(call.tf, wire.tensor, axis, 0, 0) : repeat(call.tf, wire.tensor, axis, times), layout: wire.layout }];
  },
};
