import { choose, larger } from '../gradient.js';
import { type Call, type Kernel, number, required, text } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { broadcast } from '../broadcast.js';

/** A function of each element keeps the order that it gets. */
const unary =
  (f: (call: Call, x: Tensor) => Tensor): Kernel =>
  (call) => {
    const { tensor, layout } = required(call);
    return [{ tensor: f(call, tensor), layout }];
  };

/** What PyTorch computes in floats although whole numbers arrive. */
const floats = (f: (call: Call, x: Tensor) => Tensor): Kernel => unary((call, x) => f(call, x.dtype === 'float32' ? x : call.tf.cast(x, 'float32')));

const asBool = ({ tf }: Call, x: Tensor): Tensor => (x.dtype === 'bool' ? x : tf.notEqual(x, tf.zerosLike(x)));

const clamp = ({ tf, p }: Call, x: Tensor): Tensor => {
  const low = typeof p['min'] === 'number' ? tf.maximum(x, tf.scalar(p['min'], x.dtype as 'float32')) : x;
  return typeof p['max'] === 'number' ? tf.minimum(low, tf.scalar(p['max'], x.dtype as 'float32')) : low;
};

const cast = ({ tf, p }: Call, x: Tensor): Tensor => {
  const to = text(p['dtype'], 'float32');
  if (to === 'bool') return tf.notEqual(x, tf.zerosLike(x));
  return tf.cast(x, /^u?int/.test(to) ? 'int32' : 'float32');
};

export const arithmeticKernels: Readonly<Record<string, Kernel>> = {
  Add: broadcast(({ tf }, a, b) => tf.add(a, b)),
  Sub: broadcast(({ tf }, a, b) => tf.sub(a, b)),
  Mul: broadcast(({ tf }, a, b) => tf.mul(a, b)),
  // tfjs divides whole numbers to whole numbers.
  Div: broadcast(({ tf }, a, b) => tf.div(tf.cast(a, 'float32'), tf.cast(b, 'float32'))),
  Pow: broadcast(({ tf }, a, b) => tf.pow(a, b)),
  Max: broadcast(({ tf }, a, b) => (a.dtype === 'float32' && b.dtype === 'float32' ? larger(tf, a, b, 1) : tf.maximum(a, b))),
  Min: broadcast(({ tf }, a, b) => (a.dtype === 'float32' && b.dtype === 'float32' ? larger(tf, a, b, -1) : tf.minimum(a, b))),
  Equal: broadcast(({ tf }, a, b) => tf.equal(a, b)),
  NotEqual: broadcast(({ tf }, a, b) => tf.notEqual(a, b)),
  Less: broadcast(({ tf }, a, b) => tf.less(a, b)),
  LessEqual: broadcast(({ tf }, a, b) => tf.lessEqual(a, b)),
  Greater: broadcast(({ tf }, a, b) => tf.greater(a, b)),
  GreaterEqual: broadcast(({ tf }, a, b) => tf.greaterEqual(a, b)),
  LogicalAnd: broadcast((call, a, b) => call.tf.logicalAnd(asBool(call, a), asBool(call, b))),
  LogicalOr: broadcast((call, a, b) => call.tf.logicalOr(asBool(call, a), asBool(call, b))),
  LogicalXor: broadcast((call, a, b) => call.tf.logicalXor(asBool(call, a), asBool(call, b))),
  LogicalNot: unary((call, x) => call.tf.logicalNot(asBool(call, x))),
  Sqrt: floats(({ tf }, x) => tf.sqrt(x)),
  Rsqrt: floats(({ tf }, x) => tf.rsqrt(x)),
  Square: unary(({ tf }, x) => tf.square(x)),
  Exp: floats(({ tf }, x) => tf.exp(x)),
  Log: floats(({ tf }, x) => tf.log(x)),
  // tf.log1p and tf.expm1 keep what is lost beside 1.
  Log1p: floats(({ tf }, x) => tf.log1p(x)),
  Expm1: floats(({ tf }, x) => tf.expm1(x)),
  Atan: floats(({ tf }, x) => tf.atan(x)),
  Abs: unary(({ tf }, x) => tf.abs(x)),
  Neg: unary(({ tf }, x) => tf.neg(x)),
  Reciprocal: floats(({ tf }, x) => tf.reciprocal(x)),
  Sin: floats(({ tf }, x) => tf.sin(x)),
  Cos: floats(({ tf }, x) => tf.cos(x)),
  Tan: floats(({ tf }, x) => tf.tan(x)),
  Erf: floats(({ tf }, x) => tf.erf(x)),
  Floor: unary(({ tf }, x) => (x.dtype === 'float32' ? tf.floor(x) : x)),
  Ceil: unary(({ tf }, x) => (x.dtype === 'float32' ? tf.ceil(x) : x)),
  Round: unary(({ tf }, x) => (x.dtype === 'float32' ? tf.round(x) : x)),
  Sign: unary(({ tf }, x) => tf.sign(x)),
  Clamp: unary(clamp),
  Cast: unary(cast),
  MaskedFill: broadcast((call, x, mask) => {
    const { tf, p } = call;
    const shape = tf.backend_util.assertAndGetBroadcastShape(x.shape, mask.shape);
    return choose(tf, asBool(call, tf.broadcastTo(mask, shape)), tf.fill(shape, number(p['value'], 0), x.dtype as 'float32'), tf.broadcastTo(x, shape));
  }),
};
