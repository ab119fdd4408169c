import type { Tensor, TF } from './tf.js';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean;
}

interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>>;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs: number): readonly Tensor[];
}

/**
 * TensorFlow's own operations on tfjs-node, also those that tfjs has no name for: one of them does what takes a dozen of tfjs', and a call costs more than
 * the arithmetic of a small layer. Undefined on every other backend. Nothing here is recorded for gradients.
 */
export function nativeOf(tf: TF): Native | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  const { binding } = backend;
  const floats = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const training = (eps: number): readonly Attribute[] => [floats, { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: eps }, { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true }];
  return {
    reluGradient: (dy, x) => backend.executeMultipleOutputs('ReluGrad', [floats], [dy, x], 1)[0] as Tensor,
    batchNorm(x, scale, offset, eps, running) {
      // Without running statistics TensorFlow wants empty ones and gives those of the batch.
      const [mean, variance] = running ? [running.mean, running.variance] : [tf.zeros([0]) as Tensor, tf.zeros([0]) as Tensor];
      const share = { name: 'exponential_avg_factor', type: binding.TF_ATTR_FLOAT, value: running?.momentum ?? 1 };
      const [y, newMean, newVariance, savedMean, savedVariance] = backend.executeMultipleOutputs('FusedBatchNorm', [...training(eps), share], [x, scale, offset, mean, variance], 5) as [Tensor, Tensor, Tensor, Tensor, Tensor];
      return { y, mean: newMean, variance: newVariance, saved: [savedMean, savedVariance] };
    },
    batchNormGradient(dy, x, scale, saved, eps) {
      const [dx, dScale, dOffset] = backend.executeMultipleOutputs('FusedBatchNormGrad', training(eps), [dy, x, scale, ...saved], 5) as [Tensor, Tensor, Tensor];
      return [dx, dScale, dOffset];
    },
  };
}

/** Images are [batch, height, width, channels]; all tensors are float32. */
export interface Native {
  reluGradient(dy: Tensor, x: Tensor): Tensor;
  /** By the batch's own statistics, with the running ones after it: unbiased variance, momentum the share of the new value. */
  batchNorm(x: Tensor, scale: Tensor, offset: Tensor, eps: number, running?: { readonly mean: Tensor; readonly variance: Tensor; readonly momentum: number }): { readonly y: Tensor; readonly mean: Tensor; readonly variance: Tensor; readonly saved: readonly [Tensor, Tensor] };
  batchNormGradient(dy: Tensor, x: Tensor, scale: Tensor, saved: readonly [Tensor, Tensor], eps: number): [Tensor, Tensor, Tensor];
}
