import { describe, expect, test } from 'vitest';
import { insertOnWire, setParam } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { add, bn, conv, design, edited, example, fixOf, problems, relu, template, titles } from './design.js';

const residual = (more: Readonly<Record<string, unknown>> = {}) => ({
  inputs: { image: { shape: ['N', 3, 100, 100] } },
  nodes: {
    stem: { op: 'Conv2d', in: ['image'], out_channels: 64, kernel_size: 7, stride: 2, padding: 3, bias: false },
    pool: { op: 'MaxPool2d', in: ['stem'], kernel_size: 2 },
    conv1: conv('pool', 128, { stride: 2, bias: false }), bn1: bn('conv1'), relu1: relu('bn1'),
    conv2: conv('relu1', 128, { bias: false }), bn2: bn('conv2'),
    sum: add('bn2', 'pool'), relu2: relu('sum'),
  },
  outputs: ['relu2'], ...more,
});

describe('a merge whose inputs differ', () => {
  const [problem] = design(residual()).problems;

  test('names the axes, the numbers, both sources and the layer where they part', () => {
    expect(problem?.message).toBe('Add `sum`: channels, height and width differ, 128 × 13 × 13 from `bn2` and 64 × 25 × 25 from `pool`. They part at `conv1` (out_channels 128, stride 2).');
  });
  test('is explained by a walk back along both branches to the fork', () => {
    expect(problem?.explanation).toEqual([
      { text: '`conv1` sets out_channels 128 and stride 2, so the branch becomes 128 × 13 × 13 (channels 64 → 128, height and width 25 → 13).', node: 'conv1' },
      { text: 'The skip changes nothing: still 64 × 25 × 25, last set by `pool`.', node: 'pool' },
      { text: 'The two part at the output of `pool`.', node: 'pool' },
    ]);
  });
  test('carries the table of axes', () => {
    expect(problem?.facts?.['headline']).toBe('Add needs inputs of one shape. All three axes differ.');
    expect(problem?.facts?.['axes']).toEqual([
      { name: 'channels', values: [128, 64], differ: true, text: '128 ≠ 64' },
      { name: 'height', values: [13, 25], differ: true, text: '13 ≠ 25' },
      { name: 'width', values: [13, 25], differ: true, text: '13 ≠ 25' },
    ]);
    expect((problem?.facts?.['inputs'] as readonly { role: string; source: string }[]).map(({ role, source }) => `${role} ${source}`)).toEqual(['branch bn2', 'skip pool']);
  });
  test('offers a projection first, then to keep the shape, and says why it cannot concatenate', () => {
    expect(titles(problem)).toEqual([
      'Insert a 1×1 projection, stride 2 | on the skip · +8,448 parameters · result 128 × 13 × 13',
      'Keep 64 × 25 × 25 in the branch | `conv1` and `conv2`: out_channels 64, `conv1`: stride 1 · −147,712 parameters · result 64 × 25 × 25',
      'Cut the skip from `pool` | `sum` passes on 128 × 13 × 13',
      'Concatenate instead ✗ needs equal height and width: 25 ≠ 13',
    ]);
  });
  test('has its range at the source in the text', () => {
    const { parsed } = design(residual());
    expect(parsed.text.slice(problem!.range!.start, problem!.range!.end)).toContain('"pool"');
  });
  test('one differing axis is told with its sizes', () => {
    expect(design({ nodes: { a: conv('x', 128), sum: add('a', 'x') }, outputs: ['sum'] }).problems[0]?.message).toBe('Add `sum`: channels differ, 128 from `a` and 64 from `x`. They part at `a` (out_channels 128).');
  });
  test('of other ranks says so', () => {
    const [rank] = design({ nodes: { f: { op: 'Flatten', in: ['x'] }, sum: add('x', 'f') }, outputs: ['sum'] }).problems;
    expect(rank?.message).toContain('ranks differ, N × 64 × 25 × 25 from `x` and N × 40000 from `f`');
  });
});

