import { add, atLeast, ceilDiv, formatDim, formatShape, max, min, mul, sameDim, sub, sum, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { axisWord, resolveAxis, sizeAt, withAxis } from './axes.js';
import { defineOperator } from './define.js';
import type { Operator, TorchArg } from './operator.js';
import { integer, numberOrList, ranges, type Range } from './param.js';

/** Length of start:stop:step over n elements. Ends beyond a known size are cut to it; of a symbolic size they are taken to lie within. */
function sliceLength(n: Dim, range: Range): Dim {
  const [start, stop, step = 1] = range;
  const place = (end: Dim | undefined, open: Dim): Dim => {
    if (end === undefined) return open;
    if (typeof end !== 'number') return typeof n === 'number' ? min(end, n) : end;
    if (typeof n === 'number') return end < 0 ? Math.max(0, end + n) : Math.min(end, n);
    return end < 0 ? add(n, end) : end;
  };
  const length = sub(place(stop, n), place(start, 0));
  return ceilDiv(typeof length === 'number' ? Math.max(0, length) : atLeast(length, 0) === false ? 0 : length, step);
}

function rangeText(range: Range | undefined): string {
  if (range === undefined) return ':';
  const [start, stop, step] = range;
  const end = (value: Dim | undefined): string => (value === undefined ? '' : formatDim(value));
  return `${end(start)}:${end(stop)}${step === undefined || step === 1 ? '' : `:${end(step)}`}`;
}

const slice = defineOperator({
  type: 'Slice',
  family: 'Shape',
  doc: 'Takes a range of each axis, as Python slices do.',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { ranges: ranges({ initial: [null, [0, 1]], doc: 'For each axis from the first on: null (all), [start, stop] or [start, stop, step]; null leaves an end open, negative numbers count from the end.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null || p.ranges === null) return [{ shape: shape === null ? null : shape.map(() => null), dtype }];
    if (p.ranges.length > shape.length) {
      report({ code: 'axis-out-of-range', param: 'ranges', message: `ranges names ${p.ranges.length} axes, but ${formatShape(shape)} has ${shape.length}.`, facts: { axis: p.ranges.length - 1, rank: shape.length } });
    }
    const result = shape.map((size, axis): Dim => {
      const range = p.ranges?.[axis];
      if (range === undefined) return size;
      // An element that is unknown as a whole.
      if (range === null) return null;
      const step = range[2];
      if (typeof step === 'number' && step < 1) {
        report({ code: 'wrong-step', param: 'ranges', message: `The step ${step} along ${axisWord(axis, shape.length)} must be at least 1: PyTorch does not slice backwards.`, facts: { axis, step } });
        return null;
      }
      return sliceLength(size, range);
    });
    return [{ shape: result, dtype }];
  },
  torch(p, _inputs, write) {
    const [arg] = write.positional('ranges');
    return { expression: `{0}[${(p.ranges ?? []).map(rangeText).join(', ') || '...'}]`, precedence: 'atom', args: arg === undefined ? [] : [{ ...arg, name: 'ranges' }] };
  },
  summary: (p) => (p.ranges === null ? [] : [`[${p.ranges.map(rangeText).join(', ')}]`]),
});

const crop = defineOperator({
  type: 'Crop',
  family: 'Shape',
  doc: 'Keeps the middle of the last axes; what is left over by one stays at the end.',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { size: numberOrList({ min: 1, initial: 8, doc: 'Size to keep of the last two axes, or a list for as many axes.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    const kept = keptSizes(p.size);
    if (shape === null || kept === null) return [{ shape: shape === null ? null : shape.map(() => null), dtype }];
    if (kept.length > shape.length) {
      report({ code: 'axis-out-of-range', param: 'size', message: `size names ${kept.length} axes, but ${formatShape(shape)} has ${shape.length}.`, facts: { axis: -kept.length, rank: shape.length } });
      return [{ shape, dtype }];
    }
    const offset = shape.length - kept.length;
    kept.forEach((wanted, i) => {
      const size = shape[offset + i] as Dim;
      if (atLeast(size, wanted) === false) report({ code: 'crop-too-large', param: 'size', input: 0, message: `Crop keeps ${formatDim(wanted)} along ${axisWord(offset + i, shape.length)}, but there are only ${formatDim(size)}.`, facts: { axis: offset + i, size, wanted } });
    });
    return [{ shape: [...shape.slice(0, offset), ...kept], dtype }];
  },
  torch(p, [{ shape }], write) {
    const kept = keptSizes(p.size) ?? [];
    const parts = kept.map((wanted, i): string => {
      const size = sizeAt(shape, i - kept.length);
      if (typeof size === 'number' && typeof wanted === 'number') return `${Math.floor((size - wanted) / 2)}:${Math.floor((size - wanted) / 2) + wanted}`;
      const start = `({0}.shape[${i - kept.length}] - ${formatDim(wanted)}) // 2`;
      return `${start}:${start} + ${formatDim(wanted)}`;
    });
    return { expression: `{0}[..., ${parts.join(', ')}]`, precedence: 'atom', args: write.positional('size').map((arg): TorchArg => ({ ...arg, name: 'size' })) };
  },
  summary: (p) => [keptSizes(p.size)?.map(formatDim).join('×') ?? '?'],
});

function keptSizes(size: Dim | readonly Dim[]): readonly Dim[] | null {
  if (size === null) return null;
  return Array.isArray(size) ? (size as readonly Dim[]) : [size as Dim, size as Dim];
}

/** Sizes of the pieces along an axis; null where even their number is open. */
function splitSizes(size: Dim, sizes: Dim | readonly Dim[]): readonly Dim[] | null {
  if (Array.isArray(sizes)) return sizes as readonly Dim[];
  const each = sizes as Dim;
  if (each === null || size === null) return null;
  if (size === 0) return [0];
  const count = ceilDiv(size, each);
  if (typeof count !== 'number') return null;
  if (count <= 1) return [size];
  return Array.from({ length: count }, (_, i) => (i < count - 1 ? each : sub(size, mul(each, count - 1))));
}

/** Sizes of torch.chunk's pieces: all alike but the last, and fewer where fewer suffice. */
function chunkSizes(size: Dim, chunks: Dim): readonly Dim[] | null {
  if (typeof chunks !== 'number') return null;
  if (size === 0) return Array.from({ length: chunks }, () => 0);
  const each = ceilDiv(size, chunks);
  const count = typeof size === 'number' && typeof each === 'number' ? Math.ceil(size / each) : chunks;
  return Array.from({ length: count }, (_, i) => (i < count - 1 ? each : sub(size, mul(each, count - 1))));
}

function pieces(shape: Shape | null, dtype: Tensor['dtype'], axis: number | null, sizes: readonly Dim[] | null): readonly Tensor[] {
  if (sizes === null) return [{ shape: shape === null || axis === null ? null : withAxis(shape, axis, null), dtype }];
  return sizes.map((size) => ({ shape: shape === null || axis === null ? null : withAxis(shape, axis, size), dtype }));
}

function ports(sizes: readonly Dim[] | null): readonly string[] {
  return Array.from({ length: sizes?.length ?? 1 }, (_, i) => String(i));
}

const split = defineOperator({
  type: 'Split',
  family: 'Shape',
  doc: 'Cuts an axis into pieces, one output each.',
  reference: 'torch.split.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  outputs: (p, [input]) => {
    const dim = p['dim'];
    const written = p['sizes'];
    const sizes = typeof written === 'number' || Array.isArray(written) ? (written as number | readonly Dim[]) : null;
    return ports(splitSizes(typeof dim === 'number' ? sizeAt(input?.shape ?? null, dim) : null, sizes));
  },
  params: {
    sizes: numberOrList({ min: 0, initial: 1, doc: 'Size of every piece (the last may be smaller), or a list of sizes whose sum is the whole.' }),
    dim: integer({ default: 0, initial: 1, doc: 'The axis that is cut.' }),
  },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    const axis = shape === null ? null : shape.length === 0 ? refuseScalar('Split', report) : resolveAxis(p.dim, shape.length, 'dim', report);
    const size = axis === null ? null : sizeAt(shape, axis);
    const total = Array.isArray(p.sizes) ? sum(p.sizes as readonly Dim[]) : null;
    if (total !== null && axis !== null && sameDim(total, size) === false) {
      report({ code: 'split-sum', param: 'sizes', input: 0, message: `The sizes ${(p.sizes as readonly Dim[]).map(formatDim).join(' + ')} make ${formatDim(total)}, but axis ${axis} of ${formatShape(shape)} has ${formatDim(size)}.`, facts: { axis, size, total } });
    }
    if (p.sizes === 0 && sameDim(size, 0) === false) {
      report({ code: 'wrong-size', param: 'sizes', message: 'Pieces of size 0 never end: sizes must be at least 1 here.', facts: { size } });
      return [{ shape: null, dtype }];
    }
    return pieces(shape, dtype, axis, splitSizes(size, p.sizes));
  },
  torch: (_p, _inputs, write) => ({ expression: 'torch.split({0}, {sizes}, dim={dim})', precedence: 'atom', args: write.positional('sizes', 'dim').map((arg) => ({ ...arg, name: arg.param ?? '' })) }),
  summary: (p) => [Array.isArray(p.sizes) ? (p.sizes as readonly Dim[]).map(formatDim).join(' + ') : `by ${formatDim(p.sizes as Dim)}`],
});

function refuseScalar(type: string, report: Parameters<typeof resolveAxis>[3]): null {
  report({ code: 'wrong-rank', input: 0, message: `${type} cuts an axis, but a scalar has none.`, facts: { rank: 0 } });
  return null;
}

const chunk = defineOperator({
  type: 'Chunk',
  family: 'Shape',
  doc: 'Cuts an axis into a number of equal pieces, one output each; the last may be smaller, and there may be fewer.',
  reference: 'torch.chunk.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  outputs: (p, [input]) => {
    const { chunks, dim } = p;
    return ports(typeof chunks === 'number' ? chunkSizes(typeof dim === 'number' ? sizeAt(input?.shape ?? null, dim) : null, chunks) : null);
  },
  params: {
    chunks: integer({ min: 1, initial: 2, doc: 'Number of pieces.' }),
    dim: integer({ default: 0, initial: 1, doc: 'The axis that is cut.' }),
  },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    const axis = shape === null ? null : shape.length === 0 ? refuseScalar('Chunk', report) : resolveAxis(p.dim, shape.length, 'dim', report);
    return pieces(shape, dtype, axis, chunkSizes(axis === null ? null : sizeAt(shape, axis), p.chunks));
  },
  torch: (_p, _inputs, write) => ({ expression: 'torch.chunk({0}, {chunks}, dim={dim})', precedence: 'atom', args: write.positional('chunks', 'dim').map((arg) => ({ ...arg, name: arg.param ?? '' })) }),
  summary: (p) => [`in ${formatDim(p.chunks)}`],
});

const narrow = defineOperator({
  type: 'Narrow',
  family: 'Shape',
  doc: 'Takes a stretch of one axis.',
  reference: 'torch.narrow.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    dim: integer({ initial: 1, doc: 'The axis.' }),
    start: integer({ initial: 0, doc: 'Where the stretch begins; negative counts from the end.' }),
    length: integer({ min: 0, initial: 1, doc: 'Elements taken.' }),
  },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    const axis = shape.length === 0 ? refuseScalar('Narrow', report) : resolveAxis(p.dim, shape.length, 'dim', report);
    if (axis === null) return [{ shape: null, dtype }];
    const size = sizeAt(shape, axis);
    const start = typeof p.start === 'number' && p.start < 0 ? add(size, p.start) : p.start;
    if (atLeast(max(start, 0), size) === true && p.length !== 0 || atLeast(size, add(start, p.length)) === false || atLeast(start, 0) === false) {
      report({ code: 'index-out-of-range', param: 'start', message: `${formatDim(p.length)} elements from ${formatDim(p.start)} do not lie within axis ${axis} of ${formatShape(shape)}.`, facts: { axis, size, start: p.start, length: p.length } });
    }
    return [{ shape: withAxis(shape, axis, p.length), dtype }];
  },
  torch: (_p, _inputs, write) => ({ expression: 'torch.narrow({0}, {dim}, {start}, {length})', precedence: 'atom', args: write.positional('dim', 'start', 'length').map((arg) => ({ ...arg, name: arg.param ?? '' })) }),
});

export const slicings: readonly Operator[] = [slice, crop, split, chunk, narrow];
