import { describe, expect, test } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { conv, design, edited, fixOf, problems, relu, template, titles } from './design.js';

const one = (text: string): readonly string[] => problems(analyze(text));
const nodes = (written: string): string => `{ "nnet": 1, "inputs": { "x": { "shape": ["N", 3, 8, 8] } }, "nodes": { ${written} }, "outputs": ["a"] }`;

describe('one cause is one problem', () => {
  test.each([
    ['"in" that is no list', '"a": { "op": "ReLU", "in": "x" }', 'wrong-type a'],
    ['a source that is a list', '"a": { "op": "ReLU", "in": [["x"]] }', 'bad-source a'],
    ['a misspelt parameter that must be written', '"a": { "op": "Conv2d", "in": ["x"], "out_chanels": 8, "kernel_size": 3 }', 'unknown-param a'],
    ['a number that is too large', '"a": { "op": "Conv2d", "in": ["x"], "out_channels": 1e400, "kernel_size": 3 }', 'number-too-large -'],
  ])('%s', (_, written, told) => {
    expect(one(nodes(written))).toEqual([told]);
  });

  test('an output that is no source', () => {
    expect(one('{ "nnet": 1, "inputs": { "x": { "shape": ["N", 3] } }, "nodes": { "a": { "op": "ReLU", "in": ["x"] } }, "outputs": [["a"]] }')).toEqual(['bad-source -']);
  });

  test('a name that is none, which several nodes read', () => {
    expect(one('{ "nnet": 1, "inputs": { "x-1": { "shape": ["N", 3] } }, "nodes": { "a": { "op": "ReLU", "in": ["x-1"] }, "b": { "op": "ReLU", "in": ["x-1"] } }, "outputs": ["a", "b"] }')).toEqual(['bad-name -']);
  });

  test('query, key and value that are one tensor of a wrong rank or width', () => {
    const attention = (shape: readonly unknown[], more: object) => design({ inputs: { x: { shape } }, nodes: { a: { op: 'MultiheadAttention', in: ['x', 'x', 'x'], num_heads: 4, batch_first: true, ...more } }, outputs: ['a'] });
    expect(problems(attention(['N', 16, 8, 8], {}))).toEqual(['wrong-rank a']);
    const narrow = attention(['N', 10, 16], { embed_dim: 32 });
    expect(problems(narrow)).toEqual(['feature-mismatch a']);
    expect(titles(narrow.problems[0])[0]).toMatch(/^Set embed_dim 16/u);
  });
});

test('a file with a number that is too large stays readable, and the rest of it is told', () => {
  const analysis = analyze(nodes('"a": { "op": "LeakyReLU", "in": ["x"], "negative_slope": 1e999 }, "b": { "op": "ReLU", "in": ["nothing"] }'));
  expect([analysis.parsed.readable, problems(analysis)]).toEqual([true, ['number-too-large -', 'unknown-source b']]);
  expect(analysis.parsed.text.slice(analysis.problems[0]!.range!.start, analysis.problems[0]!.range!.end)).toBe('1e999');
});

test('`off` may cut a number', () => {
  const analysis = design({ nodes: { m: { op: 'Mul', in: ['x', 2], off: [2] } }, outputs: ['m'] });
  expect([problems(analysis), analysis.program.nodes.length]).toEqual([[], 0]);
});

describe('a size of an input', () => {
  test.each([-1, 0, 1.5, 1e17, true, null, 'N+1'])('%s is the problem bad-size, with a fix', (size) => {
    const analysis = design({ inputs: { x: { shape: ['N', 3, size, 8] } }, nodes: { r: relu('x') }, outputs: ['r'] });
    expect(problems(analysis)).toEqual(['bad-size -']);
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /^Leave it open: "H"/u).edits))).toEqual([]);
  });
});

describe('inputs of a block that are written with a shape', () => {
  const block = (shape: readonly unknown[], arriving: readonly unknown[], more: object = {}) => design({ inputs: { x: { shape: arriving } }, blocks: { B: { params: { width: 8 }, inputs: { y: { shape, ...more } }, nodes: { r: relu('y') }, outputs: ['r'] } }, nodes: { b: { op: 'B', in: ['x'] } }, outputs: ['b'] });
  test('are checked where the block is used', () => {
    const analysis = block(['N', 5], ['N', 4]);
    expect(analysis.problems.map(({ code, node, message }) => [code, node, message])).toEqual([['block-input-shape', 'b', 'Input `y` of block `B` is N × 5 as it is written there, but N × 4 arrives at `b`.']]);
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /^Set the shape/u).edits))).toEqual([]);
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /^Remove the shape/u).edits))).toEqual([]);
  });
  test('take any size for a name, the same for one name', () => {
    expect(problems(block(['B', 'C', 'S', 'S'], ['N', 3, 8, 8]))).toEqual([]);
    expect(problems(block(['B', 'C', 'S', 'S'], ['N', 3, 8, 9]))).toEqual(['block-input-shape b']);
    expect(problems(block(['N', '=width'], ['N', 8]))).toEqual([]);
    expect(problems(block(['N', '=width * 2'], ['N', 8]))).toEqual(['block-input-shape b']);
    expect(problems(block(['N', 8], ['N', 8], { dtype: 'int64' }))).toEqual(['block-input-shape b']);
  });
});

