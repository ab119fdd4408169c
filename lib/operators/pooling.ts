import { add, atLeast, formatDim, formatShape, isInteger, mul, slidingSize, slidingSizeUp, windowExtent, type Dim, type Tensor } from '../shapes/index.js';
import { at, imageLike, sizeAt, spatialAxes, type SpatialRank } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import { floated } from './dtypes.js';
import { windowOf } from './convolution.js';
import { spatialFormula } from './formulas.js';
import type { InputSpec, Operator, ParamValues, Report, TorchCall } from './operator.js';
import { flag, integer, number, sizes, tuple } from './param.js';
import { compactText, timesText } from './summaries.js';

interface Pool {
  readonly kernel_size: readonly Dim[];
  /** PyTorch's None: the kernel. */
  readonly stride: readonly Dim[] | undefined;
  readonly padding?: readonly Dim[];
  readonly dilation?: readonly Dim[];
  readonly ceil_mode: boolean | null;
}

const maps = <const D extends InputSpec['dtype'] = 'float'>(n: SpatialRank, dtype: D = 'float' as D) => [{ name: 'input', ranks: [n + 2, n + 1], doc: imageLike(n), dtype }] as const;
const kernel_size = (n: SpatialRank) => tuple(n, { min: 1, initial: 2, doc: 'Size of the window.' });
const stride = (n: SpatialRank) => tuple(n, { min: 1, default: null, doc: 'Step between windows; null: the size of the window.' });
const ceil_mode = flag({ default: false, doc: 'Counts a last window that is only partly filled.' });

/** The pooled shape. */
function pooled(n: SpatialRank, { shape, dtype }: Tensor, p: Pool, report: Report): readonly Tensor[] {
  for (let axis = 0; axis < n; axis++) {
    const padding = at(p.padding ?? [], axis) ?? 0;
    const kernel = at(p.kernel_size, axis);
    if (typeof padding !== 'number' || typeof kernel !== 'number' || padding <= Math.floor(kernel / 2)) continue;
    report({
      code: 'padding-too-large', param: 'padding',
      message: `padding ${padding} along ${spatialAxes[n][axis] as string} is more than half of the kernel, ${kernel}.`,
      facts: { axis: spatialAxes[n][axis], padding, kernel },
    });
  }
  if (shape === null) return [{ shape, dtype }];
  const first = shape.length - n;
  const result: Dim[] = shape.slice(0, first);
  for (let axis = 0; axis < n; axis++) {
    const size = shape[first + axis] as Dim;
    const padding = p.padding === undefined ? 0 : at(p.padding, axis);
    const extent = windowExtent(at(p.kernel_size, axis), p.dilation === undefined ? 1 : at(p.dilation, axis));
    const step = at(p.stride ?? p.kernel_size, axis);
    const made = p.ceil_mode === true ? slidingSizeUp(size, padding, extent, step) : slidingSize(size, mul(2, padding), extent, step);
    if (atLeast(made, 1) === false) {
      report({
        code: 'window-too-large', param: 'kernel_size', input: 0,
        message: `The window spans ${formatDim(extent)} along ${spatialAxes[n][axis] as string}, but the input has only ${formatDim(size)}${padding === 0 ? '' : ` (${formatDim(add(size, mul(2, padding)))} with padding)`}.`,
        facts: { axis: spatialAxes[n][axis], size, padded: add(size, mul(2, padding)), extent },
      });
      result.push(null);
    } else result.push(made);
  }
  return [{ shape: result, dtype }];
}

/** Average pools over three axes want the window to fit without padding and ceil_mode. */
function checkUnpadded({ shape }: Tensor, p: Pool, report: Report): void {
  p.kernel_size.forEach((kernel, axis) => {
    const size = sizeAt(shape, axis - 3);
    if (atLeast(size, kernel) !== false || (p.ceil_mode !== true && atLeast(add(size, mul(2, at(p.padding ?? [0, 0, 0], axis))), kernel) === false)) return;
    report({ code: 'window-too-large', param: 'kernel_size', input: 0, message: `The window spans ${formatDim(kernel)} along ${spatialAxes[3][axis] as string}, but the input has only ${formatDim(size)}; over three axes neither padding nor ceil_mode counts here.`, facts: { axis: spatialAxes[3][axis], size, extent: kernel } });
  });
}

function poolWindow(p: Pool): ReturnType<typeof windowOf> {
  const zeros = p.kernel_size.map(() => 0);
  return windowOf(p.kernel_size, p.stride ?? p.kernel_size, p.dilation ?? zeros.map(() => 1), p.padding ?? zeros);
}

function poolSummary(p: Pool): readonly string[] {
  const step = p.stride ?? p.kernel_size;
  return [
    timesText(p.kernel_size),
    ...(step.some((value) => value !== 1) ? [`/${compactText(step)}`] : []),
    ...(p.dilation?.some((value) => value !== 1) === true ? [`d${compactText(p.dilation)}`] : []),
  ];
}

