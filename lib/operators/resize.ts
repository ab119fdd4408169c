import { atLeast, divisible, exactDiv, floorDiv, formatDim, formatShape, mul, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { sizeAt, withAxis, axisWord } from './axes.js';
import { nnModule } from './calls.js';
import { windowOf } from './convolution.js';
import { defineOperator } from './define.js';
import type { FormulaLine, Operator, Report } from './operator.js';
import { choice, flag, integer, numberOrList } from './param.js';

const modes = ['nearest', 'linear', 'bilinear', 'bicubic', 'trilinear', 'area', 'nearest-exact'] as const;
const spatialOf: Readonly<Record<string, readonly number[]>> = { linear: [1], bilinear: [2], bicubic: [2], trilinear: [3] };

/** n · scale rounded down. A fraction of a symbolic size is written where it is exact in binary, so that rounding is PyTorch's. */
export function scaled(n: Dim, scale: Dim): Dim {
  if (typeof n === 'number' && typeof scale === 'number') return Math.floor(n * scale);
  if (typeof scale !== 'number') return null;
  for (let divisor = 1; divisor <= 1024; divisor *= 2) if (Number.isInteger(scale * divisor)) return floorDiv(mul(n, scale * divisor), divisor);
  return null;
}

interface Resize {
  readonly size: Dim | readonly Dim[] | undefined;
  readonly scale_factor: Dim | readonly Dim[] | undefined;
  readonly mode: string | null;
  readonly align_corners: boolean | null | undefined;
  readonly antialias?: boolean | null;
  readonly recompute_scale_factor?: boolean | null | undefined;
}

function perAxis(value: Dim | readonly Dim[] | undefined, count: number): readonly Dim[] | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? (value as readonly Dim[]) : Array.from({ length: count }, () => value as Dim);
}

function resized(type: string, { shape, dtype }: Tensor, p: Resize, report: Report): readonly Tensor[] {
  if (p.size === undefined && p.scale_factor === undefined) report({ code: 'missing-size', param: 'scale_factor', message: `${type} needs size or scale_factor.` });
  if (p.size !== undefined && p.scale_factor !== undefined) report({ code: 'two-sizes', param: 'size', message: `${type} takes size or scale_factor, not both.` });
  else if (p.size !== undefined && p.recompute_scale_factor === true) report({ code: 'two-sizes', param: 'recompute_scale_factor', message: 'recompute_scale_factor has a meaning only beside scale_factor.' });
  if (p.align_corners === true || p.align_corners === false) {
    if (p.mode !== null && ['nearest', 'area', 'nearest-exact'].includes(p.mode)) report({ code: 'wrong-mode', param: 'align_corners', message: `align_corners has a meaning only for modes that interpolate, not for "${p.mode}".`, facts: { mode: p.mode } });
  }
  if (shape === null) return [{ shape, dtype }];
  const spatial = shape.length - 2;
  const ranks = p.mode === null ? undefined : spatialOf[p.mode];
  if (ranks !== undefined && !ranks.includes(spatial)) {
    report({ code: 'wrong-mode', param: 'mode', message: `Mode "${p.mode ?? '?'}" takes ${(ranks[0] ?? 0) + 2} axes, but ${formatShape(shape)} has ${shape.length}.`, facts: { mode: p.mode, rank: shape.length } });
  }
  if (p.antialias === true && p.mode !== 'bilinear' && p.mode !== 'bicubic') report({ code: 'wrong-mode', param: 'antialias', message: `antialias works with "bilinear" and "bicubic", not with "${p.mode ?? '?'}".`, facts: { mode: p.mode } });
  const param = p.size !== undefined ? 'size' : 'scale_factor';
  const values = perAxis(p.size ?? p.scale_factor, spatial);
  if (values === null) return [{ shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => null)], dtype }];
  if (values.length !== spatial) {
    report({ code: 'wrong-axes', param, message: `${param} has ${values.length} numbers, but ${formatShape(shape)} has ${spatial} spatial axes.`, facts: { length: values.length, spatial } });
    return [{ shape: [...shape.slice(0, 2), ...shape.slice(2).map(() => null)], dtype }];
  }
  const result = shape.slice(2).map((size, i): Dim => {
    const rounded = param === 'size' ? (values[i] as Dim) : scaled(size, values[i] as Dim);
    // PyTorch cuts the sizes of areas off towards 0, and those may be none; what interpolates between elements makes one at least.
    const made = p.mode === 'area' && param === 'scale_factor' && typeof size === 'number' && typeof values[i] === 'number' ? Math.trunc(size * values[i]) + 0 : rounded;
    const least = p.mode === 'area' ? 0 : 1;
    if (size !== 0 && atLeast(made, least) !== false) return made;
    report({ code: 'empty-output', param, input: 0, message: `${axisWord(i + 2, shape.length)} ${formatDim(size)} becomes ${formatDim(made)}: sizes must be at least ${size === 0 ? 1 : least}.`, facts: { axis: i + 2, size, result: made } });
    return null;
  });
  return [{ shape: [...shape.slice(0, 2), ...result], dtype }];
}

