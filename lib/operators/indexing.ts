import { atLeast, formatDim, formatShape, mul, type Dim, type Shape } from '../shapes/index.js';
import { resolveAxis, sizeAt, withAxis } from './axes.js';
import { expression } from './calls.js';
import { defineOperator } from './define.js';
import { meet } from './elementwise.js';
import type { Operator } from './operator.js';
import { integer, list, number, numberOrList } from './param.js';

const gather = defineOperator({
  type: 'Gather',
  family: 'Shape',
  doc: 'For each place of `index`, the element of the input at that place along an axis.',
  reference: 'torch.gather.html',
  inputs: [{ name: 'input', dtype: 'any' }, { name: 'index', dtype: 'index' }],
  params: { dim: integer({ initial: 1, doc: 'The axis that the numbers count along.' }) },
  infer([{ shape, dtype }, index], p, report) {
    if (shape === null || index.shape === null) return [{ shape: index.shape, dtype }];
    if (shape.length !== index.shape.length && Math.max(shape.length, 1) !== Math.max(index.shape.length, 1)) {
      report({ code: 'rank-mismatch', input: 1, message: `Gather needs an index with as many axes as the input: ${formatShape(index.shape)} and ${formatShape(shape)} differ.`, facts: { ranks: [shape.length, index.shape.length], inputs: [0, 1] } });
      return [{ shape: index.shape, dtype }];
    }
    const along = resolveAxis(p.dim, shape.length, 'dim', report);
    index.shape.forEach((size, axis) => {
      if (axis === along || atLeast(shape[axis] ?? 1, size) !== false) return;
      report({ code: 'shape-mismatch', input: 1, message: `The index has ${formatDim(size)} along axis ${axis}, more than the ${formatDim(shape[axis] ?? null)} of the input.`, facts: { axis, axes: [axis], sizes: [shape[axis] ?? null, size], inputs: [0, 1] } });
    });
    return [{ shape: index.shape, dtype }];
  },
  torch: expression('torch.gather({0}, {dim}, {1})', ['dim']),
  summary: (p) => [`dim ${formatDim(p.dim)}`],
});

/** Whether what is known of a tensor says that it has no elements. */
const isEmpty = (shape: Shape): boolean => shape.includes(0);

/** Axes as PyTorch counts them here: a scalar has one. */
const axesOfPlaces = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape);

const scatter = defineOperator({
  type: 'Scatter',
  family: 'Shape',
  doc: 'The input with elements of `src` put at the places that `index` names along an axis: the reverse of Gather.',
  reference: 'torch.scatter.html',
  inputs: [{ name: 'input', dtype: 'any' }, { name: 'index', dtype: 'any', doc: 'int64 or int32' }, { name: 'src', dtype: 'any', doc: 'as large as the index, to be learned through; what is larger is left' }],
  params: { dim: integer({ initial: 1, doc: 'The axis that the numbers count along.' }) },
  infer([input, index, src], p, report) {
    if (src.dtype !== input.dtype) report({ code: 'wrong-dtype', input: 2, message: `Scatter puts elements of one type into another: the input is ${input.dtype}, but ${src.dtype} arrives as \`src\`.`, facts: { dtype: src.dtype, wanted: input.dtype } });
    const along = input.shape === null ? null : resolveAxis(p.dim, input.shape.length, 'dim', report);
    // An index that names nothing may be of any type.
    if (index.shape !== null && isEmpty(index.shape)) return [input];
    if (index.dtype !== 'int64' && index.dtype !== 'int32') report({ code: 'wrong-dtype', input: 1, message: `Scatter takes int64 or int32 as \`index\`, but ${index.dtype} arrives.`, facts: { dtype: index.dtype, wanted: 'index' } });
    if (index.shape === null) return [input];
    const places = axesOfPlaces(index.shape);
    for (const [position, name, { shape }] of [[0, 'input', input], [2, 'src', src]] as const) {
      if (shape === null) continue;
      const own = axesOfPlaces(shape);
      if (own.length !== places.length) {
        report({ code: 'rank-mismatch', input: 1, message: `Scatter needs an index with as many axes as its ${name}: ${formatShape(index.shape)} and ${formatShape(shape)} differ.`, facts: { ranks: [shape.length, index.shape.length], inputs: [position, 1] } });
        continue;
      }
      places.forEach((size, axis) => {
        if ((position === 0 && axis === along) || atLeast(own[axis] as Dim, size) !== false) return;
        report({ code: 'shape-mismatch', input: 1, message: `The index has ${formatDim(size)} along axis ${axis}, more than the ${formatDim(own[axis] as Dim)} of ${name === 'src' ? '`src`' : 'the input'}.`, facts: { axis, axes: [axis], sizes: [own[axis] as Dim, size], inputs: [position, 1] } });
      });
      if (position === 0 && along !== null && own[along] === 0) report({ code: 'index-out-of-range', input: 0, message: `There is no place for ${formatShape(index.shape)} elements: axis ${along} of ${formatShape(shape)} has none.`, facts: { axis: along, size: 0 } });
    }
    return [input];
  },
  torch: expression('torch.scatter({0}, {dim}, {1}, {2})', ['dim']),
  summary: (p) => [`dim ${formatDim(p.dim)}`],
});

