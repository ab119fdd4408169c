import { add, atLeast, divisible, exactDiv, formatDim, mul, product, sameDim, slidingSize, sub, transposedSize, windowExtent, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { at, imageLike, spatialAxes, type SpatialRank } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import { channelFormula, spatialFormula } from './formulas.js';
import type { Operator, Report } from './operator.js';
import { choice, flag, integer, tuple, tupleOr } from './param.js';
import { stridedSummary } from './summaries.js';

const modes = ['zeros', 'reflect', 'replicate', 'circular'] as const;

/** Channels stand before the spatial axes, with or without a batch axis. */
function channels(input: Tensor, n: SpatialRank): Dim {
  return input.shape?.[input.shape.length - n - 1] ?? null;
}

/** Padding before and after each axis; "same" puts the odd one behind. */
function paddings(padding: readonly Dim[] | 'same' | 'valid', kernel: readonly Dim[], dilation: readonly Dim[], axis: number): readonly [Dim, Dim] {
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [at(padding, axis), at(padding, axis)];
  const total = sub(windowExtent(at(kernel, axis), at(dilation, axis)), 1);
  const before = typeof total === 'number' ? Math.floor(total / 2) : null;
  return [before, sub(total, before)];
}

interface Groups {
  readonly in_channels: Dim | undefined;
  readonly out_channels: Dim;
  readonly groups: Dim;
}

function checkChannels({ in_channels, out_channels, groups }: Groups, arriving: Dim, report: Report): void {
  if (in_channels !== undefined && sameDim(in_channels, arriving) === false) {
    report({
      code: 'channel-mismatch', param: 'in_channels', input: 0,
      message: `in_channels is ${formatDim(in_channels)}, but ${formatDim(arriving)} channels arrive.`,
      facts: { expected: in_channels, actual: arriving },
    });
  }
  if (groups === 1) return;
  const entering = in_channels ?? arriving;
  for (const [name, size] of [['in_channels', entering], ['out_channels', out_channels]] as const) {
    if (divisible(size, groups) !== false) continue;
    report({
      code: 'not-divisible', param: 'groups',
      message: `groups ${formatDim(groups)} does not divide ${name} ${formatDim(size)}.`,
      facts: { what: name, value: size, by: groups },
    });
  }
}

function convolution(n: SpatialRank): Operator {
  const over = ['length', 'height and width', 'depth, height and width'][n - 1] as string;
  return defineOperator({
    type: `Conv${n}d`,
    family: 'Convolution',
    doc: `Slides out_channels learned windows over ${over}.`,
    reference: `torch.nn.Conv${n}d.html`,
    inputs: [{ name: 'input', ranks: [n + 2, n + 1], dtype: 'float32', doc: imageLike(n) }],
    params: {
      in_channels: integer({ min: 1, assertion: true, doc: 'Channels that arrive.' }),
      out_channels: integer({ min: 1, initial: 64, doc: 'Channels produced.' }),
      kernel_size: tuple(n, { min: 1, initial: 3, doc: 'Size of the window.' }),
      stride: tuple(n, { min: 1, default: 1, doc: 'Step between windows.' }),
      padding: tupleOr(n, ['same', 'valid'], { min: 0, default: 0, initial: 1, doc: 'Elements added on each side.' }),
      dilation: tuple(n, { min: 1, default: 1, doc: 'Step between the taps of one window.' }),
      groups: integer({ min: 1, default: 1, doc: 'Channel groups that do not see each other.' }),
      bias: flag({ default: true, doc: 'Adds one learned offset to each channel.' }),
      padding_mode: choice(modes, { default: 'zeros', doc: 'What the padding holds.' }),
    },
    infer([input], p, report) {
      const { shape, dtype } = input;
      checkChannels(p, channels(input, n), report);
      const { padding, padding_mode } = p;
      if (padding === 'same' && p.stride.some((stride) => typeof stride === 'number' && stride !== 1)) report({ code: 'same-with-stride', param: 'padding', message: 'padding "same" does not work with a stride: PyTorch refuses it.', facts: { stride: p.stride } });
      if (shape === null) return [{ shape, dtype }];
      const first = shape.length - n;
      const result: Dim[] = first === 2 ? [shape[0] as Dim, p.out_channels] : [p.out_channels];
      for (let axis = 0; axis < n; axis++) {
        const size = shape[first + axis] as Dim;
        const extent = windowExtent(at(p.kernel_size, axis), at(p.dilation, axis));
        const added = padding === 'valid' ? 0 : padding === 'same' ? sub(extent, 1) : mul(2, at(padding, axis));
        if (padding_mode !== 'zeros') {
          const [before, after] = paddings(padding, p.kernel_size, p.dilation, axis);
          checkPaddingMode(padding_mode, size, before, after, spatialAxes[n][axis] as string, report);
        }
        const padded = add(size, added);
        if (atLeast(padded, extent) === false) {
          reportTooLarge(spatialAxes[n][axis] as string, size, padded, extent, report);
          result.push(null);
        } else {
          result.push(slidingSize(size, added, extent, at(p.stride, axis)));
        }
      }
      return [{ shape: result, dtype }];
    },
    weights([input], p) {
      const weight: Shape = [p.out_channels, exactDiv(p.in_channels ?? channels(input, n), p.groups) ?? null, ...p.kernel_size];
      return p.bias === false
        ? [{ name: 'weight', shape: weight, learned: true }]
        : [{ name: 'weight', shape: weight, learned: true }, { name: 'bias', shape: [p.out_channels], learned: true }];
    },
    macs([input], [output], p) {
      if (output?.shape == null) return null;
      return mul(product(output.shape), mul(exactDiv(p.in_channels ?? channels(input, n), p.groups) ?? null, product(p.kernel_size)));
    },
    torch: nnModule(`nn.Conv${n}d`, { inferred: [['in_channels', ([input]) => channels(input, n)]], positional: ['out_channels', 'kernel_size'] }),
    window(p) {
      const padding = p.kernel_size.map((_, axis) => paddings(p.padding, p.kernel_size, p.dilation, axis)[0]);
      return windowOf(p.kernel_size, p.stride, p.dilation, padding);
    },
    summary: (p) => stridedSummary(p.kernel_size, p.out_channels, p.stride, p.dilation, p.groups),
    formula([input], [output], p) {
      const padding = (axis: number): Dim => {
        const [before, after] = paddings(p.padding, p.kernel_size, p.dilation, axis);
        return before === after ? before : null;
      };
      return [
        channelFormula('out_channels', p.out_channels),
        ...(p.padding === 'same'
          ? spatialAxes[n].map((axis, i) => ({ axis, formula: 'n (padding "same")', result: output?.shape?.at(i - n) ?? null }))
          : spatialFormula(n, p.dilation.every((dilation) => dilation === 1) ? '⌊(n + 2p − k) / s⌋ + 1' : '⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1', input, output, (axis) => ({ p: padding(axis), d: at(p.dilation, axis), k: at(p.kernel_size, axis), s: at(p.stride, axis) }))),
      ];
    },
  });
}

/** Reflection needs padding smaller than the size, a circle at most the size. */
function checkPaddingMode(mode: string | null, size: Dim, before: Dim, after: Dim, axis: string, report: Report): void {
  if (mode !== 'reflect' && mode !== 'circular') return;
  const largest = typeof before === 'number' && typeof after === 'number' ? Math.max(before, after) : null;
  if (atLeast(size, mode === 'reflect' ? add(largest, 1) : largest) !== false) return;
  report({
    code: 'padding-too-large', param: 'padding',
    message: `padding_mode "${mode}" with padding ${formatDim(largest)} needs ${mode === 'reflect' ? 'more than' : 'at least'} ${formatDim(largest)} elements along ${axis}, which has ${formatDim(size)}.`,
    facts: { axis, size, padding: largest },
  });
}

/** A window that does not fit even once. */
export function reportTooLarge(axis: string, size: Dim, padded: Dim, extent: Dim, report: Report): void {
  const where = sameDim(size, padded) === true ? formatDim(size) : `${formatDim(size)} (${formatDim(padded)} with padding)`;
  report({
    code: 'window-too-large', param: 'kernel_size', input: 0,
    message: `The window spans ${formatDim(extent)} along ${axis}, but the input has only ${where}.`,
    facts: { axis, size, padded, extent },
  });
}

/** A receptive-field window, where all of it is known. */
export function windowOf(kernel: readonly Dim[], stride: readonly Dim[], dilation: readonly Dim[], padding: readonly Dim[], transposed = false): { kernel: number[]; stride: number[]; dilation: number[]; padding: number[]; transposed?: boolean } | null {
  const parts = [kernel, stride, dilation, padding];
  if (!parts.every((part) => part.every((value) => typeof value === 'number'))) return null;
  const [k, s, d, p] = parts as number[][];
  return { kernel: k as number[], stride: s as number[], dilation: d as number[], padding: p as number[], ...(transposed ? { transposed } : {}) };
}

function transposedConvolution(n: SpatialRank): Operator {
  return defineOperator({
    type: `ConvTranspose${n}d`,
    family: 'Convolution',
    doc: 'The gradient of a convolution as a layer: spreads each element over a learned window, and so enlarges by its stride.',
    reference: `torch.nn.ConvTranspose${n}d.html`,
    inputs: [{ name: 'input', ranks: [n + 2, n + 1], dtype: 'float32', doc: imageLike(n) }],
    params: {
      in_channels: integer({ min: 1, assertion: true, doc: 'Channels that arrive.' }),
      out_channels: integer({ min: 1, initial: 64, doc: 'Channels produced.' }),
      kernel_size: tuple(n, { min: 1, initial: 2, doc: 'Size of the window.' }),
      stride: tuple(n, { min: 1, default: 1, initial: 2, doc: 'Factor by which the size grows.' }),
      padding: tuple(n, { min: 0, default: 0, doc: 'Elements taken off on each side of the result.' }),
      output_padding: tuple(n, { min: 0, default: 0, doc: 'Elements added at the end of the result.' }),
      groups: integer({ min: 1, default: 1, doc: 'Channel groups that do not see each other.' }),
      bias: flag({ default: true, doc: 'Adds one learned offset to each channel.' }),
      dilation: tuple(n, { min: 1, default: 1, doc: 'Step between the taps of one window.' }),
      padding_mode: choice(['zeros'], { default: 'zeros', doc: 'What the padding holds; PyTorch has only zeros here.' }),
    },
    infer([input], p, report) {
      const { shape, dtype } = input;
      checkChannels(p, channels(input, n), report);
      for (let axis = 0; axis < n; axis++) {
        const [extra, stride, dilation] = [at(p.output_padding, axis), at(p.stride, axis), at(p.dilation, axis)];
        if (typeof extra !== 'number' || typeof stride !== 'number' || typeof dilation !== 'number' || extra < Math.max(stride, dilation)) continue;
        report({
          code: 'output-padding-too-large', param: 'output_padding',
          message: `output_padding ${extra} along ${spatialAxes[n][axis] as string} must be smaller than the stride ${stride} or the dilation ${dilation}.`,
          facts: { axis: spatialAxes[n][axis], output_padding: extra, stride, dilation },
        });
      }
      if (shape === null) return [{ shape, dtype }];
      const first = shape.length - n;
      const result: Dim[] = first === 2 ? [shape[0] as Dim, p.out_channels] : [p.out_channels];
      for (let axis = 0; axis < n; axis++) {
        const size = shape[first + axis] as Dim;
        const extent = windowExtent(at(p.kernel_size, axis), at(p.dilation, axis));
        const made = transposedSize(size, at(p.stride, axis), at(p.padding, axis), extent, at(p.output_padding, axis));
        if (atLeast(made, 1) === false) {
          report({
            code: 'empty-output', param: 'padding',
            severity: made === 0 && allowsEmpty(shape, p) ? 'warning' : 'error',
            message: `Along ${spatialAxes[n][axis] as string}, ${formatDim(size)} gives ${formatDim(made)}: padding ${formatDim(at(p.padding, axis))} takes off all there is.`,
            facts: { axis: spatialAxes[n][axis], size, result: made },
          });
          result.push(made === 0 ? 0 : null);
        } else result.push(made);
      }
      return [{ shape: result, dtype }];
    },
    weights([input], p) {
      const weight: Shape = [p.in_channels ?? channels(input, n), exactDiv(p.out_channels, p.groups) ?? null, ...p.kernel_size];
      return p.bias === false
        ? [{ name: 'weight', shape: weight, learned: true }]
        : [{ name: 'weight', shape: weight, learned: true }, { name: 'bias', shape: [p.out_channels], learned: true }];
    },
    macs([input], _outputs, p) {
      if (input.shape === null) return null;
      return mul(product(input.shape), mul(exactDiv(p.out_channels, p.groups) ?? null, product(p.kernel_size)));
    },
    torch: nnModule(`nn.ConvTranspose${n}d`, { inferred: [['in_channels', ([input]) => channels(input, n)]], positional: ['out_channels', 'kernel_size'] }),
    window: (p) => windowOf(p.kernel_size, p.stride, p.dilation, p.padding, true),
    summary: (p) => stridedSummary(p.kernel_size, p.out_channels, p.stride, p.dilation, p.groups, '×'),
    formula: ([input], [output], p) => [
      channelFormula('out_channels', p.out_channels),
      // The short form fits where nothing but kernel, stride and padding is set.
      ...spatialFormula(n, `(n − 1)·s − 2p + ${p.dilation.every((dilation) => dilation === 1) ? 'k' : 'd·(k − 1) + 1'}${p.output_padding.every((extra) => extra === 0) ? '' : ' + o'}`, input, output, (axis) => ({
        s: at(p.stride, axis), p: at(p.padding, axis), d: at(p.dilation, axis), k: at(p.kernel_size, axis), o: at(p.output_padding, axis),
      })),
    ],
  });
}

/** Whether PyTorch makes an empty map here instead of refusing it: its two kernels for the CPU differ in that, and this is how it chooses. */
function allowsEmpty(shape: Shape, p: { readonly groups: Dim; readonly kernel_size: readonly Dim[]; readonly output_padding: readonly Dim[]; readonly stride: readonly Dim[]; readonly dilation: readonly Dim[] }): boolean {
  const batch = shape.length === p.kernel_size.length + 2 ? (shape[0] as Dim) : 1;
  if (p.output_padding.some((extra, axis) => typeof extra === 'number' && extra > 0 && atLeast(extra, at(p.stride, axis)) === true)) return false;
  const single = [p.kernel_size.slice(-2), p.stride, p.dilation].every((values) => values.every((value) => value === 1));
  if (single && atLeast(batch, 16) === false) return false;
  return p.groups !== 1 || batch !== 1 || atLeast(product(shape), 20481) === true || (p.kernel_size.length > 1 && p.kernel_size.slice(-2).every((size) => atLeast(size, 4) === true));
}

export const convolutions: readonly Operator[] = [
  convolution(1), convolution(2), convolution(3),
  transposedConvolution(1), transposedConvolution(2), transposedConvolution(3),
];
