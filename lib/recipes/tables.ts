import type { LossSettings } from './recipe.js';
import type { Choice, Setting } from './setting.js';

const classWeights: Setting = { kind: 'numbers', doc: 'A weight for each class, in the order of the channels; the mean is over the weights of the right classes.', default: null, min: 0 };

/** Losses, by PyTorch's functional names, as means over the batch. `target`: whether they compare scores with the number of a class, or values with values. */
export const losses = {
  cross_entropy: {
    doc: 'Negative log-likelihood of the right class after softmax. The output has one channel (axis 1) a class.',
    target: 'classes',
    settings: { label_smoothing: { kind: 'number', doc: 'Share of the answer that is spread over all classes.', default: 0, min: 0, max: 1 }, weight: classWeights },
  },
  nll: { doc: 'Negative log-likelihood of the right class, for outputs that are logarithms already (LogSoftmax).', target: 'classes', settings: { weight: classWeights } },
  bce_with_logits: {
    doc: 'Binary cross-entropy after a sigmoid, for masks and yes-or-no answers.',
    target: 'values',
    settings: { pos_weight: { kind: 'numbers', doc: 'A weight for the positive answers of each channel; or one for all.', default: null, min: 0 } },
  },
  mse: { doc: 'Mean squared error: against the input itself where the output has its shape, else against the class as one-hot.', target: 'values', settings: {} },
  l1: { doc: 'Mean absolute error, against the same as mse.', target: 'values', settings: {} },
  smooth_l1: {
    doc: 'Squared where the error is below beta, absolute beyond (Girshick 2015), against the same as mse.',
    target: 'values',
    settings: { beta: { kind: 'number', doc: 'Error at which squares become absolute values.', default: 1, min: 0 } },
  },
  dice: {
    doc: 'One minus the Dice coefficient of each sample and class (Milletari et al. 2016, without squares): softmax over the channels against classes, or the sigmoid of one channel against a mask.',
    target: 'classes',
    settings: { smooth: { kind: 'number', doc: 'Added above and below the fraction, so that an empty mask has one.', default: 1, above: 0 } },
  },
} as const satisfies Record<string, Choice & { readonly target: 'classes' | 'values' }>;

/** A loss with nothing said of its settings. */
export function lossDefaults(loss: LossName): LossSettings {
  return Object.fromEntries(Object.entries<Setting>(losses[loss].settings).map(([name, setting]) => [name, setting.default])) as LossSettings;
}

/** Whether a loss reads the numbers of classes, with an output of so many channels: dice of a single one compares masks. */
export function readsClasses(loss: LossName, channels: number | undefined): boolean {
  return losses[loss].target === 'classes' && !(loss === 'dice' && channels === 1);
}

/** Whether a loss may compare the output with the input itself. */
export function reconstructs(loss: LossName): boolean {
  return loss === 'mse' || loss === 'l1' || loss === 'smooth_l1';
}

const rate = (value: number): Setting => ({ kind: 'number', doc: 'Learning rate.', default: value, above: 0 });
const decay = (value: number, doc: string): Setting => ({ kind: 'number', doc, default: value, min: 0 });
const betas: Setting = { kind: 'pair', doc: 'Decay of the running means of the gradient and of its square.', default: [0.9, 0.999], min: 0, below: 1 };
const eps: Setting = { kind: 'number', doc: 'Added to the denominator.', default: 1e-8, min: 0 };

/** Optimisers, with torch.optim's names and update rules. */
export const optimizers = {
  sgd: {
    doc: 'Stochastic gradient descent with momentum.',
    settings: {
      lr: rate(0.01),
      momentum: { kind: 'number', doc: 'Share of the last update that is kept.', default: 0.9, min: 0, below: 1 },
      weight_decay: decay(0, 'Adds this share of the weight to its gradient.'),
      nesterov: { kind: 'flag', doc: "Nesterov's momentum.", default: false },
      dampening: { kind: 'number', doc: 'Share of a gradient that does not go into the momentum.', default: 0, min: 0, max: 1 },
    },
  },
  adam: { doc: 'Adam (Kingma and Ba 2015).', settings: { lr: rate(0.001), betas, eps, weight_decay: decay(0, 'Adds this share of the weight to its gradient.') } },
  adamw: {
    doc: 'Adam with decoupled weight decay (Loshchilov and Hutter 2019).',
    settings: { lr: rate(0.001), betas, eps, weight_decay: decay(0.01, 'Shrinks the weight by this share of the learning rate each step.') },
  },
  rmsprop: {
    doc: 'RMSprop (Hinton 2012): the gradient over the root of a running mean of its square.',
    settings: {
      lr: rate(0.01),
      alpha: { kind: 'number', doc: 'Decay of the running mean of the square.', default: 0.99, min: 0, max: 1 },
      eps,
      weight_decay: decay(0, 'Adds this share of the weight to its gradient.'),
      momentum: { kind: 'number', doc: 'Share of the last update that is kept.', default: 0, min: 0, below: 1 },
      centered: { kind: 'flag', doc: 'Divides by the deviation of the gradient instead: its mean is taken off.', default: false },
    },
  },
} as const satisfies Record<string, Choice>;

