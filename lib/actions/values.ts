import { operator } from '../operators/index.js';
import type { JsonObject, JsonValue } from '../document/json.js';
import type { Block } from '../document/model.js';
import type { Operator } from '../operators/operator.js';
import type { Shape } from '../shapes/dimension.js';

/** How the sizes of what arrives can be written where a node is put. */
export interface Arriving {
  readonly shape: Shape | null;
  /** The source as spelled. */
  readonly source: string;
  /** Inside a block sizes are written as expressions, since its uses may differ. */
  readonly inBlock: boolean;
  /** How the file writes the width that arrives, where a layer before it sets it by an expression. */
  readonly width?: JsonValue | undefined;
  /** A norm over channels reads what is put there, so a bias would do nothing. */
  readonly normed?: boolean;
}

/** Choices of parameters for an operator, the best first: such as keep the shape that arrives, then those that the palette writes. */
export function keepingValues(type: string, arriving: Arriving, declared = operator(type)): readonly JsonObject[] {
  if (declared === undefined) return [{}];
  const initial = initialValues(declared);
  // Names of a design's own operator say nothing of what they mean.
  const kept = declared.python === undefined ? keeping(declared, arriving) : {};
  return [{ ...initial, ...kept }, initial];
}

/** Values for the end of a network, where a layer that changes the size does what it is there for; none where it keeps the shape anyway. */
export function growingValues(type: string, declared = operator(type)): readonly JsonObject[] {
  if (declared === undefined || declared.python !== undefined) return [];
  const initial = initialValues(declared);
  if (declared.family === 'Pooling') return [initial];
  if (type === 'Upsample' || type === 'Interpolate') return [{ ...initial, scale_factor: 2 }];
  return type === 'PixelShuffle' ? [{ ...initial, upscale_factor: 2 }] : type === 'PixelUnshuffle' ? [{ ...initial, downscale_factor: 2 }] : [];
}

/** What must be written, as the palette writes it. */
export function initialValues(declared: Operator): JsonObject {
  const values: Record<string, JsonValue> = {};
  for (const [name, spec] of declared.params) {
    if (spec.assertion === true) continue;
    const value = spec.default === undefined ? (spec.initial ?? fallback(spec.kind)) : undefined;
    if (value !== undefined) values[name] = value as JsonValue;
  }
  return values;
}

function fallback(kind: string): JsonValue | undefined {
  return kind === 'integer' || kind === 'number' ? 1 : kind === 'flag' ? false : undefined;
}

function keeping(declared: Operator, arriving: Arriving): JsonObject {
  const { type, params } = declared;
  const rank = arriving.shape?.length ?? 0;
  const has = (name: string): boolean => params.has(name);
  const size = (axis: number): JsonValue | undefined => sizeAt(arriving, axis);
  const values: Record<string, JsonValue | undefined> = {};
  const channels = arriving.width ?? size(1);
  if (/^Conv(Transpose)?[123]d$/.test(type)) Object.assign(values, { out_channels: channels, kernel_size: 3, padding: 1, ...(arriving.normed === true && { bias: false }) });
  else if (/^(Max|Avg|LP)Pool[123]d$/.test(type)) Object.assign(values, { kernel_size: has('padding') ? 3 : 1, stride: 1, padding: 1 });
  else if (/^Adaptive/.test(type)) Object.assign(values, { output_size: spatial(arriving) });
  else if (has('out_features')) Object.assign(values, { out_features: rank === 2 && arriving.width !== undefined ? arriving.width : size(-1) });
  else if (has('hidden_size')) Object.assign(values, { hidden_size: size(-1) });
  else if (type === 'LayerNorm' || type === 'RMSNorm') Object.assign(values, { normalized_shape: rank === 4 ? [size(1), size(2), size(3)] : size(-1) });
  else if (type === 'GroupNorm') Object.assign(values, { num_groups: divisorOf(arriving.shape?.[1], 32) });
  else if (has('num_heads')) Object.assign(values, { num_heads: divisorOf(arriving.shape?.[rank - 1], 8) });
  else if (has('nhead')) Object.assign(values, { nhead: divisorOf(arriving.shape?.[rank - 1], 8) });
  else if (type === 'Clamp') Object.assign(values, { min: -1, max: 1 });
  else if (type === 'Expand') Object.assign(values, { shape: Array.from({ length: rank }, () => -1) });
  else if (has('repeats')) Object.assign(values, { repeats: 1 });
  else if (type === 'Upsample' || type === 'Interpolate') Object.assign(values, { scale_factor: 1 });
  else if (type === 'PixelShuffle') Object.assign(values, { upscale_factor: 1 });
  else if (type === 'PixelUnshuffle') Object.assign(values, { downscale_factor: 1 });
  else if (type === 'Pad') Object.assign(values, { pad: [0, 0] });
  else if (/Pad[123]d$/.test(type)) Object.assign(values, { padding: 0 });
  else if (type === 'Crop') Object.assign(values, { size: rank > 2 ? [size(rank - 2), size(rank - 1)] : [size(-1)] });
  else if (type === 'Slice') Object.assign(values, { ranges: [null] });
  else if (type === 'Permute') Object.assign(values, { dims: Array.from({ length: rank }, (_, axis) => axis) });
  else if (type === 'Transpose') Object.assign(values, { dim0: 0, dim1: 0 });
  else if (type === 'Reshape') Object.assign(values, { shape: [-1, ...Array.from({ length: Math.max(0, rank - 1) }, (_, axis) => size(axis + 1) ?? null)] });
  else if (type === 'Split') Object.assign(values, { sizes: size(1), dim: 1 });
  else if (type === 'Chunk') Object.assign(values, { chunks: 1 });
  const known: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined && has(name) && !(Array.isArray(value) && value.includes(undefined as never))) known[name] = value;
  return known;
}

