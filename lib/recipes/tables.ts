import type { Choice, Setting } from './setting.js';

/** Data sets that ship with Netwright; nothing is downloaded. */
export const datasets = {
  digits: { doc: 'The 1,797 handwritten digits of UCI (8 × 8, ten classes), resized and repeated to the size and channels of the input; 1,437 to train, 360 to test.', classes: 10 },
  shapes: { doc: 'Drawn discs and boxes on noise, with their masks, at any size: a small segmentation problem.', classes: 3 },
  spirals: { doc: 'Points of the plane on intertwined spirals, one class an arm.', classes: 3 },
} as const satisfies Record<string, { readonly doc: string; readonly classes: number }>;

/** Losses, by PyTorch's functional names; all are means over the batch. */
export const losses = {
  cross_entropy: { doc: 'Negative log-likelihood of the right class after softmax. The output has one channel (axis 1) a class.' },
  bce_with_logits: { doc: 'Binary cross-entropy after a sigmoid, for masks and yes-or-no answers.' },
  mse: { doc: 'Mean squared error: against the input itself where the output has its shape, else against the class as one-hot.' },
} as const satisfies Record<string, { readonly doc: string }>;

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
    },
  },
  adam: { doc: 'Adam (Kingma and Ba 2015).', settings: { lr: rate(0.001), betas, eps, weight_decay: decay(0, 'Adds this share of the weight to its gradient.') } },
  adamw: {
    doc: 'Adam with decoupled weight decay (Loshchilov and Hutter 2019).',
    settings: { lr: rate(0.001), betas, eps, weight_decay: decay(0.01, 'Shrinks the weight by this share of the learning rate each step.') },
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
  cosine: { doc: 'The rate falls along half a cosine to eta_min at the last step.', settings: { eta_min: { kind: 'number', doc: 'Rate at the end.', default: 0, min: 0 }, warmup } },
} as const satisfies Record<string, Choice>;

/** The plain numbers of a recipe. */
export const numbers = {
  batch_size: { kind: 'integer', doc: 'Samples of one step.', default: 64, min: 1, max: 65_536 },
  steps: { kind: 'integer', doc: 'Updates of the weights.', default: 300, min: 1, max: 10_000_000 },
  seed: { kind: 'integer', doc: 'Decides initial weights, order of the batches and dropout.', default: 0, min: 0, max: 0xffff_ffff },
} as const satisfies Record<string, Setting>;

export type DatasetName = keyof typeof datasets;
export type LossName = keyof typeof losses;
export type OptimizerName = keyof typeof optimizers;
export type ScheduleName = keyof typeof schedules;
