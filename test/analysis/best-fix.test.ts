import { describe, expect, test } from 'vitest';
import type { Analysis } from '../../lib/analysis/index.js';
import { add, conv, design, edited, fixOf, relu, titles } from './design.js';

const offered = (analysis: Analysis): readonly string[] => titles(analysis.problems[0]).filter((title) => !title.includes('✗')).map((title) => title.split(' | ')[0]!);
const of = (nodes: Readonly<Record<string, unknown>>, shape: readonly unknown[]): Analysis => design({ inputs: { x: { shape } }, nodes, outputs: [Object.keys(nodes).at(-1)] });
const cat = (sources: readonly string[], dim = 1) => ({ op: 'Concat', in: sources, dim });

/** Mistakes that researchers make, with the fix that an expert would take, which stands first. */
const mistakes: readonly (readonly [string, Analysis, string])[] = [
  ['a U-Net whose input is odd', of({ p: { op: 'MaxPool2d', in: ['x'], kernel_size: 2 }, c: conv('p', 8), u: { op: 'ConvTranspose2d', in: ['c'], out_channels: 3, kernel_size: 2, stride: 2 }, k: cat(['x', 'u']) }, ['N', 3, 101, 100]), 'Set output_padding [1, 0] on `u`'],
  ['a projection of the wrong width', of({ a: conv('x', 64, { kernel_size: 1, padding: 0 }), b: conv('a', 64, { stride: 2 }), c: conv('b', 256, { kernel_size: 1, padding: 0 }), p: conv('x', 128, { kernel_size: 1, padding: 0, stride: 2 }), s: add('c', 'p') }, ['N', 64, 56, 56]), 'Set the projection `p` to out_channels 256'],
  ['a forgotten Flatten', of({ c: conv('x', 16, { padding: 0 }), p: { op: 'MaxPool2d', in: ['c'], kernel_size: 2 }, fc: { op: 'Linear', in: ['p'], in_features: 3600, out_features: 10 } }, ['N', 3, 32, 32]), 'Insert Flatten before `fc`'],
  ['convolutions without padding beside a skip', of({ a: conv('x', 64, { padding: 0 }), b: conv('a', 64, { padding: 0 }), s: add('b', 'x') }, ['N', 64, 32, 32]), 'Set padding 1 on `a` and `b`'],
  ['a concatenation along the wrong axis', of({ a: conv('x', 8), k: cat(['x', 'a'], 2) }, ['N', 16, 32, 32]), 'Set dim 1'],
  ['a norm for vectors on maps', of({ b: { op: 'BatchNorm1d', in: ['x'] }, r: relu('b') }, ['N', 3, 8, 8]), 'Use BatchNorm2d'],
  ['an even window beside a skip', of({ a: conv('x', 64, { kernel_size: 4 }), s: add('a', 'x') }, ['N', 64, 56, 56]), 'Set kernel_size 3 and padding 1 on `a`'],
  ['patches of a ViT without a transpose', of({ c: { op: 'Conv2d', in: ['x'], out_channels: 192, kernel_size: 16, stride: 16 }, f: { op: 'Flatten', in: ['c'], start_dim: 2 }, pos: { op: 'Parameter', shape: [1, 196, 192] }, a: add('f', 'pos') }, ['N', 3, 224, 224]), 'Insert Transpose(1, 2) before `a`'],
  ['a class token beside patches without a transpose', of({ c: { op: 'Conv2d', in: ['x'], out_channels: 192, kernel_size: 16, stride: 16 }, f: { op: 'Flatten', in: ['c'], start_dim: 2 }, cls: { op: 'Parameter', shape: [1, 1, 192] }, k: cat(['cls', 'f']) }, ['N', 3, 224, 224]), 'Insert Transpose(1, 2) before `k`'],
  ['an encoder on patches without a transpose', of({ c: { op: 'Conv2d', in: ['x'], out_channels: 192, kernel_size: 16, stride: 16 }, f: { op: 'Flatten', in: ['c'], start_dim: 2 }, e: { op: 'TransformerEncoderLayer', in: ['f'], d_model: 192, nhead: 8 } }, ['N', 3, 224, 224]), 'Insert Transpose(1, 2) before `e` and set batch_first'],
  ['a recurrent layer on a map', of({ c: conv('x', 16), l: { op: 'LSTM', in: ['c'], hidden_size: 8, batch_first: true } }, ['N', 3, 32, 32]), 'Insert Flatten(2) and Transpose(1, 2) before `l`'],
  ['attention on a map', of({ c: conv('x', 16), a: { op: 'MultiheadAttention', in: ['c', 'c', 'c'], num_heads: 4, batch_first: true } }, ['N', 3, 32, 32]), 'Insert Flatten(2) and Transpose(1, 2) before `a`'],
  ['a map with its channels last', of({ c: conv('x', 16, { in_channels: 3 }) }, ['N', 32, 32, 3]), 'Insert Permute(0, 3, 1, 2) before `c`'],
  ['a gate of squeeze-and-excitation', of({ p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, l1: { op: 'Linear', in: ['f'], out_features: 16 }, l2: { op: 'Linear', in: ['l1'], out_features: 64 }, s: { op: 'Sigmoid', in: ['l2'] }, m: { op: 'Mul', in: ['x', 's'] } }, ['N', 64, 28, 28]), 'Insert Unflatten before `m`, to N × 64 × 1 × 1'],
  ['a learned scale without axes for height and width', of({ g: { op: 'Parameter', shape: [64] }, m: { op: 'Mul', in: ['x', 'g'] } }, ['N', 64, 28, 28]), 'Set shape of `g` to [64, 1, 1]'],
  ['a layer of Keras', of({ c: { op: 'Conv2D', in: ['x'], filters: 64, kernel_size: 3, strides: 2, padding: 'same', data_format: 'channels_first' } }, ['N', 3, 32, 32]), 'Change to Conv2d, filters to out_channels and strides to stride'],
  ['a layer of Caffe', of({ c: { op: 'Convolution', in: ['x'], num_output: 64, kernel_size: 3, pad: 1 } }, ['N', 3, 32, 32]), 'Change to Conv2d, num_output to out_channels and pad to padding'],
  ['an operator misspelt together with its parameters', of({ c: { op: 'conv2d', in: ['x'], out_chanels: 64, kernel: 3 } }, ['N', 3, 32, 32]), 'Change to Conv2d, out_chanels to out_channels and kernel to kernel_size'],
  ['a dense layer of Keras', of({ d: { op: 'Dense', in: ['x'], units: 10 } }, ['N', 32]), 'Change to Linear, units to out_features'],
  ['a concatenation of Keras', of({ a: conv('x', 8), k: { op: 'Concatenate', in: ['x', 'a'], axis: -1 } }, ['N', 3, 32, 32]), 'Change to Concat, axis to dim'],
  ['a parameter in the words of Keras', of({ c: { op: 'Conv2d', in: ['x'], filters: 8, kernel_size: 3 } }, ['N', 3, 32, 32]), 'Rename to out_channels'],
  ['scores without a transposed key', of({ q: { op: 'Linear', in: ['x'], out_features: 32 }, k: { op: 'Linear', in: ['x'], out_features: 32 }, s: { op: 'MatMul', in: ['q', 'k'] } }, ['N', 10, 64]), 'Insert Transpose(1, 2) before the second factor of `s`'],
  ['scores of an equation with letters exchanged', of({ q: { op: 'Linear', in: ['x'], out_features: 32 }, k: { op: 'Linear', in: ['x'], out_features: 32 }, t: { op: 'Transpose', in: ['k'], dim0: 1, dim1: 2 }, s: { op: 'Einsum', in: ['q', 't'], equation: 'bid,bjd->bij' } }, ['N', 10, 64]), 'Set equation "bid,bdj->bij"'],
  ['scores of two widths', of({ q: { op: 'Linear', in: ['x'], out_features: 32 }, k: { op: 'Linear', in: ['x'], out_features: 48 }, s: { op: 'Einsum', in: ['q', 'k'], equation: 'bid,bjd->bij' } }, ['N', 10, 64]), 'Set `k` to out_features 32'],
  ['a Fold into a larger map', of({ u: { op: 'Unfold', in: ['x'], kernel_size: 3 }, f: { op: 'Fold', in: ['u'], output_size: 14, kernel_size: 3 } }, ['N', 3, 12, 12]), 'Set output_size 12'],
  ['a Fold of another window', of({ u: { op: 'Unfold', in: ['x'], kernel_size: 2 }, f: { op: 'Fold', in: ['u'], output_size: 12, kernel_size: 3 } }, ['N', 3, 12, 12]), 'Set kernel_size 2'],
  ['a Linear behind a map of any size', of({ c: conv('x', 16), f: { op: 'Flatten', in: ['c'] }, l: { op: 'Linear', in: ['f'], out_features: 10 } }, ['N', 3, 'H', 'W']), 'Insert AdaptiveAvgPool2d to 1 before `f`'],
  ['a Flatten that takes the batch along', of({ f: { op: 'Flatten', in: ['x'], start_dim: 0 }, l: { op: 'Linear', in: ['f'], out_features: 10 } }, ['N', 3, 8, 8]), 'Set start_dim 1 on `f`'],
  ['a convolution of volumes on maps', of({ c: { op: 'Conv3d', in: ['x'], out_channels: 4, kernel_size: 3 } }, ['N', 3, 8, 8]), 'Use Conv2d'],
  ['a branch that is wider and was not padded', of({ a: { op: 'Conv1d', in: ['x'], out_channels: 32, kernel_size: 5 }, s: add('a', 'x') }, ['N', 16, 100]), 'Set padding 2 on `a` and insert a 1×1 projection'],
  ['a pooled branch beside its map', of({ b: conv('x', 32), g: { op: 'AdaptiveAvgPool2d', in: ['b'], output_size: 1 }, k: cat(['b', 'g']) }, ['N', 3, 32, 32]), 'Resize `g` to 32 × 32 × 32'],
  ['a gate of another width', of({ p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, a: conv('p', 16, { kernel_size: 1, padding: 0 }), b: conv('a', 32, { kernel_size: 1, padding: 0 }), s: { op: 'Sigmoid', in: ['b'] }, m: { op: 'Mul', in: ['x', 's'] } }, ['N', 64, 28, 28]), 'Set `b` to out_channels 64'],
  ['an autoencoder that loses a row each time it doubles', of({ a: conv('x', 8, { stride: 2 }), b: conv('a', 8, { stride: 2 }), c: { op: 'ConvTranspose2d', in: ['b'], out_channels: 8, kernel_size: 3, stride: 2, padding: 1 }, d: { op: 'ConvTranspose2d', in: ['c'], out_channels: 1, kernel_size: 3, stride: 2, padding: 1 }, s: { op: 'Sub', in: ['x', 'd'] } }, ['N', 1, 28, 28]), 'Set output_padding 1 on `c` and `d`'],
  ['more pools than the image allows', of(Object.fromEntries(Array.from({ length: 6 }, (_, k) => [`p${k}`, { op: 'MaxPool2d', in: [k === 0 ? 'x' : `p${k - 1}`], kernel_size: 2 }])), ['N', 8, 32, 32]), 'Set the input `x` to 64 × 64'],
  ['a dilated window larger than its map', of({ c: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, dilation: 4 } }, ['N', 8, 8, 8]), 'Set padding 4'],
  ['a layer of Keras with an activation inside', of({ d: { op: 'layers.Dense', in: ['x'], units: 10, activation: 'softmax' } }, ['N', 32]), 'Change to Linear, units to out_features, and insert Softmax behind it'],
  ['positions for another number of tokens', of({ p: { op: 'Parameter', shape: [1, 10, 64] }, s: add('x', 'p') }, ['N', 12, 64]), 'Set shape of `p` to [1, 12, 64]'],
];

