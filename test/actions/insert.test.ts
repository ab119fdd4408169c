import { describe, expect, test } from 'vitest';
import { addNode, inputType, insertAt, insertBehind, insertOnWire } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { operators } from '../../lib/operators/index.js';
import { add, bn, conv, design, example, relu, template } from '../analysis/design.js';
import { after, expectNoErrors, node, refusal, shapeOf } from './design.js';

const chain = () => design({ nodes: { a: conv('x', 64), r: relu('a'), sum: add('r', 'x') }, outputs: ['sum'] });

describe('a layer put on a wire', () => {
  test('keeps the shape: a convolution gets the channels that arrive and padding for its kernel', () => {
    const analysis = chain();
    const action = insertOnWire(analysis, { to: 'r', input: 0 }, 'Conv2d');
    const result = after(analysis, action);
    expect(node(result, 'conv')).toEqual({ op: 'Conv2d', in: ['a'], out_channels: 64, kernel_size: 3, padding: 1 });
    expect(node(result, 'r')).toEqual({ op: 'ReLU', in: ['conv'] });
    expect('select' in action && action.select).toEqual(['conv']);
    expectNoErrors(result);
  });
  test('has no bias where a norm over channels reads it, since that would take it away again', () => {
    const analysis = design({ nodes: { a: { ...conv('x', 64), bias: false }, b: bn('a'), r: relu('b') }, outputs: ['r'] });
    const result = after(analysis, insertOnWire(analysis, { to: 'b', input: 0 }, 'Conv2d'));
    expect(node(result, 'conv')).toEqual({ op: 'Conv2d', in: ['a'], out_channels: 64, kernel_size: 3, padding: 1, bias: false });
    expect(result.problems).toEqual([]);
    expect(node(after(analysis, insertBehind(analysis, 'a', 'Conv2d')), 'conv')).toMatchObject({ bias: false });
  });
  test('stands in the file behind what it reads', () => {
    const analysis = chain();
    expect([...after(analysis, insertOnWire(analysis, { to: 'r', input: 0 }, 'ReLU')).parsed.document.root.nodes.keys()]).toEqual(['a', 'relu', 'r', 'sum']);
  });
  test('of the design itself gets what its declaration says must be written', () => {
    const Own = { inputs: { x: ['...', 'C'], bias: { shape: ['C'], optional: true } }, params: { dim: '=C', k: { type: 'integer', min: 2 }, deep: false }, outputs: [['...', 'C']], python: 'a.Own' };
    const analysis = design({ operators: { Own }, nodes: { a: conv('x', 64), r: relu('a') }, outputs: ['r'] });
    const result = after(analysis, insertOnWire(analysis, { to: 'r', input: 0 }, 'Own'));
    expect(node(result, 'own')).toEqual({ op: 'Own', in: ['a'], k: 2 });
    expectNoErrors(result);
  });
  test('goes on the skip, on an output and behind a node', () => {
    const analysis = chain();
    expect(node(after(analysis, insertOnWire(analysis, { to: 'sum', input: 1 }, 'Dropout')), 'sum')).toEqual({ op: 'Add', in: ['r', 'drop'] });
    expect(after(analysis, insertOnWire(analysis, { scope: '', output: 0 }, 'ReLU')).parsed.valueAt(['outputs'])).toEqual(['relu']);
    const behind = after(analysis, insertBehind(analysis, 'x', 'BatchNorm2d'));
    expect([node(behind, 'a'), node(behind, 'sum')]).toEqual([conv('bn', 64), add('r', 'bn')]);
  });
  test('inside a block takes the width as the layer before it has it', () => {
    const analysis = analyze(example('residual-20'));
    const result = after(analysis, insertOnWire(analysis, { to: 'stage2[0].relu1', input: 0 }, 'Conv2d'));
    expect(node(result, 'conv', 'Basic')).toEqual({ op: 'Conv2d', in: ['bn1'], out_channels: '=channels', kernel_size: 3, padding: 1 });
    expectNoErrors(result);
  });
  test('inside a block where nothing says the width, reads it', () => {
    const analysis = analyze(example('residual-20'));
    const result = after(analysis, insertOnWire(analysis, { to: 'stage1[0].conv1', input: 0 }, 'Conv2d'));
    expect(node(result, 'conv', 'Basic')).toEqual({ op: 'Conv2d', in: ['x'], out_channels: '=dim(x, 1)', kernel_size: 3, padding: 1 });
    expectNoErrors(result);
  });
  test('may be a block', () => {
    const analysis = design({ nodes: { a: relu('x') }, outputs: ['a'], blocks: { Res: { params: { channels: null, stride: 1 }, inputs: ['x'], nodes: { c: conv('x', '=channels', { stride: '=stride' }), s: add('c', 'x') }, outputs: ['s'] } } });
    const result = after(analysis, insertOnWire(analysis, { to: 'a', input: 0 }, 'block:Res'));
    expect(node(result, 'res')).toEqual({ op: 'Res', in: ['x'], channels: 64 });
    expectNoErrors(result);
  });
  test('a block in itself is refused', () => {
    const analysis = analyze(example('residual-20'));
    expect(refusal(insertOnWire(analysis, { to: 'stage1[0].conv1', input: 0 }, 'block:Basic'))).toContain('cannot contain itself');
  });
  test('what `off` and dim() say of the old source follows', () => {
    const analysis = design({ nodes: { a: relu('x'), p: { op: 'Conv2d', in: ['a'], out_channels: '=dim(a, 1)', kernel_size: 1 }, sum: { ...add('p', 'a'), off: ['a'] } }, outputs: ['sum'] });
    expect(node(after(analysis, insertOnWire(analysis, { to: 'p', input: 0 }, 'ReLU')), 'p')).toEqual({ op: 'Conv2d', in: ['relu'], out_channels: '=dim(relu, 1)', kernel_size: 1 });
    expect(node(after(analysis, insertOnWire(analysis, { to: 'sum', input: 1 }, 'ReLU')), 'sum')).toEqual({ op: 'Add', in: ['p', 'relu'], off: ['relu'] });
  });
  test('a gone wire is refused', () => {
    expect(refusal(insertOnWire(chain(), { to: 'gone', input: 0 }, 'ReLU'))).toBe('That wire is not in the design any more.');
  });
});

