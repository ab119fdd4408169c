import { add, isFloat, mul, product, sub, type Dim, type Tensor } from '../shapes/index.js';
import { sizeAt } from './axes.js';
import { UNKNOWN, type ParamValues } from './operator.js';
import { elements, floats, type Arrival, type Rule, type Saved } from './saved.js';
import { sequenceRules } from './saving-sequences.js';

const nothing: Saved = { inputs: [], outputs: [], more: 0 };
const first: Saved = { inputs: [0], outputs: [], more: 0 };
const result: Saved = { inputs: [], outputs: [0], more: 0 };
const both: Saved = { inputs: [0], outputs: [0], more: 0 };
const crossed: Saved = { inputs: [0, 1], outputs: [], more: 0, crosswise: true };

const sizeOf = (tensor: Tensor | null | undefined, axis: number): Dim => sizeAt(tensor?.shape ?? null, axis);

const all = (types: string, saved: Saved | Rule): readonly (readonly [string, Rule])[] => types.split(' ').map((type) => [type, typeof saved === 'function' ? saved : () => saved]);
const grids = (stem: string): string => [1, 2, 3].map((n) => `${stem}${n}d`).join(' ');

/** Mean and reciprocal deviation beside the input, `count` of each. */
const statistics = (count: (inputs: readonly (Tensor | null)[], p: ParamValues) => Dim): Rule => (inputs, _outputs, p) => ({ ...first, more: floats(mul(2, count(inputs, p))) });
const lastAxes = ({ normalized_shape }: ParamValues): Dim => (Array.isArray(normalized_shape) ? product(normalized_shape as readonly Dim[]) : typeof normalized_shape === 'number' ? normalized_shape : null);
const rows = (tensor: Tensor | null | undefined, p: ParamValues): Dim => {
  const count = lastAxes(p);
  const total = elements(tensor);
  return typeof total === 'number' && typeof count === 'number' && count > 0 ? total / count : null;
};
/** Where the largest elements stood, as int64. */
const indices: Rule = (_inputs, outputs, p) => (p['return_indices'] === true ? { inputs: [0], outputs: [1], more: 0 } : { ...first, more: mul(8, elements(outputs[0])) });
/** Noise of the shape of what it is multiplied by; nothing is drawn without a chance. */
const noise = (count: (input: Tensor | null | undefined) => Dim): Rule => ([input], _outputs, { p }) => (p === 0 ? nothing : { ...nothing, more: floats(count(input)) });
/** To one element the mean is taken, which keeps nothing. */
const adaptive: Rule = (_inputs, _outputs, { output_size }) => (Array.isArray(output_size) && output_size.every((size) => size === 1) ? nothing : first);
const padding: Rule = (_inputs, _outputs, { mode }) => (mode === 'reflect' || mode === 'replicate' ? first : nothing);

const resizing: Rule = (_inputs, outputs, p) => {
  if (p['mode'] !== 'area') return nothing;
  return outputs[0]?.shape?.slice(2).every((size) => size === 1) === true ? nothing : first;
};
/** Padding other than by zeros is a layer of its own, whose result the convolution keeps. */
const convolution: Rule = ([input], _outputs, { padding: given, padding_mode, kernel_size, dilation }) => {
  if (padding_mode === 'zeros' || padding_mode === undefined || !input?.shape || !Array.isArray(kernel_size)) return first;
  const n = kernel_size.length;
  const at = (values: unknown, axis: number): Dim => (Array.isArray(values) ? ((values as readonly Dim[])[axis] ?? null) : null);
  const around = Array.from({ length: n }, (_, axis) => (given === 'same' ? mul(at(dilation, axis), sub(at(kernel_size, axis), 1)) : given === 'valid' ? 0 : mul(2, at(given, axis))));
  if (around.every((size) => size === 0)) return first;
  const padded = input.shape.map((size, axis) => add(size, around[axis - input.shape!.length + n] ?? 0));
  return { inputs: padding_mode === 'circular' ? [] : [0], outputs: [], more: floats(product(padded)) };
};
/** Factors are multiplied one after the other: each keeps what the others before made. */
const factors: Rule = (inputs, outputs) => ({ ...crossed, inputs: inputs.map((_, k) => k), more: inputs.length > 2 ? mul(inputs.length - 2, bytesOf(outputs[0]!)) : 0 });

