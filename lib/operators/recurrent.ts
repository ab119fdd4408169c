import { add, formatDim, formatShape, mul, product, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { sizeAt } from './axes.js';
import { inferredArg } from './calls.js';
import { defineOperator } from './define.js';
import type { Operator, Report, TorchCall, WeightSpec } from './operator.js';
import { choice, flag, integer, number } from './param.js';

interface Recurrence {
  readonly input_size: Dim | undefined;
  readonly hidden_size: Dim;
  readonly num_layers: Dim;
  readonly bias: boolean | null;
  readonly batch_first: boolean | null;
  readonly bidirectional: boolean | null;
  readonly proj_size?: Dim;
}

const common = {
  input_size: integer({ min: 1, assertion: true, doc: 'Features that arrive.' }),
  hidden_size: integer({ min: 1, initial: 64, doc: 'Features of the state.' }),
  num_layers: integer({ min: 1, default: 1, doc: 'Layers, each reading the one before.' }),
} as const;
const rest = {
  bias: flag({ default: true, doc: 'Learns offsets.' }),
  batch_first: flag({ default: false, initial: true, doc: 'The batch is the first axis, not the second.' }),
  dropout: number({ default: 0, min: 0, max: 1, doc: 'Chance that an element is dropped between layers.' }),
  bidirectional: flag({ default: false, doc: 'Reads the sequence from both ends.' }),
} as const;
const form = 'length × batch × features (batch first where batch_first), or length × features';

/** Features that a layer puts out for each direction: the state, or its projection. */
function outWidth(p: Recurrence): Dim {
  return p.proj_size === undefined || p.proj_size === 0 ? p.hidden_size : p.proj_size;
}

function directions(p: Recurrence): number {
  return p.bidirectional === true ? 2 : 1;
}

function results(type: string, input: Tensor, states: readonly (Tensor | null)[], p: Recurrence, report: Report): readonly Tensor[] {
  const { shape, dtype } = input;
  if (typeof p.proj_size === 'number' && typeof p.hidden_size === 'number' && p.proj_size >= p.hidden_size) {
    report({ code: 'wrong-size', param: 'proj_size', message: `proj_size ${p.proj_size} must be smaller than hidden_size ${p.hidden_size}.`, facts: { proj_size: p.proj_size, hidden_size: p.hidden_size } });
  }
  const arriving = sizeAt(shape, -1);
  if (p.input_size !== undefined && sameDim(p.input_size, arriving) === false) {
    report({ code: 'feature-mismatch', param: 'input_size', input: 0, message: `input_size is ${formatDim(p.input_size)}, but the last axis of ${formatShape(shape)} has ${formatDim(arriving)}.`, facts: { expected: p.input_size, actual: arriving } });
  }
  const unknown: Tensor = { shape: null, dtype };
  if (shape === null) return type === 'LSTM' ? [unknown, unknown, unknown] : [unknown, unknown];
  const length = shape.length === 2 ? sizeAt(shape, 0) : sizeAt(shape, p.batch_first === true ? 1 : 0);
  if (length === 0) report({ code: 'empty-input', input: 0, message: `${type} needs a sequence of at least one step.`, facts: { shape } });
  const batch = shape.length === 2 ? [] : [sizeAt(shape, p.batch_first === true ? 0 : 1)];
  const layers = mul(p.num_layers, directions(p));
  const hidden: Shape = [layers, ...batch, outWidth(p)];
  const cell: Shape = [layers, ...batch, p.hidden_size];
  states.forEach((state, i) => checkState(state, i === 0 ? hidden : cell, i, report));
  if (type === 'LSTM' && (states[0] === null) !== (states[1] === null)) report({ code: 'missing-input', input: states[0] === null ? 1 : 2, message: 'LSTM takes both h_0 and c_0, or neither.' });
  const output: Tensor = { shape: [...shape.slice(0, -1), mul(outWidth(p), directions(p))], dtype };
  return type === 'LSTM' ? [output, { shape: hidden, dtype }, { shape: cell, dtype }] : [output, { shape: hidden, dtype }];
}

function checkState(state: Tensor | null, expected: Shape, index: number, report: Report): void {
  if (state?.shape == null || (state.shape.length === expected.length && expected.every((size, axis) => sameDim(size, state.shape?.[axis] ?? null) !== false))) return;
  report({ code: 'shape-mismatch', input: index + 1, message: `${index === 0 ? 'h_0' : 'c_0'} is ${formatShape(state.shape)}, but ${formatShape(expected)} is wanted.`, facts: { sizes: [state.shape, expected], inputs: [index + 1] } });
}

function recurrentWeights(gates: number, input: Tensor, p: Recurrence): readonly WeightSpec[] {
  if (typeof p.num_layers !== 'number') return [];
  const rows = mul(gates, p.hidden_size);
  const width = outWidth(p);
  const weights: WeightSpec[] = [];
  const learned = (name: string, shape: Shape): void => void weights.push({ name, shape, learned: true });
  for (let layer = 0; layer < Math.min(p.num_layers, 1000); layer++) {
    const entering = layer === 0 ? (p.input_size ?? sizeAt(input.shape, -1)) : mul(width, directions(p));
    for (const suffix of p.bidirectional === true ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`]) {
      learned(`weight_ih${suffix}`, [rows, entering]);
      learned(`weight_hh${suffix}`, [rows, width]);
      if (p.bias !== false) {
        learned(`bias_ih${suffix}`, [rows]);
        learned(`bias_hh${suffix}`, [rows]);
      }
      if (width !== p.hidden_size) learned(`weight_hr${suffix}`, [width, p.hidden_size]);
    }
  }
  return weights;
}

/** Each step multiplies each matrix once. */
function recurrentMacs(gates: number, input: Tensor, p: Recurrence): Dim {
  if (input.shape === null) return null;
  const matrices = recurrentWeights(gates, input, p).filter(({ shape }) => shape.length === 2);
  return mul(product(input.shape.slice(0, -1)), matrices.map(({ shape }) => product(shape)).reduce<Dim>(add, 0));
}

const summaryOf = (p: Recurrence): readonly string[] => [
  formatDim(p.hidden_size),
  ...(p.num_layers === 1 ? [] : [`${formatDim(p.num_layers)} layers`]),
  ...(p.bidirectional === true ? ['both ways'] : []),
];

const lstm = defineOperator({
  type: 'LSTM',
  family: 'Recurrent',
  doc: 'Long short-term memory: a gated state that is carried along a sequence.',
  reference: 'torch.nn.LSTM.html',
  inputs: [{ name: 'input', ranks: [2, 3], dtype: 'float32', doc: form }, { name: 'h_0', optional: true, dtype: 'float32' }, { name: 'c_0', optional: true, dtype: 'float32' }],
  outputs: ['output', 'h', 'c'],
  params: { ...common, ...rest, proj_size: integer({ default: 0, min: 0, doc: 'Size to which the state is projected; 0: not.' }) },
  infer: ([input, h, c], p, report) => results('LSTM', input, [h, c], p, report),
  weights: ([input], p) => recurrentWeights(4, input, p),
  macs: ([input], _outputs, p) => recurrentMacs(4, input, p),
  torch: (p, [input, h], write): TorchCall => ({
    module: 'nn.LSTM',
    args: [inferredArg(p, 'input_size', sizeAt(input.shape, -1)), ...write.positional('hidden_size'), ...write.keywords()],
    results: '{0}, ({1}, {2})',
    call: h === null ? '{0}' : '{0}, ({1}, {2})',
  }),
  summary: summaryOf,
});

function simple(type: 'GRU' | 'RNN', gates: number, doc: string): Operator {
  return defineOperator({
    type, doc,
    family: 'Recurrent',
    reference: `torch.nn.${type}.html`,
    inputs: [{ name: 'input', ranks: [2, 3], dtype: 'float32', doc: form }, { name: 'h_0', optional: true, dtype: 'float32' }],
    outputs: ['output', 'h'],
    params: { ...common, ...(type === 'RNN' ? { nonlinearity: choice(['tanh', 'relu'], { default: 'tanh', doc: 'Applied to each new state.' }) } : {}), ...rest },
    infer: ([input, h], p, report) => results(type, input, [h], p, report),
    weights: ([input], p) => recurrentWeights(gates, input, p),
    macs: ([input], _outputs, p) => recurrentMacs(gates, input, p),
    torch: (p, [input, h], write): TorchCall => ({
      module: `nn.${type}`,
      args: [inferredArg(p, 'input_size', sizeAt(input.shape, -1)), ...write.positional('hidden_size'), ...write.keywords()],
      results: '{0}, {1}',
      call: h === null ? '{0}' : '{0}, {1}',
    }),
    summary: summaryOf,
  });
}

/** One step of a recurrence: features in, the next state out. */
function cell(type: 'LSTMCell' | 'GRUCell' | 'RNNCell', gates: number, doc: string): Operator {
  const long = type === 'LSTMCell';
  return defineOperator({
    type, doc,
    family: 'Recurrent',
    reference: `torch.nn.${type}.html`,
    inputs: [
      { name: 'input', ranks: [1, 2], dtype: 'float32', doc: 'batch × features, or features' },
      { name: 'h_0', optional: true, dtype: 'float32' },
      ...(long ? [{ name: 'c_0', optional: true, dtype: 'float32' } as const] : []),
    ] as const,
    outputs: long ? ['h', 'c'] : ['h'],
    params: {
      input_size: common.input_size, hidden_size: common.hidden_size, bias: rest.bias,
      ...(type === 'RNNCell' ? { nonlinearity: choice(['tanh', 'relu'], { default: 'tanh', doc: 'Applied to the new state.' }) } : {}),
    },
    infer([input, ...states], p, report) {
      const { shape, dtype } = input;
      const arriving = sizeAt(shape, -1);
      if (p.input_size !== undefined && sameDim(p.input_size, arriving) === false) {
        report({ code: 'feature-mismatch', param: 'input_size', input: 0, message: `input_size is ${formatDim(p.input_size)}, but the last axis of ${formatShape(shape)} has ${formatDim(arriving)}.`, facts: { expected: p.input_size, actual: arriving } });
      }
      const state: Tensor = { shape: shape === null ? null : [...shape.slice(0, -1), p.hidden_size], dtype };
      if (state.shape !== null) for (const [i, given] of states.entries()) checkState(given, state.shape, i, report);
      return long ? [state, state] : [state];
    },
    weights([input], p) {
      const rows = mul(gates, p.hidden_size);
      return [
        { name: 'weight_ih', shape: [rows, p.input_size ?? sizeAt(input.shape, -1)], learned: true },
        { name: 'weight_hh', shape: [rows, p.hidden_size], learned: true },
        ...(p.bias === false ? [] : [{ name: 'bias_ih', shape: [rows], learned: true }, { name: 'bias_hh', shape: [rows], learned: true }]),
      ];
    },
    macs: ([{ shape }], _outputs, p) => (shape === null ? null : product([...shape.slice(0, -1), mul(gates, p.hidden_size), add(sizeAt(shape, -1), p.hidden_size)])),
    torch: (p, [input, h], write): TorchCall => ({
      module: `nn.${type}`,
      args: [inferredArg(p, 'input_size', sizeAt(input.shape, -1)), ...write.positional('hidden_size'), ...write.keywords()],
      ...(long ? { results: '{0}, {1}' } : {}),
      call: h == null ? '{0}' : long ? '{0}, ({1}, {2})' : '{0}, {1}',
    }),
    summary: (p) => [formatDim(p.hidden_size)],
  });
}

export const recurrents: readonly Operator[] = [
  lstm,
  simple('GRU', 3, 'Gated recurrent unit: a state with two gates that is carried along a sequence.'),
  simple('RNN', 1, 'The plain recurrence: the state is a nonlinearity of input and state.'),
  cell('LSTMCell', 4, 'One step of an LSTM.'),
  cell('GRUCell', 3, 'One step of a GRU.'),
  cell('RNNCell', 1, 'One step of an RNN.'),
];
