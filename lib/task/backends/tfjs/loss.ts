import type { LossName } from '../../../recipes/index.js';
import type { Tensor, TF } from './tf.js';

/** A batch on the backend; the output has channels first. */
export interface Answer {
  readonly output: Tensor;
  readonly target: Tensor;
}

/** The mean loss, as torch.nn.functional computes it. */
export const lossFunctions: Readonly<Record<LossName, (tf: TF, answer: Answer) => Tensor>> = {
  cross_entropy(tf, { output, target }) {
    const scores = classesLast(tf, output);
    const classes = scores.shape[1] as number;
    const right = tf.oneHot(tf.reshape(target, [target.size]) as never, classes);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(scores), tf.cast(right, 'float32') as Tensor), 1)));
  },
  bce_with_logits(tf, { output, target }) {
    const overflow = tf.log1p(tf.exp(tf.neg(tf.abs(output))));
    return tf.mean(tf.add(tf.sub(tf.relu(output), tf.mul(output, tf.reshape(target, output.shape))), overflow));
  },
  mse: (tf, { output, target }) => tf.mean(tf.square(tf.sub(output, tf.reshape(target, output.shape)))),
};

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
