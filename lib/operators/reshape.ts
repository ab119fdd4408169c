import { divisible, exactDiv, formatDim, formatShape, product, sameDim, type Dim, type Shape } from '../shapes/index.js';
import { axisWord, resolveAxis, sizeAt, withAxis } from './axes.js';
import { expression, nnModule } from './calls.js';
import { defineOperator } from './define.js';
import type { Operator, Report } from './operator.js';
import { integer, list, numberOrList } from './param.js';

const flatten = defineOperator({
  type: 'Flatten',
  family: 'Shape',
  doc: 'Makes one axis of several.',
  reference: 'torch.nn.Flatten.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    start_dim: integer({ default: 1, doc: 'The first axis that is taken in.' }),
    end_dim: integer({ default: -1, doc: 'The last axis that is taken in.' }),
  },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    const start = resolveAxis(p.start_dim, shape.length, 'start_dim', report);
    const end = resolveAxis(p.end_dim, shape.length, 'end_dim', report);
    if (start === null || end === null) return [{ shape: null, dtype }];
    if (start > end) {
      report({ code: 'wrong-axes', param: 'start_dim', message: `start_dim ${formatDim(p.start_dim)} comes after end_dim ${formatDim(p.end_dim)} in ${formatShape(shape)}.`, facts: { start, end } });
      return [{ shape: null, dtype }];
    }
    return [{ shape: [...shape.slice(0, start), product(shape.slice(start, end + 1)), ...shape.slice(end + 1)], dtype }];
  },
  torch: nnModule('nn.Flatten'),
  formula([{ shape }], [output], p) {
    const rank = shape?.length ?? 0;
    const [start, end] = [p.start_dim, p.end_dim].map((dim) => (typeof dim === 'number' ? (dim < 0 ? dim + rank : dim) : 0)) as [number, number];
    return [{ axis: `axis ${start}`, formula: shape?.slice(start, end + 1).map((_, i) => axisWord(start + i, rank)).join(' · ') ?? '', numbers: shape?.slice(start, end + 1).map(formatDim).join(' · ') ?? '', result: output?.shape?.[start] ?? null }];
  },
});

/** Fills in the -1 of a wanted shape of `total` elements; null where it does not fit, which is reported. */
function fill(wanted: readonly Dim[], total: Dim, param: string, from: string, report: Report): Shape | null {
  const open = wanted.flatMap((size, axis) => (size === -1 ? [axis] : []));
  const text = `[${wanted.map(formatDim).join(', ')}]`;
  if (open.length > 1) {
    report({ code: 'two-open-sizes', param, message: `${param} ${text} leaves ${open.length} sizes open: only one may be −1.`, facts: { shape: wanted } });
    return null;
  }
  const rest = product(wanted.filter((size) => size !== -1));
  const [axis] = open;
  const counts = { total, shape: wanted };
  if (axis === undefined) {
    if (sameDim(rest, total) !== false) return wanted;
    report({ code: 'element-count', param, input: 0, message: `${param} ${text} holds ${formatDim(rest)} elements, but ${from} has ${formatDim(total)}.`, facts: counts });
    return wanted;
  }
  if (rest === 0) {
    report({ code: 'element-count', param, input: 0, message: `${param} ${text} leaves a size open that nothing decides, since another is 0.`, facts: counts });
    return withAxis(wanted, axis, null);
  }
  if (divisible(total, rest) === false) {
    report({ code: 'element-count', param, input: 0, message: `${param} ${text} does not fit: ${formatDim(rest)} does not divide the ${formatDim(total)} elements of ${from}.`, facts: counts });
  }
  return withAxis(wanted, axis, exactDiv(total, rest) ?? null);
}

