import { cut, cutAll, every, padAxes, product, type PadMode } from '../axes.js';
import { type Call, type Kernel, flag, list, number, required, type RunValue, text } from '../kernel.js';
import { resize } from '../resize.js';
import type { Tensor } from '../tf.js';
import { axisIn, channelsFirst, channelsLast, first, last, shapeOf, type Wire } from '../wire.js';

const input = (call: Call): Tensor => channelsFirst(call.tf, required(call));
const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** -1 in a shape is what is left over. */
function filled(shape: readonly number[], size: number): number[] {
  const known = product(shape.filter((dim) => dim !== -1));
  return shape.map((dim) => (dim === -1 ? size / known : dim));
}

const flatten: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  if (x.rank === 0) return [first(tf.reshape(x, [1]))];
  const [from, to] = [positive(number(p['start_dim'], 1), x.rank), positive(number(p['end_dim'], -1), x.rank)];
  return [first(tf.reshape(x, [...x.shape.slice(0, from), product(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)]))];
};

const unflatten: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const dim = positive(number(p['dim'], 1), x.rank);
  return [first(tf.reshape(x, [...x.shape.slice(0, dim), ...filled(list(p['unflattened_size'] ?? p['sizes']), x.shape[dim] as number), ...x.shape.slice(dim + 1)]))];
};

const transpose: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const order = x.shape.map((_, i) => i);
  const [a, b] = [positive(number(p['dim0'], 0), x.rank), positive(number(p['dim1'], 1), x.rank)];
  [order[a], order[b]] = [b, a];
  return [first(tf.transpose(x, order))];
};

const squeeze: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  const given = p['dim'];
  const dims = given === null || given === undefined ? x.shape.map((_, i) => i) : list(given).map((dim) => positive(dim, x.rank));
  return [first(tf.reshape(x, x.shape.filter((size, axis) => !(size === 1 && dims.includes(axis)))))];
};

const unsqueeze: Kernel = (call) => {
  const { tf, p } = call;
  const x = input(call);
  return [first(tf.expandDims(x, positive(number(p['dim'], 0), x.rank + 1)))];
};

/** Python's slices, one for each axis from the first; null keeps the axis. Steps are positive, as in PyTorch. */
const slice: Kernel = (call) => {
  const { tf, p } = call;
  const wire = required(call);
  const shape = shapeOf(wire);
  const ranges = shape.map((size, axis) => range(Array.isArray(p['ranges']) ? (p['ranges'][axis] as RunValue | undefined) : undefined, size));
  // The slice is taken in the order in which the values lie.
  const starts: number[] = [];
  const sizes: number[] = [];
  const steps: number[] = [];
  for (const [axis, [start, size, step]] of ranges.entries()) {
    const at = axisIn(wire, axis);
    [starts[at], sizes[at], steps[at]] = [start, size, step];
  }
  return [{ tensor: every(tf, wire.tensor, starts, sizes, steps), layout: wire.layout }];
};

function range(written: RunValue | undefined, size: number): readonly [start: number, size: number, step: number] {
  if (!Array.isArray(written)) return [0, size, 1];
  const bound = (value: RunValue | undefined, otherwise: number): number => (typeof value === 'number' ? Math.min(size, Math.max(0, value < 0 ? value + size : value)) : otherwise);
  const step = typeof written[2] === 'number' ? written[2] : 1;
  const [start, stop] = [bound(written[0] as RunValue, 0), bound(written[1] as RunValue, size)];
  return [start, Math.max(0, Math.ceil((stop - start) / step)), step];
}

/** PyTorch's pad list begins with the last axis: [left, right, top, bottom, ...]. */
function pad(call: Call, pads: readonly number[], mode: PadMode, value: number): Wire {
  const wire = required(call);
  const all = wire.tensor.shape.map(() => [0, 0] as readonly [number, number]);
  for (let i = 0; 2 * i + 1 < pads.length; i++) all[axisIn(wire, wire.tensor.rank - 1 - i)] = [pads[2 * i] as number, pads[2 * i + 1] as number];
  return { tensor: padAxes(call.tf, wire.tensor, all, mode, value), layout: wire.layout };
}

const padModule =
  (axes: number, mode: PadMode): Kernel =>
  (call) => {
    const given = list(call.p['padding']);
    return [pad(call, given.length === 1 ? Array.from({ length: 2 * axes }, () => given[0] as number) : given, mode, number(call.p['value'], 0))];
  };

/** Keeps the middle of the last axes; a single size is that of the last two. */
const crop: Kernel = (call) => {
  const given = call.p['size'];
  const kept = typeof given === 'number' ? [given, given] : list(given);
  const x = input(call);
  const offset = x.rank - kept.length;
  const starts = x.shape.map((size, axis) => (axis < offset ? 0 : Math.floor((size - (kept[axis - offset] as number)) / 2)));
  return [first(cutAll(call.tf, x, starts, x.shape.map((size, axis) => (axis < offset ? size : (kept[axis - offset] as number)))))];
};

const narrow: Kernel = (call) => {
  const { tf, p } = call;
  const wire = required(call);
  const axis = axisIn(wire, number(p['dim'], 0));
  const start = number(p['start'], 0);
  return [{ tensor: cut(tf, wire.tensor, axis, start < 0 ? start + (wire.tensor.shape[axis] as number) : start, number(p['length'], 1)), layout: wire.layout }];
};