describe('the projection', () => {
  test('inside a block follows its parameters, and stands only where it is needed', () => {
    const block = { params: { channels: 64, stride: 1 }, inputs: ['x'], nodes: { conv1: conv('x', '=channels', { stride: '=stride', bias: false }), bn1: bn('conv1'), relu1: relu('bn1'), conv2: conv('relu1', '=channels', { bias: false }), bn2: bn('conv2'), sum: add('bn2', 'x'), relu2: relu('sum') }, outputs: ['relu2'] };
    const analysis = design({ nodes: { stage1: { op: 'Basic', in: ['x'], repeat: 3 }, stage2: { op: 'Basic', in: ['stage1'], channels: 128, stride: 2 } }, outputs: ['stage2'], blocks: { Basic: block } });
    expect(problems(analysis)).toEqual(['shape-mismatch stage2.sum']);
    const fix = fixOf(analysis.problems[0], /projection, stride 2/);
    const after = edited(analysis, fix.edits);
    expect(problems(after)).toEqual([]);
    expect(after.parsed.valueAt(['blocks', 'Basic', 'nodes', 'proj'])).toEqual({ op: 'Conv2d', in: ['x'], out_channels: '=channels', kernel_size: 1, stride: '=stride', bias: false, when: '=stride != 1 || dim(x, 1) != channels' });
    expect(after.program.nodes.filter((node) => node.name === 'proj').map((node) => node.path)).toEqual(['stage2.proj']);
    expect(after.skips.map((skip) => skip.kind)).toEqual(['identity', 'identity', 'identity', 'projection']);
  });
  test('that is there and absent is turned on at the use, never doubled', () => {
    const analysis = analyze(example('resnet34-head').replace(', "downsample": true', ''));
    const [problem] = analysis.problems;
    expect(titles(problem)[0]).toBe('Turn on the projection `down` | on the skip · +8,448 parameters · result 128 × 13 × 13');
    expect(problem?.fixes[0]?.edits).toEqual([{ kind: 'set', path: ['nodes', 'stage2', 'downsample'], value: true }]);
  });
  test('that is there with other values is set to the branch’s', () => {
    const analysis = design({ nodes: { c: conv('x', 128, { stride: 2 }), r: relu('c'), d: conv('r', 128), p: { op: 'Conv2d', in: ['x'], out_channels: 96, kernel_size: 1 }, sum: add('d', 'p') }, outputs: ['sum'] });
    const fix = fixOf(analysis.problems[0], /^Set the projection `p` to out_channels 128, stride 2/);
    expect(fix.edits).toEqual([{ kind: 'set', path: ['nodes', 'p', 'out_channels'], value: 128 }, { kind: 'set', path: ['nodes', 'p', 'stride'], value: 2 }]);
  });
  test('of vectors is a Linear layer', () => {
    const analysis = design({ inputs: { x: { shape: ['N', 50] } }, nodes: { a: { op: 'Linear', in: ['x'], out_features: 40 }, sum: add('a', 'x') }, outputs: ['sum'] });
    expect(fixOf(analysis.problems[0], /Insert a Linear projection/).detail).toBe('on the skip · +2,040 parameters · result N × 40');
  });
  test('is refused where no stride makes the size', () => {
    const analysis = design({ nodes: { a: conv('x', 128, { padding: 0 }), sum: add('a', 'x') }, outputs: ['sum'] });
    expect(titles(analysis.problems[0])).toContain('Insert a 1×1 projection ✗ no stride makes 23 of 25');
  });
  test('in a convolution of stride 2 put into residual-20 mends all nine blocks', () => {
    const text = example('residual-20').replace('"relu1": { "op": "ReLU", "in": ["bn1"] }', '"extra": { "op": "Conv2d", "in": ["bn1"], "out_channels": "=channels", "kernel_size": 3, "padding": 1, "stride": 2 },\n"relu1": { "op": "ReLU", "in": ["extra"] }');
    const analysis = analyze(text);
    expect(problems(analysis)).toEqual(['shape-mismatch stage1[0].sum']);
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /projection, stride 2/).edits))).toEqual([]);
  });
});

