import type { LossName, LossSettings } from '../../../recipes/index.js';
import { untaped } from './gradient.js';
import type { Tensor, TF } from './tf.js';

/** A batch on the backend; the output has channels first. */
export interface Answer {
  readonly output: Tensor;
  /** Numbers of classes (int32), or values in the output's shape. */
  readonly target: Tensor;
}

/** The mean loss, as torch.nn.functional computes it; dice as lib/recipes describes it, since PyTorch has none. */
export const lossFunctions: Readonly<Record<LossName, (tf: TF, answer: Answer, settings?: LossSettings) => Tensor>> = {
  cross_entropy: (tf, { output, target }, settings = {}) => likelihood(tf, tf.logSoftmax(classesLast(tf, output)), target, settings),
  nll: (tf, { output, target }, { weight } = {}) => likelihood(tf, classesLast(tf, output), target, { weight: weight ?? null }),
  bce_with_logits(tf, { output, target }, { pos_weight: positive } = {}) {
    const wanted = tf.reshape(target, output.shape);
    const overflow = tf.log1p(tf.exp(tf.neg(tf.abs(output))));
    if (!positive) return tf.mean(tf.add(tf.sub(tf.relu(output), tf.mul(output, wanted)), overflow));
    // (1 - y) x + (1 + (p - 1) y) (log(1 + e^-|x|) + max(-x, 0)), with the weights p along the channels.
    const weights = tf.reshape(tf.tensor1d([...positive]), output.shape.map((_, axis) => (axis === 1 || output.rank === 1 ? positive.length : 1)));
    const factor = tf.add(1, tf.mul(tf.sub(weights, 1), wanted));
    return tf.mean(tf.add(tf.mul(tf.sub(1, wanted), output), tf.mul(factor, tf.add(overflow, tf.relu(tf.neg(output))))));
  },
  mse: (tf, answer) => tf.mean(tf.square(errorOf(tf, answer))),
  l1: (tf, answer) => tf.mean(tf.abs(errorOf(tf, answer))),
  smooth_l1(tf, answer, { beta = 1 } = {}) {
    const size = tf.abs(errorOf(tf, answer));
    if (beta === 0) return tf.mean(size);
    // min(size, beta) is the part that counts as a square, and what is beyond counts as it is.
    const inner = tf.sub(size, tf.relu(tf.sub(size, beta)));
    return tf.mean(tf.add(tf.div(tf.square(inner), 2 * beta), tf.sub(size, inner)));
  },
  dice(tf, { output, target }, { smooth = 1 } = {}) {
    const [samples, channels] = output.shape as [number, number];
    const flat = tf.reshape(output, [samples, channels, -1]);
    const one = channels === 1;
    const share = one ? tf.sigmoid(flat) : tf.transpose(tf.softmax(tf.transpose(flat, [0, 2, 1])), [0, 2, 1]);
    const right = untaped(tf, () => (one ? tf.reshape(target, flat.shape) : tf.transpose(tf.reshape(oneHot(tf, target, channels), [samples, -1, channels]), [0, 2, 1])));
    const both = tf.sum(tf.mul(share, right), 2);
    const all = tf.add(tf.sum(share, 2), tf.sum(right, 2));
    return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(both, 2), smooth), tf.add(all, smooth))));
  },
};

/** The mean of -log p of the right classes, by weights and with smoothing as torch.nn.functional.cross_entropy has them; `scores` are [rows, classes]. */
function likelihood(tf: TF, scores: Tensor, target: Tensor, { weight = null, label_smoothing: smoothing = 0 }: LossSettings): Tensor {
  const classes = scores.shape[1] as number;
  const right = untaped(tf, () => oneHot(tf, target, classes));
  if (!weight && !smoothing) return tf.neg(tf.mean(tf.sum(tf.mul(scores, right), 1)));
  const { share, total } = untaped(tf, () => {
    const weights = tf.reshape(weight ? tf.tensor1d([...weight]) : tf.ones([classes]), [1, classes]);
    const weighted = tf.mul(right, weights);
    return { share: tf.add(tf.mul(weighted, 1 - smoothing), tf.mul(tf.broadcastTo(weights, right.shape), smoothing / classes)), total: tf.sum(weighted) };
  });
  return tf.neg(tf.div(tf.sum(tf.mul(scores, share)), total));
}

const oneHot = (tf: TF, target: Tensor, classes: number): Tensor => tf.cast(tf.oneHot(tf.reshape(target, [target.size]) as never, classes), 'float32');

const errorOf = (tf: TF, { output, target }: Answer): Tensor => tf.sub(output, tf.reshape(target, output.shape));

/** How many labels are right: the largest score along axis 1, or the sign of a single one. */
export function rightAnswers(tf: TF, output: Tensor, labels: Tensor): Tensor {
  const scores = classesLast(tf, output);
  const wanted = tf.reshape(labels, [labels.size]);
  const given = scores.shape[1] === 1 ? tf.cast(tf.greater(tf.reshape(scores, [scores.size]), 0), 'int32') : tf.argMax(scores, 1);
  const expected = scores.shape[1] === 1 ? tf.cast(tf.greater(wanted, tf.scalar(0, 'int32')), 'int32') : wanted;
  return tf.sum(tf.cast(tf.equal(given, expected), 'int32'));
}

/** [N, C, ...] as [everything else, C]. */
function classesLast(tf: TF, output: Tensor): Tensor {
  const classes = output.shape[1] as number;
  if (output.rank === 2) return output;
  const order = [0, ...Array.from({ length: output.rank - 2 }, (_, i) => i + 2), 1];
  return tf.reshape(tf.transpose(output, order), [output.size / classes, classes]);
}