const indexSelect = defineOperator({
  type: 'IndexSelect',
  family: 'Shape',
  doc: 'The parts of an axis that `index` names, in its order.',
  reference: 'torch.index_select.html',
  inputs: [{ name: 'input', dtype: 'any' }, { name: 'index', dtype: 'index', ranks: [0, 1] }],
  params: { dim: integer({ initial: 1, doc: 'The axis.' }) },
  infer([{ shape, dtype }, index], p, report) {
    const axis = shape === null ? null : resolveAxis(p.dim, shape.length, 'dim', report);
    if (shape === null || axis === null) return [{ shape: null, dtype }];
    const count: Dim = index.shape === null ? null : (index.shape[0] ?? 1);
    if (shape.length === 0 && count !== null && count !== 1) report({ code: 'index-out-of-range', input: 1, message: `A scalar has one part, but the index names ${formatDim(count)}.`, facts: { size: 1, count } });
    return [{ shape: shape.length === 0 ? shape : withAxis(shape, axis, count), dtype }];
  },
  torch: expression('torch.index_select({0}, {dim}, {1})', ['dim']),
  summary: (p) => [`dim ${formatDim(p.dim)}`],
});

const select = defineOperator({
  type: 'Select',
  family: 'Shape',
  doc: 'One part of an axis, which goes away.',
  reference: 'torch.select.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dim: integer({ initial: 1, doc: 'The axis.' }), index: integer({ initial: 0, doc: 'Which part; negative counts from the end.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    if (shape.length === 0) report({ code: 'wrong-rank', input: 0, message: 'Select takes a part of an axis, but a scalar has none.', facts: { rank: 0 } });
    const axis = shape.length === 0 ? null : resolveAxis(p.dim, shape.length, 'dim', report);
    if (axis === null) return [{ shape: null, dtype }];
    const size = sizeAt(shape, axis);
    if (typeof p.index === 'number' && typeof size === 'number' && (p.index >= size || p.index < -size)) {
      report({ code: 'index-out-of-range', param: 'index', message: `index ${p.index} does not lie within axis ${axis} of ${formatShape(shape)}.`, facts: { axis, size, index: p.index } });
    }
    return [{ shape: [...shape.slice(0, axis), ...shape.slice(axis + 1)], dtype }];
  },
  torch: expression('{0}.select({dim}, {index})', ['dim', 'index']),
  summary: (p) => [`dim ${formatDim(p.dim)} [${formatDim(p.index)}]`],
});

const tile = defineOperator({
  type: 'Tile',
  family: 'Shape',
  doc: 'Repeats the whole tensor along its axes.',
  reference: 'torch.tile.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dims: list({ min: 0, initial: [1], doc: 'How often, for each axis; the last number is for the last axis.' }) },
  infer([{ shape, dtype }], p) {
    if (shape === null || p.dims === null) return [{ shape: null, dtype }];
    const rank = Math.max(shape.length, p.dims.length);
    const pick = (values: readonly Dim[], axis: number): Dim => (axis < rank - values.length ? 1 : (values[axis - rank + values.length] as Dim));
    return [{ shape: Array.from({ length: rank }, (_, axis) => mul(pick(shape, axis), pick(p.dims ?? [], axis))), dtype }];
  },
  torch: expression('{0}.tile({dims})', ['dims']),
  summary: (p) => [p.dims === null ? '?' : `×[${p.dims.map(formatDim).join(', ')}]`],
});

function axesOf(dims: Dim | readonly Dim[] | undefined): readonly Dim[] {
  return dims === undefined ? [] : Array.isArray(dims) ? (dims as readonly Dim[]) : [dims as Dim];
}

const roll = defineOperator({
  type: 'Roll',
  family: 'Shape',
  doc: 'Moves elements along axes; what leaves at one end comes in at the other.',
  reference: 'torch.roll.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    shifts: numberOrList({ initial: 1, doc: 'Places to move, one for each axis of dims.' }),
    dims: numberOrList({ default: null, initial: 1, doc: 'The axes; null: the tensor as one row.' }),
  },
  infer([input], p, report) {
    const { shape } = input;
    if (shape === null || p.dims === null || p.shifts === null) return [input];
    const [shifts, dims] = [axesOf(p.shifts), axesOf(p.dims)];
    if (shifts.length === 0 || (dims.length === 0 ? shifts.length !== 1 : shifts.length !== dims.length)) {
      report({ code: 'wrong-axes', param: 'dims', message: `shifts has ${shifts.length} and dims ${dims.length} numbers: they belong together.`, facts: { shifts, dims } });
    }
    if (shape.length === 0 && dims.length > 0) report({ code: 'axis-out-of-range', param: 'dims', message: 'dims names an axis, but a scalar has none.', facts: { rank: 0 } });
    else for (const dim of dims) resolveAxis(dim, shape.length, 'dims', report);
    return [input];
  },
  torch(_p, _inputs, write) {
    const args = [...write.positional('shifts').map((each) => ({ ...each, name: 'shifts' })), ...write.keywords()];
    return { expression: `{0}.roll({shifts}${args.length > 1 ? ', dims={dims}' : ''})`, precedence: 'atom', args };
  },
});

