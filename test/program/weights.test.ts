import { describe, expect, it } from 'vitest';
import { build, codes, shapes } from './design.js';

const conv = (inputs: unknown[], more: object = {}): object => ({ op: 'Conv2d', in: inputs, out_channels: 3, kernel_size: 3, padding: 1, ...more });
const keys = (program: ReturnType<typeof build>): string[] => [...program.weights.keys()];

describe('shared weights', () => {
  it('take parameters that are not written from the target, before or behind', () => {
    for (const nodes of [{ a: conv(['x']), b: { op: 'Conv2d', in: ['a'], weights: 'a' } }, { b: { op: 'Conv2d', in: ['x'], weights: 'a' }, a: conv(['b']) }]) {
      const program = build({ nodes, outputs: ['b'] });
      expect(codes(program)).toEqual([]);
      expect(shapes(program).map((s) => s.slice(2))).toEqual(['1 × 3 × 8 × 8', '1 × 3 × 8 × 8']);
      expect(keys(program)).toEqual(['a.weight', 'a.bias']);
      expect(program.node('b')).toMatchObject({ shared: true, parameters: 84 });
      expect(program.weights.get('a.weight')!.owner).toBe(program.node('a')!.index);
    }
  });

  it('are followed to the root, also through a chain that stands behind', () => {
    const program = build({ nodes: { c: { op: 'Conv2d', in: ['x'], weights: 'b' }, b: { op: 'Conv2d', in: ['c'], weights: 'a' }, a: conv(['b']) }, outputs: ['a'] });
    expect(codes(program)).toEqual([]);
    expect(keys(program)).toEqual(['a.weight', 'a.bias']);
  });

  it('share the running statistics and only what both have', () => {
    const program = build({ inputs: { t: { shape: ['N', 7], dtype: 'int64' } }, nodes: { embed: { op: 'Embedding', in: ['t'], num_embeddings: 50, embedding_dim: 16 }, fc: { op: 'Linear', in: ['embed'], out_features: 50, weights: 'embed' } }, outputs: ['fc'] });
    expect(codes(program)).toEqual([]);
    expect(keys(program)).toEqual(['embed.weight', 'fc.bias']);
    expect(program.node('fc')!.weights.map(({ key }) => key)).toEqual(['embed.weight', 'fc.bias']);
  });

  it('of a block share the whole block, and a repetition of it', () => {
    const blocks = { Cell: { params: { k: 1 }, inputs: ['a'], nodes: { c: conv(['a'], { kernel_size: '=k', padding: '=k // 2' }), n: { op: 'BatchNorm2d', in: ['c'] }, m: { op: 'BatchNorm2d', in: ['n'], weights: 'n' } }, outputs: ['m'] } };
    const program = build({ blocks, nodes: { one: { op: 'Cell', in: ['x'], k: 3, repeat: 2 }, two: { op: 'Cell', in: ['one'], weights: 'one[1]' }, three: { op: 'BatchNorm2d', in: ['two'], weights: 'two.m' } }, outputs: ['three'] });
    expect(codes(program)).toEqual([]);
    expect(program.node('two.m')!.weights[0]!.key).toBe('one.1.n.weight');
    expect(program.node('three')!.weights[0]!.key).toBe('one.1.n.weight');
    expect(program.node('two.c')!.params['kernel_size']).toEqual([3, 3]);
    expect(keys(program).filter((key) => !key.startsWith('one.'))).toEqual([]);
  });

  it.each([
    ['nothing', 'unknown-weights'], ['b', 'weights-cycle'], ['gone', 'weights-absent'], ['rep', 'unknown-weights'], ['rep[5]', 'unknown-weights'], ['a..b', 'unknown-weights'], ['cell', 'weights-op'], ['wide', 'weights-shape'], ['norm2', 'weights-shape'],
  ])('%s is the problem %s', (weights, code) => {
    const program = build({
      blocks: { Cell: { inputs: ['a'], nodes: { c: conv(['a']) }, outputs: ['c'] } },
      nodes: { gone: conv(['x'], { when: false }), rep: conv(['x'], { repeat: 2 }), cell: { op: 'Cell', in: ['x'] }, wide: conv(['x'], { out_channels: 5 }), norm2: { op: 'Linear', in: ['x'], out_features: 4 }, b: conv(['x'], { weights }) },
      outputs: ['b'],
    });
    expect([...new Set(codes(program))]).toEqual([`${code} b nodes.b.weights`]);
  });

  it('that lead around in a circle are a problem of each', () => {
    const program = build({ nodes: { a: conv(['x'], { weights: 'b' }), b: conv(['a'], { weights: 'a' }) }, outputs: ['b'] });
    expect(codes(program)).toEqual(['weights-cycle a nodes.a.weights', 'weights-cycle b nodes.b.weights']);
  });
});
