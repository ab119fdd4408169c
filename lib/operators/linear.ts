import { formatDim, formatShape, mul, product, sameDim, type Dim, type Tensor } from '../shapes/index.js';
import { sizeAt, withAxis } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import { embeddings } from './embedding.js';
import type { Operator, Report } from './operator.js';
import { flag, integer, list } from './param.js';

const bias = flag({ default: true, doc: 'Adds one learned offset to each feature.' });

function checkFeatures(param: string, written: Dim | undefined, { shape }: Tensor, input: number, report: Report): void {
  const arriving = sizeAt(shape, -1);
  if (written === undefined || sameDim(written, arriving) !== false) return;
  report({
    code: 'feature-mismatch', param, input,
    message: `${param} is ${formatDim(written)}, but the last axis of ${formatShape(shape)} has ${formatDim(arriving)}.`,
    facts: { expected: written, actual: arriving },
  });
}

/** Reported here and not by rank: any number of axes will do, but none. */
function refuseScalar(type: string, { shape }: Tensor, input: number, report: Report): void {
  if (shape?.length === 0) report({ code: 'wrong-rank', input, message: `${type} works along the last axis, but a scalar arrives.`, facts: { rank: 0 } });
}

const linear = defineOperator({
  type: 'Linear',
  family: 'Linear',
  doc: 'Multiplies the last axis by a learned matrix and adds a learned offset.',
  reference: 'torch.nn.Linear.html',
  inputs: [{ name: 'input', dtype: 'float32' }],
  params: {
    in_features: integer({ min: 1, assertion: true, doc: 'Features that arrive.' }),
    out_features: integer({ min: 1, initial: 10, doc: 'Features produced.' }),
    bias,
  },
  infer([input], p, report) {
    const { shape, dtype } = input;
    if (shape === null) return [input];
    refuseScalar('Linear', input, 0, report);
    if (shape.length === 0) return [{ shape: null, dtype }];
    checkFeatures('in_features', p.in_features, input, 0, report);
    return [{ shape: withAxis(shape, shape.length - 1, p.out_features), dtype }];
  },
  weights([input], p) {
    const weight = { name: 'weight', shape: [p.out_features, p.in_features ?? sizeAt(input.shape, -1)], learned: true };
    return p.bias === false ? [weight] : [weight, { name: 'bias', shape: [p.out_features], learned: true }];
  },
  macs: ([input], [output], p) => (output?.shape == null ? null : mul(product(output.shape), p.in_features ?? sizeAt(input.shape, -1))),
  torch: nnModule('nn.Linear', { inferred: [['in_features', ([input]) => sizeAt(input.shape, -1)]], positional: ['out_features'] }),
  summary: (p) => [formatDim(p.out_features)],
  formula: (_inputs, _outputs, p) => [{ axis: 'last', formula: 'out_features', result: p.out_features }],
});

const bilinear = defineOperator({
  type: 'Bilinear',
  family: 'Linear',
  doc: 'x₁ᵀ·A·x₂ + b along the last axes of two inputs, with a learned A for each output feature.',
  reference: 'torch.nn.Bilinear.html',
  inputs: [{ name: 'input1', dtype: 'float32' }, { name: 'input2', dtype: 'float32' }],
  params: {
    in1_features: integer({ min: 1, assertion: true, doc: 'Features of the first input.' }),
    in2_features: integer({ min: 1, assertion: true, doc: 'Features of the second input.' }),
    out_features: integer({ min: 1, initial: 10, doc: 'Features produced.' }),
    bias,
  },
  infer([first, second], p, report) {
    refuseScalar('Bilinear', first, 0, report);
    refuseScalar('Bilinear', second, 1, report);
    checkFeatures('in1_features', p.in1_features, first, 0, report);
    checkFeatures('in2_features', p.in2_features, second, 1, report);
    const lead = first.shape?.slice(0, -1) ?? second.shape?.slice(0, -1);
    if (lead === undefined) return [{ shape: null, dtype: first.dtype }];
    if (first.shape !== null && second.shape !== null) {
      const other = second.shape.slice(0, -1);
      if (other.length !== lead.length || lead.some((size, axis) => sameDim(size, other[axis] as Dim) === false)) {
        report({
          code: 'shape-mismatch', input: 1,
          message: `Bilinear needs inputs that are alike but for the last axis: ${formatShape(first.shape)} and ${formatShape(second.shape)} are not.`,
          facts: { axis: Math.max(0, lead.findIndex((size, axis) => sameDim(size, other[axis] ?? null) === false)), sizes: [first.shape, second.shape], inputs: [0, 1] },
        });
      }
    }
    return [{ shape: [...lead, p.out_features], dtype: first.dtype }];
  },
  weights([first, second], p) {
    const weight = { name: 'weight', shape: [p.out_features, p.in1_features ?? sizeAt(first.shape, -1), p.in2_features ?? sizeAt(second.shape, -1)], learned: true };
    return p.bias === false ? [weight] : [weight, { name: 'bias', shape: [p.out_features], learned: true }];
  },
  macs: ([first, second], [output]) => (output?.shape == null ? null : product([...output.shape, sizeAt(first.shape, -1), sizeAt(second.shape, -1)])),
  torch: nnModule('nn.Bilinear', { inferred: [['in1_features', ([first]) => sizeAt(first.shape, -1)], ['in2_features', ([, second]) => sizeAt(second.shape, -1)]], positional: ['out_features'] }),
  summary: (p) => [formatDim(p.out_features)],
});

const parameter = defineOperator({
  type: 'Parameter',
  family: 'Input',
  doc: 'A learned tensor with no input: positions, a class token, a layer scale.',
  reference: 'torch.nn.parameter.Parameter.html',
  inputs: [],
  params: { shape: list({ min: 0, initial: [1], doc: 'Its shape.' }) },
  infer: (_inputs, p) => [{ shape: p.shape, dtype: 'float32' }],
  weights: (_inputs, p) => (p.shape === null ? [] : [{ name: '', shape: p.shape, learned: true }]),
  torch: (_p, _inputs, write) => ({ module: 'nn.Parameter', args: write.positional('shape') }),
  summary: (p) => [formatShape(p.shape)],
});

export const linears: readonly Operator[] = [linear, bilinear, ...embeddings, parameter];