/** Resizes as the parameters say; `fixed` ones are those of an operator that has no others. */
const interpolate = (fixed: Readonly<Record<string, RunValue>> = {}): Kernel => (call) => {
  const { tf } = call;
  const p = { ...call.p, ...fixed };
  const x = channelsLast(tf, required(call));
  const axes = x.rank - 2;
  const spread = (value: RunValue | undefined): readonly number[] | null => (typeof value === 'number' ? Array.from({ length: axes }, () => value) : Array.isArray(value) ? (value.length === 1 ? Array.from({ length: axes }, () => value[0] as number) : (value as readonly number[])) : null);
  return [last(resize(tf, x, { size: spread(p['size']), scale: spread(p['scale_factor']), mode: text(p['mode'], 'nearest'), alignCorners: flag(p['align_corners'], false), recompute: flag(p['recompute_scale_factor'], false) }))];
};

const pixelShuffle: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsLast(tf, required(call));
  const r = number(p['upscale_factor'], 1);
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const out = c / (r * r);
  // Channel (o · r + i) · r + j goes to row i, column j of its pixel.
  return [last(tf.reshape(tf.transpose(tf.reshape(x, [n * h, w, out, r, r]), [0, 3, 1, 4, 2]), [n, h * r, w * r, out]))];
};

const pixelUnshuffle: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsLast(tf, required(call));
  const r = number(p['downscale_factor'], 1);
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return [last(tf.reshape(tf.transpose(tf.reshape(x, [(n * h) / r, r, w / r, r, c]), [0, 2, 4, 1, 3]), [n, h / r, w / r, c * r * r]))];
};

const channelShuffle: Kernel = (call) => {
  const { tf, p } = call;
  const x = channelsLast(tf, required(call));
  const groups = number(p['groups'], 1);
  const channels = x.shape[x.rank - 1] as number;
  return [last(tf.reshape(tf.transpose(tf.reshape(x, [-1, groups, channels / groups]), [0, 2, 1]), x.shape))];
};

/** Parts along an axis, cut in the order in which the values lie. */
function parts(call: Call, sizesOf: (size: number) => readonly number[]): readonly Wire[] {
  const { tf, p } = call;
  const wire = required(call);
  const axis = axisIn(wire, number(p['dim'], 0));
  const sizes = sizesOf(wire.tensor.shape[axis] as number);
  if (sizes.length === 1) return [wire];
  return tf.split(wire.tensor, [...sizes], axis).map((tensor) => ({ tensor, layout: wire.layout }));
}

const pieces = (size: number, each: number): readonly number[] => Array.from({ length: Math.ceil(size / each) }, (_, i) => Math.min(each, size - i * each));

export const shapeKernels: Readonly<Record<string, Kernel>> = {
  Identity: (call) => [required(call)],
  Flatten: flatten,
  Unflatten: unflatten,
  Reshape: (call) => {
    const x = input(call);
    return [first(call.tf.reshape(x, filled(list(call.p['shape']), x.size)))];
  },
  Expand: (call) => {
    const x = input(call);
    const shape = list(call.p['shape'] ?? call.p['size']);
    const offset = shape.length - x.rank;
    return [first(call.tf.broadcastTo(x, shape.map((size, axis) => (size === -1 ? (x.shape[axis - offset] as number) : size))))];
  },
  Permute: (call) => {
    const x = input(call);
    return [first(call.tf.transpose(x, list(call.p['dims']).map((dim) => positive(dim, x.rank))))];
  },
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Slice: slice,
  Pad: (call) => [pad(call, list(call.p['pad']), text(call.p['mode'], 'constant') as PadMode, number(call.p['value'], 0))],
  Crop: crop,
  Narrow: narrow,
  ZeroPad1d: padModule(1, 'constant'),
  ZeroPad2d: padModule(2, 'constant'),
  ZeroPad3d: padModule(3, 'constant'),
  ConstantPad1d: padModule(1, 'constant'),
  ConstantPad2d: padModule(2, 'constant'),
  ConstantPad3d: padModule(3, 'constant'),
  ReflectionPad1d: padModule(1, 'reflect'),
  ReflectionPad2d: padModule(2, 'reflect'),
  ReflectionPad3d: padModule(3, 'reflect'),
  ReplicationPad1d: padModule(1, 'replicate'),
  ReplicationPad2d: padModule(2, 'replicate'),
  ReplicationPad3d: padModule(3, 'replicate'),
  CircularPad1d: padModule(1, 'circular'),
  CircularPad2d: padModule(2, 'circular'),
  CircularPad3d: padModule(3, 'circular'),
  Upsample: interpolate(),
  Interpolate: interpolate(),
  UpsamplingNearest2d: interpolate({ mode: 'nearest' }),
  UpsamplingBilinear2d: interpolate({ mode: 'bilinear', align_corners: true }),
  PixelShuffle: pixelShuffle,
  PixelUnshuffle: pixelUnshuffle,
  ChannelShuffle: channelShuffle,
  Split: (call) => parts(call, (size) => (typeof call.p['sizes'] === 'number' ? pieces(size, call.p['sizes']) : list(call.p['sizes']))),
  Chunk: (call) => parts(call, (size) => pieces(size, Math.ceil(size / number(call.p['chunks'], 1)))),
};