function resizeFormula(input: Tensor, output: Tensor | undefined, p: Resize): readonly FormulaLine[] {
  const spatial = (input.shape?.length ?? 2) - 2;
  const values = perAxis(p.scale_factor, spatial);
  return (input.shape ?? []).slice(2).map((size, i) => ({
    axis: (spatial === 1 ? ['L'] : spatial === 2 ? ['H', 'W'] : ['D', 'H', 'W'])[i] ?? `axis ${i + 2}`,
    formula: p.size !== undefined ? 'size' : '⌊n · scale_factor⌋',
    ...(p.size !== undefined ? {} : { numbers: `⌊${formatDim(size)} · ${formatDim(values?.[i] ?? null)}⌋` }),
    result: output?.shape?.[i + 2] ?? null,
  }));
}

function resizeWindow(p: Resize, shape: Shape | null): ReturnType<typeof windowOf> {
  const values = perAxis(p.scale_factor, (shape?.length ?? 2) - 2);
  // Whole factors copy or mix neighbours; others have no fixed step.
  if (values === null || shape === null || !values.every((value) => typeof value === 'number' && Number.isInteger(value))) return null;
  const ones = values.map(() => 1);
  return windowOf(ones, values, ones, values.map(() => 0), true);
}

const sizeText = (value: Dim | readonly Dim[]): string => (Array.isArray(value) ? (value as readonly Dim[]).map(formatDim).join('×') : formatDim(value as Dim));
const resizeSummary = (p: Resize): readonly string[] => [
  p.size !== undefined ? `→ ${sizeText(p.size)}` : p.scale_factor !== undefined ? `×${sizeText(p.scale_factor)}` : '?',
  ...(p.mode === 'nearest' || p.mode === null ? [] : [p.mode]),
];

const shared = {
  size: numberOrList({ default: null, min: 0, doc: 'Size of the result: one number, or one for each spatial axis.' }),
  scale_factor: numberOrList({ default: null, initial: 2, fractions: true, doc: 'Factor of the sizes: one number, or one for each spatial axis.' }),
  mode: choice(modes, { default: 'nearest', doc: 'How elements between are found.' }),
  align_corners: flag({ default: null, doc: 'The corners of input and result lie on each other.' }),
} as const;
const images = [{ name: 'input', ranks: [3, 4, 5], doc: 'N × C × L, N × C × H × W or N × C × D × H × W' }] as const;

const upsample = defineOperator({
  type: 'Upsample',
  family: 'Shape',
  doc: 'Makes maps larger (or smaller) without learning.',
  reference: 'torch.nn.Upsample.html',
  inputs: images,
  params: { ...shared, recompute_scale_factor: flag({ default: null, doc: 'Computes the factor again from the rounded size.' }) },
  plain: true,
  infer: ([input], p, report) => resized('Upsample', input, p, report),
  torch: nnModule('nn.Upsample'),
  window: (p, [{ shape }]) => resizeWindow(p, shape),
  summary: resizeSummary,
  formula: ([input], [output], p) => resizeFormula(input, output, p),
});

const interpolate = defineOperator({
  type: 'Interpolate',
  family: 'Shape',
  doc: 'Makes maps larger (or smaller) without learning, as a function.',
  reference: 'torch.nn.functional.interpolate.html',
  inputs: images,
  params: {
    ...shared,
    recompute_scale_factor: flag({ default: null, doc: 'Computes the factor again from the rounded size.' }),
    antialias: flag({ default: false, doc: 'Smooths before making smaller.' }),
  },
  plain: true,
  infer: ([input], p, report) => resized('Interpolate', input, p, report),
  torch(_p, _inputs, write) {
    const args = write.keywords();
    return { expression: `F.interpolate({0}${args.map(({ name }) => `, ${name ?? ''}={${name ?? ''}}`).join('')})`, precedence: 'atom', args };
  },
  window: (p, [{ shape }]) => resizeWindow(p, shape),
  summary: resizeSummary,
  formula: ([input], [output], p) => resizeFormula(input, output, p),
});

