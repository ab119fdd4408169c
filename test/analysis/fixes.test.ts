import { describe, expect, test } from 'vitest';
import { analyze, findingKey, type Analysis } from '../../lib/analysis/index.js';
import { add, bn, conv, design, edited, example, problems, relu, template, titles } from './design.js';

/** The first problem's offered fixes, by title. */
const offered = (analysis: Analysis) => titles(analysis.problems[0]).filter((title) => !title.includes('✗')).map((title) => title.split(' | ')[0]);
const of = (nodes: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => design({ nodes, outputs: [Object.keys(nodes).at(-1)], ...more });
const flat = { inputs: { x: { shape: ['N', 50] } } };
const sequence = { inputs: { x: { shape: ['N', 10, 60] } } };

/** Broken designs by what is broken, with a fix that must be among those offered. */
const broken: readonly (readonly [string, Analysis, RegExp])[] = [
  ['a misspelt operator', of({ a: { op: 'Conv2D', in: ['x'], out_channels: 8, kernel_size: 3 } }), /^Change to Conv2d/],
  ['a misspelt block', of({ a: { op: 'Bsic', in: ['x'] } }, { blocks: { Basic: { inputs: ['x'], nodes: { r: relu('x') }, outputs: ['r'] } } }), /^Change to Basic/],
  ['a misspelt parameter', of({ a: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, strid: 2 } }), /^Rename to stride/],
  ['a misspelt word of training', of({ a: conv('x', 8, { freze: true }) }), /^Rename to freeze/],
  ['a misspelt word of a block', of({ a: { op: 'B', in: ['x'], repeet: 2 } }, { blocks: { B: { inputs: ['x'], nodes: { r: relu('x') }, outputs: ['r'] } } }), /^Rename to repeat/],
  ['an unknown parameter', of({ a: { op: 'ReLU', in: ['x'], colour: 2 } }), /^Remove colour/],
  ['a misspelt source', of({ first: relu('x'), b: relu('frist') }), /^Read `first`/],
  ['a source that is not there', of({ a: relu('x'), b: relu('missing_node') }), /^Create `missing_node`/],
  ['an unknown port', of({ a: { op: 'Chunk', in: ['x'], chunks: 2, dim: 1 }, b: relu('a.7') }), /^Read `a`/],
  ['an unknown repetition', of({ a: relu('x'), b: relu('a[3]') }), /^Read `a`/],
  ['a parameter that must be written', of({ a: { op: 'Conv2d', in: ['x'], out_channels: 8 } }), /^Write kernel_size 3/],
  ['an axis that must be written', of({ a: { op: 'Concat', in: ['x', 'x'] } }), /^Write dim 1/],
  ['a block parameter that must be written', of({ a: { op: 'B', in: ['x'] } }, { blocks: { B: { params: { width: null }, inputs: ['x'], nodes: { c: conv('x', '=width') }, outputs: ['c'] } } }), /^Write width 64/],
  ['stale in_channels', of({ a: conv('x', 8, { in_channels: 3 }) }), /^Set in_channels 64/],
  ['stale num_features', of({ a: { ...bn('x'), num_features: 3 } }), /^Remove num_features/],
  ['stale in_features', of({ a: { op: 'Linear', in: ['x'], in_features: 40, out_features: 10 } }, flat), /^Set in_features 50/],
  ['a Linear that wants a vector', of({ a: { op: 'Linear', in: ['x'], in_features: 40000, out_features: 10 } }, { inputs: { x: { shape: ['N', 64, 25, 25] } } }), /^Insert Flatten before `a`/],
  ['a convolution over other axes', of({ a: { op: 'Conv1d', in: ['x'], out_channels: 8, kernel_size: 3 } }), /^Use Conv2d/],
  ['a norm on a vector', of({ a: { op: 'Flatten', in: ['x'] }, b: bn('a') }), /^Use BatchNorm/],
  ['groups that do not divide', of({ a: conv('x', 64, { groups: 6 }) }), /^Set groups [48]/],
  ['heads that do not divide', of({ a: { op: 'MultiheadAttention', in: ['x', 'x', 'x'], num_heads: 7 } }, sequence), /^Set num_heads 6/],
  ['a Flatten that swallows the batch', of({ f: { op: 'Flatten', in: ['x'], start_dim: 0 }, l: { op: 'Linear', in: ['f'], in_features: 40000, out_features: 10 } }, { inputs: { x: { shape: [8, 64, 25, 25] } } }), /^Set start_dim 1 on `f`/],
  ['a head made for another size', of({ f: { op: 'Flatten', in: ['x'] }, l: { op: 'Linear', in: ['f'], in_features: 64 * 28 * 28, out_features: 10 } }), /^Set the input `x` to 28 × 28/],
  ['a batch of one value a channel', of({ a: { op: 'BatchNorm1d', in: ['x'] } }, { inputs: { x: { shape: [1, 8] } } }), /^Set the batch of `x` to N/],
  ['sizes that make another whole', of({ a: { op: 'Split', in: ['x'], sizes: [20, 30], dim: 1 } }), /^Set sizes \[20, 44\]/],
  ['a shape of another number of elements', of({ a: { op: 'Reshape', in: ['x'], shape: [2, 10] } }, { inputs: { x: { shape: [2, 3, 4] } } }), /^Set shape \[2, -1\]/],
  ['a window larger than its input', of({ a: { op: 'MaxPool2d', in: ['x'], kernel_size: 30 } }), /^Set kernel_size 25|^Set the input/],
  ['"same" with a stride', of({ a: conv('x', 8, { padding: 'same', stride: 2 }) }), /^Set padding 1/],
  ['padding of more than half a pool', of({ a: { op: 'MaxPool2d', in: ['x'], kernel_size: 3, padding: 2 } }), /^Set padding 1/],
  ['output padding as large as the stride', of({ a: { op: 'ConvTranspose2d', in: ['x'], out_channels: 8, kernel_size: 2, stride: 2, output_padding: 2 } }), /^Set output_padding 0/],
  ['a size below the least', of({ a: conv('x', 0) }), /^Set out_channels 1/],
  ['a fraction where a whole number is wanted', of({ a: conv('x', 7.6) }), /^Set out_channels 8/],
  ['a number written as text', of({ a: conv('x', '16') }), /^Set out_channels 16/],
  ['a misspelt choice', of({ a: conv('x', 8, { padding_mode: 'reflct' }) }), /^Set padding_mode reflect/],
  ['a misspelt name in an expression', of({ a: { op: 'B', in: ['x'] } }, { blocks: { B: { params: { channels: 8 }, inputs: ['x'], nodes: { c: conv('x', '=channls * 2') }, outputs: ['c'] } } }), /^Change `channls` to `channels`/],
  ['dim() of something out of reach', of({ a: { op: 'B', in: ['x'] } }, { blocks: { B: { inputs: ['inp'], nodes: { c: conv('inp', '=dim(imp, 1)') }, outputs: ['c'] } } }), /^Change `imp` to `inp`/],
  ['a missing source', of({ a: relu('x'), b: { op: 'ReLU' } }), /^Read `a`/],
  ['a merge of one source', of({ a: relu('x'), b: { op: 'Add', in: ['a'] } }), /^Read `a`|^Read `x`/],
  ['a source too many', of({ a: relu('x'), b: { op: 'ReLU', in: ['a', 'x'] } }), /^Keep only the first source/],
  ['a cycle', of({ a: add('x', 'c'), b: relu('a'), c: relu('b') }), /^Remove the wire from `c` to `a`|^Let `a` read/],
  ['a node that reads itself', of({ a: relu('a') }), /^Let `a` read `x`/],
  ['`off` on no merge', of({ a: { ...relu('x'), off: ['x'] } }), /^Let all sources through/],
  ['`off` of everything', of({ a: { ...add('x', 'x'), off: ['x'] } }), /^Let all sources through/],
  ['weights of nobody', of({ a: relu('x'), first: bn('a'), b: { ...bn('first'), weights: 'frst' } }), /^Use the weights of `first`/],
  ['weights of another kind', of({ a: conv('x', 64), b: { ...bn('a'), weights: 'a' } }), /^Give it weights of its own/],
  ['a repetition that is no number of times', of({ a: { ...relu('x'), repeat: 1.5 } }), /^Repeat it once/],
  ['a billion repetitions', of({ a: { ...relu('x'), repeat: 1_000_000_000 } }), /^Repeat it 10 times/],
  ['no outputs', analyze('{ "nnet": 1, "inputs": { "x": { "shape": [1, 3, 8, 8] } }, "nodes": { "a": { "op": "ReLU", "in": ["x"] } } }'), /^Put out `a`/],
  ['a block that hides an operator', of({ a: { op: 'ReLU', in: ['x'] } }, { blocks: { ReLU: { inputs: ['x'], nodes: { s: { op: 'SiLU', in: ['x'] } }, outputs: ['s'] } } }), /^Rename the block/],
  ['an add of other channels', of({ a: conv('x', 32), sum: add('a', 'x') }), /^Insert a 1×1 projection/],
  ['a residual block without projection', analyze(template('resnet34-head').replace('"in": ["bn2", "downbn"]', '"in": ["bn2", "x"]')), /projection/],
  ['residual-20 with a stride in the middle', analyze(example('residual-20').replace('"kernel_size": 3, "padding": 1, "bias": false },\n        "bn2"', '"kernel_size": 3, "padding": 1, "stride": 2, "bias": false },\n        "bn2"')), /projection, stride 2/],
  ['an unpadded convolution in a U-Net', analyze(template('unet').replace('"padding": 1', '"padding": 0')), /^Set padding 1 on/],
  ['a highway gate of another width', of({ h: { op: 'Linear', in: ['x'], out_features: 50 }, g: { op: 'Linear', in: ['x'], out_features: 40 }, t: { op: 'Sigmoid', in: ['g'] }, m: { op: 'Mul', in: ['h', 't'] } }, flat), /^Set `g` to out_features 50/],
];