const flip = defineOperator({
  type: 'Flip',
  family: 'Shape',
  doc: 'Turns axes round.',
  reference: 'torch.flip.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dims: list({ initial: [-1], doc: 'The axes.' }) },
  infer([input], p, report) {
    const { shape } = input;
    if (shape === null) return [input];
    const axes = (p.dims ?? []).map((dim) => resolveAxis(dim, shape.length, 'dims', report));
    if (axes.some((axis, i) => axis !== null && axes.indexOf(axis) !== i)) report({ code: 'wrong-axes', param: 'dims', message: 'dims names an axis twice.', facts: { dims: p.dims } });
    return [input];
  },
  torch: expression('{0}.flip({dims})', ['dims']),
});

const maskedFill = defineOperator({
  type: 'MaskedFill',
  family: 'Shape',
  doc: 'Puts a value where the mask is true.',
  reference: 'torch.Tensor.masked_fill.html',
  inputs: [{ name: 'input', dtype: 'any' }, { name: 'mask', dtype: 'bool' }],
  params: { value: number({ initial: 0, doc: 'The value.' }) },
  infer: ([input, mask], _p, report) => [{ shape: meet('MaskedFill', [input, mask], report), dtype: input.dtype }],
  torch: expression('{0}.masked_fill({1}, {value})', ['value']),
});

/** Keeps one side of the diagonal of the last two axes. */
function triangle(type: string, doc: string): Operator {
  return defineOperator({
    type, doc,
    family: 'Shape',
    reference: `torch.${type.toLowerCase()}.html`,
    inputs: [{ name: 'input', dtype: 'any' }],
    params: { diagonal: integer({ default: 0, doc: 'Which diagonal.' }) },
    infer([input], _p, report) {
      if (input.shape !== null && input.shape.length < 2) report({ code: 'wrong-rank', input: 0, message: `${type} takes at least 2 axes, but ${formatShape(input.shape)} arrives.`, facts: { rank: input.shape.length } });
      return [input];
    },
    torch: (_p, _inputs, write) => {
      const args = write.keywords();
      return { expression: `torch.${type.toLowerCase()}({0}${args.length > 0 ? ', diagonal={diagonal}' : ''})`, precedence: 'atom', args };
    },
  });
}

const oneHot = defineOperator({
  type: 'OneHot',
  family: 'Shape',
  doc: 'A vector for each whole number: 1 at its place, else 0.',
  reference: 'torch.nn.functional.one_hot.html',
  inputs: [{ name: 'input', dtype: 'index' }],
  params: { num_classes: integer({ min: 1, initial: 10, doc: 'Length of the vectors.' }) },
  infer([{ shape, dtype }], p, report) {
    if (dtype === 'int32') report({ code: 'wrong-dtype', input: 0, message: 'OneHot takes int64, but int32 arrives.', facts: { dtype, wanted: 'int64' } });
    return [{ shape: shape === null ? null : ([...shape, p.num_classes] as Shape), dtype: 'int64' }];
  },
  torch: expression('F.one_hot({0}, {num_classes})', ['num_classes']),
  summary: (p) => [formatDim(p.num_classes)],
});

const repeatInterleave = defineOperator({
  type: 'RepeatInterleave',
  family: 'Shape',
  doc: 'Repeats each element along an axis.',
  reference: 'torch.repeat_interleave.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { repeats: integer({ min: 0, initial: 2, doc: 'How often.' }), dim: integer({ initial: 1, doc: 'The axis.' }) },
  infer([{ shape, dtype }], p, report) {
    if (shape?.length === 0) report({ code: 'wrong-rank', input: 0, message: 'RepeatInterleave repeats along an axis, but a scalar has none.', facts: { rank: 0 } });
    const axis = shape === null || shape.length === 0 ? null : resolveAxis(p.dim, shape.length, 'dim', report);
    if (shape === null || axis === null) return [{ shape: null, dtype }];
    return [{ shape: withAxis(shape, axis, mul(sizeAt(shape, axis), p.repeats)), dtype }];
  },
  torch: expression('{0}.repeat_interleave({repeats}, dim={dim})', ['repeats', 'dim']),
  summary: (p) => [`×${formatDim(p.repeats)}`],
});


export const indexings: readonly Operator[] = [
  gather, scatter, indexSelect, select, tile, repeatInterleave, roll, flip, maskedFill,
  triangle('Triu', 'Keeps what lies on or above a diagonal of the last two axes, zero below.'),
  triangle('Tril', 'Keeps what lies on or below a diagonal of the last two axes, zero above.'),
  oneHot,
];
