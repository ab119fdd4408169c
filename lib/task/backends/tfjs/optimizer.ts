import type { OptimizerChoice } from '../../../recipes/index.js';
import type { Tensor, TF, Variable } from './tf.js';

/** Updates weights in place, by the rules of torch.optim. Weights that get no gradient stay, as there. */
export interface Optimizer {
  apply(gradients: ReadonlyMap<string, Tensor>, rate: number): void;
  dispose(): void;
}

/** The new weight from the old one and its gradient; `slot` is a running value beside the weight, zero at first. */
type Rule = (weight: Tensor, gradient: Tensor, rate: number, step: number, slot: (name: string) => Variable) => Tensor;

/**
 * All weights lie one behind the other in one vector, so that an update is a dozen operations however many layers there are: a call of an operation costs
 * more than its arithmetic on a bias.
 */
export function createOptimizer(tf: TF, choice: OptimizerChoice, weights: ReadonlyMap<string, Variable>): Optimizer {
  const rule = choice.name === 'sgd' ? sgd(tf, choice) : adam(tf, choice, choice.name === 'adamw');
  const slots = new Map<string, Variable>();
  let step = 0;
  return {
    apply(gradients, rate) {
      // Which weights have gradients is a matter of the network, so it is the same in every step.
      const keys = [...weights.keys()].filter((key) => gradients.has(key));
      if (!keys.length) return;
      step++;
      tf.tidy(() => {
        const flat = (tensors: readonly Tensor[]): Tensor => tf.concat(tensors.map((tensor) => (tensor.rank === 1 ? tensor : tf.reshape(tensor, [tensor.size]))), 0);
        const targets = keys.map((key) => weights.get(key) as Variable);
        const weight = flat(targets);
        const slot = (name: string): Variable => {
          const known = slots.get(name);
          if (known) return known;
          const fresh = tf.variable(tf.zerosLike(weight) as Tensor, false);
          slots.set(name, fresh);
          return fresh;
        };
        const updated = rule(weight, flat(keys.map((key) => gradients.get(key) as Tensor)), rate, step, slot);
        const parts = keys.length === 1 ? [updated] : tf.split(updated, targets.map(({ size }) => size), 0);
        targets.forEach((target, i) => target.assign(tf.reshape(parts[i] as Tensor, target.shape) as never));
      });
    },
    dispose() {
      for (const each of slots.values()) each.dispose();
    },
  };
}

function sgd(tf: TF, { momentum, weight_decay: decay, nesterov }: OptimizerChoice & { readonly name: 'sgd' }): Rule {
  return (weight, gradient, rate, _step, slot) => {
    const direction = decay ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
    if (!momentum) return tf.sub(weight, tf.mul(direction, rate));
    const buffer = slot('momentum');
    const moved = tf.add(tf.mul(buffer, momentum), direction);
    buffer.assign(moved as never);
    return tf.sub(weight, tf.mul(nesterov ? tf.add(direction, tf.mul(moved, momentum)) : moved, rate));
  };
}

function adam(tf: TF, { betas: [beta1, beta2], eps, weight_decay: decay }: OptimizerChoice & { readonly name: 'adam' | 'adamw' }, decoupled: boolean): Rule {
  return (weight, gradient, rate, step, slot) => {
    const direction = decay && !decoupled ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
    const start = decay && decoupled ? tf.mul(weight, 1 - rate * decay) : weight;
    const [mean, square] = [slot('mean'), slot('square')];
    const m = tf.add(tf.mul(mean, beta1), tf.mul(direction, 1 - beta1));
    const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(direction), 1 - beta2));
    mean.assign(m as never);
    square.assign(v as never);
    const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), eps);
    return tf.sub(start, tf.mul(tf.div(m, denominator), rate / (1 - beta1 ** step)));
  };
}