function poolFormula(n: SpatialRank, input: Tensor, output: Tensor | undefined, p: Pool): ReturnType<typeof spatialFormula> {
  const [open, close] = p.ceil_mode === true ? ['⌈', '⌉'] : ['⌊', '⌋'];
  const dilated = p.dilation?.some((value) => value !== 1) === true;
  const formula = `${open}(n + 2p − ${dilated ? 'd·(k − 1) − 1' : 'k'}) / s${close} + 1`;
  return spatialFormula(n, formula, input, output, (axis) => ({
    k: at(p.kernel_size, axis), s: at(p.stride ?? p.kernel_size, axis), p: p.padding === undefined ? 0 : at(p.padding, axis), d: p.dilation === undefined ? 1 : at(p.dilation, axis),
  }));
}

export const return_indices = flag({ default: false, doc: 'Gives a second output, `indices`: where in its channel each largest element stood, as MaxUnpool wants it.' });

/** The second port is there where it is asked for. */
export const withIndices = (p: ParamValues): readonly string[] => (p['return_indices'] === true ? ['output', 'indices'] : ['output']);

export const someIndices = '`output`; with `return_indices` also `indices`';

const asksIndices = (p: { readonly return_indices?: boolean | null }): boolean => p.return_indices === true;

/** As the flag says: the pooled tensor, and places of its shape. */
export function andIndices([output]: readonly Tensor[], wanted: boolean | null): readonly Tensor[] {
  return wanted === true && output ? [output, { shape: output.shape, dtype: 'int64' }] : output ? [output] : [];
}

function maxPool(n: SpatialRank): Operator {
  return defineOperator({
    type: `MaxPool${n}d`,
    family: 'Pooling',
    doc: 'Keeps the largest element of each window.',
    reference: `torch.nn.MaxPool${n}d.html`,
    inputs: maps(n, 'number'),
    params: {
      kernel_size: kernel_size(n), stride: stride(n),
      padding: tuple(n, { min: 0, default: 0, doc: 'Elements of minus infinity added on each side; at most half of the window.' }),
      dilation: tuple(n, { min: 1, default: 1, doc: 'Step between the elements of one window.' }),
      return_indices, ceil_mode,
    },
    outputs: withIndices, ports: someIndices,
    plain: true,
    infer([input], p, report) {
      // Over one axis PyTorch pools whole numbers only where it looks for their places too.
      if (n === 1 && p.return_indices === false && isInteger(input.dtype)) report({ code: 'wrong-dtype', input: 0, message: `MaxPool1d takes floating-point numbers, but ${input.dtype} arrives.`, facts: { dtype: input.dtype, wanted: 'float' } });
      return andIndices(pooled(n, input, p, report), p.return_indices);
    },
    torch: (p, inputs, write) => ({ ...nnModule(`nn.MaxPool${n}d`, { positional: ['kernel_size'] })(p, inputs, write), ...(p.return_indices === true && { results: '{0}, {1}' }) }) as TorchCall,
    window: poolWindow, summary: poolSummary,
    formula: ([input], [output], p) => poolFormula(n, input, output, p),
  });
}

function averagePool(n: SpatialRank): Operator {
  return defineOperator({
    type: `AvgPool${n}d`,
    family: 'Pooling',
    doc: 'Averages each window.',
    reference: `torch.nn.AvgPool${n}d.html`,
    inputs: maps(n, 'number'),
    params: {
      kernel_size: kernel_size(n), stride: stride(n),
      padding: tuple(n, { min: 0, default: 0, doc: 'Zeros added on each side; at most half of the window.' }),
      ceil_mode,
      count_include_pad: flag({ default: true, doc: 'Counts the added zeros in the average.' }),
      ...(n === 1 ? {} : { divisor_override: integer({ default: null, min: 1, doc: 'Divides by this instead of the size of the window.' }) }),
    },
    plain: true,
    infer([input], p, report) {
      if (isInteger(input.dtype) && input.dtype !== 'int64') report({ code: 'wrong-dtype', input: 0, message: `AvgPool${n}d averages floating-point numbers or int64, but ${input.dtype} arrives.`, facts: { dtype: input.dtype, wanted: 'int64' } });
      if (n === 3) checkUnpadded(input, p, report);
      return pooled(n, input, p, report);
    },
    torch: nnModule(`nn.AvgPool${n}d`, { positional: ['kernel_size'] }),
    window: poolWindow, summary: poolSummary,
    formula: ([input], [output], p) => poolFormula(n, input, output, p),
  });
}