/** Mistakes of attention, which has several inputs. */
const attention = (key: string, value: string, more: Readonly<Record<string, unknown>>): Analysis => design({ inputs: { x: { shape: ['N', 10, 48] }, mem: { shape: ['N', 20, 48] } }, nodes: { a: { op: 'MultiheadAttention', in: ['x', key, value], num_heads: 8, batch_first: true, ...more } }, outputs: ['a'] });
const attentions: readonly (readonly [string, Analysis, string])[] = [
  ['key and value of two sequences', attention('mem', 'x', {}), 'Read `mem` as the value'],
  ['a key of another width than kdim', attention('mem', 'mem', { kdim: 32, vdim: 48 }), 'Set kdim 48'],
];

describe('the first fix is the one that an expert would take', () => {
  for (const [mistake, analysis, title] of [...mistakes, ...attentions]) {
    test(mistake, () => {
      expect(offered(analysis)[0]).toBe(title);
    });
  }

  test('an activation of Keras becomes a layer that all readers and outputs read', () => {
    const analysis = design({ inputs: { x: { shape: ['N', 32] } }, nodes: { d: { op: 'Dense', in: ['x'], units: 32, activation: 'relu' }, s: add('d', 'x') }, outputs: { hidden: 'd', sum: 's' } });
    const after = edited(analysis, fixOf(analysis.problems[0], /insert ReLU behind it$/).edits);
    expect([after.problems.map(({ code }) => code), after.parsed.valueAt(['nodes', 's', 'in']), after.parsed.valueAt(['outputs', 'hidden'])]).toEqual([[], ['relu', 'x'], 'relu']);
  });

  test('cutting a skip is the last that is offered', () => {
    for (const [, analysis] of mistakes) {
      const cut = offered(analysis).findIndex((title) => title.startsWith('Cut the skip'));
      if (cut >= 0) expect(cut).toBe(offered(analysis).length - 1);
    }
  });

  test('fewer repetitions are wired as those before', () => {
    const analysis = of({ d: { ...conv('x', 4), repeat: { times: 20_000, wiring: 'dense' } } }, ['N', 4, 8, 8]);
    const mended = edited(analysis, fixOf(analysis.problems[0], /^Repeat it 10 times/).edits);
    expect(mended.parsed.valueAt(['nodes', 'd', 'repeat'])).toEqual({ times: 10, wiring: 'dense' });
    expect(mended.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('an input of one pixel is never proposed', () => {
    const analysis = of({ a: conv('x', 64, { stride: 2 }), s: add('a', 'x') }, ['N', 64, 56, 56]);
    expect(offered(analysis).some((title) => /to 1 × 1$/.test(title))).toBe(false);
  });
});
