import { type Call, type Kernel, number, required } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { axisIn, channelsFirst, channelsLast, first, type Wire } from '../wire.js';

const present = (call: Call): readonly Wire[] => call.inputs.filter((wire): wire is Wire => wire !== null);

/** Brings wires into one order: channels last where they have one rank and one of them has it. Scalars fit any. */
function aligned({ tf }: Call, wires: readonly Wire[]): { readonly tensors: readonly Tensor[]; readonly layout: Wire['layout'] } {
  const ranks = new Set(wires.filter(({ tensor }) => tensor.rank > 0).map(({ tensor }) => tensor.rank));
  const layout = ranks.size === 1 && wires.some((wire) => wire.layout === 'last') ? 'last' : 'first';
  return { layout, tensors: wires.map((wire) => (layout === 'last' ? channelsLast(tf, wire) : channelsFirst(tf, wire))) };
}

/** An elementwise operator with broadcasting, over two or more inputs from left to right. */
const broadcast =
  (f: (call: Call, a: Tensor, b: Tensor) => Tensor): Kernel =>
  (call) => {
    const { tensors, layout } = aligned(call, present(call));
    return [{ tensor: tensors.slice(1).reduce((a, b) => f(call, a, b), tensors[0] as Tensor), layout }];
  };

const concat: Kernel = (call) => {
  const wires = present(call);
  const { tensors, layout } = aligned(call, wires);
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
  const y = tf.matMul(left, right);
  const gone = [...(a.rank === 1 ? [y.rank - 2] : []), ...(b.rank === 1 ? [y.rank - 1] : [])];
  return [first(gone.length ? tf.reshape(y, y.shape.filter((_, axis) => !gone.includes(axis))) : y)];
};

const where: Kernel = (call) => {
  const { tf } = call;
  const [condition, a, b] = [0, 1, 2].map((index) => channelsFirst(tf, required(call, index))) as [Tensor, Tensor, Tensor];
  return [first(tf.where(tf.cast(condition, 'bool'), a, b))];
};

export const mergeKernels: Readonly<Record<string, Kernel>> = {
  Add: broadcast(({ tf }, a, b) => tf.add(a, b)),
  Sub: broadcast(({ tf }, a, b) => tf.sub(a, b)),
  Mul: broadcast(({ tf }, a, b) => tf.mul(a, b)),
  Div: broadcast(({ tf }, a, b) => tf.div(a, b)),
  Pow: broadcast(({ tf }, a, b) => tf.pow(a, b)),
  Max: broadcast(({ tf }, a, b) => tf.maximum(a, b)),
  Min: broadcast(({ tf }, a, b) => tf.minimum(a, b)),
  Concat: concat,
  Stack: stack,
  MatMul: matmul,
  Where: where,
};