describe('fixes of small mistakes', () => {
  const first = (analysis: ReturnType<typeof design>) => titles(analysis.problems[0])[0]?.split(' | ')[0];
  const cell = { Cell: { params: { width: 8, deep: true, sizes: [1, 2] }, inputs: ['y'], nodes: { c: conv('y', '=width') }, outputs: ['c'] } };
  test('a source that is none too many is removed', () => expect(first(design({ nodes: { p: { op: 'Parameter', in: ['x'], shape: [3] } }, outputs: ['p'] }))).toBe('Remove the source'));
  test('a text for a number of a block', () => expect(first(design({ blocks: cell, nodes: { c: { op: 'Cell', in: ['x'], width: '16' } }, outputs: ['c'] }))).toBe('Set width 16'));
  test('a word for a number of a block', () => expect(first(design({ blocks: cell, nodes: { c: { op: 'Cell', in: ['x'], width: 'wide' } }, outputs: ['c'] }))).toBe('Set width 8'));
  test('what cannot be shared gets weights of its own, with what it took from there', () => {
    const analysis = design({ nodes: { a: conv('x', 8), b: { op: 'Conv2d', in: ['a'], weights: 'a' } }, outputs: ['b'] });
    const after = edited(analysis, fixOf(analysis.problems[0], /^Give it weights of its own/u).edits);
    expect([problems(after), after.parsed.valueAt(['nodes', 'b', 'out_channels'])]).toEqual([[], 8]);
  });
  test('what disagrees with the shared weights is removed', () => expect(first(design({ nodes: { a: conv('x', 64), b: conv('a', 64, { weights: 'a', kernel_size: 5, padding: 2 }) }, outputs: ['b'] }))).toBe('Remove kernel_size'));
  test('a number for a list of sizes', () => expect(first(design({ nodes: { p: { op: 'Parameter', shape: 3 } }, outputs: ['p'] }))).toBe('Set shape [3]'));
  test('a named size in a learned tensor', () => {
    const analysis = design({ nodes: { p: { op: 'Parameter', shape: ['N', 3] } }, outputs: ['p'] });
    expect([analysis.problems[0]?.message, first(analysis)]).toEqual(['`shape` of `p` (Parameter) must be a list of whole numbers of at least 0, not the list ["N", 3].', 'Set shape [1, 3]']);
  });
  test('a value given from outside is not mended in the file', () => {
    const analysis = analyze(template('residual-20'), { set: { depth: 21 } });
    expect(analysis.problems.map(({ code, fixes, explanation }) => [code, fixes.length, explanation.at(-1)?.text])).toEqual(Array.from({ length: 3 }, () => ['invalid-repeat', 0, 'It is so with depth 21 as given; the file has depth 20.']));
  });
  test('a name of a hundred thousand letters is cut where it is told', () => {
    const analysis = design({ nodes: { r: relu('y'.repeat(100_000)) }, outputs: ['r'] });
    expect(analysis.problems[0]?.message.length).toBeLessThan(300);
    expect(titles(analysis.problems[0]).every((title) => title.length < 300)).toBe(true);
  });
  test('weights are proposed that there are, with a repetition where there is one', () => {
    const shared = (weights: string) => design({ blocks: cell, nodes: { p: { op: 'Cell', in: ['x'] }, q: { op: 'Cell', in: ['p'], repeat: 2 }, b: conv('q', 8, { weights }) }, outputs: ['b'] }).problems[0]?.message;
    expect(shared('q.c')).toMatch(/Did you mean `q\[0\]\.c`\?$/u);
    expect(shared('a[0].c')).toMatch(/Did you mean `p\.c` or `q\[0\]\.c`\?$/u);
  });
  test('a batch that is read as channels or features is told as such', () => {
    const of = (nodes: object) => design({ inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes, outputs: [Object.keys(nodes).at(-1)] }).problems[0]?.message;
    expect(of({ c: { op: 'Conv3d', in: ['x'], out_channels: 4, kernel_size: 3 } })).toBe('Conv3d `c`: `weight` would be 4 × N × 3 × 3 × 3: of what arrives, N × 3 × 8 × 8, it reads the batch N of the input `x` as channels.');
    expect(of({ f: { op: 'Flatten', in: ['x'], start_dim: 0 }, l: { op: 'Linear', in: ['f'], out_features: 2 } })).toBe('Linear `l`: `weight` would be 2 × 192*N: of what arrives, 192*N, it reads the batch N of the input `x` as features.');
  });
  test('a source of known shape is proposed before a broken one', () => {
    const analysis = design({ nodes: { d: { op: 'ReLU', in: ['nothing'] }, e: { op: 'Add', in: ['x'] } }, outputs: ['e'] });
    expect(titles(analysis.problems.find(({ code }) => code === 'missing-input'))[0]).toMatch(/^Read `x`/u);
  });
});