describe('fixes', () => {
  test.each(broken)('%s has one', (_, analysis, title) => {
    expect(offered(analysis)).toEqual(expect.arrayContaining([expect.stringMatching(title)]));
  });
});

test('two things that are wrong one behind the other are mended by one fix', () => {
  const analysis = of({ a: conv('x', 32), sum: add('a', 'x'), b: conv('sum', 32, { in_channels: 16 }) });
  expect(problems(analysis)).toEqual(['shape-mismatch sum']);
  expect(offered(analysis)[0]).toBe('Insert a 1×1 projection, and at `b`: Set in_channels 32');
  expect(problems(edited(analysis, analysis.problems[0]!.fixes[0]!.edits))).toEqual([]);
});

test('no wire is cut elsewhere to make a fix whole', () => {
  const analysis = design({ inputs: { x: { shape: [7, 2, 6] }, y: { shape: [3, 4, 5] } }, nodes: { l: { op: 'LSTM', in: ['x'], hidden_size: 8, when: '=false' }, r: relu('l.h'), k: add('r', 'y') }, outputs: ['k'] });
  expect(problems(analysis)).toEqual(['absent-port r']);
  expect(offered(analysis).filter((title) => title?.includes('Cut'))).toEqual([]);
});

test('equal pieces of a Split that do not make the axis may be equal pieces that do', () => {
  const six = { inputs: { x: { shape: ['N', 6] } } };
  const split = (sizes: readonly number[]) => offered(of({ s: { op: 'Split', in: ['x'], sizes, dim: 1 } }, six));
  expect(split([4, 4])).toEqual(['Set sizes [3, 3]', 'Set sizes [4, 2]']);
  expect(split([4, 4, 4])[0]).toBe('Set sizes [2, 2, 2]');
  expect(split([4, 3])).toEqual(['Set sizes [4, 2]']);
  expect(split([4, 4, 4, 4])).toEqual([]);
});

