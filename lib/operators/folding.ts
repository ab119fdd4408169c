import { atLeast, exactDiv, formatDim, formatShape, divisible, isInteger, mul, product, sameDim, slidingSize, windowExtent, type Dim, type DType } from '../shapes/index.js';
import { at, sizeAt } from './axes.js';
import { nnModule } from './calls.js';
import { windowOf } from './convolution.js';
import { defineOperator } from './define.js';
import type { Operator, Report } from './operator.js';
import { pair } from './param.js';
import { timesText } from './summaries.js';

const windows = {
  kernel_size: pair({ min: 1, initial: 3, doc: 'Size of the window.' }),
  dilation: pair({ min: 1, default: 1, doc: 'Step between the taps of one window.' }),
  padding: pair({ min: 0, default: 0, doc: 'Zeros added on each side.' }),
  stride: pair({ min: 1, default: 1, doc: 'Step between windows.' }),
} as const;

interface Windows {
  readonly kernel_size: readonly Dim[];
  readonly dilation: readonly Dim[];
  readonly padding: readonly Dim[];
  readonly stride: readonly Dim[];
}

/** Places of the window along both axes. */
function places(sizes: readonly Dim[], p: Windows): readonly Dim[] {
  return sizes.map((size, axis) => slidingSize(size, mul(2, at(p.padding, axis)), windowExtent(at(p.kernel_size, axis), at(p.dilation, axis)), at(p.stride, axis)));
}

/** PyTorch folds floating-point numbers and, of all things, bools. */
function refuseIntegers(type: string, dtype: DType, report: Report): void {
  if (isInteger(dtype)) report({ code: 'wrong-dtype', input: 0, message: `${type} takes floating-point numbers, but ${dtype} arrives.`, facts: { dtype, wanted: 'float' } });
}

const unfold = defineOperator({
  type: 'Unfold',
  family: 'Shape',
  doc: 'Lays every window of a map out as a column: the first step of a convolution.',
  reference: 'torch.nn.Unfold.html',
  inputs: [{ name: 'input', ranks: [4, 3], dtype: 'any', doc: 'N × C × H × W or C × H × W' }],
  params: windows,
  infer([{ shape, dtype }], p, report) {
    refuseIntegers('Unfold', dtype, report);
    if (shape === null) return [{ shape, dtype }];
    if (shape.slice(-3).includes(0)) report({ code: 'empty-input', input: 0, message: `Unfold takes maps with elements, but ${formatShape(shape)} arrives.`, facts: { shape } });
    const counts = places(shape.slice(-2), p);
    counts.forEach((count, axis) => {
      if (atLeast(count, 1) !== false) return;
      const size = sizeAt(shape, axis - 2);
      report({ code: 'window-too-large', param: 'kernel_size', input: 0, message: `The window spans ${formatDim(windowExtent(at(p.kernel_size, axis), at(p.dilation, axis)))} along ${axis === 0 ? 'H' : 'W'}, but the input has only ${formatDim(size)} (padding ${formatDim(at(p.padding, axis))}).`, facts: { axis: axis === 0 ? 'H' : 'W', size } });
    });
    return [{ shape: [...shape.slice(0, -3), mul(sizeAt(shape, -3), product(p.kernel_size)), product(counts)], dtype }];
  },
  torch: nnModule('nn.Unfold', { positional: ['kernel_size'] }),
  window: (p) => windowOf(p.kernel_size, p.stride, p.dilation, p.padding),
  summary: (p) => [timesText(p.kernel_size)],
});

const fold = defineOperator({
  type: 'Fold',
  family: 'Shape',
  doc: 'Adds columns back into a map at the places of their windows: the reverse of Unfold.',
  reference: 'torch.nn.Fold.html',
  inputs: [{ name: 'input', ranks: [3, 2], dtype: 'any', doc: 'N × (C·window) × places or (C·window) × places' }],
  params: { output_size: pair({ min: 1, initial: 8, doc: 'Height and width of the map.' }), ...windows },
  infer([{ shape, dtype }], p, report) {
    refuseIntegers('Fold', dtype, report);
    if (shape === null) return [{ shape, dtype }];
    const window = product(p.kernel_size);
    const rows = sizeAt(shape, -2);
    if (divisible(rows, window) === false) report({ code: 'not-divisible', param: 'kernel_size', input: 0, message: `Columns of ${formatDim(rows)} cannot hold whole windows of ${timesText(p.kernel_size)} = ${formatDim(window)}.`, facts: { what: 'column', value: rows, by: window } });
    const counts = places(p.output_size, p);
    const count = product(counts);
    if (counts.some((each) => atLeast(each, 1) === false)) {
      report({ code: 'window-too-large', param: 'kernel_size', message: `The window ${timesText(p.kernel_size)} does not fit into output_size ${timesText(p.output_size)}.`, facts: { output_size: p.output_size } });
    } else if (sameDim(count, sizeAt(shape, -1)) === false) {
      report({ code: 'element-count', param: 'output_size', input: 0, message: `output_size ${timesText(p.output_size)} has ${counts.map(formatDim).join(' × ')} = ${formatDim(count)} places of the window, but ${formatShape(shape)} has ${formatDim(sizeAt(shape, -1))}.`, facts: { expected: count, actual: sizeAt(shape, -1) } });
    }
    return [{ shape: [...shape.slice(0, -2), exactDiv(rows, window) ?? null, ...p.output_size], dtype }];
  },
  torch: nnModule('nn.Fold', { positional: ['output_size', 'kernel_size'] }),
  summary: (p) => [timesText(p.kernel_size), `→ ${timesText(p.output_size)}`],
});

export const foldings: readonly Operator[] = [unfold, fold];
