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
];

describe('the first fix is the one that an expert would take', () => {
  for (const [mistake, analysis, title] of mistakes) {
    test(mistake, () => {
      expect(offered(analysis)[0]).toBe(title);
    });
  }

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
