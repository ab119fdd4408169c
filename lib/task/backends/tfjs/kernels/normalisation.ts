import { columnMeans, cut } from '../axes.js';
import { type Call, type Kernel, flag, list, number, required } from '../kernel.js';
import { type Native, nativeOf } from '../native.js';
import type { Tensor, TF } from '../tf.js';
import { channelsFirst, channelsLast, first, last, shapeOf } from '../wire.js';

interface Moments {
  readonly mean: Tensor;
  /** Biased, as normalisation uses it. */
  readonly variance: Tensor;
}

/**
 * (x - mean) / √(variance + eps) over some axes. The derivative is written out, (dy - mean(dy) - x̂ · mean(dy · x̂)) / √(variance + eps)
 * (Ioffe and Szegedy 2015, 3), since tfjs' own walk back through mean and variance takes three times as many passes.
 */
function normalise(tf: TF, x: Tensor, axes: readonly number[], eps: number): Moments & { readonly normalised: Tensor } {
  let moments: Moments | undefined;
  const apply = tf.customGrad((input: unknown, save: unknown) => {
    const source = input as Tensor;
    const mean = tf.mean(source, [...axes], true);
    const centred = tf.sub(source, mean);
    const variance = tf.mean(tf.square(centred), [...axes], true);
    const scale = tf.rsqrt(tf.add(variance, eps));
    const normalised = tf.mul(centred, scale);
    (save as (tensors: Tensor[]) => void)([normalised, scale]);
    moments = { mean: tf.keep(mean), variance: tf.keep(variance) };
    return {
      value: normalised,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [xhat, factor] = saved as [Tensor, Tensor];
        const along = tf.mean(tf.mul(dy, xhat), [...axes], true);
        return tf.mul(factor, tf.sub(tf.sub(dy, tf.mean(dy, [...axes], true)), tf.mul(xhat, along)));
      },
    };
  });
  const normalised = apply(x);
  return { normalised, ...(moments as unknown as Moments) };
}

/** weight · x + bias, where the layer has them, in the shape that broadcasts. */
function affine({ tf, weight }: Call, x: Tensor, shape?: readonly number[]): Tensor {
  const [scale, offset] = [weight('weight'), weight('bias')].map((tensor) => (tensor && shape ? tf.reshape(tensor, [...shape]) : tensor));
  const scaled = scale ? tf.mul(x, scale) : x;
  return offset ? tf.add(scaled, offset) : scaled;
}

/** Running statistics, PyTorch's rule: unbiased variance, momentum the share of the new value; momentum null is the plain mean over all batches. */
function track(call: Call, mean: Tensor, variance: Tensor, count: number): void {
  const { tf, p, weight, update } = call;
  const [runningMean, runningVariance, batches] = [weight('running_mean'), weight('running_var'), weight('num_batches_tracked')];
  if (!runningMean || !runningVariance) return;
  const seen = batches && call.node.operator.type.includes('BatchNorm') ? tf.add(batches, tf.scalar(1, 'int32')) : undefined;
  if (seen) update('num_batches_tracked', seen);
  const share: Tensor = p['momentum'] === null && seen ? tf.div(1, tf.cast(seen, 'float32')) : tf.scalar(number(p['momentum'], 0.1));
  const blend = (old: Tensor, value: Tensor): Tensor => tf.add(tf.mul(old, tf.sub(1, share)), tf.mul(tf.reshape(value, old.shape), share));
  update('running_mean', blend(runningMean, mean));
  update('running_var', blend(runningVariance, tf.mul(variance, count / Math.max(1, count - 1))));
}

/**
 * Batch normalisation of [rows, channels] by its own statistics, with scale and offset; derivatives as in Ioffe and Szegedy 2015, 3:
 * dx = scale / √(variance + eps) · (dy - mean(dy) - x̂ · mean(dy · x̂)).
 */
