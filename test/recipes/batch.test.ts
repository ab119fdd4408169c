import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { chooseRun } from '../../lib/recipes/index.js';

type Shape = readonly (string | number)[];
const chosen = (shape: Shape, nodes: object, output: string, training: object = {}, blocks: object = {}) =>
  chooseRun(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape } }, nodes, outputs: [output], blocks, training: { quick: training } })), {});
const obstacle = (...design: Parameters<typeof chosen>) => {
  const run = chosen(...design);
  return 'obstacles' in run ? run.obstacles.map(({ code, node, place, message }) => [code, node, place.path.join('.'), message]) : [];
};
const linear = (source: string, width = 10) => ({ op: 'Linear', in: [source], out_features: width });

describe('a design is refused where its output has not one row for every sample', () => {
  test('with the node that changed the batch, the output and the numbers', () => {
    expect(obstacle([3, 4, 6], { fc: linear('x'), rows: { op: 'Reshape', in: ['fc'], shape: [-1, 10] }, relu: { op: 'ReLU', in: ['rows'] } }, 'relu')).toEqual([
      ['training-batch', 'rows', 'nodes.rows', 'The output `relu` has 12 rows for a batch of 3: `rows` (Reshape) makes [12, 10] of [3, 4, 10]. The first axis must stay the batch, and the loss compares one row with each sample.'],
    ]);
  });
  test('and with a named batch, at the batch size of the recipe', () => {
    expect(obstacle(['N', 4, 6], { fc: linear('x'), rows: { op: 'Flatten', in: ['fc'], start_dim: 0, end_dim: 1 } }, 'rows', { batch_size: 5 })).toMatchObject([['training-batch', 'rows', 'nodes.rows', expect.stringContaining('has 20 rows for a batch of 5: `rows` (Flatten) makes [20, 10] of [5, 4, 10].')]]);
  });
  test('also where it has them by chance, at one size of the batch', () => {
    expect(obstacle(['N', 8], { p: { op: 'Parameter', shape: [64, 10] } }, 'p')).toMatchObject([['training-batch', 'p', 'nodes.p', 'The output `p` has 64 rows for a batch of 65: `p` (Parameter) puts out [64, 10] whatever the batch. The first axis must stay the batch, and the loss compares one row with each sample.']]);
  });
  test('and the node is the one that reads samples, not what is added to them', () => {
    const nodes = { p: { op: 'Parameter', shape: [10] }, flat: { op: 'Flatten', in: ['x'], start_dim: 0, end_dim: 1 }, fc: linear('flat'), sum: { op: 'Add', in: ['p', 'fc'] } };
    expect(obstacle([2, 3, 4], nodes, 'sum')).toMatchObject([['training-batch', 'flat', 'nodes.flat', expect.stringContaining('`flat` (Flatten) makes [6, 4] of [2, 3, 4]')]]);
  });
  test('and in a block the node has its path and its place in the block', () => {
    const B = { inputs: ['x'], nodes: { turn: { op: 'Transpose', in: ['x'], dim0: 0, dim1: 1 } }, outputs: ['turn'] };
    expect(obstacle(['N', 7, 10], { b: { op: 'B', in: ['x'] }, mean: { op: 'Mean', in: ['b'], dim: 1 } }, 'mean', {}, { B })).toMatchObject([['training-batch', 'b.turn', 'blocks.B.nodes.turn', expect.stringContaining('`b.turn` (Transpose) makes [7, 64, 10] of [64, 7, 10]')]]);
  });
});

describe('a design is taken where the rows are the samples', () => {
  test('after the batch was elsewhere for a while', () => {
    const nodes = { turn: { op: 'Transpose', in: ['x'], dim0: 0, dim1: 1 }, back: { op: 'Transpose', in: ['turn'], dim0: 0, dim1: 1 }, mean: { op: 'Mean', in: ['back'], dim: 1 }, fc: linear('mean') };
    expect(obstacle(['N', 7, 10], nodes, 'fc')).toEqual([]);
  });
  test('at the sizes that the data have', () => {
    const nodes = { rows: { op: 'Reshape', in: ['x'], shape: [-1, 784] }, fc: linear('rows') };
    const training = { dataset: { name: 'mnist', path: 'mnist' } };
    expect(obstacle(['N', 1, 'H', 'W'], nodes, 'fc', training)).toEqual([]);
    expect(obstacle(['N', 1, 28, 30], nodes, 'fc', training)).toMatchObject([['training-batch', 'rows', 'nodes.rows', expect.any(String)]]);
  });
  test('or where that hangs on sizes that only batches of the user tell', () => {
    expect(obstacle(['N', 'T', 5], { rows: { op: 'Reshape', in: ['x'], shape: [-1, 50] }, fc: linear('rows') }, 'fc', { dataset: 'python:data.py:batches' })).toEqual([]);
  });
  test('and an output that the loss does not look at may have others', () => {
    const run = chooseRun(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 64] } }, nodes: { fc: linear('x'), turn: { op: 'Transpose', in: ['fc'], dim0: 0, dim1: 1 } }, outputs: ['fc', 'turn'] })));
    expect(run).toHaveProperty('label');
  });
});
