import { divisible, exactDiv, formatDim, formatShape, sameDim } from '../shapes/index.js';
import { resolveAxis, sizeAt, withAxis } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import { floated } from './dtypes.js';
import type { Operator } from './operator.js';
import { choice, flag, integer, number, type Param } from './param.js';

const inplace = flag({ default: false, doc: 'Overwrites its input; the result is the same.' });

interface Elementwise {
  readonly params?: Readonly<Record<string, Param<unknown>>>;
  readonly positional?: readonly string[];
  /** What arrives; floating point unless written. */
  readonly takes?: 'number' | 'any';
  /** Whole numbers become floating point. */
  readonly floats?: boolean;
  /** Two parameters of which the first must be smaller ("<") or not larger ("<="). */
  readonly ordered?: readonly [low: string, sign: '<' | '<=', high: string];
}

/** A nonlinearity that keeps the shape and learns nothing. */
function elementwise(type: string, doc: string, { params = {}, positional = [], takes, floats = false, ordered }: Elementwise = {}): Operator {
  return defineOperator({
    type, doc,
    family: 'Activation',
    reference: `torch.nn.${type}.html`,
    inputs: [{ name: 'input', ...(takes === undefined ? {} : { dtype: takes }) }],
    params,
    activation: true, docks: true,
    infer([input], p, report) {
      if (ordered !== undefined) {
        const [low, sign, high] = ordered;
        const [a, b] = [p[low], p[high]];
        if (typeof a === 'number' && typeof b === 'number' && (sign === '<' ? a >= b : a > b)) report({ code: 'wrong-order', param: low, message: `${low} ${a} must be ${sign === '<' ? 'smaller' : 'not larger'} than ${high} ${b}.`, facts: { [low]: a, [high]: b } });
      }
      return [floats ? { shape: input.shape, dtype: floated(input.dtype) } : input];
    },
    torch: nnModule(`nn.${type}`, { positional }),
  });
}

/** A nonlinearity that normalises along one axis. */
function alongAxis(type: string, doc: string): Operator {
  return defineOperator({
    type, doc,
    family: 'Activation',
    reference: `torch.nn.${type}.html`,
    inputs: [{ name: 'input' }],
    params: { dim: integer({ default: null, initial: 1, doc: 'The axis whose elements share the sum 1.' }) },
    activation: true, docks: true,
    infer([input], p, report) {
      if (input.shape !== null && p.dim !== undefined) resolveAxis(p.dim, input.shape.length, 'dim', report);
      return [input];
    },
    torch: nnModule(`nn.${type}`),
    summary: (p) => (p.dim === undefined ? [] : [`dim ${formatDim(p.dim)}`]),
  });
}

const softmax2d = defineOperator({
  type: 'Softmax2d',
  family: 'Activation',
  doc: 'Softmax over the channels at each place of a map.',
  reference: 'torch.nn.Softmax2d.html',
  inputs: [{ name: 'input', ranks: [4, 3], doc: 'N × C × H × W or C × H × W' }],
  params: {},
  activation: true, docks: true,
  infer: ([input]) => [input],
  torch: nnModule('nn.Softmax2d'),
});

const prelu = defineOperator({
  type: 'PReLU',
  family: 'Activation',
  doc: 'max(0, x) + a·min(0, x) with a learned slope a.',
  reference: 'torch.nn.PReLU.html',
  inputs: [{ name: 'input', dtype: 'float32' }],
  params: {
    num_parameters: integer({ min: 1, default: 1, doc: 'One slope for all, or one for each channel.' }),
    init: number({ default: 0.25, doc: 'Slope at the start.' }),
  },
  activation: true, docks: true,
  infer([input], p, report) {
    if (input.shape === null || p.num_parameters === 1) return [input];
    const channels = input.shape.length > 1 ? sizeAt(input.shape, 1) : 1;
    if (sameDim(p.num_parameters, channels) === false) {
      report({ code: 'channel-mismatch', param: 'num_parameters', input: 0, message: `num_parameters is ${formatDim(p.num_parameters)}, but ${formatDim(channels)} channels arrive.`, facts: { expected: p.num_parameters, actual: channels } });
    }
    return [input];
  },
  weights: (_inputs, p) => [{ name: 'weight', shape: [p.num_parameters], learned: true }],
  torch: nnModule('nn.PReLU'),
});

