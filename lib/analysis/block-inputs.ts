import { formatDim, formatShape, isSym, sameDim, type Dim } from '../shapes/index.js';
import { evaluateValue } from '../program/evaluate.js';
import { isName } from '../document/names.js';
import { faults } from '../program/faults.js';
import type { Hint } from './hints.js';
import type { Candidate } from './fixes/verify.js';
import type { Graph } from './graph.js';
import type { Input } from '../document/model.js';
import type { Instance, Value } from '../program/program.js';
import type { JsonValue } from '../document/json.js';

/**
 * What arrives at the inputs of blocks that are written with a shape or an element type. Names in such a shape stand for any size, one name for
 * one size in each use. Each input is told once, at its first use that does not fit.
 */
export function blockInputProblems({ program }: Graph): readonly Hint[] {
  const declared = [...program.document.blocks.values()].filter(({ inputs }) => [...inputs.values()].some(({ shape, dtype }) => shape !== undefined || dtype !== undefined));
  if (declared.length === 0) return [];
  const found = new Map<string, Hint>();
  const visit = (instance: Instance): void => {
    if (instance.block.name !== '' && declared.includes(instance.block)) {
      const sizes = new Map<string, Dim>();
      for (const input of instance.block.inputs.values()) {
        const key = `${instance.block.name} ${input.name}`;
        const value = instance.inputs.get(input.name);
        const wrong = value === undefined || found.has(key) ? undefined : misfit(instance, input, value, sizes);
        if (wrong !== undefined) found.set(key, wrong);
      }
    }
    for (const use of instance.uses.values()) for (const each of use.each) if (each.kind === 'block') visit(each.instance);
  };
  visit(program.root);
  return [...found.values()];
}

function misfit(instance: Instance, input: Input, { tensor, origin }: Value, sizes: Map<string, Dim>): Hint | undefined {
  if (origin.kind === 'none') return undefined;
  const { shape, dtype } = tensor;
  const block = instance.block.name;
  const place = ['blocks', block, 'inputs', input.name];
  const told = (key: 'shape' | 'dtype', wanted: string, arrives: string, value: JsonValue | undefined): Hint => ({
    problem: {
      code: 'block-input-shape', severity: 'error', node: instance.path, place: { path: [...place, key] }, explanation: [], fixes: [], facts: { block, input: input.name },
      message: `Input \`${input.name}\` of block \`${block}\` is ${wanted} as it is written there, but ${arrives} arrives at \`${instance.path}\`.`,
    },
    candidates: [
      ...(value === undefined ? [] : [{ title: `Set the ${key} of \`${input.name}\` to ${arrives}`, where: 'in the block', variants: [[{ kind: 'set', path: [...place, key], value }]] } satisfies Candidate]),
      { title: `Remove the ${key} of \`${input.name}\``, where: 'it is inferred', variants: [[{ kind: 'remove', path: [...place, key] }]] },
    ],
  });
  if (input.dtype !== undefined && input.dtype !== dtype && shape !== null) return told('dtype', input.dtype, dtype, dtype);
  if (input.shape === undefined || shape === null) return undefined;
  const wanted = input.shape.map((size) => sizeOf(instance, size, sizes));
  const fits = wanted.length === shape.length && wanted.every((size, axis) => agrees(size, shape[axis]!, sizes));
  if (fits) return undefined;
  const written = `${input.shape.map((size) => (typeof size === 'string' ? size.replace(/^=/u, '') : String(size))).join(' × ')}`;
  const plain = shape.map((size) => (isSym(size) ? (isName(formatDim(size)) ? formatDim(size) : null) : size));
  return told('shape', written, formatShape(shape), plain.includes(null) ? undefined : (plain as JsonValue[]));
}

/** A size as a number, or the name that stands for any; null where it cannot be told. */
function sizeOf(instance: Instance, size: JsonValue, sizes: ReadonlyMap<string, Dim>): Dim | { readonly name: string } {
  if (typeof size === 'number') return size;
  if (typeof size !== 'string') return null;
  if (!size.startsWith('=')) return { name: size };
  const value = evaluateValue(size, { value: (name) => instance.params[name], nearest: () => [], source: ({ name }) => faults.dimSource(name, [...sizes.keys()]) }, () => undefined);
  return typeof value === 'number' || isSym(value) ? value : null;
}

function agrees(wanted: Dim | { readonly name: string }, arriving: Dim, sizes: Map<string, Dim>): boolean {
  if (wanted === null || arriving === null) return true;
  if (typeof wanted === 'object' && 'name' in wanted) {
    const before = sizes.get(wanted.name);
    if (before === undefined) sizes.set(wanted.name, arriving);
    return before === undefined || sameDim(before, arriving) !== false;
  }
  return sameDim(wanted, arriving) !== false;
}