function normaliseColumns(tf: TF, x: Tensor, scale: Tensor, offset: Tensor, eps: number): Moments & { readonly normalised: Tensor } {
  const rows = x.shape[0] as number;
  const means = (values: Tensor): Tensor => columnMeans(tf, values);
  let moments: Moments | undefined;
  const apply = tf.customGrad((input: unknown, gamma: unknown, beta: unknown, save: unknown) => {
    const [source, g, b] = [input, gamma, beta] as [Tensor, Tensor, Tensor];
    const mean = means(source);
    const centred = tf.sub(source, mean);
    const variance = means(tf.square(centred));
    const factor = tf.rsqrt(tf.add(variance, eps));
    const xhat = tf.mul(centred, factor);
    (save as (tensors: Tensor[]) => void)([xhat, factor, g]);
    moments = { mean: tf.keep(mean), variance: tf.keep(variance) };
    return {
      value: tf.add(tf.mul(xhat, g), b),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [xHat, rate, gain] = saved as [Tensor, Tensor, Tensor];
        const [mean, along] = [means(dy), means(tf.mul(dy, xHat))];
        const dx = tf.mul(tf.sub(tf.sub(dy, mean), tf.mul(xHat, along)), tf.mul(rate, gain));
        return [dx, tf.reshape(tf.mul(along, rows), gain.shape), tf.reshape(tf.mul(mean, rows), gain.shape)];
      },
    };
  });
  const normalised = apply(x, scale, offset);
  return { normalised, ...(moments as unknown as Moments) };
}

/** The same as one operation of TensorFlow, running statistics included. */
function nativeBatchNorm(call: Call, native: Native, x: Tensor, eps: number): Tensor {
  const { tf, p, weight, update } = call;
  const channels = x.shape[x.rank - 1] as number;
  const [mean, variance, batches] = [weight('running_mean'), weight('running_var'), weight('num_batches_tracked')];
  const momentum = number(p['momentum'], 0.1);
  const tracked = call.training && mean && variance;
  // With a momentum of 1 there is nothing of before in them, and TensorFlow takes them for absent.
  const running = tracked && momentum !== 1 ? { mean, variance, momentum } : undefined;
  let moved: readonly [Tensor, Tensor] | undefined;
  const apply = tf.customGrad((input: unknown, gamma: unknown, beta: unknown, save: unknown) => {
    const [source, scale, offset] = [input, gamma, beta] as [Tensor, Tensor, Tensor];
    const { y, saved, ...after } = native.batchNorm(source, scale, offset, eps, running);
    (save as (tensors: Tensor[]) => void)([source, scale, ...saved]);
    if (tracked) moved = [tf.keep(after.mean), tf.keep(after.variance)];
    return {
      value: y,
      gradFunc: (dy: Tensor, kept: Tensor[]) => {
        const [image, gain, keptMean, keptVariance] = kept as [Tensor, Tensor, Tensor, Tensor];
        return native.batchNormGradient(dy, image, gain, [keptMean, keptVariance], eps);
      },
    };
  });
  const image = x.rank === 4 ? x : tf.reshape(x, [x.size / channels, 1, 1, channels]);
  const y = apply(image, weight('weight') ?? tf.ones([channels]), weight('bias') ?? tf.zeros([channels]));
  if (moved) {
    update('running_mean', moved[0]);
    update('running_var', moved[1]);
    if (batches) update('num_batches_tracked', tf.add(batches, tf.scalar(1, 'int32')));
    tf.dispose([...moved]);
  }
  return x.rank === 4 ? y : tf.reshape(y, x.shape);
}

const batchNorm: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsLast(tf, required(call));
  const eps = number(p['eps'], 1e-5);
  const channels = x.shape[x.rank - 1] as number;
  const [mean, variance] = [call.weight('running_mean'), call.weight('running_var')];
  if (!call.training && mean && variance) return [last(affine(call, tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)))))];
  const native = p['momentum'] === null ? undefined : nativeOf(tf);
  if (native) return [last(nativeBatchNorm(call, native, x, eps))];
  const flat = tf.reshape(x, [x.size / channels, channels]);
  const result = normaliseColumns(tf, flat, call.weight('weight') ?? tf.ones([channels]), call.weight('bias') ?? tf.zeros([channels]), eps);
  if (call.training) track(call, result.mean, result.variance, flat.shape[0] as number);
  tf.dispose([result.mean, result.variance]);
  return [last(tf.reshape(result.normalised, x.shape))];
};

