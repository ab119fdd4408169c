import type { Tensor, TF } from './tf.js';

/**
 * Computes without a trace for gradients: what comes out is constant. tfjs fails at operations that have no gradient, such as comparisons, wherever they lie
 * on a path from a weight to the loss. It records what runs outside of kernels; so this runs as if inside one.
 */
export function untaped<T>(tf: TF, compute: () => T): T {
  const { state } = tf.engine() as unknown as { readonly state: { kernelDepth: number } };
  state.kernelDepth++;
  try {
    return compute();
  } finally {
    state.kernelDepth--;
  }
}

/** a where `condition` holds, else b; all of one shape. The condition gets no gradient. */
export function choose(tf: TF, condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const apply = tf.customGrad((x: unknown, y: unknown, save: unknown) => {
    (save as (tensors: Tensor[]) => void)([condition]);
    return {
      value: tf.where(condition, x as Tensor, y as Tensor),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => [tf.where(saved as Tensor, dy, tf.zerosLike(dy)), tf.where(saved as Tensor, tf.zerosLike(dy), dy)],
    };
  });
  return apply(a, b);
}

/** x where f says so, else another value. */
export function kept(tf: TF, x: Tensor, f: (x: Tensor) => Tensor, otherwise: number): Tensor {
  const apply = tf.customGrad((input: unknown, save: unknown) => {
    const condition = f(input as Tensor);
    (save as (tensors: Tensor[]) => void)([condition]);
    return { value: tf.where(condition, input as Tensor, tf.fill(x.shape, otherwise)), gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.where(saved as Tensor, dy, tf.zerosLike(dy)) };
  });
  return apply(x);
}

/** The larger (or smaller) of two, with broadcasting; where both are equal each gets half of the gradient, as in torch.maximum. */
export function larger(tf: TF, a: Tensor, b: Tensor, sign: 1 | -1): Tensor {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const apply = tf.customGrad((x: unknown, y: unknown, save: unknown) => {
    const [left, right] = [x, y] as [Tensor, Tensor];
    (save as (tensors: Tensor[]) => void)([left, right]);
    return {
      value: sign > 0 ? tf.maximum(left, right) : tf.minimum(left, right),
      gradFunc: (dy: Tensor, [first, second]: Tensor[]) => {
        const share = tf.mul(0.5, tf.add(1, tf.mul(sign, tf.sign(tf.sub(first as Tensor, second as Tensor)))));
        return [tf.mul(dy, share), tf.mul(dy, tf.sub(1, share))];
      },
    };
  });
  return apply(tf.broadcastTo(a, shape), tf.broadcastTo(b, shape));
}

/** The parts of a tensor along an axis, without it. tfjs' own unstack has a wrong gradient where there is one part. */
export function unstacked(tf: TF, x: Tensor, axis = 0): readonly Tensor[] {
  return x.shape[axis] === 1 ? [tf.squeeze(x, [axis])] : [...tf.unstack(x, axis)];
}

/** Products of matrices with broadcasting of the axes before them; tfjs does not sum the gradients of what it broadcasts. */
export function multiply(tf: TF, a: Tensor, b: Tensor): Tensor {
  const [inner, columns] = b.shape.slice(-2) as [number, number];
  if (b.rank === 2) return a.rank === 2 ? tf.matMul(a, b) : tf.reshape(tf.matMul(tf.reshape(a, [a.size / inner, inner]), b), [...a.shape.slice(0, -1), columns]);
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const spread = (x: Tensor): Tensor => (x.rank === batch.length + 2 && batch.every((size, axis) => size === x.shape[axis]) ? x : tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]));
  return tf.matMul(spread(a), spread(b));
}
