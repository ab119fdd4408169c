import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { parse } from '../../lib/document/index.js';
import { operatorIn } from '../../lib/program/index.js';
import { formatShape } from '../../lib/shapes/index.js';
import { build, codes, shapes } from './design.js';

const attention = {
  doc: 'Attention over tokens.', inputs: { x: ['N', 'L', 'C'] }, params: { dim: '=C', heads: 8 }, outputs: [['N', 'L', 'C']],
  python: 'layers.Attention', parameters: '=4 * C * C', macs: '=N * (4 * L * C * C + 2 * L * L * C)',
};
/** One node of the operator on inputs of these shapes. */
const use = (declaration: unknown, inputs: readonly unknown[], params: object = {}) => build({
  inputs: Object.fromEntries(inputs.map((shape, k) => [`x${k}`, Array.isArray(shape) ? { shape } : shape])),
  operators: { Own: declaration }, nodes: { a: { op: 'Own', in: inputs.map((_, k) => `x${k}`), ...params } }, outputs: ['a'],
});
const messages = (program: ReturnType<typeof build>): readonly string[] => program.findings.map(({ message }) => message);

describe('an operator that the design declares', () => {
  it('binds its symbols to the sizes that arrive, and counts by them', () => {
    const program = use(attention, [['N', 49, 64]]);
    expect(codes(program)).toEqual([]);
    expect(shapes(program)).toEqual(['a N × 49 × 64']);
    expect(program.nodes[0]).toMatchObject({ parameters: 4 * 64 * 64, macs: { text: String(4 * 49 * 64 * 64 + 2 * 49 * 49 * 64) + '*N' } });
    expect(program.node('a')!.weights).toMatchObject([{ key: 'a', shape: [16384], learned: true, opaque: true }]);
  });

  it('gives shapes in symbols where symbols arrive', () => {
    const program = use({ inputs: { x: ['N', 3, 'H', 'W'] }, params: { size: 4 }, outputs: [['N', '=(H // size) * (W // size)', 64]], python: 'a.B' }, [['N', 3, 'H', 32]]);
    expect(shapes(program)).toEqual(['a N × 8*floor(H / 4) × 64']);
    expect(codes(program)).toEqual([]);
  });

  it('refuses a symbol of two sizes with both places, another rank, another size and another dtype', () => {
    const two = { inputs: { q: ['N', 'L', 'C'], k: ['N', 'S', 'C'] }, outputs: [['N', 'L', 'C']], python: 'a.B' };
    expect(messages(use(two, [[2, 5, 64], [2, 7, 32]]))).toEqual(['axis 2 of `k` is 32, but must be C = 64 (axis 2 of `q`): it takes N × S × C, and 2 × 7 × 32 arrives.']);
    expect(messages(use(two, [[2, 5], [2, 7, 32]]))).toEqual(['Own takes N × L × C as `q` (3 axes), but 2 × 5 (2) arrives.']);
    expect(messages(use({ inputs: { x: ['N', 3] }, outputs: [['N']], python: 'a.B' }, [[2, 4]]))).toEqual(['axis 1 of `x` is 4, but must be 3: it takes N × 3, and 2 × 4 arrives.']);
    expect(messages(use({ inputs: { x: ['N', '=w * 2'] }, params: { w: 4 }, outputs: [['N']], python: 'a.B' }, [[2, 4]]))).toEqual(['axis 1 of `x` is 4, but must be w * 2 = 8: it takes N × w * 2, and 2 × 4 arrives.']);
    expect(messages(use({ inputs: { x: { shape: ['N'], dtype: 'int64' } }, outputs: [['N']], python: 'a.B' }, [[2]]))).toEqual(['Own takes int64 as `x`, but float32 arrives.']);
  });

  it('takes a parameter that follows from the sizes as an assertion where it is written', () => {
    expect(codes(use(attention, [['N', 49, 64]], { dim: 64 }))).toEqual([]);
    expect(messages(use(attention, [['N', 49, 64]], { dim: 32 }))).toEqual(['dim is 32, but 64 follows from what arrives.']);
  });

  it('reads parameters by their declared types', () => {
    const typed = { inputs: ['x'], params: { p: { type: 'number', default: 0.1, min: 0, max: 1 }, mode: { choices: ['a', 'b'] }, n: null, deep: false, sizes: [1, 2.5], name: 'x' }, outputs: [[1]], python: 'a.B' };
    expect(codes(use(typed, [[2]], { mode: 'a', n: 3 }))).toEqual([]);
    expect([...codes(use(typed, [[2]], { mode: 'c', p: 2, deep: 1, sizes: 3, name: 4 }))].sort()).toEqual([
      'invalid-param a nodes.a.deep', 'invalid-param a nodes.a.mode', 'invalid-param a nodes.a.name', 'invalid-param a nodes.a.p', 'invalid-param a nodes.a.sizes', 'missing-param a nodes.a',
    ]);
  });

  it('hands leading axes on as "..." and leaves optional inputs out', () => {
    const norm = { inputs: { x: ['...', 'C'], scale: { shape: ['C'], optional: true } }, outputs: { y: ['...', '=C // 2'], count: { shape: [], dtype: 'int64' } }, python: 'a.B' };
    const program = use(norm, [['N', 4, 6, 8]]);
    expect(shapes(program)).toEqual(['a N × 4 × 6 × 4 | scalar'].map((line) => line.replace('scalar', formatShape([]))));
    expect(program.nodes[0]!.outputs.map(({ dtype }) => dtype)).toEqual(['float32', 'int64']);
    expect(messages(use(norm, [['N', 8], [7]]))).toEqual(['axis 0 of `scale` is 7, but must be C = 8 (axis 1 of `x`): it takes C, and 7 arrives.']);
  });

  it('is mended like any other: a value that is wrong or missing, a misspelt name, a skip that does not fit', () => {
    const Own = { inputs: { x: ['N', 'L', 'C'] }, params: { dim: '=C', heads: null, mode: { choices: ['a', 'b'] } }, outputs: [['N', 'L', 'C']], python: 'layers.Own' };
    const titles = (nodes: object): readonly string[] => analyze(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 4, 8] } }, nodes, operators: { Own }, outputs: ['a'] })).problems.flatMap(({ fixes }) => fixes.slice(0, 1).map(({ title }) => title));
    const own = { op: 'Own', in: ['x'], heads: 2, mode: 'a' };
    expect(titles({ a: { op: 'Own', in: ['x'] } })).toEqual(['Write heads 1', 'Write mode a']);
    expect(titles({ a: { ...own, dim: 3 } })).toEqual(['Set dim 8']);
    expect(titles({ a: { ...own, op: 'Onw' } })).toEqual(['Change to Own']);
    expect(titles({ a: { ...own, mode: 'c' } })).toEqual(['Set mode a']);
    expect(titles({ o: own, l: { op: 'Linear', in: ['o'], out_features: 9 }, a: { op: 'Add', in: ['l', 'x'] } })).toEqual(['Insert a Linear projection']);
  });

  it('is unknown, without a second problem, where what arrives is', () => {
    const program = build({ operators: { Own: attention }, nodes: { bad: { op: 'Linear', in: ['x'], out_features: -1 }, a: { op: 'Own', in: ['bad'] } }, outputs: ['a'] });
    expect(codes(program).filter((code) => code.includes(' a '))).toEqual(['wrong-rank a nodes.a.in.0']);
    const none = build({ operators: { Own: attention }, nodes: { a: { op: 'Own', in: ['nothing'] } }, outputs: ['a'] });
    expect(codes(none)).toEqual(['unknown-source a nodes.a.in.0']);
    expect(shapes(none)).toEqual(['a ? × ? × ?']);
  });

  it('stands beside blocks and hides an operator of PyTorch, which is told', () => {
    const parts = { operators: { Linear: { inputs: { x: ['N', 'C'] }, outputs: [['N', 1]], python: 'a.Linear' } }, inputs: { x: { shape: [2, 3] } }, nodes: { a: { op: 'Linear', in: ['x'] } }, outputs: ['a'] };
    expect(codes(build(parts))).toEqual(['hides-operator - operators.Linear']);
    expect(shapes(build(parts))).toEqual(['a 2 × 1']);
    const taken = parse(JSON.stringify({ nnet: 1, blocks: { Own: { inputs: ['x'], nodes: {}, outputs: ['x'] } }, operators: { Own: attention } }));
    expect(taken.problems.map(({ code, place }) => `${code} ${place.path.join('.')}`)).toContain('duplicate-name operators.Own');
  });

  it('is read again when its declaration changes and its nodes do not', () => {
    const text = (size: number): string => JSON.stringify({ nnet: 1, inputs: { x: { shape: [2, 8] } }, nodes: { a: { op: 'Own', in: ['x'], k: 1 } }, outputs: ['a'], operators: { Own: { inputs: { x: ['N', 'C'] }, params: { k: 2 }, outputs: [['N', size]], python: 'a.B' } } });
    const first = analyze(parse(text(3)));
    const second = analyze(parse(text(4), first.parsed));
    expect([first, second].map(({ program }) => formatShape(program.nodes[0]!.outputs[0]!.shape))).toEqual(['2 × 3', '2 × 4']);
    const third = analyze(parse(text(4).replace('[2,8]', '[2,9]'), second.parsed));
    expect(operatorIn(third.parsed.document, 'Own')).toBe(operatorIn(second.parsed.document, 'Own'));
  });

  it.each<readonly [unknown, string]>([
    [{ outputs: [[1]] }, 'does not say which Python class'],
    [{ outputs: [[1]], python: 'Attention' }, 'is the path of a class'],
    [{ python: 'a.B' }, 'needs "outputs"'],
    [{ outputs: [], python: 'a.B' }, 'at least one output'],
    [{ outputs: [['N']], python: 'a.B' }, '`N` is neither a parameter nor a symbol'],
    [{ inputs: { x: { shape: ['N'], optional: true } }, outputs: [['N']], python: 'a.B' }, '`N` is unknown where an optional input is left out'],
    [{ inputs: { x: ['N'] }, params: { N: 1 }, outputs: [['N']], python: 'a.B' }, 'that is a parameter'],
    [{ inputs: { x: ['N', '=N +'] }, outputs: [['N']], python: 'a.B' }, 'The expression ends'],
    [{ inputs: { x: [-1] }, outputs: [[1]], python: 'a.B' }, 'A size is a whole number'],
    [{ inputs: [['N']], outputs: [[1]], python: 'a.B' }, 'An input of any shape is given by its name'],
    [{ outputs: [['...', 1]], python: 'a.B' }, '"..." stands for axes of an input'],
    [{ outputs: [{ shape: [1], dtype: 'float' + '33' }], python: 'a.B' }, 'The dtype of output'],
    [{ outputs: [[1]], params: { when: 1 }, python: 'a.B' }, 'cannot be called `when`'],
    [{ outputs: [[1]], params: { k: { type: 'integer', default: 'x' } }, python: 'a.B' }, 'The default of `k` must be a whole number'],
    [{ outputs: [[1]], python: 'a.B', macs: 'N' }, '"macs" is a whole number or an expression'],
    [{ outputs: [[1]], python: 'a.B', parms: {} }, 'Was `params` meant?'],
  ])('%j is told with its place', (declaration, words) => {
    const program = use(declaration, []);
    const told = program.findings.filter(({ code }) => code === 'operator-declaration');
    expect(told.map(({ message }) => message).join('\n')).toContain(words);
    expect(told.every(({ place }) => place[0] === 'operators' && place[1] === 'Own')).toBe(true);
  });

  it('declared as anything at all makes no crash', () => {
    for (const odd of [null, 1, 'x', [], [1], { inputs: 3, outputs: 3, params: 3, python: 3, macs: {}, parameters: [], doc: 1 }, { inputs: { x: { shape: 1, dtype: 2, optional: 3, z: 1 } }, outputs: { y: null }, params: { a: {}, b: { choices: [] }, c: [null], d: '=d', e: '=e + 1', __proto__: 1 } }]) {
      const program = use(odd, [[2, 3]]);
      expect(program.nodes.length).toBe(1);
      analyze(parse(JSON.stringify({ nnet: 1, operators: { Own: odd }, nodes: { a: { op: 'Own' } } })));
    }
  });
});
