import { promote, type DType, type Tensor } from '../shapes/index.js';
import { expression } from './calls.js';
import { defineOperator } from './define.js';
import { counted, floated } from './dtypes.js';
import { elementwiseResult } from './elementwise.js';
import type { InputSpec, Operator } from './operator.js';
import { choice, number } from './param.js';


/** Elementwise over two inputs, either of which may be a number. */
function binary(type: string, doc: string, reference: string, text: string, precedence: 'atom' | 'sum' | 'product', result: (tensors: readonly Tensor[]) => DType = promote, takes: 'any' | 'number' = 'any'): Operator {
  return defineOperator({
    type, doc,
    family: 'Arithmetic',
    reference: `torch.${reference}.html`,
    inputs: [{ name: 'input', constant: true, dtype: takes }, { name: 'other', constant: true, dtype: takes }],
    params: {},
    infer: (inputs, _p, report) => [{ shape: elementwiseResult(type, inputs, report).shape, dtype: result(inputs) }],
    torch: expression(text, [], precedence),
  });
}

const quotient = (tensors: readonly Tensor[]): DType => floated(promote(tensors));
const truth = (): DType => 'bool';

interface Unary {
  /** A path through it is no skip; so it is unless written. */
  readonly curved?: boolean;
  readonly takes?: InputSpec['dtype'];
  readonly result?: (dtype: DType) => DType;
}

/** Elementwise over one input; a function of real numbers unless written. */
function unary(type: string, doc: string, text: string, { curved = true, takes = 'any', result = floated }: Unary = {}): Operator {
  return defineOperator({
    type, doc,
    family: 'Arithmetic',
    reference: `torch.${type.toLowerCase()}.html`,
    inputs: [{ name: 'input', dtype: takes ?? 'any' }],
    params: {},
    ...(curved ? { activation: true } : {}),
    infer: ([{ shape, dtype }]) => [{ shape, dtype: result(dtype) }],
    torch: expression(text),
  });
}
const same = (dtype: DType): DType => dtype;

const clamp = defineOperator({
  type: 'Clamp',
  family: 'Arithmetic',
  doc: 'Holds each element between two values.',
  reference: 'torch.clamp.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    min: number({ default: null, initial: 0, doc: 'Least value; null: none.' }),
    max: number({ default: null, doc: 'Largest value; null: none.' }),
  },
  activation: true,
  infer([input], p, report) {
    if (p.min === undefined && p.max === undefined) report({ code: 'missing-bound', param: 'min', message: 'Clamp needs min or max.' });
    const fraction = [p.min, p.max].some((bound) => typeof bound === 'number' && !Number.isInteger(bound));
    return [{ shape: input.shape, dtype: fraction ? floated(input.dtype) : counted(input.dtype) }];
  },
  torch(_p, _inputs, write) {
    const args = write.keywords();
    return { expression: `{0}.clamp(${args.map(({ name }) => `${name ?? ''}={${name ?? ''}}`).join(', ')})`, precedence: 'atom', args };
  },
});

const dtypes = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const;
const cast = defineOperator({
  type: 'Cast',
  family: 'Arithmetic',
  doc: 'Gives the elements another type.',
  reference: 'torch.Tensor.to.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dtype: choice(dtypes, { initial: 'float32', doc: 'The new type.' }) },
  infer: ([{ shape, dtype }], p) => [{ shape, dtype: p.dtype ?? dtype }],
  torch: (p) => ({ expression: `{0}.to(torch.${p.dtype ?? 'float32'})`, precedence: 'atom' }),
  summary: (p) => [p.dtype ?? '?'],
});

const logicalNot = defineOperator({
  type: 'LogicalNot',
  family: 'Arithmetic',
  doc: 'True where an element is false or zero.',
  reference: 'torch.logical_not.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {},
  infer: ([{ shape }]) => [{ shape, dtype: 'bool' }],
  torch: expression('torch.logical_not({0})'),
});

export const arithmetics: readonly Operator[] = [
  binary('Sub', 'The first minus the second, element by element.', 'sub', '{0} - {1}', 'sum', promote, 'number'),
  binary('Div', 'The first divided by the second, element by element.', 'div', '{0} / {1}', 'product', quotient),
  binary('Pow', 'The first to the power of the second, element by element.', 'pow', '{0} ** {1}', 'product'),
  unary('Sqrt', 'Square root.', '{0}.sqrt()'),
  unary('Rsqrt', 'One divided by the square root.', '{0}.rsqrt()'),
  unary('Square', 'The square.', '{0}.square()', { result: counted }),
  unary('Exp', 'e to the power of each element.', '{0}.exp()'),
  unary('Log', 'Natural logarithm.', '{0}.log()'),
  unary('Log1p', 'Natural logarithm of 1 + x, exact for small x.', '{0}.log1p()'),
  unary('Expm1', 'exp(x) − 1, exact for small x.', '{0}.expm1()'),
  unary('Abs', 'Magnitude.', '{0}.abs()', { takes: 'number', result: same }),
  unary('Neg', 'The opposite number.', '{0}.neg()', { curved: false, takes: 'number', result: same }),
  unary('Reciprocal', 'One divided by each element.', '{0}.reciprocal()'),
  unary('Sin', 'Sine.', '{0}.sin()'),
  unary('Cos', 'Cosine.', '{0}.cos()'),
  unary('Tan', 'Tangent.', '{0}.tan()'),
  unary('Atan', 'Arc tangent.', '{0}.atan()'),
  unary('Erf', 'The error function.', '{0}.erf()'),
  unary('Floor', 'Rounds down.', '{0}.floor()', { takes: 'number', result: same }),
  unary('Ceil', 'Rounds up.', '{0}.ceil()', { takes: 'number', result: same }),
  unary('Round', 'Rounds to the nearest, halves to even.', '{0}.round()', { takes: 'number', result: same }),
  unary('Sign', '−1, 0 or 1.', '{0}.sign()', { result: same }),
  clamp, cast,
  binary('Equal', 'True where both are equal.', 'eq', '({0} == {1})', 'atom', truth),
  binary('NotEqual', 'True where they differ.', 'ne', '({0} != {1})', 'atom', truth),
  binary('Less', 'True where the first is smaller.', 'lt', '({0} < {1})', 'atom', truth),
  binary('LessEqual', 'True where the first is not larger.', 'le', '({0} <= {1})', 'atom', truth),
  binary('Greater', 'True where the first is larger.', 'gt', '({0} > {1})', 'atom', truth),
  binary('GreaterEqual', 'True where the first is not smaller.', 'ge', '({0} >= {1})', 'atom', truth),
  binary('LogicalAnd', 'True where both are.', 'logical_and', 'torch.logical_and({0}, {1})', 'atom', truth),
  binary('LogicalOr', 'True where either is.', 'logical_or', 'torch.logical_or({0}, {1})', 'atom', truth),
  binary('LogicalXor', 'True where one of them is.', 'logical_xor', 'torch.logical_xor({0}, {1})', 'atom', truth),
  logicalNot,
];
