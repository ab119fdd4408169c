import type { OptimizerChoice } from '../../../recipes/index.js';
import type { Tensor, TF, Variable } from './tf.js';

/** Updates weights in place, by the rules of torch.optim. Weights that get no gradient stay, as there. */
export interface Optimizer {
  apply(gradients: ReadonlyMap<string, Tensor>, rate: number): void;
  dispose(): void;
}

export function createOptimizer(tf: TF, choice: OptimizerChoice, weights: ReadonlyMap<string, Variable>): Optimizer {
  const kept = new Map<string, Map<string, Variable>>();
  /** A running value beside a weight, zero at first. */
  const slot = (name: string, key: string, weight: Variable): Variable => {
    const slots = kept.get(name) ?? new Map<string, Variable>();
    kept.set(name, slots);
    const known = slots.get(key);
    if (known) return known;
    const fresh = tf.variable(tf.zerosLike(weight) as Tensor, false);
    slots.set(key, fresh);
    return fresh;
  };
  /** Updates that each weight has seen. */
  const seen = new Map<string, number>();
  const update = choice.name === 'sgd' ? sgd(choice) : adam(choice, choice.name === 'adamw');
  return {
    apply(gradients, rate) {
      tf.tidy(() => {
        for (const [key, gradient] of gradients) {
          const weight = weights.get(key);
          if (weight) update(key, weight, gradient, rate);
        }
      });
    },
    dispose() {
      for (const slots of kept.values()) for (const each of slots.values()) each.dispose();
    },
  };

  function sgd({ momentum, weight_decay: decay, nesterov }: OptimizerChoice & { readonly name: 'sgd' }) {
    return (key: string, weight: Variable, gradient: Tensor, rate: number): void => {
      const direction = decay ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
      let step = direction;
      if (momentum) {
        const buffer = slot('momentum', key, weight);
        const moved = tf.add(tf.mul(buffer, momentum), direction);
        buffer.assign(moved as never);
        step = nesterov ? tf.add(direction, tf.mul(moved, momentum)) : moved;
      }
      weight.assign(tf.sub(weight, tf.mul(step, rate)) as never);
    };
  }

  function adam({ betas: [beta1, beta2], eps, weight_decay: decay }: OptimizerChoice & { readonly name: 'adam' | 'adamw' }, decoupled: boolean) {
    return (key: string, weight: Variable, gradient: Tensor, rate: number): void => {
      const t = (seen.get(key) ?? 0) + 1;
      seen.set(key, t);
      const direction = decay && !decoupled ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
      const start = decay && decoupled ? tf.mul(weight, 1 - rate * decay) : weight;
      const [mean, square] = [slot('mean', key, weight), slot('square', key, weight)];
      const m = tf.add(tf.mul(mean, beta1), tf.mul(direction, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(direction), 1 - beta2));
      mean.assign(m as never);
      square.assign(v as never);
      const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** t)), eps);
      weight.assign(tf.sub(start, tf.mul(tf.div(m, denominator), rate / (1 - beta1 ** t))) as never);
    };
  }
}
