import type { Choice } from './setting.js';

/** How images are changed before the network sees them. Flip and crop are for training alone; mean and std also for tests. */
export interface Augment {
  /** Half of the images mirrored left to right. */
  readonly flip: boolean;
  /** Pixels of padding on every side, of which a random window of the image's own size is cut. */
  readonly crop: number;
  /** One number for all channels or one a channel: (value - mean) / std. */
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

export const noAugment: Augment = { flip: false, crop: 0, mean: 0, std: 1 };

export const augmentations = {
  doc: 'How images are changed before the network sees them, the same on every backend.',
  settings: {
    flip: { kind: 'flag', doc: 'Half of the training images are mirrored left to right, drawn anew each epoch.', default: false },
    crop: { kind: 'integer', doc: 'Training images are padded by so many black pixels on every side, and a random window of their size is cut.', default: 0, min: 0, max: 1024 },
    mean: { kind: 'channels', doc: 'Taken from every value, one number or one a channel. Bytes of images count as 0 to 1.', default: 0 },
    std: { kind: 'channels', doc: 'Divides every value after the mean is taken, one number or one a channel.', default: 1, above: 0 },
  },
} as const satisfies Choice;

/** Whether training shows other images than the files hold. */
export const changesImages = ({ flip, crop }: Augment): boolean => flip || crop > 0;

export const normalizes = ({ mean, std }: Augment): boolean => [mean].flat().some((value) => value !== 0) || [std].flat().some((value) => value !== 1);