/** Layer normalisation over the last axis, with the tensors `NAME.weight` and `NAME.bias`. */
export function normaliseLast(call: Call, x: Tensor, name: string, eps: number): Tensor {
  const { tf } = call;
  const result = normalise(tf, x, [x.rank - 1], eps);
  tf.dispose([result.mean, result.variance]);
  const [scale, offset] = [call.weight(`${name}.weight`), call.weight(`${name}.bias`)];
  const scaled = scale ? tf.mul(result.normalised, scale) : result.normalised;
  return offset ? tf.add(scaled, offset) : scaled;
}

const layerNorm: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  const axes = Math.max(1, list(p['normalized_shape']).length);
  const inner = x.shape.slice(x.rank - axes);
  const size = inner.reduce((all, dim) => all * dim, 1);
  const result = normalise(tf, tf.reshape(x, [-1, size]), [1], number(p['eps'], 1e-5));
  tf.dispose([result.mean, result.variance]);
  return [first(tf.reshape(affine(call, result.normalised, [size]), x.shape))];
};

const rmsNorm: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsFirst(tf, required(call));
  const axes = list(p['normalized_shape']).map((_, i, all) => x.rank - all.length + i);
  // PyTorch's eps=None is the smallest step of float32.
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), number(p['eps'], 1.1920929e-7)));
  return [first(affine(call, tf.mul(x, scale)))];
};

const groupNorm: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsLast(tf, required(call));
  const channels = x.shape[x.rank - 1] as number;
  const groups = number(p['num_groups'], 1);
  const result = normalise(tf, tf.reshape(x, [x.shape[0] as number, -1, groups, channels / groups]), [1, 3], number(p['eps'], 1e-5));
  tf.dispose([result.mean, result.variance]);
  return [last(affine(call, tf.reshape(result.normalised, x.shape)))];
};

const instanceNorm =
  (axes: number): Kernel =>
  (call) => {
    const { tf, p } = call;
    const wire = required(call);
    const unbatched = shapeOf(wire).length === axes + 1;
    const x = unbatched ? channelsLast(tf, first(tf.expandDims(channelsFirst(tf, wire), 0))) : channelsLast(tf, wire);
    const [n, channels] = [x.shape[0] as number, x.shape[x.rank - 1] as number];
    const eps = number(p['eps'], 1e-5);
    const [mean, variance] = [call.weight('running_mean'), call.weight('running_var')];
    let y: Tensor;
    if (!call.training && flag(p['track_running_stats'], false) && mean && variance) y = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
    else {
      const flat = tf.reshape(x, [n, -1, channels]);
      const result = normalise(tf, flat, [1], eps);
      if (call.training) track(call, tf.mean(result.mean, 0), tf.mean(result.variance, 0), flat.shape[1] as number);
      tf.dispose([result.mean, result.variance]);
      y = tf.reshape(result.normalised, x.shape);
    }
    const wireOut = last(affine(call, y));
    return [unbatched ? first(tf.squeeze(channelsFirst(tf, wireOut), [0])) : wireOut];
  };

/** x / (k + alpha · mean of squares over `size` neighbouring channels) ^ beta (Krizhevsky et al. 2012, 3.3). */
const localResponseNorm: Kernel = (call) => {
  const { tf, p } = call;
  const wire = required(call);
  const x = channelsLast(tf, wire);
  const size = number(p['size'], 1);
  const axis = x.rank === 2 ? 1 : x.rank - 1;
  const channels = x.shape[axis] as number;
  const before = Math.floor(size / 2);
  const squares = tf.pad(tf.square(x), x.shape.map((_, other) => (other === axis ? [before, size - 1 - before] : [0, 0])));
  const around = Array.from({ length: size }, (_, i) => cut(tf, squares, axis, i, channels)).reduce((sum, part) => tf.add(sum, part));
  return [last(tf.div(x, tf.pow(tf.add(tf.mul(around, number(p['alpha'], 1e-4) / size), number(p['k'], 1)), number(p['beta'], 0.75))))];
};

export const normalisationKernels: Readonly<Record<string, Kernel>> = {
  BatchNorm1d: batchNorm,
  BatchNorm2d: batchNorm,
  BatchNorm3d: batchNorm,
  SyncBatchNorm: batchNorm,
  LayerNorm: layerNorm,
  RMSNorm: rmsNorm,
  GroupNorm: groupNorm,
  LocalResponseNorm: localResponseNorm,
  InstanceNorm1d: instanceNorm(1),
  InstanceNorm2d: instanceNorm(2),
  InstanceNorm3d: instanceNorm(3),
};