describe('a convolution of stride 2 put into a block', () => {
  const into = (name: string, wire: { to: string; input: number }) => {
    const analysis = analyze(template(name));
    const inserted = insertOnWire(analysis, wire, 'Conv2d');
    if ('refused' in inserted) throw new Error(inserted.refused);
    const strided = setParam(edited(analysis, inserted.edits), inserted.select![0]!, 'stride', 2);
    return edited(analysis, [...inserted.edits, ...('edits' in strided ? strided.edits : [])]);
  };
  test.each([
    ['resnet34-head', { to: 'stage1[0].relu1', input: 0 }, /^Turn on the projection `down`/],
    ['resnet34', { to: 'layer1[0].relu1', input: 0 }, /^Turn on the projection/],
    ['residual-20', { to: 'stage1[0].relu1', input: 0 }, /^Insert a 1×1 projection, stride 2/],
  ] as const)('of %s is mended in every use by a projection whose stride follows', (name, wire, title) => {
    const analysis = into(name, wire);
    expect(analysis.problems[0]?.message).toContain('They part at `conv` (stride 2).');
    const fix = fixOf(analysis.problems[0], title);
    expect(fix).toBe(analysis.problems[0]!.fixes[0]);
    const after = edited(analysis, fix.edits);
    expect(problems(after)).toEqual([]);
    expect(after.skips.length).toBe(analyze(template(name)).skips.length);
  });
  test('of resnet34-head multiplies the strides of the branch', () => {
    const analysis = into('resnet34-head', { to: 'stage1[0].relu1', input: 0 });
    expect(edited(analysis, analysis.problems[0]!.fixes[0]!.edits).parsed.valueAt(['blocks', 'Residual', 'nodes', 'down', 'stride'])).toBe('=stride[0] * 2 * stride[1]');
  });
  test('of a dense block is told to keep its size', () => {
    const analysis = into('dense-block', { to: 'dense[0].relu2', input: 0 });
    expect(analysis.problems[0]?.message).toBe('Concat `dense`: height and width differ, 64 × 24 × 24 from `pool` and 32 × 12 × 12 from `dense[0]`. They part at `dense[0].conv` (stride 2).');
    expect(problems(edited(analysis, analysis.problems[0]!.fixes[0]!.edits))).toEqual([]);
  });
  test('of the U-Net is told to keep its size', () => {
    const analysis = into('unet', { to: 'enc2.conv1', input: 0 });
    expect(titles(analysis.problems[0])[0]).toMatch(/^Keep .* in the branch \| .*: stride 1/);
  });
});