/** Operators that have values which keep the shape, by the ranks on which they may stand. */
const anywhere = ['ReLU', 'ReLU6', 'LeakyReLU', 'PReLU', 'ELU', 'GELU', 'SiLU', 'Mish', 'Hardswish', 'Hardsigmoid', 'Sigmoid', 'Tanh', 'Softmax', 'LogSoftmax', 'Dropout', 'Identity', 'Linear', 'Bilinear', 'LayerNorm', 'GroupNorm', 'Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Concat', 'Pad', 'Crop', 'Slice', 'Reshape', 'Permute', 'Transpose', 'Split', 'Chunk', 'Clamp'];
const onMaps = ['Conv2d', 'ConvTranspose2d', 'BatchNorm2d', 'InstanceNorm2d', 'MaxPool2d', 'AvgPool2d', 'AdaptiveAvgPool2d', 'AdaptiveMaxPool2d', 'Upsample', 'Interpolate', 'PixelShuffle', 'Dropout2d', 'ZeroPad2d'];
const onVectors = ['BatchNorm1d', 'LSTM', 'GRU', 'RNN', 'MultiheadAttention'];
describe('no insertion alone makes a problem', () => {
  test.each([
    ['a chain of maps', chain(), { to: 'r', input: 0 }, [...anywhere, ...onMaps]],
    ['a skip', chain(), { to: 'sum', input: 1 }, [...anywhere, ...onMaps]],
    ['the blocks of residual-20', analyze(example('residual-20')), { to: 'stage2[0].relu1', input: 0 }, [...anywhere, ...onMaps]],
    ['the blocks of the highway', analyze(template('highway')), { to: 'layers[0].relu', input: 0 }, [...anywhere, ...onVectors]],
    ['the end of the transformer', analyze(template('transformer')), { scope: '', output: 0 }, [...anywhere, ...onVectors]],
  ] as const)('in %s', (_, analysis, wire, types) => {
    // Advice may come and go: a normalisation makes the bias before it useless.
    const wrong = ({ problems }: typeof analysis) => problems.filter(({ severity }) => severity !== 'hint').map(({ message }) => message);
    const before = wrong(analysis).length;
    const shape = 'to' in wire ? undefined : analysis.program.outputs[0]?.value.tensor.shape;
    for (const type of types) {
      expect(operators.has(type), type).toBe(true);
      const action = insertOnWire(analysis, wire, type);
      const result = after(analysis, action);
      expect(wrong(result), `${type}: ${JSON.stringify('edits' in action && action.edits[0])}`).toHaveLength(before);
      if (shape !== undefined) expect(result.program.outputs[0]?.value.tensor.shape, type).toEqual(shape);
    }
  });
});