/** PyTorch's older names of `Upsample` in one mode; `size` and `scale_factor` alone are written. */
function upsampling(type: 'UpsamplingNearest2d' | 'UpsamplingBilinear2d', doc: string, mode: 'nearest' | 'bilinear'): Operator {
  const fixed = <P extends Pick<Resize, 'size' | 'scale_factor'>>(p: P): Resize => ({ size: p.size, scale_factor: p.scale_factor, mode, align_corners: mode === 'bilinear' ? true : undefined });
  return defineOperator({
    type, doc,
    family: 'Shape',
    reference: `torch.nn.${type}.html`,
    inputs: images,
    params: { size: shared.size, scale_factor: shared.scale_factor },
    plain: true,
    infer: ([input], p, report) => resized(type, input, fixed(p), report),
    torch: nnModule(`nn.${type}`),
    window: (p, [{ shape }]) => resizeWindow(fixed(p), shape),
    summary: (p) => resizeSummary({ ...fixed(p), mode: 'nearest' }),
    formula: ([input], [output], p) => resizeFormula(input, output, fixed(p)),
  });
}

function tooFewAxes(type: string, shape: Shape, report: Report): boolean {
  if (shape.length >= 3) return false;
  report({ code: 'wrong-rank', input: 0, message: `${type} takes at least C × H × W, but ${formatShape(shape)} arrives.`, facts: { rank: shape.length } });
  return true;
}

/** A size divided by a factor, reported where it does not divide. */
function parted(size: Dim, by: Dim, what: string, param: string, report: Report): Dim {
  if (divisible(size, by) === false) report({ code: 'not-divisible', param, input: 0, message: `${formatDim(by)} does not divide the ${what}, ${formatDim(size)}.`, facts: { what, value: size, by } });
  return exactDiv(size, by) ?? null;
}

const pixelShuffle = defineOperator({
  type: 'PixelShuffle',
  family: 'Shape',
  doc: 'Spreads r² channels over r × r pixels: makes maps r times larger.',
  reference: 'torch.nn.PixelShuffle.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { upscale_factor: integer({ min: 1, initial: 2, doc: 'The factor r.' }) },
  plain: true,
  infer([{ shape, dtype }], { upscale_factor: r }, report) {
    if (shape === null || tooFewAxes('PixelShuffle', shape, report)) return [{ shape: null, dtype }];
    const channels = parted(sizeAt(shape, -3), mul(r, r), 'number of channels', 'upscale_factor', report);
    return [{ shape: [...shape.slice(0, -3), channels, mul(sizeAt(shape, -2), r), mul(sizeAt(shape, -1), r)], dtype }];
  },
  torch: nnModule('nn.PixelShuffle', { positional: ['upscale_factor'] }),
  summary: (p) => [`×${formatDim(p.upscale_factor)}`],
});

const pixelUnshuffle = defineOperator({
  type: 'PixelUnshuffle',
  family: 'Shape',
  doc: 'Gathers r × r pixels into r² channels: makes maps r times smaller.',
  reference: 'torch.nn.PixelUnshuffle.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { downscale_factor: integer({ min: 1, initial: 2, doc: 'The factor r.' }) },
  plain: true,
  infer([{ shape, dtype }], { downscale_factor: r }, report) {
    if (shape === null || tooFewAxes('PixelUnshuffle', shape, report)) return [{ shape: null, dtype }];
    const height = parted(sizeAt(shape, -2), r, 'height', 'downscale_factor', report);
    const width = parted(sizeAt(shape, -1), r, 'width', 'downscale_factor', report);
    return [{ shape: [...shape.slice(0, -3), mul(sizeAt(shape, -3), mul(r, r)), height, width], dtype }];
  },
  torch: nnModule('nn.PixelUnshuffle', { positional: ['downscale_factor'] }),
  summary: (p) => [`/${formatDim(p.downscale_factor)}`],
});

const channelShuffle = defineOperator({
  type: 'ChannelShuffle',
  family: 'Shape',
  doc: 'Mixes the channels of several groups, so that the next grouped convolution sees all of them.',
  reference: 'torch.nn.ChannelShuffle.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: { groups: integer({ min: 1, initial: 2, doc: 'Groups.' }) },
  plain: true,
  infer([{ shape, dtype }], p, report) {
    if (shape === null) return [{ shape, dtype }];
    if (shape.length < 3) report({ code: 'wrong-rank', input: 0, message: `ChannelShuffle takes at least 3 axes (N × C × L), but ${formatShape(shape)} arrives.`, facts: { rank: shape.length } });
    else parted(sizeAt(shape, 1), p.groups, 'number of channels', 'groups', report);
    return [{ shape: shape.length < 3 ? shape : withAxis(shape, 1, sizeAt(shape, 1)), dtype }];
  },
  torch: nnModule('nn.ChannelShuffle', { positional: ['groups'] }),
  summary: (p) => [`g${formatDim(p.groups)}`],
});

export const resizes: readonly Operator[] = [
  upsample, interpolate,
  upsampling('UpsamplingNearest2d', 'Makes maps larger (or smaller) by repeating the nearest element.', 'nearest'),
  upsampling('UpsamplingBilinear2d', 'Makes maps larger (or smaller) by mixing the four nearest elements; the corners of input and result lie on each other.', 'bilinear'),
  pixelShuffle, pixelUnshuffle, channelShuffle,
];
