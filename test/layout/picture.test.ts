import { describe, expect, it } from 'vitest';
import { preview } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { emptyView, picture, revealing, withRepetition } from '../../lib/layout/index.js';
import { conv, design, drawn, link, opened, template, unit } from './design.js';

describe('what is drawn as one piece', () => {
  const norm = (source: string) => ({ op: 'BatchNorm2d', in: [source] });
  const relu = (source: string) => ({ op: 'ReLU', in: [source] });

  it('docks normalisation and activation under the layer that they follow', () => {
    const { root } = drawn(design({ conv1: conv('image'), bn1: norm('conv1'), relu1: relu('bn1') }, ['relu1']));
    expect(root.units.map((each) => each.id)).toEqual(['image', 'conv1']);
    expect(unit(root, 'conv1')).toMatchObject({ kind: 'card', foot: [{ name: 'bn1' }, { name: 'relu1' }] });
  });

  it('docks them above where they come before a layer', () => {
    const { root } = drawn(design({ bn1: norm('image'), relu1: relu('bn1'), conv1: conv('relu1') }, ['conv1']));
    expect(unit(root, 'conv1')).toMatchObject({ head: [{ name: 'bn1' }, { name: 'relu1' }], foot: [] });
  });

  it('docks a global pool and Flatten above the Linear after them', () => {
    const { root } = drawn(design({ pool: { op: 'AdaptiveAvgPool2d', in: ['image'], output_size: 1 }, flat: { op: 'Flatten', in: ['pool'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 } }, ['fc']));
    expect(unit(root, 'fc')).toMatchObject({ head: [{ name: 'pool' }, { name: 'flat' }] });
  });

  it('ends docking where a second wire leaves', () => {
    const { root } = drawn(design({ conv1: conv('image'), bn1: norm('conv1'), relu1: relu('bn1'), sum: { op: 'Add', in: ['relu1', 'bn1'] } }, ['sum']));
    expect(unit(root, 'conv1')).toMatchObject({ foot: [{ name: 'bn1' }] });
    expect(unit(root, 'relu1')).toMatchObject({ kind: 'pill' });
  });

  it('puts the activation after a merge beside its circle', () => {
    const { root } = drawn(template('resnet34-head'), opened('stage2'));
    expect(unit(root, 'stage2.sum')).toMatchObject({ kind: 'merge', merge: 'add', tail: { name: 'relu2' } });
  });
});

it('an operator of the design is a card of its own, under which a norm docks', () => {
  const Mix = { inputs: { x: ['N', 'C', 'H', 'W'] }, params: { dim: '=C', k: 3 }, outputs: [['N', 'C', 'H', 'W']], python: 'layers.Mix', parameters: '=C * k' };
  const { root } = drawn(design({ mix: { op: 'Mix', in: ['image'], k: 5 }, bn: { op: 'BatchNorm2d', in: ['mix'] } }, ['bn'], { operators: { Mix } }));
  expect(unit(root, 'mix')).toMatchObject({ kind: 'card', item: { type: 'Mix', tint: 'linear', summary: ['k 5'], state: 'ok' }, foot: [{ name: 'bn' }] });
});

it('a layer that training leaves as it is carries a lock, and a screen reader says so', () => {
  const { root } = drawn(design({ conv1: conv('image', { freeze: true }), conv2: conv('conv1') }, ['conv2']));
  expect(unit(root, 'conv1')).toMatchObject({ item: { frozen: true } });
  expect(unit(root, 'conv1')!.item.spoken).toContain('frozen');
  expect(unit(root, 'conv2')!.item).not.toHaveProperty('frozen');
});

describe('an open dense repetition', () => {
  it('tells what is concatenated: what arrives, and what each repetition adds', () => {
    expect(unit(drawn(template('dense-block'), opened('dense')).root, 'dense[0]')).toMatchObject({ kind: 'frame', bus: { input: 64, growth: 32 } });
  });

  it('tells nothing where the repetitions form a chain', () => {
    expect(unit(drawn(template('residual-20'), opened('stage1')).root, 'stage1[0]')).not.toHaveProperty('bus');
  });
});

describe('wires', () => {
  it('print all sizes but the batch, and the changed ones strong', () => {
    const { root } = drawn(design({ conv1: conv('image', { out_channels: 128 }) }, ['conv1']));
    expect(link(root, 'image', 'conv1').label).toEqual([{ text: '64', strong: true }, { text: '32', strong: true }, { text: '32', strong: true }]);
    expect(link(root, 'conv1', '<0').label).toEqual([{ text: '128', strong: true }, { text: '32', strong: false }, { text: '32', strong: false }]);
  });

  it('are as wide as the logarithm of their channels and tinted by resolution', () => {
    const { root } = drawn(design({ conv1: conv('image', { out_channels: 512, stride: 2 }) }, ['conv1']));
    expect(link(root, 'image', 'conv1')).toMatchObject({ width: 5.2, level: 0 });
    expect(link(root, 'conv1', '<0')).toMatchObject({ width: 10, level: 1 });
  });

  it('have no resolution where there is no height and width, whatever their rank', () => {
    const analysis = analyze(JSON.stringify({ nnet: 1, inputs: { words: { shape: ['N', 12, 64] } }, nodes: { fc: { op: 'Linear', in: ['words'], out_features: 8 } }, outputs: ['fc'] }));
    expect(link(drawn(analysis).root, 'fc', '<0')).toMatchObject({ level: 'vec', label: [{ text: '12' }, { text: '8', strong: true }] });
  });

  it('of volumes are tinted by their height', () => {
    const analysis = analyze(JSON.stringify({ nnet: 1, inputs: { scan: { shape: ['N', 1, 8, 32, 32] } }, nodes: { pool: { op: 'MaxPool3d', in: ['scan'], kernel_size: 2 } }, outputs: ['pool'] }));
    expect(link(drawn(analysis).root, 'pool', '<0')).toMatchObject({ level: 1, label: [{ text: '1' }, { text: '4' }, { text: '16' }, { text: '16' }] });
  });

  it('are one where a layer reads a tensor as query, key and value', () => {
    const { root } = drawn(template('transformer'), opened('encoder'));
    const frame = unit(root, 'encoder[0]');
    expect(frame?.kind === 'frame' && frame.body.links.filter((each) => each.to.id.endsWith('.attn'))).toHaveLength(1);
  });
});

describe('skips', () => {
  it('run in a lane with the count of layers that they pass', () => {
    const { root } = drawn(design({ conv1: conv('image'), conv2: conv('conv1'), sum: { op: 'Add', in: ['conv2', 'image'] } }, ['sum']));
    expect(link(root, 'image', 'sum')).toMatchObject({ lane: 'lane:image add', skip: { merge: 'add', chip: 'identity · 2 layers', off: false, last: true } });
    expect(link(root, 'conv2', 'sum').lane).toBeUndefined();
  });

  it('of different kinds share no lane', () => {
    const { root } = drawn(design({ c1: conv('image'), cat: { op: 'Concat', in: ['c1', 'image'], dim: 1 }, c2: conv('cat'), sum: { op: 'Add', in: ['c2', 'image'] } }, ['sum']));
    expect(link(root, 'image', 'cat').lane).not.toBe(link(root, 'image', 'sum').lane);
  });

  it('carry their projection', () => {
    const { root } = drawn(template('resnet34-head'), opened('stage2'));
    expect(unit(root, 'stage2.down')).toMatchObject({ kind: 'card', narrow: true, foot: [{ name: 'downbn' }] });
  });

  it('say so where they leave their block', () => {
    const { root } = drawn(template('unet'));
    expect(root.links.flatMap((each) => each.skip?.chip ?? [])).toEqual(expect.arrayContaining(['skip · 3 layers', 'skip · 18 layers']));
  });

  it('that are cut stay drawn', () => {
    const { root } = drawn(design({ conv1: conv('image'), sum: { op: 'Add', in: ['conv1', 'image'], off: ['image'] } }, ['sum']));
    expect(link(root, 'image', 'sum')).toMatchObject({ skip: { off: true, chip: 'off' } });
    expect(unit(root, 'sum')?.item.state).toBe('absent');
  });
});

describe('blocks', () => {
  it('tell what is inside while they are closed', () => {
    expect(unit(drawn(template('resnet34-head')).root, 'stage1[0]')).toMatchObject({ kind: 'block', item: { times: 2 }, inside: [{ text: '2 conv' }, { glyph: 'add' }, { text: 'identity' }] });
  });

  it('of dense repetition tell what each adds', () => {
    expect(unit(drawn(template('dense-block')).root, 'dense[0]')).toMatchObject({ inside: [{ text: '2 conv' }, { glyph: 'concat' }, { text: '+32 each' }] });
  });

  it('show the repetition that was asked for', () => {
    const view = withRepetition(opened('stage1'), 'stage1[0]', 1);
    expect(unit(drawn(template('resnet34-head'), view).root, 'stage1[1]')).toMatchObject({ kind: 'frame', item: { shown: 1 }, uses: 2 });
  });

  it('open around a node that is to be seen', () => {
    expect(unit(drawn(template('resnet34-head'), revealing(emptyView, 'stage1[1].conv2')).root, 'stage1[1].conv2')).toBeDefined();
  });

  it('draw what is not present in its place', () => {
    const { root } = drawn(template('resnet34-head'), opened('stage1'));
    expect(unit(root, 'stage1[0].down')?.item.state).toBe('absent');
  });
});

describe('problems', () => {
  const clash = () => design({ stem: conv('image', { out_channels: 16 }), conv1: conv('stem', { out_channels: 32, stride: 2 }), conv2: conv('conv1', { out_channels: 32 }), sum: { op: 'Add', in: ['conv2', 'stem'] }, tail: conv('sum') }, ['tail']);

  it('at a merge show the shapes that arrive and the axes that disagree', () => {
    expect(unit(drawn(clash()).root, 'sum')).toMatchObject({ item: { state: 'error' }, arriving: [{ who: 'branch', dims: [{ text: '32', differs: true }, { text: '16' }, { text: '16' }] }, { who: 'skip' }] });
  });

  it('leave what comes after them unknown', () => {
    const { root } = drawn(clash());
    expect(link(root, 'sum', 'tail').unknown).toBe(true);
    expect(unit(root, 'tail')?.item.state).toBe('unknown');
  });

  it('show the focused fix as a ghost in its place, and everything else as it is', () => {
    const analysis = clash();
    const fix = analysis.problems.find((problem) => problem.node === 'sum')!.fixes[0]!;
    const { root } = picture(analysis, emptyView, { preview: preview(analysis, fix.edits) });
    const ghosts = root.units.filter((each) => each.item.ghost === 'added');
    expect(ghosts).toMatchObject([{ kind: 'card', narrow: true }]);
    expect(unit(root, 'sum')).toMatchObject({ item: { state: 'error' }, arriving: [{}, {}] });
  });

  it('mark the blocks around them', () => {
    const analysis = design({ body: { op: 'Body', in: ['image'] } }, ['body'], { blocks: { Body: { inputs: ['x'], nodes: { odd: { op: 'Conv2dd', in: ['x'] } }, outputs: ['odd'] } } });
    expect(unit(drawn(analysis).root, 'body')?.item.state).toBe('error');
  });
});

describe('any design has a picture', () => {
  it.each([
    ['nothing', '{}'], ['no text', ''], ['a list', '[1, 2]'],
    ['a circle', '{"nnet":1,"inputs":{"x":{"shape":[1,2]}},"nodes":{"a":{"op":"ReLU","in":["b"]},"b":{"op":"ReLU","in":["a"]}},"outputs":["a"]}'],
    ['a loop on itself', '{"nnet":1,"nodes":{"a":{"op":"Add","in":["a","a"]}},"outputs":["a"]}'],
    ['dangling names', '{"nnet":1,"nodes":{"a":{"op":"Add","in":["x","y",null,3]}},"outputs":["z"]}'],
    ['a block in itself', '{"nnet":1,"inputs":{"x":{"shape":[1,2]}},"nodes":{"a":{"op":"B","in":["x"]}},"outputs":["a"],"blocks":{"B":{"inputs":["x"],"nodes":{"b":{"op":"B","in":["x"]}},"outputs":["b"]}}}'],
    ['no repetition', '{"nnet":1,"inputs":{"x":{"shape":[1,2]}},"nodes":{"a":{"op":"ReLU","in":["x"],"repeat":0}},"outputs":["a"]}'],
    ['names of objects', '{"nnet":1,"inputs":{"__proto__":{"shape":[1,2]}},"nodes":{"constructor":{"op":"ReLU","in":["__proto__"]}},"outputs":["constructor"]}'],
  ])('%s', (_, text) => {
    const analysis = analyze(text);
    expect(() => picture(analysis, opened('a', 'a.b'))).not.toThrow();
  });
});
