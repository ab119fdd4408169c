import { expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { meanWork } from '../../../lib/task/backends/torch/work.js';

const program = buildProgram(
  parse(
    JSON.stringify({
      nnet: 1,
      inputs: { x: { shape: ['N', 4] } },
      nodes: { a: { op: 'Linear', in: ['x'], out_features: 8 }, relu: { op: 'ReLU', in: ['a'] }, b: { op: 'Linear', in: ['relu'], out_features: 2 } },
      outputs: ['b'],
    }),
  ).document,
);

test('the mean work of a layer is over those that multiply, for the whole batch', () => {
  expect(meanWork(program, new Map([['N', 10]]))).toBe((10 * 4 * 8 + 10 * 8 * 2) / 2);
});

test('where sizes are not known there is no work to speak of', () => {
  expect(meanWork(program, new Map())).toBe(0);
});