describe('other fixes of a merge', () => {
  test('padding keeps the size', () => {
    const analysis = design({ nodes: { a: conv('x', 64, { padding: 0 }), sum: add('a', 'x') }, outputs: ['sum'] });
    expect(titles(analysis.problems[0])[0]).toBe('Set padding 1 on `a` | result 64 × 25 × 25');
  });
  test('two convolutions without padding get it together', () => {
    const analysis = design({ nodes: { a: conv('x', 64, { padding: 0 }), b: conv('a', 64, { padding: 0 }), sum: add('b', 'x') }, outputs: ['sum'] });
    expect(titles(analysis.problems[0])).toContain('Set padding 1 on `a` and `b` | keeps the size · result 64 × 25 × 25');
  });
  test('a pool that rounds down is told to round up', () => {
    const analysis = design({ inputs: { x: { shape: ['N', 64, 57, 57] } }, nodes: { a: conv('x', 64, { stride: 2 }), p: { op: 'MaxPool2d', in: ['x'], kernel_size: 2 }, sum: add('a', 'p') }, outputs: ['sum'] });
    expect(titles(analysis.problems[0])).toContain('Set ceil_mode on `p` | rounds its size up · result 64 × 29 × 29');
  });
  test('where only channels differ, concatenation is offered', () => {
    const analysis = design({ nodes: { a: conv('x', 32), sum: add('a', 'x') }, outputs: ['sum'] });
    const after = edited(analysis, fixOf(analysis.problems[0], /^Concatenate/).edits);
    expect(problems(after)).toEqual([]);
    expect(after.program.node('sum')?.outputs[0]?.shape?.[1]).toBe(96);
  });
  test('one of two branches is set to the other', () => {
    const analysis = design({ nodes: { a: conv('x', 32), b: conv('x', 48), sum: add('a', 'b') }, outputs: ['sum'] });
    expect(titles(analysis.problems[0]).filter((title) => title.startsWith('Set'))).toEqual(['Set `a` to out_channels 48 | on the branch · +9,232 parameters · result 48 × 25 × 25', 'Set `b` to out_channels 32 | on the skip · −9,232 parameters · result 32 × 25 × 25']);
  });
  test('a U-Net on an odd size is cropped, padded, resized, or gets the nearest size that fits', () => {
    const nodes = { a: conv('x', 64), p: { op: 'MaxPool2d', in: ['a'], kernel_size: 2 }, b: conv('p', 64), up: { op: 'ConvTranspose2d', in: ['b'], out_channels: 64, kernel_size: 2, stride: 2 }, cat: { op: 'Concat', in: ['a', 'up'], dim: 1 } };
    const [problem] = design({ nodes, outputs: ['cat'] }).problems;
    expect(problem?.message).toContain('Concat `cat`: height and width differ, 64 × 25 × 25 from `a` and 64 × 24 × 24 from `up`');
    for (const title of [/^Set the input `x` to 2[46] × 2[46]/, /^Crop the skip to 64 × 24 × 24/, /^Pad the branch to 64 × 25 × 25/, /^Resize/]) fixOf(problem, title);
  });
  test('a size that is a parameter of the document is set there', () => {
    const analysis = analyze(template('unet').replace('"size": 256', '"size": 250'));
    const fix = fixOf(analysis.problems[0], /^Set the input `image` to 256 × 256/);
    expect(fix.edits).toEqual([{ kind: 'set', path: ['params', 'size'], value: 256 }]);
    expect(problems(edited(analysis, fix.edits))).toEqual([]);
  });
  test('a map beside a vector is flattened', () => {
    const analysis = design({ nodes: { f: { op: 'Flatten', in: ['x'] }, sum: add('x', 'f') }, outputs: ['sum'] });
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /^Flatten x first/).edits))).toEqual([]);
  });
  test('a fix that would break another place is not offered', () => {
    const analysis = design({ nodes: { a: conv('x', 32), sum: add('a', 'x'), other: { op: 'Add', in: ['a', 'b'] }, b: conv('x', 32) }, outputs: ['sum', 'other'] });
    expect(titles(analysis.problems[0]).some((title) => title.startsWith('Keep 64 × 25 × 25 in the branch |'))).toBe(false);
    expect(titles(analysis.problems[0]).find((title) => title.startsWith('Keep'))).toMatch(/✗ then `other` is wrong/);
  });
});

describe('a layer that refuses what arrives', () => {
  const why = (nodes: Readonly<Record<string, unknown>>) => design({ nodes, outputs: [Object.keys(nodes).at(-1)] }).problems[0]?.explanation.map((step) => step.text);
  test('names the layer that set the channels', () => {
    expect(why({ a: conv('x', 32), r: relu('a'), b: conv('r', 8, { in_channels: 16 }) })).toEqual(['`a` sets out_channels 32: 64 × 25 × 25 becomes 32 × 25 × 25.']);
  });
  test('names the layers that made a map too small', () => {
    expect(why({ p: { op: 'MaxPool2d', in: ['x'], kernel_size: 5 }, q: { op: 'MaxPool2d', in: ['p'], kernel_size: 5 }, r: { op: 'MaxPool2d', in: ['q'], kernel_size: 2 } })).toEqual([
      'The input `x` is 64 × 25 × 25.', '`p` sets kernel_size 5: 64 × 25 × 25 becomes 64 × 5 × 5.', '`q` sets kernel_size 5: 64 × 5 × 5 becomes 64 × 1 × 1.', 'It fits when H and W of the input `x` are at least 50.',
    ]);
  });
  test('names the layer that flattened', () => {
    expect(why({ f: { op: 'Flatten', in: ['x'] }, l: { op: 'Linear', in: ['f'], in_features: 400, out_features: 10 } })).toEqual(['The input `x` is 64 × 25 × 25.', '`f` sets start_dim 1: 64 × 25 × 25 becomes 40000.']);
  });
});

