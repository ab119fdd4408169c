import { atLeast, formatDim, formatShape, isFloat, product, promote, type Dim, type DType, type Shape, type Tensor } from '../shapes/index.js';
import { resolveAxis, sizeAt, withAxis } from './axes.js';
import { defineOperator, type Write } from './define.js';
import { floated } from './dtypes.js';
import { meet } from './elementwise.js';
import type { Operator, Report, TorchCall } from './operator.js';
import { flag, integer, number, numberOrList } from './param.js';

const dim = numberOrList({ default: null, initial: 1, doc: 'The axis or axes that are taken together; null: all.' });
/** For those of PyTorch's reductions that want to be told. */
const someAxes = numberOrList({ initial: 1, doc: 'The axis or axes that are taken together.' }) as typeof dim;
const keepdim = flag({ default: false, doc: 'Leaves an axis of size 1 in their place.' });

const boolean = (): DType => 'bool';

/** The shape without the axes of `dims` (all where undefined), or with 1 in their place. */
function reduced(shape: Shape | null, dims: Dim | readonly Dim[] | undefined, keep: boolean | null, report: Report): Shape | null {
  if (shape === null || dims === null) return null;
  const wanted = dims === undefined || (Array.isArray(dims) && dims.length === 0) ? shape.map((_, axis) => axis) : Array.isArray(dims) ? (dims as readonly Dim[]) : [dims as Dim];
  const axes = wanted.map((axis) => resolveAxis(axis, shape.length, 'dim', report));
  const twice = axes.find((axis, i) => axis !== null && axes.indexOf(axis) !== i);
  if (twice !== undefined) report({ code: 'wrong-axes', param: 'dim', message: `dim names axis ${twice ?? 0} twice.`, facts: { dims: wanted, rank: shape.length } });
  if (axes.includes(null)) return null;
  return keep === true ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : shape.filter((_, axis) => !axes.includes(axis));
}

/** Of no elements there is no largest. */
function refuseEmpty(type: string, { shape }: Tensor, dims: Dim | readonly Dim[] | undefined, report: Report): void {
  if (shape === null) return;
  const all = dims === undefined || (Array.isArray(dims) && dims.length === 0);
  const empty = all ? product(shape) === 0 : [dims].flat().some((axis) => typeof axis === 'number' && sizeAt(shape, axis) === 0);
  if (empty) report({ code: 'empty-input', input: 0, message: `${type} finds nothing in ${formatShape(shape)}: there are no elements.`, facts: { shape } });
}

function call(name: string, write: Write): TorchCall {
  const written = write.keywords('dim', 'keepdim');
  // Some reductions take keepdim only beside dim.
  const args = written.some((arg) => arg.name === 'keepdim') && !written.some((arg) => arg.name === 'dim') ? [{ name: 'dim', value: null }, ...written] : written;
  return { expression: `{0}.${name}(${args.map((arg) => `${arg.name ?? ''}={${arg.name ?? ''}}`).join(', ')})`, precedence: 'atom', args };
}

function reduction(type: string, name: string, doc: string, { dtype = 'float' as 'float' | 'any', none = false, result = (input: DType): DType => input, axes = dim as typeof dim, extreme = false } = {}): Operator {
  return defineOperator({
    type, doc,
    family: 'Arithmetic',
    reference: `torch.${name}.html`,
    inputs: [{ name: 'input', dtype }],
    params: { dim: axes, keepdim },
    infer([input], p, report) {
      // An empty list of axes is none of them here, elsewhere all.
      if (none && Array.isArray(p.dim) && p.dim.length === 0) return [{ shape: input.shape, dtype: result(input.dtype) }];
      if (extreme) refuseEmpty(type, input, p.dim, report);
      return [{ shape: reduced(input.shape, p.dim, p.keepdim, report), dtype: result(input.dtype) }];
    },
    torch: (_p, _inputs, write) => call(name, write),
    summary: (p) => (p.dim === undefined ? ['all'] : [`dim ${Array.isArray(p.dim) ? (p.dim as readonly Dim[]).map(formatDim).join(', ') : formatDim(p.dim as Dim)}`]),
  });
}

/** Where the extreme stands, one axis or the whole tensor. */
function arg(type: string, doc: string): Operator {
  return defineOperator({
    type, doc,
    family: 'Arithmetic',
    reference: `torch.${type.toLowerCase()}.html`,
    inputs: [{ name: 'input', dtype: 'number' }],
    params: { dim: integer({ default: null, initial: 1, doc: 'The axis; null: the whole tensor, flattened.' }), keepdim },
    infer([input], p, report) {
      refuseEmpty(type, input, p.dim, report);
      return [{ shape: p.dim === undefined && p.keepdim !== true ? [] : reduced(input.shape, p.dim, p.keepdim, report), dtype: 'int64' }];
    },
    torch: (_p, _inputs, write) => call(type.toLowerCase(), write),
  });
}