describe('a layer at the end of a network does what it is there for', () => {
  const end = (type: string) => {
    const analysis = design({ nodes: { a: conv('x', 64) }, outputs: ['a'] });
    const result = after(analysis, insertBehind(analysis, 'a', type));
    expectNoErrors(result);
    return result.program.outputs[0]!.value.tensor.shape!.slice(1);
  };
  test.each([['MaxPool2d', [64, 12, 12]], ['AdaptiveAvgPool2d', [64, 1, 1]], ['Upsample', [64, 50, 50]], ['PixelShuffle', [16, 50, 50]], ['Conv2d', [64, 25, 25]]])('%s', (type, shape) => {
    expect(end(type)).toEqual(shape);
  });
  test('and keeps the shape where something follows that counts on it', () => {
    const analysis = chain();
    expect(after(analysis, insertBehind(analysis, 'a', 'MaxPool2d')).program.outputs[0]!.value.tensor.shape!.slice(1)).toEqual([64, 25, 25]);
  });
});

describe('the first layer of an empty file', () => {
  const empty = () => analyze('');
  test.each([['Conv2d', { image: { shape: ['N', 3, 32, 32] } }], ['Linear', { features: { shape: ['N', 64] } }], ['Embedding', { tokens: { shape: ['N', 16], dtype: 'int64' } }], ['Conv1d', { signal: { shape: ['N', 3, 128] } }], ['LSTM', { sequence: { shape: ['N', 16, 64] } }], ['ReLU', { image: { shape: ['N', 3, 32, 32] } }]])('%s brings an input that it can read, and is the output', (type, inputs) => {
    const result = after(empty(), insertAt(empty(), type, { kind: 'point', scope: '' }));
    expect(result.parsed.valueAt(['inputs'])).toEqual(inputs);
    expect(result.program.outputs[0]?.value.tensor.shape).not.toBeNull();
    expectNoErrors(result);
  });
  test('is as wide as the palette writes it, and keeps height and width', () => {
    expect(shapeOf(after(empty(), insertAt(empty(), 'Conv2d', { kind: 'point', scope: '' })), 'conv')).toBe('N × 64 × 32 × 32');
  });
  test('a Parameter needs none', () => {
    expect(after(empty(), insertAt(empty(), 'Parameter', { kind: 'point', scope: '' })).parsed.document.root.inputs.size).toBe(0);
  });
});

describe('an input from the palette', () => {
  test('has the shape of the one that is there', () => {
    const analysis = chain();
    const result = after(analysis, insertAt(analysis, inputType, { kind: 'point', scope: '' }));
    expect(result.parsed.valueAt(['inputs', 'input'])).toEqual(analysis.parsed.valueAt(['inputs', 'x']));
  });
  test('on a layer that lacks a source is read by it', () => {
    const analysis = design({ nodes: { r: relu('x'), e: { op: 'Embedding', num_embeddings: 10, embedding_dim: 4 } }, outputs: ['r'] });
    const result = after(analysis, insertAt(analysis, inputType, { kind: 'node', path: 'e' }));
    expect(node(result, 'e')).toMatchObject({ in: ['input'] });
    expect(result.parsed.valueAt(['inputs', 'input'])).toEqual({ shape: ['N', 16], dtype: 'int64' });
    expectNoErrors(result);
  });
});

describe('a layer put beside everything', () => {
  test('is written as the palette writes it and read by nobody', () => {
    const analysis = chain();
    const result = after(analysis, insertAt(analysis, 'Conv2d', { kind: 'point', scope: '' }));
    expect(node(result, 'conv')).toMatchObject({ op: 'Conv2d', out_channels: 64, kernel_size: 3 });
    expect(result.parsed.valueAt(['outputs'])).toEqual(['sum']);
  });
  test('first of all reads the input and is the output', () => {
    const analysis = analyze(template('blank'));
    const result = after(analysis, addNode(analysis, 'Conv2d'));
    expectNoErrors(result);
    expect(shapeOf(result, 'conv')).not.toBe('?');
  });
});

test('an inserted batch norm is called bn, the second bn2', () => {
  const analysis = design({ nodes: { a: conv('x', 8), bn: bn('a'), r: relu('bn') }, outputs: ['r'] });
  expect(node(after(analysis, insertOnWire(analysis, { to: 'r', input: 0 }, 'BatchNorm2d')), 'bn2')).toEqual({ op: 'BatchNorm2d', in: ['bn'] });
});
