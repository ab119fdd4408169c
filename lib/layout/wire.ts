import { evaluateDim, formatDim, symbolsOf } from '../shapes/index.js';
import type { Dim, Shape } from '../shapes/dimension.js';
import type { Program } from '../program/program.js';
import type { LabelPart } from './model.js';

/** Pixels of a wire that carries so many channels: 3 gives 2, 64 gives 5.2, 1024 gives 11.6. */
export function widthOf(channels: number | null): number {
  if (channels === null || channels <= 0) return 2;
  return Math.round(Math.max(2, Math.min(14, 2 + 1.6 * (Math.log2(channels) - 4))) * 10) / 10;
}

/** Channels of a batched tensor: the second axis of images and volumes, the last of sequences and vectors. */
export function channelsOf(shape: Shape | null, sizes: ReadonlyMap<string, number>): number | null {
  if (shape === null || shape.length === 0) return null;
  const axis = shape.length >= 4 ? shape[1]! : shape[shape.length - 1]!;
  return evaluateDim(axis, sizes);
}

/** How often the input has been halved, 0 to 4; 'vec' where there is no height and width. */
export function levelOf(shape: Shape | null, inputHeight: number | null, sizes: ReadonlyMap<string, number>): number | 'vec' {
  if (shape === null || shape.length < 4 || inputHeight === null) return 'vec';
  const height = evaluateDim(shape[shape.length - 2]!, sizes);
  if (height === null || height <= 0) return 'vec';
  return Math.max(0, Math.min(4, Math.round(Math.log2(inputHeight / height))));
}

/** A stand-in size for each symbol of the design, so that widths and levels exist for symbolic shapes: the picture needs only an order of magnitude. */
export function standInSizes(program: Program): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const input of program.inputs) for (const dim of input.tensor.shape ?? []) for (const name of symbolsOf(dim)) if (!sizes.has(name)) sizes.set(name, 256);
  return sizes;
}

/** The height that resolution levels are counted from: that of the first input with height and width. */
export function inputHeight(program: Program, sizes: ReadonlyMap<string, number>): number | null {
  for (const { tensor } of program.inputs) if (tensor.shape !== null && tensor.shape.length >= 4) return evaluateDim(tensor.shape[tensor.shape.length - 2]!, sizes);
  return null;
}

/** The sizes printed beside a wire: all but the batch. */
export function printedDims(shape: Shape | null, batched = true): readonly string[] {
  if (shape === null) return ['?', '?', '?'];
  return (batched && shape.length > 1 ? shape.slice(1) : shape).map(short);
}

/** A size as it is printed on the canvas; a long expression is cut, its whole text is in the inspector. */
function short(dim: Dim): string {
  const text = formatDim(dim);
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
}

/** The label of a wire: what differs from the label before it is strong; without one before, all of it. */
export function labelOf(shape: Shape | null, before: Shape | null | undefined, batched = true): readonly LabelPart[] {
  const dims = printedDims(shape, batched);
  const earlier = before == null ? undefined : printedDims(before);
  return dims.map((text, i) => ({ text, strong: shape !== null && text !== '?' && (earlier === undefined || earlier.length !== dims.length || earlier[i] !== text) }));
}

/** Whether any size is unknown. */
export function isUnknown(shape: Shape | null): boolean {
  return shape === null || shape.includes(null);
}
