import { describe, expect, test } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { add, conv, design, edited, fixOf, problems, relu, titles } from './design.js';

const pool = (from: string) => ({ op: 'MaxPool2d', in: [from], kernel_size: 2 });
const strided = { params: { channels: 16, stride: 2 }, inputs: ['y'], nodes: { c1: conv('y', '=channels', { stride: '=stride' }), c2: conv('c1', '=channels'), s: add('c2', 'y') }, outputs: ['s'] };

describe('a mistake inside a repeated block', () => {
  test('is told at the repetition where it first fails, with the shapes of that one', () => {
    const analysis = design({ blocks: { Half: { inputs: ['y'], nodes: { c: conv('y', 8), p: pool('c') }, outputs: ['p'] } }, nodes: { h: { op: 'Half', in: ['x'], repeat: 6 } }, outputs: ['h'] });
    const [problem] = analysis.problems;
    expect([problem?.code, problem?.node, problem?.message]).toEqual(['window-too-large', 'h[4].p', 'MaxPool2d `p`: the window spans 2 along H, but the input has only 1.']);
    expect(problem?.explanation.map(({ text }) => text).slice(-2)).toEqual(['`h[3].p` sets kernel_size 2: 8 × 3 × 3 becomes 8 × 1 × 1.', 'It fits when H and W of the input `x` are at least 64.']);
  });

  test('that all repetitions have is told once, at the first, and names the others', () => {
    const analysis = design({ blocks: { Wide: { inputs: ['y'], nodes: { c: conv('y', 64, { in_channels: 3 }) }, outputs: ['c'] } }, nodes: { w: { op: 'Wide', in: ['x'], repeat: 3 } }, outputs: ['w'] });
    expect(problems(analysis)).toEqual(['channel-mismatch w[0].c']);
    expect(analysis.problems[0]?.facts?.['others']).toEqual(['w[1].c', 'w[2].c']);
  });

  test('that one use alone has is mended at that use', () => {
    const analysis = design({ blocks: { Strided: { ...strided, params: { channels: 64, stride: 1 } } }, nodes: { a: { op: 'Strided', in: ['x'] }, b: { op: 'Strided', in: ['a'], stride: 2 } }, outputs: ['b'] });
    expect(problems(analysis)).toEqual(['shape-mismatch b.s']);
    expect(problems(edited(analysis, analysis.problems[0]!.fixes.find(({ refusal }) => refusal === undefined)!.edits))).toEqual([]);
  });
});

describe('a block that nothing uses', () => {
  const alone = (blocks: Readonly<Record<string, unknown>>) => design({ blocks, nodes: { r: relu('x') }, outputs: ['r'] });

  test('is checked with assumed inputs, which the message names', () => {
    const analysis = alone({ Strided: strided });
    expect(analysis.problems.map(({ code, node, place: { path }, message }) => [code, node, path.join('/'), message])).toEqual([[
      'shape-mismatch', '', 'blocks/Strided/nodes/s/in/1',
      'Add `s`: height and width differ, 16 × 16 × 16 from `c2` and 16 × 32 × 32 from `y`. They part at `c1` (stride 2). Nothing uses block `Strided`; here `y` is assumed to be N × 16 × 32 × 32.',
    ]]);
    expect(analysis.problems[0]?.explanation[0]?.text).toBe('`c1` sets stride 2, so the branch becomes 16 × 16 × 16 (height and width 32 → 16).');
  });

  test('gets fixes that change the block alone and that work in it', () => {
    const analysis = alone({ Strided: strided });
    const { edits } = fixOf(analysis.problems[0], /^Insert a 1×1 projection, stride 2/u);
    expect(edits.every((edit) => 'path' in edit && edit.path[0] === 'blocks')).toBe(true);
    expect(problems(edited(analysis, edits))).toEqual([]);
    for (const fix of analysis.problems[0]!.fixes) if (fix.refusal === undefined) expect([fix.title, problems(edited(analysis, fix.edits))]).toEqual([fix.title, []]);
  });

  test('says nothing where a usual shape goes through it: maps, vectors, sequences, and what its parameters ask for', () => {
    expect(problems(alone({
      Maps: { inputs: ['y'], nodes: { c: conv('y', 8) }, outputs: ['c'] },
      Thin: { inputs: ['y'], nodes: { c: conv('y', 8, { in_channels: 17 }) }, outputs: ['c'] },
      Vectors: { params: { width: null }, inputs: ['y'], nodes: { l: { op: 'Linear', in: ['y'], out_features: '=width' }, n: { op: 'BatchNorm1d', in: ['l'] } }, outputs: ['n'] },
      Sequences: { inputs: ['y'], nodes: { l: { op: 'LSTM', in: ['y'], hidden_size: 8, batch_first: true } }, outputs: ['l'] },
      Both: { inputs: ['a', 'b'], nodes: { s: add('a', 'b'), inner: { op: 'Inner', in: ['s'] } }, outputs: ['inner'] },
      Inner: { inputs: ['a'], nodes: { c: { op: 'Conv1d', in: ['a'], out_channels: 8, kernel_size: 3 } }, outputs: ['c'] },
    }))).toEqual([]);
  });

  test('is checked with the shape that it writes for its input', () => {
    const analysis = alone({ B: { params: { width: 8 }, inputs: { y: { shape: ['N', '=width', 4, 4] } }, nodes: { c: { op: 'Conv2d', in: ['y'], out_channels: 8, kernel_size: 5 } }, outputs: ['c'] } });
    expect(analysis.problems[0]?.message).toBe('Conv2d `c`: the window spans 5 along H, but the input has only 4. Nothing uses block `B`; here `y` is assumed to be N × 8 × 4 × 4.');
    expect(titles(analysis.problems[0])[0]).toMatch(/^Set padding 2/u);
  });

  test('is told once what is wrong whatever arrives', () => {
    expect(alone({ B: { inputs: ['y'], nodes: { c: conv('y', 8, { kernal_size: 3 }), m: pool('cc') }, outputs: ['m'] } }).problems.map(({ code, message }) => [code, message.includes('assumed')])).toEqual([['unknown-param', false], ['unknown-source', false]]);
  });

  test('inside of another that nothing uses is read there', () => {
    const analysis = alone({ Outer: { inputs: ['y'], nodes: { c: conv('y', 8), inner: { op: 'Inner', in: ['c'] } }, outputs: ['inner'] }, Inner: { inputs: ['z'], nodes: { d: conv('z', 8, { in_channels: 5 }) }, outputs: ['d'] } });
    expect(analysis.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual(['channel-mismatch: Conv2d `d`: in_channels is 5, but 8 channels arrive. Nothing uses block `Outer`; here `y` is assumed to be N × 64 × 32 × 32.']);
  });

  test('that contains itself is told so, and nothing is assumed', () => {
    expect(analyze('{ "nnet": 1, "inputs": { "x": { "shape": ["N", 3] } }, "nodes": { "r": { "op": "ReLU", "in": ["x"] } }, "outputs": ["r"], "blocks": { "B": { "inputs": ["y"], "nodes": { "b": { "op": "B", "in": ["y"] } }, "outputs": ["b"] } } }').problems.map(({ code }) => code)).toEqual(['recursion']);
  });
});