/** The product takes one axis, or all. */
const prod = defineOperator({
  type: 'Prod',
  family: 'Arithmetic',
  doc: 'Product over an axis.',
  reference: 'torch.prod.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dim: integer({ default: null, initial: 1, doc: 'The axis; null: all.' }), keepdim },
  infer([{ shape, dtype }], p, report) {
    if (p.dim === undefined && p.keepdim === true) report({ code: 'missing-param', param: 'dim', message: 'Prod keeps an axis in place only where `dim` names it.', facts: { param: 'dim' } });
    return [{ shape: reduced(shape, p.dim, p.keepdim, report), dtype: isFloat(dtype) ? dtype : 'int64' }];
  },
  torch: (_p, _inputs, write) => call('prod', write),
  summary: (p) => [p.dim === undefined ? 'all' : `dim ${formatDim(p.dim)}`],
});

/** Running along one axis, which keeps its size. */
function cumulative(type: string, name: string, doc: string): Operator {
  return defineOperator({
    type, doc,
    family: 'Arithmetic',
    reference: `torch.${name}.html`,
    inputs: [{ name: 'input', dtype: 'any' }],
    params: { dim: integer({ initial: 1, doc: 'The axis.' }) },
    infer([{ shape, dtype }], p, report) {
      if (shape !== null) resolveAxis(p.dim, shape.length, 'dim', report);
      return [{ shape, dtype: isFloat(dtype) ? dtype : 'int64' }];
    },
    torch: (_p, _inputs, write) => ({ expression: `{0}.${name}({dim})`, precedence: 'atom', args: write.positional('dim').map((each) => ({ ...each, name: 'dim' })) }),
    summary: (p) => [`dim ${formatDim(p.dim)}`],
  });
}

const topK = defineOperator({
  type: 'TopK',
  family: 'Arithmetic',
  doc: 'The k largest elements along an axis, and where they stand.',
  reference: 'torch.topk.html',
  inputs: [{ name: 'input', dtype: 'number' }],
  outputs: ['values', 'indices'],
  params: {
    k: integer({ min: 0, initial: 1, doc: 'How many.' }),
    dim: integer({ default: -1, doc: 'The axis.' }),
    largest: flag({ default: true, doc: 'The largest; false: the smallest.' }),
    sorted: flag({ default: true, doc: 'In order.' }),
  },
  infer([{ shape, dtype }], p, report): readonly Tensor[] {
    const axis = shape === null ? null : resolveAxis(p.dim, shape.length, 'dim', report);
    if (shape === null || axis === null) return [{ shape: null, dtype }, { shape: null, dtype: 'int64' }];
    if (atLeast(shape.length === 0 ? 1 : sizeAt(shape, axis), p.k) === false) report({ code: 'index-out-of-range', param: 'k', message: `k is ${formatDim(p.k)}, but axis ${axis} of ${formatShape(shape)} has only ${formatDim(sizeAt(shape, axis))}.`, facts: { axis, size: sizeAt(shape, axis), k: p.k } });
    const result = shape.length === 0 ? shape : withAxis(shape, axis, p.k);
    return [{ shape: result, dtype }, { shape: result, dtype: 'int64' }];
  },
  torch: (_p, _inputs, write) => {
    const args = [...write.positional('k').map((each) => ({ ...each, name: 'k' })), ...write.keywords()];
    return { expression: `{0}.topk({k}${args.slice(1).map(({ name }) => `, ${name ?? ''}={${name ?? ''}}`).join('')})`, precedence: 'atom', args };
  },
  summary: (p) => [`k ${formatDim(p.k)}`],
});

const sort = defineOperator({
  type: 'Sort',
  family: 'Arithmetic',
  doc: 'All elements in order along an axis, and where they stood.',
  reference: 'torch.sort.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  outputs: ['values', 'indices'],
  params: {
    dim: integer({ default: -1, doc: 'The axis.' }),
    descending: flag({ default: false, doc: 'The largest first.' }),
    stable: flag({ default: false, doc: 'Equal elements keep their order.' }),
  },
  infer([{ shape, dtype }], p, report): readonly Tensor[] {
    if (shape !== null) resolveAxis(p.dim, shape.length, 'dim', report);
    return [{ shape, dtype }, { shape, dtype: 'int64' }];
  },
  torch: (_p, _inputs, write) => {
    const args = write.keywords();
    return { expression: `{0}.sort(${args.map(({ name }) => `${name ?? ''}={${name ?? ''}}`).join(', ')})`, precedence: 'atom', args };
  },
  summary: (p) => [`dim ${formatDim(p.dim)}`, ...(p.descending === true ? ['descending'] : [])],
});