const rules: ReadonlyMap<string, Rule> = new Map([
  ...sequenceRules,
  ...all(grids('Conv'), convolution),
  ...all(`${grids('ConvTranspose')} Linear Embedding`, first),
  ...all(`${grids('BatchNorm')} SyncBatchNorm`, statistics(([input]) => sizeOf(input, 1))),
  ...all('LayerNorm', (inputs, _outputs, p) => ({ ...first, more: floats(mul(2, rows(inputs[0], p))) })),
  ...all('GroupNorm', statistics(([input], { num_groups }) => mul(sizeOf(input, 0), typeof num_groups === 'number' ? num_groups : null))),
  ...all('ReLU Sigmoid Tanh Softmax LogSoftmax Softmax2d Exp Expm1 Tan Sqrt Rsqrt Reciprocal', result),
  ...all('ReLU6 LeakyReLU ELU SELU GELU SiLU Mish Hardswish Hardsigmoid Hardtanh Softplus Softshrink Hardshrink Threshold GLU PReLU Log Log1p Atan Abs Sin Cos Erf Clamp Square', first),
  ...all(`${grids('MaxPool')} ${grids('AdaptiveMaxPool')} FractionalMaxPool2d FractionalMaxPool3d`, indices),
  ...all(grids('AvgPool'), first),
  ...all(grids('AdaptiveAvgPool'), adaptive),
  ...all('Dropout', noise(elements)),
  ...all('Dropout1d Dropout2d Dropout3d', noise((input) => mul(sizeOf(input, 0), sizeOf(input, 1)))),
  ...all('Mul', factors),
  ...all('MatMul BMM', crossed),
  ...all('Upsample Interpolate UpsamplingNearest2d UpsamplingBilinear2d', resizing),
  ...all('Amax Amin LogSumExp Std', both),
  ...all('TopK Sort', { inputs: [], outputs: [1], more: 0 }),
  ...all('Scatter', { inputs: [1], outputs: [], more: 0 }),
  ...all('Var', first),
  ...all(`${grids('ReflectionPad')} ${grids('ReplicationPad')}`, first),
  ...all('Pad', padding),
  ...all(`Identity Add Sub Neg Concat Stack Mean Sum Flatten Unflatten Reshape Permute Transpose Squeeze Unsqueeze Expand Slice Crop Split Chunk Narrow Select Roll Flip Tile Cumsum Triu Tril
    PixelShuffle PixelUnshuffle ChannelShuffle Unfold Fold ${grids('ZeroPad')} ${grids('ConstantPad')} ${grids('CircularPad')} Floor Ceil Round Sign Parameter`.replace(/\s+/g, ' '), nothing),
]);

/** Operators of which exactly is known what they keep; the others are taken to keep what goes in and what comes out. */
export const knownSavings: ReadonlySet<string> = new Set(rules.keys());

/** What an operator keeps for the backward pass, given what arrives and what comes out. */
export function savedBy(type: string, inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], p: ParamValues, arrival: Arrival = apart(inputs)): Saved {
  const rule = rules.get(type);
  if (rule) return rule(inputs, outputs, p, arrival);
  return { inputs: inputs.flatMap((input, k) => (input === null ? [] : [k])), outputs: outputs.map((_, k) => k), more: 0 };
}

/** Inputs of which each is a tensor of its own, that learns where it can. */
const apart = (inputs: readonly (Tensor | null)[]): Arrival => ({ learns: (k) => inputs[k] != null && isFloat(inputs[k].dtype), same: () => false });

/** Operators whose result is their input looked at otherwise; `strided` ones leave it in another order, so that a reshape must copy. */
const views: ReadonlyMap<string, 'plain' | 'strided' | 'reshape'> = new Map([
  ...['Identity', 'Squeeze', 'Unsqueeze'].map((type) => [type, 'plain'] as const),
  ...['Permute', 'Transpose', 'Expand', 'Slice', 'Crop', 'Split', 'Chunk', 'Narrow', 'Select'].map((type) => [type, 'strided'] as const),
  ...['Flatten', 'Unflatten', 'Reshape'].map((type) => [type, 'reshape'] as const),
]);
/** What does nothing outside of training hands its input on. */
const idle: ReadonlySet<string> = new Set(['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout', 'StochasticDepth']);

/** Whether the result stands in the memory of the first input; `strided`: in another order there. */
export function sharesMemory(type: string, p: ParamValues, { training, strided }: { readonly training: boolean; readonly strided: boolean }): 'no' | 'plain' | 'strided' {
  const view = views.get(type);
  if (view === 'reshape') return strided ? 'no' : 'plain';
  if (view !== undefined) return view === 'strided' || strided ? 'strided' : 'plain';
  const inplace = p['inplace'];
  if ((inplace !== UNKNOWN && inplace === true) || (idle.has(type) && (!training || p['p'] === 0))) return strided ? 'strided' : 'plain';
  return 'no';
}

/** Bytes of a tensor. */
export function bytesOf({ shape, dtype }: Tensor): Dim {
  const width = { bool: 1, int8: 1, uint8: 1, int16: 2, float16: 2, bfloat16: 2, int32: 4, float32: 4, int64: 8, float64: 8 }[dtype];
  return shape === null ? null : mul(width, product(shape));
}

/** Which inputs a layer keeps, of those that it may: of two that are multiplied each only where another one learns. */
export function keptInputs({ inputs, crosswise }: Saved, learns: (input: number) => boolean): readonly number[] {
  return crosswise ? inputs.filter((k) => inputs.some((other) => other !== k && learns(other))) : inputs;
}

/** The sum of what is kept of one layer by itself: each tensor once. */
export function savedBytes(type: string, inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], p: ParamValues, hasWeights: boolean): Dim {
  const saved = savedBy(type, inputs, outputs, p);
  const learns = (k: number): boolean => inputs[k] != null && isFloat(inputs[k]!.dtype);
  if (!hasWeights && !inputs.some((_, k) => learns(k))) return 0;
  const shared = sharesMemory(type, p, { training: true, strided: false }) !== 'no';
  const kept = keptInputs(saved, learns);
  let total: Dim = saved.more;
  for (const k of kept) total = add(total, bytesOf(inputs[k] ?? { shape: [0], dtype: 'float32' }));
  for (const k of saved.outputs) if (!(shared && kept.includes(0))) total = add(total, bytesOf(outputs[k]!));
  return total;
}
