import type { ClipChoice, OptimizerChoice } from '../../../recipes/index.js';
import type { Weight } from '../../safetensors.js';
import type { TrainerState } from '../backend.js';
import type { Tensor, TF, Variable } from './tf.js';

/** Updates weights in place, by the rules of torch.optim. Weights that get no gradient stay, as there. */
export interface Optimizer {
  /** Lays gradients one behind the other, for one `apply`, which disposes of them; undefined where there are none. */
  gather(gradients: ReadonlyMap<string, Tensor>): Gathered | undefined;
  apply(gathered: Gathered, rate: number): void;
  state(): Promise<TrainerState>;
  restore(state: TrainerState): void;
  dispose(): void;
}

export interface Gathered {
  /** Keys of the weights, in the order of their gradients. */
  readonly keys: readonly string[];
  readonly gradient: Tensor;
  /** No number where one of the gradients is none. */
  readonly sum: Tensor;
}

/** The new weight from the old one and its gradient; `slot` is a running value beside the weight, zero at first. */
type Rule = (weight: Tensor, gradient: Tensor, rate: number, step: number, slot: (name: string) => Variable) => Tensor;

/**
 * All weights lie one behind the other in one vector, so that an update is a dozen operations however many layers there are: a call of an operation costs
 * more than its arithmetic on a bias.
 */
export function createOptimizer(tf: TF, choice: OptimizerChoice, weights: ReadonlyMap<string, Variable>, clip: ClipChoice | null = null): Optimizer {
  const rule = choice.name === 'sgd' ? sgd(tf, choice) : choice.name === 'rmsprop' ? rmsprop(tf, choice) : adam(tf, choice, choice.name === 'adamw');
  const slots = new Map<string, Variable>();
  let step = 0;
  const flat = (tensors: readonly Tensor[]): Tensor => tf.concat(tensors.map((tensor) => (tensor.rank === 1 ? tensor : tf.reshape(tensor, [tensor.size]))), 0);
  return {
    gather(gradients) {
      // Which weights have gradients is a matter of the network, so it is the same in every step.
      const keys = [...weights.keys()].filter((key) => gradients.has(key));
      if (!keys.length) return undefined;
      const gradient = tf.tidy(() => flat(keys.map((key) => gradients.get(key) as Tensor)));
      return { keys, gradient, sum: tf.sum(gradient) };
    },
    apply({ keys, gradient, sum }, rate) {
      step++;
      tf.tidy(() => {
        const targets = keys.map((key) => weights.get(key) as Variable);
        const weight = flat(targets);
        const slot = (name: string): Variable => {
          const known = slots.get(name);
          if (known) return known;
          const fresh = tf.variable(tf.zerosLike(weight) as Tensor, false);
          slots.set(name, fresh);
          return fresh;
        };
        const updated = rule(weight, clip ? clipped(tf, gradient, clip) : gradient, rate, step, slot);
        const parts = keys.length === 1 ? [updated] : tf.split(updated, targets.map(({ size }) => size), 0);
        targets.forEach((target, i) => target.assign(tf.reshape(parts[i] as Tensor, target.shape) as never));
      });
      tf.dispose([gradient, sum]);
    },
    async state() {
      const tensors = new Map<string, Weight>();
      for (const [name, variable] of slots) tensors.set(name, { shape: variable.shape, dtype: 'F32', data: Float32Array.from(await variable.data()) });
      return { tensors, numbers: { step } };
    },
    restore({ tensors, numbers }) {
      step = numbers['step'] ?? 0;
      for (const each of slots.values()) each.dispose();
      slots.clear();
      for (const [name, { shape, data }] of tensors) {
        const value = tf.tensor(data as Float32Array, [...shape], 'float32');
        slots.set(name, tf.variable(value, false));
        value.dispose();
      }
    },
    dispose() {
      for (const each of slots.values()) each.dispose();
    },
  };
}

/** As torch.nn.utils.clip_grad_norm_ and clip_grad_value_ on all gradients together. */
function clipped(tf: TF, gradient: Tensor, clip: ClipChoice): Tensor {
  if ('value' in clip) return tf.clipByValue(gradient, -clip.value, clip.value);
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  return tf.mul(gradient, tf.minimum(tf.div(clip.norm, tf.add(norm, 1e-6)), 1));
}

function sgd(tf: TF, { momentum, weight_decay: decay, nesterov, dampening = 0 }: OptimizerChoice & { readonly name: 'sgd' }): Rule {
  return (weight, gradient, rate, step, slot) => {
    const direction = decay ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
    if (!momentum) return tf.sub(weight, tf.mul(direction, rate));
    const buffer = slot('momentum');
    // The first gradient goes in undamped.
    const moved = tf.add(tf.mul(buffer, momentum), dampening && step > 1 ? tf.mul(direction, 1 - dampening) : direction);
    buffer.assign(moved as never);
    return tf.sub(weight, tf.mul(nesterov ? tf.add(direction, tf.mul(moved, momentum)) : moved, rate));
  };
}

function rmsprop(tf: TF, { alpha, eps, weight_decay: decay, momentum, centered }: OptimizerChoice & { readonly name: 'rmsprop' }): Rule {
  return (weight, gradient, rate, _step, slot) => {
    const direction = decay ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
    const moving = (name: string, value: Tensor): Tensor => {
      const kept = slot(name);
      const moved = tf.add(tf.mul(kept, alpha), tf.mul(value, 1 - alpha));
      kept.assign(moved as never);
      return moved;
    };
    const square = moving('square', tf.square(direction));
    const spread = centered ? tf.sub(square, tf.square(moving('mean', direction))) : square;
    const scaled = tf.div(direction, tf.add(tf.sqrt(spread), eps));
    if (!momentum) return tf.sub(weight, tf.mul(scaled, rate));
    const buffer = slot('momentum');
    const moved = tf.add(tf.mul(buffer, momentum), scaled);
    buffer.assign(moved as never);
    return tf.sub(weight, tf.mul(moved, rate));
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