function powerPool(n: SpatialRank): Operator {
  return defineOperator({
    type: `LPPool${n}d`,
    family: 'Pooling',
    doc: 'Takes the power mean of each window: (Σ x^p)^(1/p).',
    reference: `torch.nn.LPPool${n}d.html`,
    inputs: maps(n, 'any'),
    params: {
      norm_type: number({ initial: 2, doc: 'The exponent p.' }),
      kernel_size: kernel_size(n), stride: stride(n), ceil_mode,
    },
    plain: true,
    infer([{ shape, dtype }], p, report) {
      const input = { shape, dtype: floated(dtype) };
      if (n === 3) checkUnpadded(input, p, report);
      return pooled(n, input, p, report);
    },
    torch: nnModule(`nn.LPPool${n}d`, { positional: ['norm_type', 'kernel_size'] }),
    window: poolWindow, summary: poolSummary,
    formula: ([input], [output], p) => poolFormula(n, input, output, p),
  });
}

function adaptivePool(n: SpatialRank, kind: 'Avg' | 'Max'): Operator {
  return defineOperator({
    type: `Adaptive${kind}Pool${n}d`,
    family: 'Pooling',
    doc: `${kind === 'Avg' ? 'Averages' : 'Takes the largest of'} as many equal windows as the output has elements.`,
    reference: `torch.nn.Adaptive${kind}Pool${n}d.html`,
    inputs: kind === 'Max' || n === 1 ? maps(n) : ([{ name: 'input', doc: imageLike(n) }] as unknown as ReturnType<typeof maps>),
    params: { output_size: sizes(n, { min: 0, initial: 1, doc: 'Size of the output.' }), ...(kind === 'Max' ? { return_indices } : {}) },
    ...(kind === 'Max' ? { outputs: withIndices, ports: someIndices } : {}),
    plain: true,
    infer([{ shape, dtype }], p, report) {
      if (shape === null) return andIndices([{ shape, dtype }], asksIndices(p));
      // To one element PyTorch takes the mean of the last axes, whatever stands before them.
      const isMean = kind === 'Avg' && n > 1 && p.output_size.every((size) => size === 1) && shape.length >= n;
      if (kind === 'Avg' && n > 1 && !isMean && ![n + 1, n + 2].includes(shape.length)) {
        report({ code: 'wrong-rank', input: 0, message: `AdaptiveAvgPool${n}d takes ${imageLike(n)}, but ${formatShape(shape)} (${shape.length} ${shape.length === 1 ? 'axis' : 'axes'}) arrives.`, facts: { rank: shape.length, ranks: [n + 2, n + 1] } });
        return [{ shape: null, dtype }];
      }
      const first = shape.length - n;
      const from = kind === 'Avg' && n < 3 ? first : 1;
      if (!isMean) shape.slice(from).forEach((size, axis) => {
        if (size === 0) report({ code: 'empty-input', input: 0, message: `There is nothing to pool: axis ${axis + from} has no elements.`, facts: { axis: axis + from } });
      });
      const result = shape.slice(0, first);
      for (let axis = 0; axis < n; axis++) {
        const wanted = p.output_size[axis];
        result.push(wanted === undefined ? (shape[first + axis] as Dim) : wanted);
      }
      return andIndices([{ shape: result, dtype }], asksIndices(p));
    },
    torch: (p, _inputs, write) => ({ module: `nn.Adaptive${kind}Pool${n}d`, args: [...write.positional('output_size'), ...(kind === 'Max' ? write.keywords('return_indices') : [])], ...(asksIndices(p) && { results: '{0}, {1}' }) }),
    window(p, [{ shape }]) {
      // Equal windows only where the output divides the input; others overlap unevenly.
      const input = shape?.slice(-n) ?? [];
      const steps = input.map((size, axis) => {
        const wanted = p.output_size[axis] === undefined ? size : at(p.output_size as readonly Dim[], axis);
        return typeof size === 'number' && typeof wanted === 'number' && wanted > 0 && size % wanted === 0 ? size / wanted : null;
      });
      return steps.length === 0 ? null : windowOf(steps, steps, steps.map(() => 1), steps.map(() => 0));
    },
    summary: (p) => [`→ ${p.output_size.map((size) => (size === undefined ? 'n' : formatDim(size))).join('×')}`],
    formula: (_inputs, [output], p) => spatialAxes[n].map((axis, i) => ({
      axis, formula: p.output_size[i] === undefined ? 'n' : 'output_size', result: output?.shape?.at(i - n) ?? null,
    })),
  });
}

const ranks = [1, 2, 3] as const;
export const poolings: readonly Operator[] = [
  ...ranks.map(maxPool), ...ranks.map(averagePool),
  ...ranks.map((n) => adaptivePool(n, 'Avg')), ...ranks.map((n) => adaptivePool(n, 'Max')),
  ...ranks.map(powerPool),
];