describe('any offered fix, applied to the text,', () => {
  test.each(broken)('mends %s and makes nothing else wrong', (_, analysis) => {
    for (const problem of analysis.problems) {
      for (const fix of problem.fixes) {
        if (fix.refusal !== undefined) {
          expect(fix.edits).toEqual([]);
          continue;
        }
        const after = edited(analysis, fix.edits);
        // Advice is given to designs without errors only, so some is new.
        const known = new Set(analysis.problems.map(({ code, node }) => `${code} ${node}`));
        expect(after.problems.filter(({ severity }) => severity !== 'hint').map(({ code, node }) => `${code} ${node}`).filter((key) => !known.has(key)), fix.title).toEqual([]);
        expect(after.problems.some((other) => other.code === problem.code && other.node === problem.node && JSON.stringify(other.at) === JSON.stringify(problem.at)), `${problem.message} → ${fix.title}`).toBe(false);
        expect(new Set(after.program.findings.map(findingKey)).size).toBeLessThanOrEqual(new Set(analysis.program.findings.map(findingKey)).size);
      }
    }
  });
});

test('one mismatch in a network of 500 nodes is one problem, with fixes', () => {
  const nodes: Record<string, unknown> = {};
  let from = 'x';
  for (let k = 0; k < 125; k++) {
    Object.assign(nodes, { [`c${k}`]: conv(from, 64), [`b${k}`]: bn(`c${k}`), [`s${k}`]: add(`b${k}`, from), [`r${k}`]: relu(`s${k}`) });
    from = `r${k}`;
  }
  nodes['c60'] = conv('r59', 128, { stride: 2 });
  const { parsed } = design({ nodes, outputs: [from] });
  const analysis = analyze(`${parsed.text} `);
  expect(problems(analysis)).toEqual(['shape-mismatch s60']);
  expect(analysis.problems[0]?.fixes.length).toBeGreaterThan(2);
});