/** A size of what arrives: a number, or in a block the expression that reads it. */
export function sizeAt({ shape, source, inBlock }: Arriving, axis: number): JsonValue | undefined {
  const at = shape === null ? axis : axis < 0 ? axis + shape.length : axis;
  const size = shape?.[at];
  if (inBlock || (typeof size === 'object' && size !== null)) return source === '' ? undefined : `=dim(${source}, ${axis})`;
  return typeof size === 'number' ? size : undefined;
}

function spatial(arriving: Arriving): JsonValue | undefined {
  const count = (arriving.shape?.length ?? 2) - 2;
  if (count < 1) return undefined;
  const sizes = Array.from({ length: count }, (_, axis) => sizeAt(arriving, axis + 2));
  if (sizes.some((size) => size === undefined)) return undefined;
  return count === 1 || (typeof sizes[0] === 'number' && sizes.every((size) => size === sizes[0])) ? sizes[0] : (sizes as JsonValue[]);
}

function divisorOf(size: unknown, most: number): number {
  if (typeof size !== 'number') return 1;
  let divisor = Math.min(most, size);
  while (divisor > 1 && size % divisor !== 0) divisor -= 1;
  return Math.max(1, divisor);
}

/** Choices of parameters for a use of a block: its defaults, then the width that arrives for every whole number that may be a width. */
export function blockValues(block: Block, arriving: Arriving): readonly JsonObject[] {
  const required: Record<string, JsonValue> = {};
  const widths: Record<string, JsonValue> = {};
  const width = arriving.width ?? sizeAt(arriving, 1);
  for (const [name, value] of block.params) {
    if (value === null) required[name] = width ?? 1;
    else if (typeof value === 'number' && width !== undefined && /channel|width|feature|filter|planes|dim|size/.test(name)) widths[name] = width;
  }
  return [{ ...required, ...widths }, required];
}

/** Sources of a node put on a wire, one for each input that it must have; a merge gets the number that changes nothing. */
export function sourcesOn(type: string, source: string, declared = operator(type)): readonly JsonValue[] {
  if (declared === undefined) return [source];
  if (declared.python !== undefined) return required(declared, source);
  if (type === 'Add' || type === 'Sub') return [source, 0];
  if (type === 'Mul' || type === 'Div') return [source, 1];
  return required(declared, source);
}

function required(declared: Operator, source: string): readonly JsonValue[] {
  const needed = declared.inputs.reduce((count, input) => count + (input.optional === true ? 0 : input.variadic === true ? (input.least ?? 1) : 1), 0);
  return Array.from({ length: needed }, () => source);
}

/** What a new node is called: short, as people write it. */
export function nameFor(type: string): string {
  const known: Readonly<Record<string, string>> = {
    Linear: 'fc', Dropout: 'drop', Dropout2d: 'drop', Add: 'sum', Concat: 'cat', Mul: 'gate', MultiheadAttention: 'attn', AdaptiveAvgPool2d: 'pool', Embedding: 'embed', LayerNorm: 'norm', GroupNorm: 'norm', Upsample: 'up', Interpolate: 'resize', Parameter: 'param',
  };
  if (known[type] !== undefined) return known[type];
  if (/^ConvTranspose/.test(type)) return 'up';
  if (/^Conv\dd$/.test(type)) return 'conv';
  if (/^BatchNorm/.test(type)) return 'bn';
  if (/Norm/.test(type)) return 'norm';
  if (/Pool/.test(type)) return 'pool';
  if (operator(type)?.activation === true) return type.toLowerCase();
  const snake = type.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return /^[a-z_]\w*$/.test(snake) ? snake : 'node';
}

