import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { graphOf } from '../../lib/analysis/graph.js';
import { findSkips } from '../../lib/analysis/skips.js';
import { convert, type Net } from '../program/fx.js';
import { root } from '../support/paths.js';
import { add, conv, design, example, relu, template } from './design.js';

const net = (name: string) => analyze(convert(JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/nets', `${name}.json`), 'utf8')) as Net).text);

describe('skips of known networks', () => {
  test.each([['resnet34', 16], ['resnet50', 16], ['unet_same_bn_256', 4], ['highway_fc', 50], ['article_dense_block', 21], ['seed_article_resnet34_head', 3], ['seed_article_dense_block', 21]])('%s as PyTorch traced it has %i', (name, count) => {
    expect(net(name).skips).toHaveLength(count);
  });

  test.each([['residual-20', 9], ['plain-20', 0], ['resnet34', 16], ['resnet34-head', 3], ['dense-block', 21], ['unet', 4], ['highway', 50], ['mlp', 0]])('the template %s has %i', (name, count) => {
    expect(analyze(template(name)).skips).toHaveLength(count);
  });

  test('resnet34 has thirteen identities and three projections, past two layers each', () => {
    const { skips } = net('resnet34');
    expect(skips.filter((skip) => skip.kind === 'identity')).toHaveLength(13);
    expect(skips.filter((skip) => skip.kind === 'projection')).toHaveLength(3);
    expect(new Set(skips.map((skip) => skip.layers))).toEqual(new Set([2]));
  });

  test('residual-20 subsamples and pads on its two plain skips', () => {
    expect(analyze(example('residual-20')).skips.filter((skip) => skip.kind === 'plain').map(({ from, to, through }) => ({ from, to, through }))).toEqual([
      { from: 'stage1[2].relu2', to: 'stage2[0].sum', through: ['stage2[0].sub', 'stage2[0].pad'] },
      { from: 'stage2[2].relu2', to: 'stage3[0].sum', through: ['stage3[0].sub', 'stage3[0].pad'] },
    ]);
  });

  test('a skip that is scaled by a number is a plain skip', () => {
    const scaled = (op: string, value: number) => design({ inputs: { x: { shape: ['N', 8] } }, nodes: { w: { op: 'Linear', in: ['x'], out_features: 8 }, y: { op: 'Linear', in: ['w'], out_features: 8 }, sc: { op, in: ['w', value] }, z: add('sc', 'y') }, outputs: ['z'] }).skips;
    for (const op of ['Mul', 'Div', 'Sub', 'Add']) expect(scaled(op, 0.5)).toMatchObject([{ from: 'w', to: 'z', kind: 'plain', through: ['sc'], layers: 1 }]);
  });

  test('the skips of a U-Net concatenate, the outermost past the most layers', () => {
    const skips = net('unet_same_bn_256').skips;
    expect(skips.every((skip) => skip.merge === 'concat' && skip.kind === 'identity')).toBe(true);
    expect([...skips.map((skip) => skip.layers)].sort((a, b) => a - b)).toEqual([3, 8, 13, 18]);
  });

  test('a highway gates', () => {
    expect(net('highway_fc').skips.every((skip) => skip.merge === 'gate' && skip.kind === 'identity' && skip.layers === 1)).toBe(true);
  });
});

describe('what is a skip', () => {
  const skips = (nodes: Readonly<Record<string, unknown>>) => design({ nodes, outputs: ['sum'] }).skips.map(({ from, kind, layers, through }) => `${from} ${kind} ${layers} ${through.join(' ')}`.trim());

  test('a path with an activation is none', () => {
    expect(skips({ a: conv('x', 64), b: relu('x'), sum: add('a', 'b') })).toEqual([]);
  });
  test('a path beside none with more layers is none', () => {
    expect(skips({ a: relu('x'), sum: add('a', 'x') })).toEqual([]);
    expect(skips({ a: conv('x', 64), b: conv('x', 64), sum: add('a', 'b') })).toEqual([]);
  });
  test('one layer of kernel 1 beside two layers is a projection', () => {
    expect(skips({ a: conv('x', 64), r: relu('a'), b: conv('r', 64), p: conv('x', 64, { kernel_size: 1, padding: 0 }), sum: add('b', 'p') })).toEqual(['x projection 2 p']);
  });
  test('one layer of kernel 3 is none', () => {
    expect(skips({ a: conv('x', 64), r: relu('a'), b: conv('r', 64), p: conv('x', 64), sum: add('b', 'p') })).toEqual([]);
  });
  test('an input may be the fork, and the skip may stand first', () => {
    expect(skips({ a: conv('x', 64), sum: add('x', 'a') })).toEqual(['x identity 1']);
  });
  test('the nearest fork counts', () => {
    expect(skips({ a: conv('x', 64), s: add('a', 'x'), b: conv('s', 64), sum: add('b', 's') })).toEqual(['x identity 1', 's identity 1']);
  });
  test('what `off` cuts is none', () => {
    expect(skips({ a: conv('x', 64), sum: { ...add('a', 'x'), off: ['x'] } })).toEqual([]);
  });
  test('layers count although a shape is unknown', () => {
    expect(skips({ a: conv('x', 64), b: conv('a', 64, { in_channels: 3 }), r: relu('b'), c: conv('r', 64), sum: add('c', 'x') })).toEqual(['x identity 3']);
  });
});

/** How often the search looks at what a vertex reads, in a chain of twice as many layers whose skips begin at the input or nearby. */
function looks(blocks: number): number {
  const nodes: Record<string, unknown> = {};
  let from = 'x';
  for (let k = 0; k < blocks; k++) {
    nodes[`c${k}`] = { op: 'Conv2d', in: [from], out_channels: 64, kernel_size: 1 };
    nodes[`s${k}`] = { op: 'Add', in: [`c${k}`, k % 2 === 0 ? 'x' : from] };
    from = `s${k}`;
  }
  const graph = graphOf(design({ nodes, outputs: [from] }).program);
  let count = 0;
  const reads = new Proxy(graph.reads, { get: (target, key, receiver) => (typeof key === 'string' && /^\d+$/.test(key) && count++, Reflect.get(target, key, receiver) as unknown) });
  expect(findSkips({ ...graph, reads })).toHaveLength(blocks);
  return count;
}

test('twice the layers are twice the work of the search, also where all skips begin at the input', () => {
  expect(looks(3_000) / looks(1_500)).toBeCloseTo(2, 1);
});
