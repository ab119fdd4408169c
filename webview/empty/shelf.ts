import type { SkipMerge } from '../canvas/contract.js';

/** How a template is shown: its title, a line on it, and what its skips merge by. */
export interface Shelved {
  readonly title: string;
  readonly detail: string;
  readonly merge?: SkipMerge;
}

/** The templates that stand as cards, in this order; others follow as links. */
export const shelf: ReadonlyMap<string, Shelved> = new Map<string, Shelved>([
  ['resnet34-head', { title: 'ResNet head', detail: 'stem and residual blocks, one with projection', merge: 'add' }],
  ['dense-block', { title: 'Dense block', detail: '6 layers, growth 32', merge: 'concat' }],
  ['unet', { title: 'U-Net', detail: '4 levels, long skips', merge: 'concat' }],
  ['highway', { title: 'Highway', detail: 'gated dense layers', merge: 'gate' }],
  ['transformer', { title: 'Transformer', detail: 'pre-norm encoder', merge: 'add' }],
  ['blank', { title: 'Blank', detail: 'an input and nothing else' }],
  ['residual-20', { title: 'Residual-20', detail: 'CIFAR residual network', merge: 'add' }],
  ['plain-20', { title: 'Plain-20', detail: 'its twin without skips' }],
  ['resnet34', { title: 'ResNet-34', detail: '16 residual blocks', merge: 'add' }],
  ['densenet121', { title: 'DenseNet-121', detail: '4 dense blocks', merge: 'concat' }],
  ['mlp', { title: 'MLP', detail: 'fully connected' }],
]);
export const CARDS = 6;
