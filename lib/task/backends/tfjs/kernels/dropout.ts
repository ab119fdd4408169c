import { type Call, type Kernel, number, required, text } from '../kernel.js';
import { channelsLast, shapeOf, type Wire } from '../wire.js';

/** What the mask has one value for: each element, each channel of a sample, each sample, or the whole batch. */
type Grain = 'element' | 'channel' | 'sample' | 'batch';

/** A tensor of random values that broadcasts over `wire`. It is drawn in PyTorch's order, so that it does not depend on how the values happen to lie. */
function drawn(call: Call, wire: Wire, grain: Grain, value: (uniform: number) => number): Wire {
  const { tf } = call;
  const shape = shapeOf(wire);
  const axes = { element: shape.length, channel: 2, sample: 1, batch: 0 }[grain];
  const maskShape = shape.map((size, axis) => (axis < axes ? size : 1));
  const generator = call.random();
  const mask = Float32Array.from({ length: maskShape.reduce((all, size) => all * size, 1) }, () => value(generator.uniform()));
  const first: Wire = { tensor: tf.tensor(mask, maskShape), layout: 'first' };
  return wire.layout === 'last' ? { tensor: channelsLast(tf, first), layout: 'last' } : first;
}

/** What is kept is scaled by 1 / (1 - p), as in torch.nn.Dropout; in eval mode nothing happens. */
export function dropoutOf(call: Call, wire: Wire, rate: number, grain: Grain = 'element'): Wire {
  const { tf, training } = call;
  if (!training || rate === 0) return wire;
  if (rate === 1) return { tensor: tf.zerosLike(wire.tensor), layout: wire.layout };
  return { tensor: tf.mul(wire.tensor, drawn(call, wire, grain, (uniform) => (uniform < rate ? 0 : 1 / (1 - rate))).tensor), layout: wire.layout };
}

const dropout =
  (grain: (call: Call) => Grain): Kernel =>
  (call) => [dropoutOf(call, required(call), number(call.p['p'], 0.5), grain(call))];

/** Klambauer et al. 2017, 3.4: what is dropped becomes SELU's lower bound, then mean and variance are restored. */
const alphaDropout =
  (grain: Grain): Kernel =>
  (call) => {
    const { tf, p, training } = call;
    const wire = required(call);
    const rate = number(p['p'], 0.5);
    if (!training || rate === 0) return [wire];
    const low = -1.7580993408473766;
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * low * low));
    const kept = drawn(call, wire, grain, (uniform) => (uniform < rate ? 0 : 1)).tensor;
    const filled = tf.add(tf.mul(wire.tensor, kept), tf.mul(tf.sub(1, kept), low));
    return [{ tensor: tf.add(tf.mul(filled, scale), -scale * low * rate), layout: wire.layout }];
  };

/** The slope below zero is drawn for each element in training, and is the mean of its bounds in eval mode. */
const randomizedLeaky: Kernel = (call) => {
  const { tf, p, training } = call;
  const wire = required(call);
  const [lower, upper] = [number(p['lower'], 1 / 8), number(p['upper'], 1 / 3)];
  if (!training) return [{ tensor: tf.leakyRelu(wire.tensor, (lower + upper) / 2), layout: wire.layout }];
  const slope = drawn(call, wire, 'element', (uniform) => lower + (upper - lower) * uniform).tensor;
  return [{ tensor: tf.add(tf.relu(wire.tensor), tf.mul(tf.minimum(wire.tensor, tf.zerosLike(wire.tensor)), slope)), layout: wire.layout }];
};

export const dropoutKernels: Readonly<Record<string, Kernel>> = {
  Dropout: dropout(() => 'element'),
  Dropout1d: dropout(() => 'channel'),
  Dropout2d: dropout(() => 'channel'),
  Dropout3d: dropout(() => 'channel'),
  AlphaDropout: alphaDropout('element'),
  FeatureAlphaDropout: alphaDropout('channel'),
  StochasticDepth: dropout(({ p }) => (text(p['mode'], 'row') === 'batch' ? 'batch' : 'sample')),
  RReLU: randomizedLeaky,
};
