import { kept } from '../gradient.js';
import { type Call, type Kernel, number, required, text } from '../kernel.js';
import { nativeOf } from '../native.js';
import type { Tensor, TF } from '../tf.js';
import { axisIn, channelsLast, last, type Wire } from '../wire.js';

/** An elementwise function keeps the order that it gets. */
const elementwise =
  (f: (call: Call, x: Tensor) => Tensor): Kernel =>
  (call) => {
    const wire = required(call);
    return [{ tensor: f(call, wire.tensor), layout: wire.layout }];
  };

/** tfjs differentiates it by five operations, TensorFlow by one. */
function rectified(tf: TF, x: Tensor): Tensor {
  const native = nativeOf(tf);
  if (!native || x.dtype !== 'float32') return tf.relu(x);
  const apply = tf.customGrad((input: unknown, save: unknown) => {
    const value = tf.relu(input as Tensor);
    (save as (tensors: Tensor[]) => void)([value]);
    return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => native.reluGradient(dy, saved as Tensor) };
  });
  return apply(x);
}

const hardsigmoid = ({ tf }: Call, x: Tensor): Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);

/** ln(1 + e^x), without overflow. */
const softplus = ({ tf }: Call, x: Tensor): Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));

const gelu = ({ tf, p }: Call, x: Tensor): Tensor => {
  if (text(p['approximate'], 'none') === 'tanh') {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  }
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
};

const elu = ({ tf, p }: Call, x: Tensor): Tensor => {
  const alpha = number(p['alpha'], 1);
  // Above zero the exponential is not wanted, and would overflow.
  return tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(tf.minimum(x, tf.zerosLike(x)))));
};

/** Runs something along one axis with that axis last, where tfjs wants it. */
function alongLast({ tf }: Call, wire: Wire, dim: number, f: (x: Tensor) => Tensor): Wire {
  const axis = axisIn(wire, dim);
  const { tensor, layout } = wire;
  if (axis === tensor.rank - 1) return { tensor: f(tensor), layout };
  const order = tensor.shape.map((_, i) => i);
  order[axis] = tensor.rank - 1;
  order[tensor.rank - 1] = axis;
  return { tensor: tf.transpose(f(tf.transpose(tensor, order)), order), layout };
}

/** nn.Softmax(dim=None) takes axis 0 for ranks 0, 1 and 3, else axis 1. */
const softmaxAxis = (call: Call, wire: Wire): number => {
  const rank = wire.tensor.rank;
  return number(call.p['dim'], rank === 0 || rank === 1 || rank === 3 ? 0 : 1);
};

export const activationKernels: Readonly<Record<string, Kernel>> = {
  ReLU: elementwise(({ tf }, x) => rectified(tf, x)),
  ReLU6: elementwise(({ tf }, x) => tf.relu6(x)),
  LeakyReLU: elementwise(({ tf, p }, x) => tf.leakyRelu(x, number(p['negative_slope'], 0.01))),
  PReLU: (call) => {
    const { tf } = call;
    const wire = required(call);
    const slope = call.weight('weight');
    const x = channelsLast(tf, wire);
    const scaled = slope ? tf.mul(tf.minimum(x, tf.zerosLike(x)), slope) : x;
    return [x.rank === 1 ? { tensor: tf.add(tf.relu(x), scaled), layout: 'first' } : last(tf.add(tf.relu(x), scaled))];
  },
  ELU: elementwise(elu),
  CELU: elementwise(({ tf, p }, x) => {
    const alpha = number(p['alpha'], 1);
    return tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(tf.div(tf.minimum(x, tf.zerosLike(x)), alpha))));
  }),
  SELU: elementwise(({ tf }, x) => tf.selu(x)),
  GELU: elementwise(gelu),
  SiLU: elementwise(({ tf }, x) => tf.mul(x, tf.sigmoid(x))),
  Mish: elementwise((call, x) => call.tf.mul(x, call.tf.tanh(softplus(call, x)))),
  Softplus: elementwise((call, x) => {
    const beta = number(call.p['beta'], 1);
    return call.tf.div(softplus(call, call.tf.mul(x, beta)), beta);
  }),
  Softsign: elementwise(({ tf }, x) => tf.div(x, tf.add(1, tf.abs(x)))),
  Hardswish: elementwise((call, x) => call.tf.mul(x, hardsigmoid(call, x))),
  Hardsigmoid: elementwise(hardsigmoid),
  Hardtanh: elementwise(({ tf, p }, x) => tf.clipByValue(x, number(p['min_val'], -1), number(p['max_val'], 1))),
  Sigmoid: elementwise(({ tf }, x) => tf.sigmoid(x)),
  LogSigmoid: elementwise((call, x) => call.tf.neg(softplus(call, call.tf.neg(x)))),
  Tanh: elementwise(({ tf }, x) => tf.tanh(x)),
  Tanhshrink: elementwise(({ tf }, x) => tf.sub(x, tf.tanh(x))),
  Softshrink: elementwise(({ tf, p }, x) => {
    const lambda = number(p['lambd'], 0.5);
    return tf.sub(tf.relu(tf.sub(x, lambda)), tf.relu(tf.sub(tf.neg(x), lambda)));
  }),
  Hardshrink: elementwise(({ tf, p }, x) => kept(tf, x, (value) => tf.greater(tf.abs(value), number(p['lambd'], 0.5)), 0)),
  Threshold: elementwise(({ tf, p }, x) => kept(tf, x, (value) => tf.greater(value, number(p['threshold'], 0)), number(p['value'], 0))),
  Softmax: (call) => {
    const wire = required(call);
    return [alongLast(call, wire, softmaxAxis(call, wire), (x) => call.tf.softmax(x))];
  },
  Softmax2d: (call) => {
    const wire = required(call);
    return [alongLast(call, wire, axisIn(wire, wire.tensor.rank - 3), (x) => call.tf.softmax(x))];
  },
  Softmin: (call) => {
    const wire = required(call);
    return [alongLast(call, wire, softmaxAxis(call, wire), (x) => call.tf.softmax(call.tf.neg(x)))];
  },
  GLU: (call) => {
    const { tf, p } = call;
    const wire = required(call);
    const [value, gate] = tf.split(wire.tensor, 2, axisIn(wire, number(p['dim'], -1))) as [Tensor, Tensor];
    return [{ tensor: tf.mul(value, tf.sigmoid(gate)), layout: wire.layout }];
  },
  LogSoftmax: (call) => {
    const wire = required(call);
    return [alongLast(call, wire, softmaxAxis(call, wire), (x) => call.tf.logSoftmax(x))];
  },
};
