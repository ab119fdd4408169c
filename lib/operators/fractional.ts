import { add, atLeast, formatDim, formatShape, sub, type Dim, type Shape } from '../shapes/index.js';
import { at, imageLike, sizeAt, spatialAxes, type SpatialRank } from './axes.js';
import { nnModule } from './calls.js';
import { windowOf } from './convolution.js';
import { defineOperator } from './define.js';
import type { FormulaLine, Operator, Report, TorchCall } from './operator.js';
import { numberOrList, tuple } from './param.js';
import { andIndices, return_indices, someIndices, withIndices } from './pooling.js';
import { scaled } from './resize.js';
import { timesText } from './summaries.js';

interface Fractional {
  readonly kernel_size: readonly Dim[];
  readonly output_size: readonly Dim[] | undefined;
  readonly output_ratio: Dim | readonly Dim[] | undefined;
}

/** A factor for each axis; null where their number is another, which is reported. */
function ratios(n: SpatialRank, p: Fractional, report: Report): readonly Dim[] | null {
  const given = p.output_ratio;
  if (given === undefined || given === null) return null;
  const each = Array.isArray(given) ? (given as readonly Dim[]) : Array.from({ length: n }, () => given as Dim);
  if (each.length !== n) {
    report({ code: 'wrong-value', param: 'output_ratio', message: `output_ratio has ${each.length} numbers: it must be one, or one for each of the ${n} axes.`, facts: { count: each.length, wanted: n } });
    return null;
  }
  const wrong = each.find((ratio) => typeof ratio === 'number' && (ratio <= 0 || ratio >= 1));
  if (wrong === undefined) return each;
  report({ code: 'wrong-value', param: 'output_ratio', message: `output_ratio must lie between 0 and 1, but it is ${formatDim(wrong)}.`, facts: { output_ratio: wrong } });
  return null;
}

/** Sizes along the spatial axes. */
function sizesOf(n: SpatialRank, type: string, shape: Shape | null, p: Fractional, report: Report): readonly Dim[] {
  const unknown = spatialAxes[n].map(() => null);
  const each = ratios(n, p, report);
  if (p.output_size === undefined && p.output_ratio === undefined) report({ code: 'missing-size', param: 'output_size', message: `${type} needs output_size or output_ratio.` });
  else if (p.output_size !== undefined && p.output_ratio !== undefined) report({ code: 'two-sizes', param: 'output_ratio', message: `${type} takes output_size or output_ratio, not both.` });
  else if (p.output_size !== undefined) return p.output_size;
  return each === null ? unknown : each.map((ratio, axis) => scaled(sizeAt(shape, axis - n), ratio));
}

/** The windows must fit one after the other, each a step of one from the one before; over three axes PyTorch wants one more. */
function checkFit(n: SpatialRank, shape: Shape, made: readonly Dim[], p: Fractional, report: Report): void {
  made.forEach((count, axis) => {
    const size = sizeAt(shape, axis - n);
    const needed = sub(add(count, at(p.kernel_size, axis)), n === 3 ? 0 : 1);
    if (atLeast(size, needed) !== false) return;
    const name = spatialAxes[n][axis] as string;
    report({ code: 'window-too-large', param: 'kernel_size', input: 0, message: `${formatDim(count)} windows of ${formatDim(at(p.kernel_size, axis))} need ${formatDim(needed)} elements along ${name}, but the input has only ${formatDim(size)}.`, facts: { axis: name, size, extent: needed } });
  });
}

function fractionalPool(n: 2 | 3): Operator {
  const type = `FractionalMaxPool${n}d`;
  return defineOperator({
    type,
    family: 'Pooling',
    doc: 'Keeps the largest element of windows whose steps are drawn at random, also outside of training, so that maps become smaller by any factor.',
    reference: `torch.nn.${type}.html`,
    inputs: [{ name: 'input', ranks: [n + 2, n + 1], doc: imageLike(n) }],
    params: {
      kernel_size: tuple(n, { min: 1, initial: 2, doc: 'Size of the window.' }),
      output_size: tuple(n, { min: 0, default: null, doc: 'Size of the output.' }),
      output_ratio: numberOrList({ default: null, initial: 0.5, fractions: true, doc: 'Size of the output as a share of the input, between 0 and 1: one number, or one for each spatial axis.' }),
      return_indices,
    },
    outputs: withIndices, ports: someIndices,
    plain: true,
    infer([{ shape, dtype }], p, report) {
      const made = sizesOf(n, type, shape, p, report);
      if (shape === null) return andIndices([{ shape, dtype }], p.return_indices);
      const empty = shape.slice(-n - 1).indexOf(0);
      if (empty >= 0) report({ code: 'empty-input', input: 0, message: `There is nothing to pool: axis ${shape.length - n - 1 + empty} of ${formatShape(shape)} has no elements.`, facts: { axis: shape.length - n - 1 + empty } });
      else checkFit(n, shape, made, p, report);
      return andIndices([{ shape: [...shape.slice(0, -n), ...made], dtype }], p.return_indices);
    },
    torch: (p, inputs, write) => ({ ...nnModule(`nn.${type}`, { positional: ['kernel_size'] })(p, inputs, write), ...(p.return_indices === true && { results: '{0}, {1}' }) }) as TorchCall,
    // The first and the last window stand at the ends. Only where the steps between come out whole, they are all the same, whatever is drawn.
    window(p, [{ shape }]) {
      const made = sizesOf(n, type, shape, p, () => undefined);
      const steps = made.map((count, axis): Dim => {
        const size = sizeAt(shape, axis - n);
        const kernel = at(p.kernel_size, axis);
        if (typeof size !== 'number' || typeof count !== 'number' || typeof kernel !== 'number' || count < 2) return null;
        const step = (size - kernel) / (count - 1);
        return Number.isInteger(step) && step > 0 ? step : null;
      });
      return windowOf(p.kernel_size, steps, steps.map(() => 1), steps.map(() => 0));
    },
    summary: (p) => [timesText(p.kernel_size), ...(p.output_size !== undefined ? [`→ ${timesText(p.output_size)}`] : p.output_ratio === undefined ? [] : [`×${[p.output_ratio].flat().map((ratio) => formatDim(ratio as Dim)).join('×')}`])],
    formula: (_inputs, [output], p) => spatialAxes[n].map((axis, i): FormulaLine => ({ axis, formula: p.output_size !== undefined ? 'output_size' : '⌊n · output_ratio⌋', result: output?.shape?.at(i - n) ?? null })),
  });
}

export const fractionalPoolings: readonly Operator[] = [fractionalPool(2), fractionalPool(3)];