const normalize = defineOperator({
  type: 'Normalize',
  family: 'Normalisation',
  doc: 'Divides by the norm along an axis.',
  reference: 'torch.nn.functional.normalize.html',
  inputs: [{ name: 'input' }],
  params: {
    p: number({ default: 2, doc: 'The p of the norm.' }),
    dim: integer({ default: 1, doc: 'The axis.' }),
    eps: number({ default: 1e-12, doc: 'Least divisor.' }),
  },
  infer([input], p, report) {
    if (input.shape !== null) resolveAxis(p.dim, input.shape.length, 'dim', report);
    return [input];
  },
  torch(_p, _inputs, write) {
    const args = write.keywords();
    return { expression: `F.normalize({0}${args.map(({ name }) => `, ${name ?? ''}={${name ?? ''}}`).join('')})`, precedence: 'atom', args };
  },
});

const cosineSimilarity = defineOperator({
  type: 'CosineSimilarity',
  family: 'Arithmetic',
  doc: 'Cosine of the angle between two inputs along an axis.',
  reference: 'torch.nn.CosineSimilarity.html',
  inputs: [{ name: 'x1', dtype: 'any' }, { name: 'x2', dtype: 'any' }],
  params: { dim: integer({ default: 1, doc: 'The axis.' }), eps: number({ default: 1e-8, doc: 'Least divisor.' }) },
  infer([x1, x2], p, report) {
    const shape = meet('CosineSimilarity', [x1, x2], report);
    // Unlike arithmetic, a scalar's type counts here as any other.
    const dtype = promote([x1, x2].map((each) => ({ ...each, shape: [1] })));
    if (!isFloat(dtype)) report({ code: 'wrong-dtype', input: 0, message: `CosineSimilarity takes floating-point numbers on one side at least, but ${x1.dtype} and ${x2.dtype} arrive.`, facts: { dtype, wanted: 'float' } });
    return [{ shape: reduced(shape, p.dim, false, report), dtype: floated(dtype) }];
  },
  torch: (_p, _inputs, write) => ({ module: 'nn.CosineSimilarity', args: write.keywords() }),
});

const pairwiseDistance = defineOperator({
  type: 'PairwiseDistance',
  family: 'Arithmetic',
  doc: 'Distance of two inputs along the last axis.',
  reference: 'torch.nn.PairwiseDistance.html',
  inputs: [{ name: 'x1', dtype: 'any' }, { name: 'x2', dtype: 'any' }],
  params: {
    p: number({ default: 2, doc: 'The p of the norm.' }),
    eps: number({ default: 1e-6, doc: 'Added to each difference.' }),
    keepdim,
  },
  infer([x1, x2], p, report) {
    const shape = meet('PairwiseDistance', [x1, x2], report);
    const bool = [x1, x2].findIndex(({ dtype }) => dtype === 'bool');
    if (bool >= 0) report({ code: 'wrong-dtype', input: bool, message: 'PairwiseDistance subtracts, which bools do not.', facts: { dtype: 'bool', wanted: 'number' } });
    return [{ shape: reduced(shape, -1, p.keepdim, report), dtype: floated(promote([x1, x2])) }];
  },
  torch: (_p, _inputs, write) => ({ module: 'nn.PairwiseDistance', args: write.keywords() }),
});

export const reductions: readonly Operator[] = [
  reduction('Mean', 'mean', 'Average over axes.'),
  reduction('Sum', 'sum', 'Sum over axes.', { dtype: 'any', result: (dtype) => (isFloat(dtype) ? dtype : 'int64') }),
  reduction('Amax', 'amax', 'Largest element over axes.', { dtype: 'any', extreme: true }),
  reduction('Amin', 'amin', 'Smallest element over axes.', { dtype: 'any', extreme: true }),
  reduction('Std', 'std', 'Standard deviation over axes.'),
  reduction('Var', 'var', 'Variance over axes.'),
  reduction('LogSumExp', 'logsumexp', 'Logarithm of the sum of exponentials over axes.', { dtype: 'any', result: floated, axes: someAxes }),
  prod,
  reduction('Any', 'any', 'Whether any element over axes is true (or not zero).', { dtype: 'any', result: boolean, none: true }),
  reduction('All', 'all', 'Whether all elements over axes are true (or not zero).', { dtype: 'any', result: boolean, none: true }),
  arg('ArgMax', 'Where the largest element stands.'),
  arg('ArgMin', 'Where the smallest element stands.'),
  cumulative('Cumsum', 'cumsum', 'Running sum along an axis.'),
  cumulative('Cumprod', 'cumprod', 'Running product along an axis.'),
  topK, sort, normalize, cosineSimilarity, pairwiseDistance,
];