const glu = defineOperator({
  type: 'GLU',
  family: 'Activation',
  doc: 'Halves an axis: the first half times the sigmoid of the second.',
  reference: 'torch.nn.GLU.html',
  inputs: [{ name: 'input' }],
  params: { dim: integer({ default: -1, doc: 'The axis that is halved.' }) },
  activation: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    if (shape.length === 0) {
      report({ code: 'wrong-rank', input: 0, message: 'GLU halves an axis, but a scalar arrives.', facts: { rank: 0 } });
      return [{ shape: null, dtype }];
    }
    const axis = resolveAxis(p.dim, shape.length, 'dim', report);
    if (axis === null) return [{ shape: null, dtype }];
    const size = sizeAt(shape, axis);
    if (divisible(size, 2) === false) {
      report({ code: 'not-divisible', param: 'dim', input: 0, message: `GLU halves axis ${axis} of ${formatShape(shape)}, but ${formatDim(size)} is odd.`, facts: { what: 'size', value: size, by: 2 } });
    }
    return [{ shape: withAxis(shape, axis, exactDiv(size, 2) ?? null), dtype }];
  },
  torch: nnModule('nn.GLU'),
  summary: (p) => (p.dim === -1 ? [] : [`dim ${formatDim(p.dim)}`]),
});

export const activations: readonly Operator[] = [
  elementwise('ReLU', 'max(0, x).', { params: { inplace }, takes: 'number' }),
  elementwise('ReLU6', 'min(max(0, x), 6).', { params: { inplace }, takes: 'number' }),
  elementwise('LeakyReLU', 'x above 0, a small slope below.', { params: { negative_slope: number({ default: 0.01, doc: 'Slope below 0.' }), inplace } }),
  prelu,
  elementwise('RReLU', 'LeakyReLU with a random slope while training.', { params: { lower: number({ default: 1 / 8, doc: 'Least slope.' }), upper: number({ default: 1 / 3, doc: 'Largest slope.' }), inplace }, ordered: ['lower', '<=', 'upper'] }),
  elementwise('ELU', 'x above 0, α·(exp(x) − 1) below.', { params: { alpha: number({ default: 1, doc: 'α.' }), inplace } }),
  elementwise('SELU', 'ELU scaled so that it keeps mean and variance.', { params: { inplace } }),
  elementwise('CELU', 'x above 0, α·(exp(x / α) − 1) below.', { params: { alpha: number({ default: 1, doc: 'α.' }), inplace } }),
  elementwise('GELU', 'x times the share of a normal distribution below x.', { params: { approximate: choice(['none', 'tanh'], { default: 'none', doc: 'Exact, or by tanh.' }) } }),
  elementwise('SiLU', 'x·sigmoid(x), also called Swish.', { params: { inplace } }),
  elementwise('Mish', 'x·tanh(softplus(x)).', { params: { inplace } }),
  elementwise('Hardswish', 'x·ReLU6(x + 3) / 6.', { params: { inplace } }),
  elementwise('Hardsigmoid', 'ReLU6(x + 3) / 6.', { params: { inplace } }),
  elementwise('Sigmoid', '1 / (1 + exp(−x)).', { takes: 'any', floats: true }),
  elementwise('LogSigmoid', 'log(sigmoid(x)).'),
  elementwise('Tanh', 'Hyperbolic tangent.', { takes: 'any', floats: true }),
  elementwise('Hardtanh', 'x, held between two values.', { params: { min_val: number({ default: -1, doc: 'Least value.' }), max_val: number({ default: 1, doc: 'Largest value.' }), inplace }, takes: 'number', ordered: ['min_val', '<', 'max_val'] }),
  elementwise('Softplus', 'log(1 + exp(β·x)) / β, a smooth ReLU.', { params: { beta: number({ default: 1, doc: 'β.' }), threshold: number({ default: 20, doc: 'Above it (times β) the identity is used.' }) } }),
  elementwise('Softsign', 'x / (1 + |x|).', { takes: 'number', floats: true }),
  elementwise('Softshrink', 'Moves x towards 0 by λ.', { params: { lambd: number({ default: 0.5, min: 0, doc: 'λ.' }) } }),
  elementwise('Hardshrink', 'x, but 0 between −λ and λ.', { params: { lambd: number({ default: 0.5, doc: 'λ.' }) } }),
  elementwise('Tanhshrink', 'x − tanh(x).', { takes: 'number', floats: true }),
  elementwise('Threshold', 'x above a threshold, a fixed value below.', { params: { threshold: number({ initial: 0, doc: 'The threshold.' }), value: number({ initial: 0, doc: 'The value below it.' }), inplace }, positional: ['threshold', 'value'], takes: 'number' }),
  alongAxis('Softmax', 'exp(x) divided by its sum along an axis.'),
  softmax2d,
  alongAxis('LogSoftmax', 'Logarithm of Softmax.'),
  alongAxis('Softmin', 'Softmax of −x.'),
  glu,
];