test('a size of one pixel is no advice', () => {
  const analysis = design({ nodes: { a: conv('x', 64, { stride: 2 }), sum: add('a', 'x') }, outputs: ['sum'] });
  expect(analysis.problems[0]?.explanation.some(({ text }) => text.startsWith('It fits'))).toBe(false);
});

test('tensors of other ranks get no advice about sizes, which would fit by chance', () => {
  const analysis = design({ nodes: { p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, m: { op: 'Mul', in: ['x', 'f'] } }, outputs: ['m'] });
  expect(analysis.problems[0]?.explanation.at(-1)?.text).toBe('The two part at the input `x`.');
});

test('the width of a sequence is not called its length', () => {
  const attention = design({ inputs: { x: { shape: ['N', 10, 64] } }, nodes: { a: { op: 'MultiheadAttention', in: ['x', 'x', 'x'], num_heads: 6, batch_first: true } }, outputs: ['a'] });
  expect(attention.problems[0]?.explanation.some(({ text }) => /\bL\b/.test(text))).toBe(false);
  const chunks = design({ inputs: { x: { shape: ['N', 10, 64] } }, nodes: { l: { op: 'Linear', in: ['x'], out_features: 8 }, r: { op: 'Reshape', in: ['l'], shape: [-1, 3, 8] }, c: { op: 'Reshape', in: ['r'], shape: [-1, 4, 6] }, s: { op: 'Split', in: ['x'], sizes: [6, 6], dim: 1 } }, outputs: ['c', 's'] });
  const split = chunks.problems.find(({ code }) => code === 'split-sum');
  expect(split?.explanation.at(-1)?.text).toBe('It fits when L of the input `x` is 12.');
  expect(titles(split).some((title) => title.startsWith('Set the length of the input `x` to 12'))).toBe(true);
});

describe('allowances', () => {
  const block = { ReLU: { inputs: ['x'], nodes: { s: { op: 'SiLU', in: ['x'] } }, outputs: ['s'] } };
  test('silence a warning', () => {
    const cut = (more: Readonly<Record<string, unknown>>) => problems(design({ nodes: { a: conv('x', 64), sum: { ...add('a', 'x'), off: ['z'], ...more } }, outputs: ['sum'] }));
    expect(cut({})).toEqual(['off-unknown sum']);
    expect(cut({ allow: { 'off-unknown': 'z comes later' } })).toEqual([]);
  });
  test('that silence nothing are a hint, with its fix', () => {
    const analysis = design({ nodes: { r: { ...relu('x'), allow: { 'some-code': 'why' } } }, outputs: ['r'] });
    expect(problems(analysis)).toEqual(['unused-allowance r']);
    expect(problems(edited(analysis, analysis.problems[0]!.fixes[0]!.edits))).toEqual([]);
  });
  test('elsewhere change nothing', () => {
    expect(problems(design({ nodes: { r: relu('x') }, outputs: ['r'], blocks: block }))).toEqual(['hides-operator -']);
  });
});

