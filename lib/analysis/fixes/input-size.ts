import { openAxes } from '../conditions/free.js';
import { plainParam } from '../scope.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { Input } from '../../document/model.js';

/** Other sizes of the input near the present one: multiples of the powers of two by which networks halve, and larger ones for windows that do not fit. */
export function inputSizeCandidates(context: FixContext, larger = false): readonly Candidate[] {
  const candidates: { readonly distance: number; readonly candidate: Candidate }[] = [];
  for (const input of context.parsed.document.root.inputs.values()) {
    const sizes = spatialSizes(context, input);
    if (sizes === undefined) continue;
    const choices = new Set<string>();
    for (const step of [2, 4, 8, 16, 32]) for (const round of larger ? [Math.ceil] : [Math.ceil, Math.floor]) choices.add(JSON.stringify(sizes.map((size) => Math.max(1, round(size / step)) * step)));
    if (larger) for (const size of [16, 28, 32, 48, 64, 96, 128, 224, 256, 512]) choices.add(JSON.stringify(sizes.map((present) => Math.max(present, size))));
    for (const choice of choices) {
      const wanted = JSON.parse(choice) as number[];
      if (!isSensible(wanted, sizes) || wanted.every((size, axis) => size === sizes[axis])) continue;
      const distance = wanted.reduce((sum, size, axis) => sum + Math.abs(size - sizes[axis]!), 0);
      candidates.push({ distance, candidate: inputSizeCandidate(context, input, wanted) });
    }
  }
  return [...suitableSizes(context), ...candidates.sort((a, b) => a.distance - b.distance).slice(0, 10).map(({ candidate }) => candidate)];
}

/** The nearest sizes by what the layers ask of an open size. */
export function suitableSizes(context: FixContext): readonly Candidate[] {
  const sizes = context.freed?.()?.nearest;
  if (sizes === undefined) return [];
  const inputs = [...context.parsed.document.root.inputs.values()];
  return inputs.flatMap((input) => {
    const present = spatialSizes(context, input);
    return (sizes.get(input.name) ?? []).filter((wanted) => isSensible(wanted, present) && wanted.length === present?.length && wanted.some((size, axis) => size !== present[axis])).map((wanted) => inputSizeCandidate(context, input, wanted));
  });
}

/** A map of one pixel fits nearly anything and is nobody's input, and nobody takes an image of less than half the size for a fix. */
const isSensible = (sizes: readonly number[], present: readonly number[] = []): boolean => sizes.some((size) => size > 1) && sizes.every((size, axis) => size * 2 >= (present[axis] ?? 0));

/** Gives an input other sizes; of several such candidates only the first that works is offered. */
export function inputSizeCandidate(context: FixContext, input: Input, wanted: readonly number[]): Candidate {
  const sizes = spatialSizes(context, input) ?? [];
  const axes = axesOf(context, input);
  const edits = wanted.map((size, k): Edit => {
    const param = handed(context, input, axes[k]!);
    return { kind: 'set', path: param === undefined ? ['inputs', input.name, 'shape', axes[k]!] : ['params', param], value: size };
  });
  return { title: `Set the ${axes.length === 1 ? 'length of the ' : ''}input \`${input.name}\` to ${wanted.join(' × ')}`, where: `nearest size that fits, from ${sizes.join(' × ')}`, once: 'input-size', variants: [distinctPaths(edits)] };
}

function axesOf({ graph: { program } }: FixContext, input: Input): readonly number[] {
  const shape = program.inputs.find(({ name }) => name === input.name)?.tensor.shape;
  return shape == null ? [] : openAxes(program, shape);
}

/** Height and width of an input, or its length, where they are numbers or parameters of the document. */
export function spatialSizes(context: FixContext, input: Input): readonly number[] | undefined {
  const { graph, options } = context;
  const axes = axesOf(context, input);
  const whole = graph.program.inputs.find(({ name }) => name === input.name)?.tensor.shape;
  const shape = axes.map((axis) => whole?.[axis] ?? null);
  if (shape.length === 0 || !shape.every((size): size is number => typeof size === 'number')) return undefined;
  const written = axes.map((axis) => input.shape?.[axis] ?? null);
  const given = options.set ?? {};
  // What an expression makes, or what was given from outside, cannot be set in the file.
  return written.every((size) => typeof size === 'number' || (plainParam(size) !== undefined && !Object.hasOwn(given, plainParam(size)!.name))) ? shape : undefined;
}

function handed({ parsed }: FixContext, input: Input, axis: number): string | undefined {
  const param = plainParam(input.shape?.[axis]);
  return param !== undefined && param.index === undefined && parsed.document.root.params.has(param.name) ? param.name : undefined;
}

/** One edit a place: two axes may be the same parameter. */
function distinctPaths(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter((edit) => { const key = 'path' in edit ? edit.path.join('/') : ''; return seen.has(key) ? false : (seen.add(key), true); });
}
