import { describe, expect, it } from 'vitest';
import { formatDim, symbol } from '../../lib/shapes/index.js';
import type { Tensor } from '../../lib/shapes/index.js';
import { call, float, known, params } from './calling.js';

const summary = (type: string, attrs: Readonly<Record<string, unknown>>): readonly string[] | undefined => known(type).summary?.(params(known(type), attrs).params);
const formula = (type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly Tensor[]): readonly string[] => {
  const { outputs, params: p } = call(type, attrs, inputs);
  return (known(type).formula?.(inputs, outputs, p) ?? []).map(({ axis, formula: text, numbers, result }) => [axis, text, numbers, formatDim(result)].filter((word) => word !== undefined).join(' | '));
};
const messages = (type: string, attrs: Readonly<Record<string, unknown>>, ...inputs: readonly Tensor[]): readonly string[] => call(type, attrs, inputs).findings.map(({ code, message }) => `${code}: ${message}`);

describe('line 2 of a card', () => {
  it('says kernel and filters always, then what is not the default', () => {
    expect(summary('Conv2d', { out_channels: 128, kernel_size: 3 })).toEqual(['3×3', '128']);
    expect(summary('Conv2d', { out_channels: 128, kernel_size: [3, 5], stride: [2, 1], dilation: 2, groups: 32 })).toEqual(['3×5', '128', '/2×1', 'd2', 'g32']);
    expect(summary('Conv1d', { out_channels: 8, kernel_size: 5, stride: 2 })).toEqual(['5', '8', '/2']);
    expect(summary('MaxPool2d', { kernel_size: 2 })).toEqual(['2×2', '/2']);
    expect(summary('Linear', { out_features: 10 })).toEqual(['10']);
    expect(summary('ConvTranspose2d', { out_channels: 64, kernel_size: 2, stride: 2 })).toEqual(['2×2', '64', '×2']);
  });
});

describe('the formula of the output shape', () => {
  it('of a convolution puts the numbers in, once for equal axes', () => {
    const attrs = { out_channels: 128, kernel_size: 3, stride: 2, padding: 1 };
    expect(formula('Conv2d', attrs, [float(1, 64, 25, 25)])).toEqual(['C | out_channels | 128', 'H, W | ⌊(n + 2p − k) / s⌋ + 1 | ⌊(25 + 2·1 − 3) / 2⌋ + 1 | 13']);
    expect(formula('Conv2d', { ...attrs, dilation: 2 }, [float(1, 64, 25, 31)])).toEqual([
      'C | out_channels | 128',
      'H | ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1 | ⌊(25 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 | 12',
      'W | ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1 | ⌊(31 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 | 15',
    ]);
    expect(formula('Conv2d', attrs, [{ shape: [1, 64, symbol('H'), symbol('H')], dtype: 'float32' }]).at(-1)).toBe('H, W | ⌊(n + 2p − k) / s⌋ + 1 | ⌊(H + 2·1 − 3) / 2⌋ + 1 | floor((H - 1) / 2) + 1');
  });
  it('of pooling, enlarging, flattening and concatenation', () => {
    expect(formula('MaxPool2d', { kernel_size: 2 }, [float(1, 8, 9, 9)])).toEqual(['H, W | ⌊(n + 2p − k) / s⌋ + 1 | ⌊(9 + 2·0 − 2) / 2⌋ + 1 | 4']);
    expect(formula('Upsample', { scale_factor: 1.5 }, [float(1, 8, 7, 4)])).toEqual(['H | ⌊n · scale_factor⌋ | ⌊7 · 1.5⌋ | 10', 'W | ⌊n · scale_factor⌋ | ⌊4 · 1.5⌋ | 6']);
    expect(formula('Flatten', {}, [float(1, 16, 4, 4)])).toEqual(['axis 1 | channels · height · width | 16 · 4 · 4 | 256']);
    expect(formula('Concat', { dim: 1 }, [float(1, 64, 8, 8), float(1, 32, 8, 8)])).toEqual(['C | 64 + 32 | 96']);
    expect(formula('ConvTranspose2d', { out_channels: 8, kernel_size: 2, stride: 2 }, [float(1, 16, 7, 7)])).toEqual(['C | out_channels | 8', 'H, W | (n − 1)·s − 2p + k | (7 − 1)·2 − 2·0 + 2 | 14']);
  });
});

describe('what is wrong is said with names and numbers', () => {
  it('for shapes', () => {
    expect(messages('Add', {}, float(1, 128, 28, 28), float(1, 64, 56, 28))).toEqual(['shape-mismatch: Add needs equal sizes: channels 128 and 64, height 28 and 56 (1 × 128 × 28 × 28 and 1 × 64 × 56 × 28).']);
    expect(messages('Concat', { dim: 1 }, float(1, 64, 24, 24), float(1, 64, 22, 24))).toEqual(['shape-mismatch: Concat along channels needs all other sizes equal: height 24 and 22 (1 × 64 × 24 × 24 and 1 × 64 × 22 × 24).']);
    expect(messages('Linear', { in_features: 400, out_features: 120 }, float(1, 576))).toEqual(['feature-mismatch: in_features is 400, but the last axis of 1 × 576 has 576.']);
    expect(messages('Conv2d', { out_channels: 8, kernel_size: 3 }, float(1, 784))).toEqual(['wrong-rank: Conv2d takes N × C × H × W or C × H × W, but 1 × 784 (2 axes) arrives.']);
    expect(messages('MaxPool2d', { kernel_size: 7 }, float(1, 8, 5, 9))).toEqual(['window-too-large: The window spans 7 along H, but the input has only 5.']);
    expect(messages('Embedding', { num_embeddings: 9, embedding_dim: 2 }, float(1))).toEqual(['wrong-dtype: Embedding takes whole numbers (int64) as `input`, but float32 arrives.']);
  });
  it('all at once', () => {
    const found = call('Conv2d', { in_channels: 3, out_channels: 8, kernel_size: 9, groups: 2 }, [float(1, 4, 5, 5)]).findings;
    expect(found.map(({ code }) => code)).toEqual(['channel-mismatch', 'not-divisible', 'window-too-large', 'window-too-large']);
  });
  it('for values, with what was wanted', () => {
    const read = (type: string, name: string, value: never): unknown => known(type).params.get(name)?.read(value);
    expect(read('Conv2d', 'kernel_size', 0 as never)).toEqual({ wrong: 'a whole number of at least 1, or 2 of them' });
    expect(read('Conv2d', 'padding', 'full' as never)).toEqual({ wrong: 'a whole number of at least 0, or 2 of them, or "same" or "valid"' });
    expect(read('Conv2d', 'bias', 1 as never)).toEqual({ wrong: 'true or false' });
    expect(read('Conv2d', 'stride', 2 as never)).toEqual({ value: [2, 2] });
    expect(read('MaxPool2d', 'stride', null as never)).toEqual({ value: null });
  });
});

describe('the PyTorch call', () => {
  it('leaves out what equals the default, and writes pairs of one number as one', () => {
    const op = known('Conv2d');
    expect(op.torch(params(op, { out_channels: 64, kernel_size: [3, 3], stride: [2, 1], padding: 0, bias: false }).params, [float(1, 3, 8, 8)])).toEqual({
      module: 'nn.Conv2d',
      args: [{ value: 3 }, { value: 64, param: 'out_channels' }, { value: 3, param: 'kernel_size' }, { name: 'stride', value: [2, 1], param: 'stride' }, { name: 'bias', value: false, param: 'bias' }],
    });
  });
});