const reshape = defineOperator({
  type: 'Reshape',
  family: 'Shape',
  doc: 'Reads the same elements in another shape.',
  reference: 'torch.reshape.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { shape: list({ min: -1, initial: [-1], doc: 'The new shape; one size may be −1 and follows from the others.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (p.shape === null) return [{ shape: null, dtype }];
    return [{ shape: fill(p.shape, shape === null ? null : product(shape), 'shape', formatShape(shape), report), dtype }];
  },
  torch: expression('{0}.reshape({shape})', ['shape']),
  summary: (p) => [p.shape === null ? '?' : `[${p.shape.map(formatDim).join(', ')}]`],
});

const unflatten = defineOperator({
  type: 'Unflatten',
  family: 'Shape',
  doc: 'Makes several axes of one.',
  reference: 'torch.nn.Unflatten.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    dim: integer({ initial: 1, doc: 'The axis that is parted.' }),
    unflattened_size: list({ min: -1, initial: [-1], doc: 'Its parts; one may be −1 and follows from the others.' }),
  },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null || p.unflattened_size === null) return [{ shape: null, dtype }];
    if (shape.length === 0) report({ code: 'wrong-rank', input: 0, message: 'Unflatten parts an axis, but a scalar has none.', facts: { rank: 0 } });
    if (p.unflattened_size.length === 0) report({ code: 'wrong-size', param: 'unflattened_size', message: 'unflattened_size names no part.' });
    const axis = shape.length === 0 ? null : resolveAxis(p.dim, shape.length, 'dim', report);
    if (axis === null || p.unflattened_size.length === 0) return [{ shape: null, dtype }];
    const parts = fill(p.unflattened_size, sizeAt(shape, axis), 'unflattened_size', `axis ${axis}`, report);
    return [{ shape: parts === null ? null : [...shape.slice(0, axis), ...parts, ...shape.slice(axis + 1)], dtype }];
  },
  torch: nnModule('nn.Unflatten', { positional: ['dim', 'unflattened_size'] }),
});

const permute = defineOperator({
  type: 'Permute',
  family: 'Shape',
  doc: 'Puts the axes in another order.',
  reference: 'torch.permute.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dims: list({ initial: [0, 2, 3, 1], doc: 'For each new axis, the old one.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null || p.dims === null) return [{ shape: shape === null ? null : shape.map(() => null), dtype }];
    if (p.dims.length !== shape.length) {
      report({ code: 'wrong-axes', param: 'dims', message: `dims names ${p.dims.length} axes, but ${formatShape(shape)} has ${shape.length}.`, facts: { dims: p.dims, rank: shape.length } });
      return [{ shape: null, dtype }];
    }
    const axes = p.dims.map((dim) => resolveAxis(dim, shape.length, 'dims', report));
    const twice = axes.find((axis, i) => axis !== null && axes.indexOf(axis) !== i);
    if (twice !== undefined) report({ code: 'wrong-axes', param: 'dims', message: `dims names axis ${twice ?? 0} twice.`, facts: { dims: p.dims, rank: shape.length } });
    return [{ shape: axes.map((axis) => (axis === null ? null : sizeAt(shape, axis))), dtype }];
  },
  torch: expression('{0}.permute({dims})', ['dims']),
  summary: (p) => [p.dims === null ? '?' : `[${p.dims.map(formatDim).join(', ')}]`],
});

const transpose = defineOperator({
  type: 'Transpose',
  family: 'Shape',
  doc: 'Exchanges two axes.',
  reference: 'torch.transpose.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dim0: integer({ initial: 1, doc: 'One axis.' }), dim1: integer({ initial: 2, doc: 'The other.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    const a = resolveAxis(p.dim0, shape.length, 'dim0', report);
    const b = resolveAxis(p.dim1, shape.length, 'dim1', report);
    if (a === null || b === null) return [{ shape: shape.map(() => null), dtype }];
    if (shape.length === 0) return [{ shape, dtype }];
    return [{ shape: withAxis(withAxis(shape, a, shape[b] as Dim), b, shape[a] as Dim), dtype }];
  },
  torch: expression('{0}.transpose({dim0}, {dim1})', ['dim0', 'dim1']),
  summary: (p) => [`${formatDim(p.dim0)} ↔ ${formatDim(p.dim1)}`],
});

