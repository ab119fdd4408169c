import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { formatDim } from '../../lib/shapes/index.js';
import { convert, type Net } from '../program/fx.js';
import { root } from '../support/paths.js';
import { add, bn, conv, design, edited, fixOf, relu, template, titles } from './design.js';

const told = (analysis: Analysis): readonly string[] => analysis.problems.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
const of = (nodes: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): Analysis => design({ nodes, outputs: [Object.keys(nodes).at(-1)], ...more });

describe('advice', () => {
  it('a bias before a batch norm does nothing, and can be switched off', () => {
    const analysis = of({ c: conv('x', 64), n: bn('c') });
    expect(told(analysis)).toEqual(['hint bias-before-norm: The bias of `c` does nothing: `n` behind it takes the mean away again.']);
    expect(told(edited(analysis, fixOf(analysis.problems[0], /^Set bias false/u).edits))).toEqual([]);
    expect(told(of({ c: conv('x', 64), n: bn('c'), s: add('n', 'c') }))).toEqual([]);
  });

  it('a repeated place is told once, with its other repetitions', () => {
    const [problem, ...rest] = design({ blocks: { B: { inputs: ['y'], nodes: { c: conv('y', 64), n: bn('c') }, outputs: ['n'] } }, nodes: { b: { op: 'B', in: ['x'], repeat: 3 } }, outputs: ['b'] }).problems;
    expect([problem?.code, problem?.node, problem?.facts?.['others'], rest]).toEqual(['bias-before-norm', 'b[0].c', ['b[1].c', 'b[2].c'], []]);
  });

  it('what leads to no output is found and removed with all that led to it alone', () => {
    const analysis = of({ a: conv('x', 64), r: relu('a'), s: relu('r'), out: conv('a', 8) });
    expect(told(analysis)).toEqual(['hint dead-branch: `s` leads to no output: nothing reads what it gives.']);
    const after = edited(analysis, fixOf(analysis.problems[0], /^Remove the 2 layers/u).edits);
    expect([told(after), [...after.parsed.document.root.nodes.keys()]]).toEqual([[], ['a', 'out']]);
  });

  it('an input that nothing reads is found', () => {
    expect(told(of({ a: conv('x', 64) }, { inputs: { x: { shape: ['N', 3, 8, 8] }, mask: { shape: ['N', 1, 8, 8] } } }))).toEqual(['hint unused-input: Nothing reads the input `mask`.']);
  });

  it('two tensors that stretch each other, and a batch stretched to another, are pointed out', () => {
    const sum = (x: readonly unknown[], y: readonly unknown[]) => told(of({ s: add('x', 'y') }, { inputs: { x: { shape: x }, y: { shape: y } } }));
    expect(sum([5, 1], [1, 7])).toEqual(['warning broadcast: Add `s` stretches both inputs: 5 × 1 and 1 × 7 make 5 × 7.']);
    expect(sum([8, 64, 7, 7], [1, 64, 7, 7])).toEqual(['warning broadcast: Add `s` stretches the batch of one input: 8 × 64 × 7 × 7 and 1 × 64 × 7 × 7.']);
    expect(sum([1, 64, 56, 56], [1, 64, 1, 1])).toEqual([]);
    expect(sum(['N', 64, 7, 7], [64, 1, 1])).toEqual([]);
  });

  it('a Squeeze that does nothing is pointed out, with the axis that could be meant', () => {
    const analysis = of({ s: { op: 'Squeeze', in: ['x'], dim: 1 } }, { inputs: { x: { shape: ['N', 64, 1, 1] } } });
    expect(told(analysis)).toEqual(['warning squeeze-nothing: Squeeze `s` does nothing: axis 1 of N × 64 × 1 × 1 is 64, and only an axis of size 1 can be taken away.']);
    expect(told(edited(analysis, fixOf(analysis.problems[0], /^Set dim 2/u).edits))).toEqual([]);
    expect(told(of({ s: { op: 'Squeeze', in: ['x'] } }))).toEqual([]);
  });

  it('a class token that is not expanded fits one batch only, and is expanded', () => {
    const analysis = of({ cls: { op: 'Parameter', shape: [1, 1, 64] }, k: { op: 'Concat', in: ['cls', 'x'], dim: 1 } }, { inputs: { x: { shape: ['N', 49, 64] } } });
    expect(told(analysis)).toEqual(['warning fixed-batch: Concat `k` fits only where N is 1: 1 × 1 × 64 from `cls` and N × 49 × 64 from `x`.']);
    const after = edited(analysis, fixOf(analysis.problems[0], /^Insert Expand before `k`, to N × 1 × 64/u).edits);
    expect([told(after), after.conditions, after.program.outputs[0]?.value.tensor.shape?.map(formatDim)]).toEqual([[], [], ['N', '50', '64']]);
  });

  it('a class token inside a block is expanded to the batch of the input of the block', () => {
    const analysis = design({ inputs: { x: { shape: ['N', 49, 64] } }, blocks: { Tokens: { inputs: ['patches'], nodes: { cls: { op: 'Parameter', shape: [1, 1, 64] }, k: { op: 'Concat', in: ['cls', 'patches'], dim: 1 } }, outputs: ['k'] } }, nodes: { t: { op: 'Tokens', in: ['x'] } }, outputs: ['t'] });
    expect(told(edited(analysis, fixOf(analysis.problems[0], /^Insert Expand/u).edits))).toEqual([]);
  });

  it('a Reshape to numbers fits one batch only, and is told to leave it', () => {
    for (const [shape, mended] of [[[24], [-1, 24]], [[1, 24], [-1, 24]], [[8, 24], [-1, 24]], [[8, 4, -1], [-1, 4, 6]]] as const) {
      const analysis = of({ r: { op: 'Reshape', in: ['x'], shape } }, { inputs: { x: { shape: ['N', 4, 6] } } });
      expect(analysis.problems.map(({ code }) => code)).toEqual(['fixed-batch']);
      const after = edited(analysis, fixOf(analysis.problems[0], /^Set shape/u).edits);
      expect([told(after), after.parsed.valueAt(['nodes', 'r', 'shape'])]).toEqual([[], mended]);
    }
    expect(told(of({ r: { op: 'Reshape', in: ['x'], shape: [-1, 5] } }, { inputs: { x: { shape: ['N', 4, 6] } } }))[0]).toMatch(/^warning fixed-batch: Reshape `r` fits only where N is divisible by 5/u);
    expect(told(of({ r: { op: 'Reshape', in: ['x'], shape: [-1, 24] } }, { inputs: { x: { shape: ['N', 4, 6] } } }))).toEqual([]);
    expect(told(of({ m: { op: 'Mean', in: ['x'], dim: [0, 1] } }, { inputs: { x: { shape: ['N', 4, 6] } } }))).toEqual([]);
  });

  it('pieces of a batch that is left open fit one batch only, and another axis is offered', () => {
    const flat = { inputs: { x: { shape: ['N', 4] } } };
    const cut = of({ s: { op: 'Split', in: ['x'], sizes: [2, 2], dim: 0 }, r: relu('s.1') }, flat);
    expect(told(cut)).toEqual(['warning fixed-batch: Split `s` fits only where N is 4: N × 4 from `x`.']);
    expect(titles(cut.problems[0])).toEqual(['Set dim 1 | leaves the batch whole · result N × 2', 'Set the batch of `x` to 4 | where no other is meant · result 2 × 4']);
    expect(told(of({ s: { op: 'Split', in: ['x'], sizes: [200, 2], dim: 0 }, r: relu('s.1') }, flat))).toEqual(['warning fixed-batch: Split `s` fits only where N is 202: N × 4 from `x`.']);
    expect(told(of({ s: { op: 'Unflatten', in: ['x'], dim: 0, unflattened_size: [-1, 2] } }, flat))).toEqual(['warning fixed-batch: Unflatten `s` fits only where N is divisible by 2: N × 4 from `x`.']);
    expect(told(of({ s: { op: 'GLU', in: ['x'], dim: 0 } }, flat))).toEqual(['warning fixed-batch: GLU `s` fits only where N is divisible by 2: N × 4 from `x`.']);
    const wide = of({ s: { op: 'Expand', in: ['x'], shape: [4, 4] } }, flat);
    expect(told(wide)).toEqual(['warning fixed-batch: Expand `s` fits only where N is 1 or 4: N × 4 from `x`.']);
    expect(told(edited(wide, fixOf(wide.problems[0], /^Set shape \[-1, 4\]/u).edits))).toEqual([]);
    // Every batch of at least two can be parted into two.
    expect(told(of({ s: { op: 'Chunk', in: ['x'], chunks: 2, dim: 0 }, r: relu('s.1') }, flat))).toEqual([]);
  });

  it('a layer that keeps nothing of what arrives is pointed out with the numbers', () => {
    const maps = { inputs: { x: { shape: ['N', 6, 8, 8] } } };
    const turned = of({ s: { op: 'Slice', in: ['x'], ranges: [null, [4, 2]] } }, maps);
    expect(told(turned)).toEqual(['warning keeps-nothing: Slice `s` keeps 0 of 6 channels: N × 6 × 8 × 8 becomes N × 0 × 8 × 8.']);
    expect(titles(turned.problems[0]).map((title) => title.split(' | ')[0])).toEqual(['Set ranges [null, [2, 4]]', 'Set ranges [null, [4, null]]', 'Set ranges [null, null]']);
    expect(told(edited(turned, fixOf(turned.problems[0], /\[2, 4\]/u).edits))).toEqual([]);
    expect(told(of({ s: { op: 'Narrow', in: ['x'], dim: 2, start: 1, length: 0 } }, maps))).toEqual(['warning keeps-nothing: Narrow `s` keeps 0 of 8 along height: N × 6 × 8 × 8 becomes N × 6 × 0 × 8.']);
    expect(told(of({ s: { op: 'Split', in: ['x'], dim: 1, sizes: [6, 0] }, r: relu('s.1') }, maps))).toEqual(['warning keeps-nothing: Split `s` keeps 0 of 6 channels, in its output 1: N × 6 × 8 × 8 becomes N × 0 × 8 × 8.']);
    expect(told(of({ s: { op: 'Interpolate', in: ['x'], mode: 'area', scale_factor: 0.1 } }, maps))).toEqual(['warning keeps-nothing: Interpolate `s` keeps 0 of 8 along height: N × 6 × 8 × 8 becomes N × 6 × 0 × 0.']);
    // Beyond the end Python's slices are cut off, which may be meant.
    expect(told(of({ s: { op: 'Slice', in: ['x'], ranges: [null, [7, 9]] } }, maps))).toEqual(['hint keeps-nothing: Slice `s` keeps 0 of 6 channels: N × 6 × 8 × 8 becomes N × 0 × 8 × 8.']);
    expect(told(of({ s: { op: 'Slice', in: ['x'], ranges: [null, [2, 4]] } }, maps))).toEqual([]);
  });

  it('a Scatter of a part of what learns is pointed out, and the part is cut out before it', () => {
    const inputs = { x: { shape: ['N', 8] }, places: { shape: ['N', 3], dtype: 'int64' } };
    const put = (src: string) => of({ l: { op: 'Linear', in: ['x'], out_features: 8 }, s: { op: 'Scatter', in: ['x', 'places', src], dim: 1 }, k: add('s', 'l') }, { inputs });
    const analysis = put('l');
    expect(told(analysis)).toEqual(['warning scatter-gradient: Scatter `s` can be computed and not trained: its index is N × 3 and its `src`, which learns, N × 8; PyTorch has a gradient only where both are alike.']);
    const after = edited(analysis, fixOf(analysis.problems[0], /^Insert Slice before `src` of `s`/u).edits);
    expect([told(after), after.program.node('part')?.outputs[0]?.shape?.map(formatDim)]).toEqual([[], ['N', '3']]);
    expect(told(put('x'))).toEqual([]);
  });

  it('a ReLU at the end of a residual branch is pointed out', () => {
    expect(told(of({ a: conv('x', 64), r: relu('a'), s: add('r', 'x') }))).toEqual(['hint activation-before-add: ReLU `r` ends a residual branch before `s`, so the branch can only add to the skip.']);
    expect(told(of({ a: conv('x', 64), s: add('a', 'x'), r: relu('s') }))).toEqual([]);
  });

  it('one Linear with nearly all parameters is pointed out', () => {
    expect(told(of({ a: conv('x', 64), f: { op: 'Flatten', in: ['a'] }, fc: { op: 'Linear', in: ['f'], out_features: 100 } }))).toEqual([
      'hint heavy-linear: Linear `fc` holds 4,000,100 of the 4,037,028 parameters (99 %). A pool before it would need far fewer.',
    ]);
  });

  it('a classifier whose positions see a part of the image only is pointed out', () => {
    const nodes = { a: conv('x', 64), b: conv('a', 64), p: { op: 'AdaptiveAvgPool2d', in: ['b'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, fc: { op: 'Linear', in: ['f'], out_features: 10 } };
    expect(told(of(nodes))).toEqual(['hint small-receptive-field: Each position that `p` pools sees 5 × 5 of the 25 × 25 input, so no layer sees the whole.']);
    expect(told(of(nodes, { inputs: { x: { shape: ['N', 3, 5, 5] } } }))).toEqual([]);
  });

  it('is not given to a design with errors', () => {
    expect(of({ c: conv('x', 64), n: bn('c'), s: { op: 'Add', in: ['n', 'nothing'] } }).problems.filter(({ severity }) => severity === 'hint')).toEqual([]);
  });

  it('is silenced by an allowance with a reason', () => {
    expect(told(of({ c: conv('x', 64, { allow: { 'bias-before-norm': 'as published' } }), n: bn('c') }))).toEqual([]);
  });
});

/** Advice on published networks, looked at one by one: each is true, and the networks are as they were published. */
const reviewed: Readonly<Record<string, readonly string[]>> = {
  // Simonyan and Zisserman's biases were kept when batch norm was added.
  vgg16_bn: Array.from({ length: 13 }, () => 'bias-before-norm'),
  // Its last maps have a theoretical field of 207 pixels of 224.
  squeezenet1_1: ['small-receptive-field'],
  // Written to show a skip, with a ReLU behind every layer.
  article_skip_4x4: ['activation-before-add'],
  article_densenet_stem_block: ['bias-before-norm'],
};

describe('published networks', () => {
  const folder = path.join(root, 'test/fixtures/truth/nets');
  it.each(readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)))('%s: no warning or hint but the reviewed', (name) => {
    const net = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Net;
    expect(analyze(convert(net).text).problems.map(({ code }) => code)).toEqual(reviewed[name] ?? []);
  });

  it.each(['residual-20', 'plain-20', 'resnet34', 'resnet34-head', 'densenet121', 'dense-block', 'unet', 'highway', 'transformer', 'mlp', 'blank'])('the template %s needs no advice', (name) => {
    expect(analyze(template(name)).problems.map(({ code }) => code)).toEqual([]);
  });
});
