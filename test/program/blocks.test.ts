import { describe, expect, it } from 'vitest';
import { build, codes, paths, shapes } from './design.js';

const conv = (inputs: unknown[], more: object = {}): object => ({ op: 'Conv2d', in: inputs, out_channels: 8, kernel_size: 3, padding: 1, ...more });
const keys = (program: ReturnType<typeof build>): string[] => [...program.weights.values()].filter(({ learned }) => learned).map(({ key }) => key);

describe('blocks', () => {
  const blocks = { Cell: { params: { width: null, stride: 1, deep: false }, inputs: ['a'], nodes: { c: conv(['a'], { out_channels: '=width', stride: '=stride' }) }, outputs: ['c'] } };

  it('give their parameters their types by the defaults', () => {
    const program = build({ blocks, nodes: { a: { op: 'Cell', in: ['x'], width: 4, stride: true, deep: 1 }, b: { op: 'Cell', in: ['x'] } }, outputs: ['a'] });
    expect(codes(program)).toEqual(['wrong-type a nodes.a.stride', 'wrong-type a nodes.a.deep', 'missing-param b nodes.b']);
    expect(program.nodes.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });

  it('are told a misspelt parameter once, not as a missing one too', () => {
    expect(codes(build({ blocks, nodes: { b: { op: 'Cell', in: ['x'], with: 4 } }, outputs: ['b'] }))).toEqual(['unknown-param b nodes.b.with']);
  });

  it('count their inputs', () => {
    const program = build({ blocks, nodes: { a: { op: 'Cell', width: 4 }, b: { op: 'Cell', in: ['x', 'x'], width: 4 }, c: { op: 'Cell', in: [3], width: 4 } }, outputs: ['a'] });
    expect(codes(program)).toEqual(['missing-input a nodes.a', 'extra-input b nodes.b.in.1', 'constant-source c nodes.c.in.0']);
  });

  it('may not contain themselves, in one step or in several', () => {
    const program = build({
      blocks: { A: { inputs: ['a'], nodes: { b: { op: 'B', in: ['a'] } }, outputs: ['b'] }, B: { inputs: ['a'], nodes: { a2: { op: 'A', in: ['a'] } }, outputs: ['a2'] } },
      nodes: { a: { op: 'A', in: ['x'] }, r: { op: 'ReLU', in: ['a'] } }, outputs: ['r'],
    });
    expect(codes(program)).toEqual(['recursion a.b blocks.A.nodes.b.op', 'recursion - blocks.B.nodes.a2.op']);
  });

  it('hide an operator of their name, with a warning', () => {
    const program = build({ blocks: { ReLU: { inputs: ['a'], nodes: { f: { op: 'Flatten', in: ['a'] } }, outputs: ['f'] } }, nodes: { r: { op: 'ReLU', in: ['x'] } }, outputs: ['r'] });
    expect(shapes(program)).toEqual(['r.f 1 × 192']);
    expect(program.findings).toMatchObject([{ code: 'hides-operator', severity: 'warning', place: ['blocks', 'ReLU'] }]);
  });

  it('are read even where nothing uses them', () => {
    expect(codes(build({ blocks: { Lost: { inputs: [], nodes: { r: { op: 'Relu', in: ['no'] } }, outputs: ['r'] } }, nodes: {} }))).toEqual(['unknown-operator - blocks.Lost.nodes.r.op', 'unknown-source - blocks.Lost.nodes.r.in.0']);
  });

  it('leave an optional input out that their use leaves out', () => {
    const program = build({ inputs: { s: { shape: [1, 5, 4] } }, blocks: { Rec: { inputs: ['a', 'h'], nodes: { l: { op: 'GRU', in: ['a', 'h'], hidden_size: 6, batch_first: true } }, outputs: ['l'] } }, nodes: { r: { op: 'Rec', in: ['s', null] } }, outputs: ['r'] });
    expect(codes(program)).toEqual([]);
    expect(shapes(program)[0]).toContain('r.l 1 × 5 × 6');
  });
});

describe('dim()', () => {
  it('reads inputs of the block and own sources, and nothing else', () => {
    const program = build({ nodes: { a: conv(['x']), b: conv(['a'], { out_channels: '=dim(a, 1) * 2' }), c: conv(['b'], { out_channels: '=dim(x, -3)' }), d: conv(['x'], { out_channels: '=dim(a, 1)' }), e: conv(['x'], { out_channels: '=dim(x, 7)' }) }, outputs: ['c'] });
    expect(shapes(program).slice(0, 4)).toEqual(['a 1 × 8 × 8 × 8', 'b 1 × 16 × 8 × 8', 'c 1 × 3 × 8 × 8', 'd 1 × ? × 8 × 8']);
    expect(codes(program)).toEqual(['dim-source d nodes.d.out_channels', 'expression-index e nodes.e.out_channels']);
  });

  it('leaves a condition on a symbol undecided, and says so once', () => {
    const program = build({ inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes: { a: conv(['x'], { when: '=dim(x, 0) == 4' }), b: { op: 'ReLU', in: ['a'] }, c: conv(['b'], { out_channels: '=dim(b, 1)' }) }, outputs: ['c'] });
    expect(codes(program)).toEqual(['undecided a nodes.a.when']);
    expect(shapes(program)).toEqual(['b ?', 'c ?']);
  });
});

describe('repeat', () => {
  it('chains output j into input j and keeps what is beyond', () => {
    const blocks = { Cell: { inputs: ['a', 'm'], nodes: { c: conv(['a']), s: { op: 'Mul', in: ['c', 'm'] } }, outputs: ['s'] } };
    const program = build({ inputs: { x: { shape: [1, 3, 8, 8] }, m: { shape: [1, 1, 8, 8] } }, blocks, nodes: { cell: { op: 'Cell', in: ['x', 'm'], repeat: 3 }, first: { op: 'ReLU', in: ['cell[0]'] } }, outputs: ['cell'] });
    expect(codes(program)).toEqual([]);
    expect(paths(program)).toBe('cell[0].c cell[0].s cell[1].c cell[1].s cell[2].c cell[2].s first');
    expect(program.node('cell[2].s')!.inputs[1]!.origin).toEqual({ kind: 'input', input: 1 });
    expect(program.node('first')!.inputs[0]!.origin).toEqual({ kind: 'node', node: 1, port: 0 });
    expect(keys(program)).toEqual(['cell.0.c.weight', 'cell.0.c.bias', 'cell.1.c.weight', 'cell.1.c.bias', 'cell.2.c.weight', 'cell.2.c.bias']);
  });

  it('passes through at 0 and has [0] at 1', () => {
    expect(paths(build({ nodes: { c: conv(['x'], { repeat: 1 }), d: conv(['c'], { repeat: 0 }), r: { op: 'ReLU', in: ['d'] } }, outputs: ['r'] }))).toBe('c[0] r');
  });

  it('counts i for the node itself, and in a body for the innermost instance', () => {
    const blocks = { Cell: { params: { w: 1 }, inputs: ['a'], nodes: { c: conv(['a'], { out_channels: '=w + i' }), d: conv(['c'], { out_channels: '=10 * i + 1', repeat: '=i + 1' }) }, outputs: ['d'] } };
    const program = build({ blocks, nodes: { cell: { op: 'Cell', in: ['x'], w: '=100 * (i + 1)', repeat: 2 }, last: { op: 'Cell', in: ['cell'] } }, outputs: ['last'] });
    expect(shapes(program).map((s) => s.replace(' × 8 × 8', ''))).toEqual(['cell[0].c 1 × 100', 'cell[0].d[0] 1 × 1', 'cell[1].c 1 × 201', 'cell[1].d[0] 1 × 1', 'cell[1].d[1] 1 × 11', 'last.c 1 × 1', 'last.d[0] 1 × 1']);
  });

  it('shares one set of weights where it says so', () => {
    const program = build({ nodes: { first: conv(['x']), c: conv(['first'], { repeat: { times: 3, shared: true } }) }, outputs: ['c'] });
    expect(keys(program)).toEqual(['first.weight', 'first.bias', 'c.0.weight', 'c.0.bias']);
    expect(program.nodes.map(({ shared, parameters }) => [shared, parameters])).toEqual([[false, 224], [false, 584], [true, 584], [true, 584]]);
    expect(codes(build({ nodes: { c: conv(['x'], { repeat: { times: 2, shared: true } }) }, outputs: ['c'] }))).toEqual(['weights-shape c[1] nodes.c']);
  });

  it('concatenates densely along any axis, other inputs constant', () => {
    const blocks = { Cell: { inputs: ['a', 'm'], nodes: { r: { op: 'Mul', in: ['a', 'm'] } }, outputs: { main: 'r', side: 'm' } } };
    const program = build({ inputs: { x: { shape: [1, 2, 4] }, m: { shape: [1, 1, 1] } }, blocks, nodes: { d: { op: 'Cell', in: ['x', 'm'], repeat: { times: 2, wiring: 'dense', dim: -1 } }, side: { op: 'ReLU', in: ['d.side'] }, own: { op: 'ReLU', in: ['d[1]'] } }, outputs: ['d'] });
    expect(codes(program)).toEqual([]);
    expect(shapes(program)).toEqual(['d[0].r 1 × 2 × 4', 'd[1].$concat 1 × 2 × 8', 'd[1].r 1 × 2 × 8', 'd.$concat 1 × 2 × 16', 'side 1 × 1 × 1', 'own 1 × 2 × 8']);
  });

  it('adds nothing densely for a repetition that is not there', () => {
    const dense = (when: unknown): ReturnType<typeof build> => build({ inputs: { x: { shape: [1, 2] } }, nodes: { d: { op: 'ReLU', in: ['x'], when, repeat: { times: 3, wiring: 'dense' } } }, outputs: ['d'] });
    expect(shapes(dense('=i != 1'))).toEqual(['d[0] 1 × 2', 'd[2].$concat 1 × 4', 'd[2] 1 × 4', 'd.$concat 1 × 8']);
    expect(shapes(dense(false))).toEqual([]);
  });

  it.each([['-1', 'invalid-repeat'], ['2.5', 'invalid-repeat'], ['"=5 / 2"', 'invalid-repeat'], ['"=true"', 'invalid-repeat'], ['"=dim(x, 0)"', 'undecided'], ['1e9', 'too-many-nodes'], ['"=no"', 'unknown-name']])('%s times is the problem %s', (times, code) => {
    const program = build({ inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes: { c: { op: 'ReLU', in: ['x'], repeat: JSON.parse(times) as unknown }, r: { op: 'ReLU', in: ['c'] } }, outputs: ['r'] });
    expect(codes(program)).toEqual([`${code} c nodes.c.repeat`]);
    expect(shapes(program)).toEqual(['r ?']);
  });

  it('refuses a repetition that is not there', () => {
    const program = build({ nodes: { c: { op: 'ReLU', in: ['x'], repeat: 2 }, a: { op: 'ReLU', in: ['c[2]'] }, b: { op: 'ReLU', in: ['a[0]'] }, d: { op: 'ReLU', in: ['x[0]'] } }, outputs: ['a'] });
    expect(codes(program)).toEqual(['unknown-repetition a nodes.a.in.0', 'unknown-repetition b nodes.b.in.0', 'unknown-repetition d nodes.d.in.0']);
  });
});

describe('when and off', () => {
  it('hand the first source on, and chooses between two nodes', () => {
    const program = build({ params: { fast: false }, nodes: { a: conv(['x'], { when: '=!fast' }), b: { op: 'ReLU', in: ['a'], when: '=fast' }, c: conv(['b'], { out_channels: 'not read', when: false }) }, outputs: ['c'] });
    expect(paths(program)).toBe('a');
    expect(program.outputs[0]!.value.origin).toEqual({ kind: 'node', node: 0, port: 0 });
    expect(program.findings.map(({ code }) => code)).toEqual(['invalid-param']);
  });

  it('are evaluated for each repetition', () => {
    expect(paths(build({ nodes: { c: conv(['x'], { repeat: 4, when: '=i % 2 == 1' }) }, outputs: ['c'] }))).toBe('c[1] c[3]');
  });

  it('leave no other output, and need a source', () => {
    const program = build({ inputs: { s: { shape: [1, 5, 4] } }, nodes: { l: { op: 'LSTM', in: ['s'], hidden_size: 4, when: false }, r: { op: 'ReLU', in: ['l.h'] }, p: { op: 'Parameter', shape: [3], when: true } }, outputs: ['r'] });
    expect(codes(program)).toEqual(['absent-port r nodes.r.in.0', 'when-without-input p nodes.p.when']);
  });

  it('cut sources of merges: one left passes through, none left is a problem', () => {
    const nodes = (off: string[], extra = {}): object => ({ a: { op: 'ReLU', in: ['x'] }, s: { op: 'Add', in: ['a', 'x'], off, ...extra }, r: { op: 'ReLU', in: ['s'] } });
    const cut = build({ nodes: nodes(['x']), outputs: ['r'] });
    expect(paths(cut)).toBe('a r');
    expect(cut.root.uses.get('s')).toMatchObject({ cut: [false, true], each: [{ kind: 'absent', by: 'off' }] });
    expect(codes(build({ nodes: nodes(['x', 'a']), outputs: ['r'] }))).toEqual(['off-all s nodes.s.off']);
    const program = build({ nodes: nodes(['a'], { when: false }), outputs: ['r'] });
    expect(program.node('r')!.inputs[0]!.origin).toEqual({ kind: 'input', input: 0 });
    expect(codes(build({ nodes: { r: { op: 'ReLU', in: ['x'], off: ['x'] } }, outputs: ['r'] }))).toEqual(['off-not-merge r nodes.r.off']);
  });
});
