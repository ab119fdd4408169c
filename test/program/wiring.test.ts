import { describe, expect, it } from 'vitest';
import { build, codes, paths, shapes } from './design.js';

const conv = { op: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 1 };

describe('wiring', () => {
  it('orders nodes by their data, ties in the order of the file', () => {
    const program = build({ nodes: { sum: { op: 'Add', in: ['b', 'a'] }, b: { ...conv, in: ['x'] }, last: { op: 'ReLU', in: ['x'] }, a: { ...conv, in: ['x'] } }, outputs: ['sum'] });
    expect(paths(program)).toBe('b last a sum');
    expect(program.findings).toEqual([]);
    expect(program.outputs.map(({ name }) => name)).toEqual(['sum']);
  });

  it('refuses a learned tensor whose size hangs on a symbol, at the source that brings it', () => {
    const design = { inputs: { x: { shape: ['N', 3, 'H', 'W'] } }, nodes: { f: { op: 'Flatten', in: ['x'] }, l: { op: 'Linear', in: ['f'], out_features: 10 } }, outputs: ['l'] };
    const program = build(design);
    expect(codes(program)).toEqual(['symbolic-weight l nodes.l.in.0']);
    expect(program.findings[0]!.message).toMatch(/`weight` of `l` would be 10 × .*give `H` and `W` numbers/);
    expect(codes(build({ ...design, inputs: { x: { shape: ['N', 3, 8, 8] } } }))).toEqual([]);
  });

  it('tells a missing source of a merge without counting what is there', () => {
    const [finding] = build({ nodes: { c: { op: 'Concat', in: ['x', null], dim: 1 } }, outputs: ['c'] }).findings;
    expect(finding!.message).toBe('`c` needs a source at each place of its `in`: `input 1` is missing.');
  });

  it('says that an input has no ports', () => {
    const [finding] = build({ nodes: { r: { op: 'ReLU', in: ['x.output'] } }, outputs: ['r'] }).findings;
    expect(finding!.message).toBe('`x` is an input and has no ports, so there is no `x.output`: read it as `x`.');
  });

  it('says that null is no value of a parameter that must be given', () => {
    const blocks = { B: { params: { m: null }, inputs: ['x'], nodes: { c: { op: 'Conv2d', in: ['x'], out_channels: '=m', kernel_size: 1 } }, outputs: ['c'] } };
    const { findings } = build({ nodes: { b: { op: 'B', in: ['x'], m: null } }, outputs: ['b'], blocks });
    expect(findings.map(({ message }) => message)).toContain('`m` of block `B` must be given; null is no value.');
  });

  it('reads ports by name and by number', () => {
    const program = build({ nodes: { split: { op: 'Split', in: ['x'], sizes: [1, 2], dim: 1 }, a: { op: 'ReLU', in: ['split.1'] }, b: { op: 'ReLU', in: ['split'] } }, outputs: { first: 'a', other: 'b' } });
    expect(shapes(program).slice(1)).toEqual(['a 1 × 2 × 8 × 8', 'b 1 × 1 × 8 × 8']);
    expect(program.outputs.map(({ name }) => name)).toEqual(['first', 'other']);
  });

  it('names the outputs of a block by the object form and by number', () => {
    const blocks = { Two: { inputs: ['a'], nodes: { r: { op: 'ReLU', in: ['a'] }, f: { op: 'Flatten', in: ['a'] } }, outputs: { wide: 'r', flat: 'f' } } };
    const program = build({ blocks, nodes: { two: { op: 'Two', in: ['x'] }, a: { op: 'ReLU', in: ['two.flat'] }, b: { op: 'ReLU', in: ['two.0'] }, c: { op: 'ReLU', in: ['two.none'] } }, outputs: ['a'] });
    expect(shapes(program).slice(2)).toEqual(['a 1 × 192', 'b 1 × 3 × 8 × 8', 'c ?']);
    expect(codes(program)).toEqual(['unknown-port c nodes.c.in.0']);
  });

  it('takes constants in elementwise operators only', () => {
    const program = build({ nodes: { minus: { op: 'Sub', in: [1, 'x'] }, conv: { ...conv, in: [2] } }, outputs: ['minus'] });
    expect(shapes(program)).toEqual(['minus 1 × 3 × 8 × 8', 'conv ?']);
    expect(codes(program)).toEqual(['constant-source conv nodes.conv.in.0']);
  });

  it('says what a dangling source may have meant, once', () => {
    const program = build({ nodes: { conv: { ...conv, in: ['imaje'] }, relu: { op: 'ReLU', in: ['conv'] } }, inputs: { image: { shape: [1, 3, 8, 8] } }, outputs: ['relu', 'rely'] });
    expect(codes(program)).toEqual(['unknown-source conv nodes.conv.in.0', 'unknown-source - outputs.1']);
    expect(program.findings[0]).toMatchObject({ facts: { name: 'imaje', nearest: ['image'] }, message: 'There is no input or node `imaje` in the document. Did you mean `image`?', index: 0 });
    expect(program.nodes.map(({ state }) => state)).toEqual(['error', 'unknown']);
  });

  it('counts inputs', () => {
    const program = build({ nodes: { add: { op: 'Add', in: ['x'] }, none: { op: 'ReLU' }, two: { op: 'ReLU', in: ['x', 'x'] }, hole: { op: 'ReLU', in: [null] } }, outputs: ['two'] });
    expect(codes(program)).toEqual(['missing-input add nodes.add', 'missing-input none nodes.none', 'extra-input two nodes.two.in.1', 'missing-input hole nodes.hole.in.0']);
  });

  it('reports a cycle once, with its nodes, and still infers the rest', () => {
    const program = build({ nodes: { a: { op: 'Add', in: ['x', 'c'] }, b: { op: 'ReLU', in: ['a'] }, c: { op: 'ReLU', in: ['b'] }, d: { op: 'ReLU', in: ['x'] }, self: { op: 'ReLU', in: ['self'] } }, outputs: ['d'] });
    expect(codes(program)).toEqual(['cycle a nodes.a.in.1', 'cycle self nodes.self.in.0']);
    expect(program.findings[0]!.facts).toEqual({ cycle: ['a', 'b', 'c'] });
    expect(shapes(program)).toContain('d 1 × 3 × 8 × 8');
  });

  it('names what an unknown operator may have meant', () => {
    const program = build({ nodes: { c: { op: 'Conv2D', in: ['x'] }, d: { op: 'Blok', in: ['x'] } }, blocks: { Block: { inputs: ['x'], nodes: {}, outputs: ['x'] } }, outputs: ['c'] });
    expect(program.findings.map(({ facts }) => facts!['nearest'])).toMatchObject([expect.arrayContaining(['Conv2d']), ['Block']]);
    expect(codes(program)).toEqual(['unknown-operator c nodes.c.op', 'unknown-operator d nodes.d.op']);
  });

  it('checks parameters: unknown (what it stands for is not missing, too), mistyped', () => {
    const program = build({ nodes: { c: { op: 'Conv2d', in: ['x'], out_chanels: 3, kernel_size: 'three' } }, outputs: ['c'] });
    expect(codes(program)).toEqual(['unknown-param c nodes.c.out_chanels', 'invalid-param c nodes.c.kernel_size']);
    expect(program.findings.map(({ message }) => message)).toEqual([
      'Conv2d has no parameter `out_chanels`. Did you mean `out_channels`?',
      "`kernel_size` of `c` (Conv2d) must be a whole number of at least 1, or 2 of them, not the text 'three'.",
    ]);
  });

  it('keeps symbols of the inputs and reads expressions in their shapes', () => {
    const program = build({ params: { size: 16 }, inputs: { a: { shape: ['N', 3, '=size', '=size * 2'] }, b: { shape: ['=size / 32', '=sise', '=0 - size'] } }, nodes: { r: { op: 'ReLU', in: ['a'] } }, outputs: ['r'] });
    expect(shapes(program)).toEqual(['r N × 3 × 16 × 32']);
    expect(codes(program)).toEqual(['invalid-size - inputs.b.shape.0', 'unknown-name - inputs.b.shape.1', 'invalid-size - inputs.b.shape.2']);
  });

  it('takes document parameters from outside and refuses unknown and mistyped ones', () => {
    const parts = { params: { width: 4, name: 'a' }, nodes: { c: { ...conv, out_channels: '=width', in: ['x'] } }, outputs: ['c'] };
    expect(shapes(build(parts, { set: { width: 6 } }))).toEqual(['c 1 × 6 × 8 × 8']);
    const wrong = build(parts, { set: new Map<string, never>([['widht', 5 as never], ['width', 'six' as never], ['__proto__', 1 as never]]) });
    expect(shapes(wrong)).toEqual(['c 1 × 4 × 8 × 8']);
    expect(codes(wrong)).toEqual(['unknown-param - params', 'wrong-type - params.width', 'unknown-param - params']);
  });
});
