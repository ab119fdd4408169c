import type { Program } from '../../../lib/program/program.js';
import { initialWeights } from '../../../lib/task/initialise.js';
import type { NotFinite } from '../../../lib/task/backends/backend.js';
import type { Weights } from '../../../lib/task/safetensors.js';

interface Failing {
  readonly title: string;
  readonly nodes: object;
  readonly output: string;
  readonly input: number;
  weights(program: Program): Weights;
  readonly expected: NotFinite;
}

const filled = (value: number) => (program: Program): Weights => {
  const weights = initialWeights(program, 0);
  for (const { data } of weights.values()) data.fill(value);
  return weights;
};

/** Networks whose step makes a value that is no number, and the node that makes it. */
export const failing: readonly Failing[] = [
  {
    title: 'the first node whose output overflows is named',
    nodes: { fc: { op: 'Linear', in: ['x'], out_features: 4 }, big: { op: 'Exp', in: ['fc'] }, relu: { op: 'ReLU', in: ['big'] } },
    output: 'relu',
    input: 1,
    weights: filled(100),
    expected: { node: 'big', pass: 'forward' },
  },
  {
    title: 'where every value is a number, the node whose gradient is none is named: the root of zero',
    nodes: { fc: { op: 'Linear', in: ['x'], out_features: 4 }, root: { op: 'Sqrt', in: ['fc'] }, one: { op: 'Add', in: ['root', 1] } },
    output: 'one',
    input: 0,
    weights: filled(0),
    expected: { node: 'root', pass: 'backward' },
  },
  {
    title: 'of two readers of a tensor the one whose gradient is none is named',
    nodes: { fc: { op: 'Linear', in: ['x'], out_features: 4 }, twice: { op: 'Mul', in: ['fc', 2] }, root: { op: 'Sqrt', in: ['fc'] }, sum: { op: 'Add', in: ['twice', 'root'] }, one: { op: 'Add', in: ['sum', 1] } },
    output: 'one',
    input: 0,
    weights: filled(0),
    expected: { node: 'root', pass: 'backward' },
  },
];