const squeeze = defineOperator({
  type: 'Squeeze',
  family: 'Shape',
  doc: 'Takes away axes of size 1; others stay.',
  reference: 'torch.squeeze.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dim: numberOrList({ default: null, doc: 'The axis or axes; null: all of size 1.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null || p.dim === null) return [{ shape: null, dtype }];
    if (p.dim === undefined) return [{ shape: shape.includes(null) ? null : shape.filter((size) => size !== 1), dtype }];
    const axes = (Array.isArray(p.dim) ? (p.dim as readonly Dim[]) : [p.dim as Dim]).map((dim) => resolveAxis(dim, shape.length, 'dim', report));
    const twice = axes.find((axis, i) => axis !== null && axes.indexOf(axis) !== i);
    if (twice !== undefined) report({ code: 'wrong-axes', param: 'dim', message: `dim names axis ${twice ?? 0} twice.`, facts: { dims: p.dim, rank: shape.length } });
    if (axes.includes(null) || axes.some((axis) => sizeAt(shape, axis ?? 0) === null && shape.length > 0)) return [{ shape: null, dtype }];
    return [{ shape: shape.filter((size, axis) => !(size === 1 && axes.includes(axis))), dtype }];
  },
  torch: (p, _inputs, write) => (p.dim === undefined ? { expression: '{0}.squeeze()' } : { expression: '{0}.squeeze({dim})', args: write.positional('dim').map((arg) => ({ ...arg, name: 'dim' })) }),
});

const unsqueeze = defineOperator({
  type: 'Unsqueeze',
  family: 'Shape',
  doc: 'Adds an axis of size 1.',
  reference: 'torch.unsqueeze.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { dim: integer({ initial: 1, doc: 'Where the new axis stands.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    const axis = resolveAxis(p.dim, shape.length + 1, 'dim', report);
    return [{ shape: axis === null ? null : [...shape.slice(0, axis), 1, ...shape.slice(axis)], dtype }];
  },
  torch: expression('{0}.unsqueeze({dim})', ['dim']),
});

const expand = defineOperator({
  type: 'Expand',
  family: 'Shape',
  doc: 'Repeats axes of size 1 up to a shape, without copying.',
  reference: 'torch.Tensor.expand.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { shape: list({ min: -1, initial: [-1], doc: 'The new shape; −1 keeps the size of an axis. New axes stand first.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null || p.shape === null) return [{ shape: p.shape === null ? null : p.shape.map((size) => (size === -1 ? null : size)), dtype }];
    const wanted = p.shape;
    if (wanted.length < shape.length) {
      report({ code: 'wrong-axes', param: 'shape', message: `shape has ${wanted.length} sizes, but ${formatShape(shape)} has ${shape.length} axes.`, facts: { shape: wanted, rank: shape.length } });
      return [{ shape: null, dtype }];
    }
    const fresh = wanted.length - shape.length;
    const result = wanted.map((size, axis): Dim => {
      const own = axis < fresh ? 1 : (shape[axis - fresh] as Dim);
      if (size === -1 && axis >= fresh) return own;
      if (size === -1) report({ code: 'wrong-size', param: 'shape', message: `Axis ${axis} is new and has no size that −1 could keep.`, facts: { axis } });
      else if (own !== 1 && sameDim(own, size) === false) report({ code: 'shape-mismatch', param: 'shape', input: 0, message: `Axis ${axis - fresh} of ${formatShape(shape)} has ${formatDim(own)} and cannot be expanded to ${formatDim(size)}: only 1 can.`, facts: { axis: axis - fresh, axes: [axis - fresh], sizes: [own, size], inputs: [0] } });
      return size === -1 ? null : size;
    });
    return [{ shape: result, dtype }];
  },
  torch: expression('{0}.expand({shape})', ['shape']),
});

export const reshapes: readonly Operator[] = [flatten, unflatten, reshape, permute, transpose, squeeze, unsqueeze, expand];
