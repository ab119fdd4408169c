import { type Call, type Kernel, number, required, text } from '../kernel.js';
import { choose, multiply, untaped } from '../gradient.js';
import { aligned, present } from '../broadcast.js';
import { einsum } from '../einsum.js';
import type { Tensor } from '../tf.js';
import { axisIn, channelsFirst, first } from '../wire.js';

const concat: Kernel = (call) => {
  const { tensors, layout } = aligned(call, present(call));
  const tensor = tensors[0] as Tensor;
  if (tensors.length === 1) return [{ tensor, layout }];
  return [{ tensor: call.tf.concat([...tensors], axisIn({ tensor, layout }, number(call.p['dim'], 0))), layout }];
};

const stack: Kernel = (call) => {
  const tensors = present(call).map((wire) => channelsFirst(call.tf, wire));
  const dim = number(call.p['dim'], 0);
  return [first(call.tf.stack(tensors, dim < 0 ? dim + (tensors[0] as Tensor).rank + 1 : dim))];
};

/** torch.matmul: vectors get an axis that is taken away again, leading axes broadcast. */
const matmul: Kernel = (call) => {
  const { tf } = call;
  const [a, b] = [channelsFirst(tf, required(call, 0)), channelsFirst(tf, required(call, 1))];
  const left = a.rank === 1 ? tf.expandDims(a, 0) : a;
  const right = b.rank === 1 ? tf.expandDims(b, 1) : b;
  const y = multiply(tf, left, right);
  const gone = [...(a.rank === 1 ? [y.rank - 2] : []), ...(b.rank === 1 ? [y.rank - 1] : [])];
  return [first(gone.length ? tf.reshape(y, y.shape.filter((_, axis) => !gone.includes(axis))) : y)];
};

const where: Kernel = (call) => {
  const { tf } = call;
  const [condition, a, b] = [0, 1, 2].map((index) => channelsFirst(tf, required(call, index))) as [Tensor, Tensor, Tensor];
  const shape = [a.shape, b.shape].reduce((all, each) => tf.backend_util.assertAndGetBroadcastShape([...all], each), condition.shape);
  const decided = condition.dtype === 'bool' ? condition : untaped(tf, () => tf.notEqual(condition, tf.zerosLike(condition)));
  return [first(choose(tf, tf.broadcastTo(decided, shape), tf.broadcastTo(a, shape), tf.broadcastTo(b, shape)))];
};

const contraction: Kernel = (call: Call) => [
  first(
    einsum(
      call.tf,
      text(call.p['equation'], ''),
      present(call).map((wire) => channelsFirst(call.tf, wire)),
    ),
  ),
];

export const mergeKernels: Readonly<Record<string, Kernel>> = { Concat: concat, Stack: stack, MatMul: matmul, BMM: matmul, Where: where, Einsum: contraction };