describe('merges', () => {
  test('stretch sizes of 1, so only the others differ', () => {
    const [problem] = design({ nodes: { p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, g: { op: 'Conv2d', in: ['p'], out_channels: 32, kernel_size: 1 }, m: { op: 'Mul', in: ['x', 'g'] } }, outputs: ['m'] }).problems;
    expect(problem?.message).toBe('Mul `m`: channels differ, 64 from `x` and 32 from `g`. They part at `g` (out_channels 32).');
    expect(titles(problem)).toContain('Set `g` to out_channels 64 | on the branch · +2,080 parameters · result 64 × 25 × 25');
  });
  test('with a learned tensor offer to set its shape', () => {
    const [problem] = design({ inputs: { x: { shape: ['N', 197, 64] } }, nodes: { pos: { op: 'Parameter', shape: [1, 50, 64] }, sum: add('x', 'pos') }, outputs: ['sum'] }).problems;
    expect(titles(problem)[0]).toBe('Set shape of `pos` to [1, 197, 64] | +9,408 parameters · result 197 × 64');
  });
  test('of several branches of which two do not fit are mended by one fix', () => {
    const analysis = design({ nodes: { a: conv('x', 32), b: conv('x', 48), sum: add('x', 'a', 'b') }, outputs: ['sum'] });
    const [fix] = analysis.problems[0]!.fixes;
    expect(problems(edited(analysis, fix!.edits))).toEqual([]);
  });
  test('of other ranks are told where their axes meet', () => {
    const [problem] = design({ nodes: { b: { op: 'Parameter', shape: [64] }, sum: add('x', 'b') }, outputs: ['sum'] }).problems;
    expect(problem?.message).toContain('which meet at their last axes: 25 ≠ 64');
  });
});

describe('a Linear layer on maps', () => {
  const nodes = { c: conv('x', 8), r: relu('c'), fc: { op: 'Linear', in: ['r'], out_features: 10 } };
  test('is a hint with a Flatten as its fix', () => {
    const analysis = design({ nodes, outputs: ['fc'] });
    expect(problems(analysis)).toEqual(['linear-on-map fc']);
    expect(analysis.problems[0]?.message).toBe('Linear `fc` works along the last axis only, the width 25 of 8 × 25 × 25. A Flatten before it would let it see everything.');
    expect(problems(edited(analysis, fixOf(analysis.problems[0], /^Insert Flatten before `fc`/).edits))).toEqual([]);
  });
  test('is none where channels were moved to the end', () => {
    expect(problems(design({ nodes: { c: conv('x', 8), p: { op: 'Permute', in: ['c'], dims: [0, 2, 3, 1] }, fc: { op: 'Linear', in: ['p'], out_features: 10 } }, outputs: ['fc'] }))).toEqual([]);
  });
});

test('a text that breaks off has only that problem', () => {
  expect(problems(analyze('{ "nnet": 1, "inputs": { "x": { "shape": [1, 3, 8, 8] } }, "nodes": { "a": { "op": "ReLU", "in": ["y"] }, '))).toHaveLength(1);
});

describe('problems', () => {
  test('repetitions of one node are told once, with the paths of the others', () => {
    const block = { inputs: ['x'], nodes: { a: { op: 'Conv2d', in: ['x'], out_channels: 64, kernel_size: 3, padding: 1, typo: 1 } }, outputs: ['a'] };
    const analysis = design({ nodes: { s: { op: 'B', in: ['x'], repeat: 4 }, t: { op: 'B', in: ['s'] } }, outputs: ['t'], blocks: { B: block } });
    expect(problems(analysis)).toEqual(['unknown-param s[0].a']);
    expect(analysis.problems[0]?.facts?.['others']).toEqual(['s[1].a', 's[2].a', 's[3].a', 't.a']);
  });
  test('errors stand first, then warnings, each in the order of the file', () => {
    const analysis = analyze('{ "nnet": 1, "more": 1, "inputs": { "x": { "shape": [1, 3, 8, 8] } }, "nodes": { "a": { "op": "Relu", "in": ["x"] }, "b": { "op": "ReLU", "in": ["y"] } }, "outputs": ["b"] }');
    expect(analysis.problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error unknown-operator', 'error unknown-source', 'warning unknown-key']);
  });
  test.each(['resnet34-head', 'dense-block', 'residual-20', 'resnet34', 'densenet121', 'unet', 'highway', 'transformer', 'mlp', 'plain-20'])('the template %s has no error', (name) => {
    expect(analyze(template(name)).problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  });
});
