import type { Tensor, TF } from './tf.js';

/**
 * A tensor between two operators. Convolutions, pools and batch norms want channels last, and what stands between them keeps that order; everything
 * else reads PyTorch's order, channels first. A wire is turned at most once, however many read it.
 */
export interface Wire {
  readonly tensor: Tensor;
  /** 'last' only for rank 3 and more: batch, spatial axes, channels. */
  readonly layout: 'first' | 'last';
}

const turned = new WeakMap<Wire, Tensor>();

export const first = (tensor: Tensor): Wire => ({ tensor, layout: 'first' });
export const last = (tensor: Tensor): Wire => ({ tensor, layout: tensor.rank < 3 ? 'first' : 'last' });

/** The tensor in PyTorch's order. */
export function channelsFirst(tf: TF, wire: Wire): Tensor {
  if (wire.layout === 'first') return wire.tensor;
  return memo(wire, () => tf.transpose(wire.tensor, order(wire.tensor.rank, 'first')));
}

/** The tensor with channels last; ranks below 3 are the same in both orders. */
export function channelsLast(tf: TF, wire: Wire): Tensor {
  if (wire.layout === 'last' || wire.tensor.rank < 3) return wire.tensor;
  return memo(wire, () => {
    const { shape } = wire.tensor;
    const spatial = shape.slice(2);
    // With one channel, or one position, turning moves nothing: a reshape costs nothing.
    if (shape[1] === 1 || spatial.every((size) => size === 1)) return tf.reshape(wire.tensor, [shape[0] as number, ...spatial, shape[1] as number]);
    return tf.transpose(wire.tensor, order(wire.tensor.rank, 'last'));
  });
}

/** Runs something that wants a batch, channels last and this many spatial axes; an input without the axis of the batch gets one for the while. */
export function spatially(tf: TF, wire: Wire, axes: number, f: (x: Tensor) => Tensor): Wire {
  if (wire.tensor.rank === axes + 2) return last(f(channelsLast(tf, wire)));
  const batched = first(tf.expandDims(channelsFirst(tf, wire), 0));
  return first(tf.squeeze(channelsFirst(tf, last(f(channelsLast(tf, batched)))), [0]));
}

/** The shape in PyTorch's order. */
export function shapeOf({ tensor, layout }: Wire): readonly number[] {
  const { shape } = tensor;
  return layout === 'first' ? shape : [shape[0] as number, shape[shape.length - 1] as number, ...shape.slice(1, -1)];
}

/** Where an axis of PyTorch's order stands in the wire's tensor. */
export function axisIn({ tensor, layout }: Wire, axis: number): number {
  const positive = axis < 0 ? axis + tensor.rank : axis;
  if (layout === 'first' || positive === 0) return positive;
  return positive === 1 ? tensor.rank - 1 : positive - 1;
}

function order(rank: number, to: 'first' | 'last'): number[] {
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i);
  return to === 'last' ? [0, ...spatial.map((i) => i + 2), 1] : [0, rank - 1, ...spatial.map((i) => i + 1)];
}

function memo(wire: Wire, make: () => Tensor): Tensor {
  const known = turned.get(wire);
  if (known && !known.isDisposed) return known;
  const tensor = make();
  turned.set(wire, tensor);
  return tensor;
}