const warmup: Setting = { kind: 'integer', doc: 'Steps in which the rate grows linearly to its full size.', default: 0, min: 0 };

/** How the learning rate changes from step to step. */
export const schedules = {
  constant: { doc: 'The rate stays.', settings: { warmup } },
  step: {
    doc: 'The rate is multiplied by gamma every step_size steps.',
    settings: { step_size: { kind: 'integer', doc: 'Steps between two drops.', default: 100, min: 1 }, gamma: { kind: 'number', doc: 'Factor of a drop.', default: 0.1, above: 0 }, warmup },
  },
  cosine: { doc: 'The rate falls along half a cosine, to eta_min when the run is over.', settings: { eta_min: { kind: 'number', doc: 'Rate at the end.', default: 0, min: 0 }, warmup } },
} as const satisfies Record<string, Choice>;

const zeroLastBn: Setting = { kind: 'flag', doc: 'The weight of the last norm of every residual branch begins at zero, so that each block begins as its skip (Goyal et al. 2017, 5.1).', default: false };
const distribution = (value: 'normal' | 'uniform'): Setting => ({ kind: 'choice', doc: 'What the weights are drawn from.', default: value, choices: ['normal', 'uniform'] });

/** How weights of convolutions and Linear layers begin, as torch.nn.init draws them; what is not named there begins as in PyTorch's modules. */
export const initialisations = {
  default: { doc: 'As the modules of PyTorch begin.', settings: { zero_last_bn: zeroLastBn } },
  kaiming: {
    doc: 'He et al. 2015: keeps the variance through rectifiers. Biases begin at zero.',
    settings: {
      mode: { kind: 'choice', doc: 'fan_in keeps the variance of the forward pass, fan_out that of the backward pass.', default: 'fan_in', choices: ['fan_in', 'fan_out'] },
      nonlinearity: { kind: 'choice', doc: 'The activation that follows; its gain is that of torch.nn.init.', default: 'relu', choices: ['relu', 'leaky_relu', 'linear', 'sigmoid', 'tanh', 'selu'] },
      a: { kind: 'number', doc: 'Slope below zero of leaky_relu.', default: 0, min: 0 },
      distribution: distribution('normal'),
      zero_last_bn: zeroLastBn,
    },
  },
  xavier: {
    doc: 'Glorot and Bengio 2010: between what the forward and the backward pass ask for. Biases begin at zero.',
    settings: { gain: { kind: 'number', doc: 'Factor of the deviation.', default: 1, above: 0 }, distribution: distribution('uniform'), zero_last_bn: zeroLastBn },
  },
} as const satisfies Record<string, Choice>;

/** Gradients are made smaller before the update: all together where their norm is larger, or each value by itself. One of the two. */
export const clips = {
  norm: { kind: 'number', doc: 'Largest norm of all gradients together; where it is larger, all are scaled (torch.nn.utils.clip_grad_norm_).', default: 1, above: 0 },
  value: { kind: 'number', doc: 'Largest size of a single value of a gradient (torch.nn.utils.clip_grad_value_).', default: 1, above: 0 },
} as const satisfies Record<string, Setting>;

/** When a run ends before its last step. */
export const earlyStop = {
  monitor: { kind: 'choice', doc: 'What has to become better: the mean training loss since the last look, or a test.', default: 'test_loss', choices: ['train_loss', 'test_loss', 'test_accuracy'] },
  every: { kind: 'integer', doc: 'Steps between two looks.', default: 50, min: 1 },
  patience: { kind: 'integer', doc: 'Looks in a row without anything better after which the run ends.', default: 3, min: 1 },
  min_delta: { kind: 'number', doc: 'What is better by less does not count.', default: 0, min: 0 },
} as const satisfies Record<string, Setting>;

/** The plain numbers of a recipe. */
export const numbers = {
  batch_size: { kind: 'integer', doc: 'Samples of one step.', default: 64, min: 1, max: 65_536 },
  steps: { kind: 'integer', doc: 'Updates of the weights.', default: 300, min: 1, max: 10_000_000 },
  // Fifty keep the share of looks in a run's time below a twentieth (`npm run bench inside`).
  measure_every: { kind: 'integer', doc: 'Steps from one look at activations, wires and parameters to the next; 0: never. What is learned does not hang on it.', default: 50, min: 0, max: 10_000_000 },
  seed: { kind: 'integer', doc: 'Decides initial weights, order of the batches and dropout.', default: 0, min: 0, max: 0xffff_ffff },
} as const satisfies Record<string, Setting>;

export type LossName = keyof typeof losses;
export type OptimizerName = keyof typeof optimizers;
export type ScheduleName = keyof typeof schedules;
export type InitialisationName = keyof typeof initialisations;
