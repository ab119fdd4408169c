import { demandOf, derive, type Derived } from './conditions.js';
import { holds, nearest, type Pattern } from './pattern.js';
import { listed } from '../axes.js';
import { buildProgram } from '../../program/build.js';
import type { AnalyzeOptions } from '../analyze.js';
import type { Document, Input } from '../../document/model.js';
import type { Program } from '../../program/program.js';

/** A design whose inputs have numbers, read as if heights, widths and lengths were open. */
export interface Freed {
  readonly program: Program;
  /** "H and W of the input `x` are divisible by 16 (nearest to 25: 16, 32)"; undefined where the present sizes break no condition. */
  readonly when: string | undefined;
  /** By input, the sizes behind batch and channels that fit and are nearest, best first. */
  readonly nearest: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** For which sizes of its inputs a design with numbers fits; undefined where that cannot be told. */
export function freed({ document, inputs }: Program, options: AnalyzeOptions): Freed | undefined {
  const present = new Map<string, number>();
  const namesOf = new Map<string, readonly string[]>();
  const open = new Map<string, Input>();
  for (const input of document.root.inputs.values()) {
    const shape = inputs.find(({ name }) => name === input.name)?.tensor.shape;
    open.set(input.name, input);
    if (shape === undefined || shape === null || shape.length < 3 || input.shape === undefined) continue;
    const names = shape.slice(2).map((size, k) => (typeof size === 'number' ? nameFor(letters[shape.length]?.[k] ?? 'S', size, present) : undefined));
    const known = names.filter((name) => name !== undefined);
    if (known.length === 0) continue;
    namesOf.set(input.name, known);
    open.set(input.name, { ...input, shape: input.shape.map((size, axis) => names[axis - 2] ?? size) });
  }
  if (present.size === 0) return undefined;
  const freedDocument: Document = { ...document, root: { ...document.root, inputs: open } };
  const program = buildProgram(freedDocument, options.set === undefined ? {} : { set: options.set });
  const derived = derive(program, present);
  if (derived === undefined || derived.patterns.size === 0) return undefined;
  return { program, when: brokenBy(derived, present, namesOf), nearest: fitting(derived, present, namesOf) };
}

const letters: Readonly<Record<number, readonly string[]>> = { 3: ['L'], 4: ['H', 'W'], 5: ['D', 'H', 'W'] };

/** Equal axes of several inputs have one name, since they are meant to go together. */
function nameFor(letter: string, size: number, present: Map<string, number>): string {
  for (let k = 1; ; k += 1) {
    const name = k === 1 ? letter : `${letter}${k}`;
    const before = present.get(name);
    if (before === undefined) present.set(name, size);
    if (before === undefined || before === size) return name;
  }
}

function brokenBy(derived: Derived, present: ReadonlyMap<string, number>, namesOf: ReadonlyMap<string, readonly string[]>): string | undefined {
  const broken = new Map<string, { readonly pattern: Pattern; readonly names: string[] }>();
  for (const [name, patterns] of derived.patterns) {
    const size = present.get(name);
    if (size === undefined) continue;
    for (const pattern of patterns) {
      if (holds(pattern, size)) continue;
      const key = JSON.stringify(pattern);
      const group = broken.get(key) ?? { pattern, names: [] };
      group.names.push(name);
      broken.set(key, group);
    }
  }
  const parts = [...broken.values()].map(({ pattern, names }) => {
    const owners = [...namesOf].filter(([, own]) => own.some((name) => names.includes(name))).map(([input]) => `\`${input}\``);
    return `${listed(names)} of the ${owners.length === 1 ? 'input' : 'inputs'} ${listed(owners)} ${demandOf(pattern, names.length > 1)}${pattern.kind === 'divisible' || pattern.kind === 'remainder' ? nearText(names, derived, present) : ''}`;
  });
  return parts.length === 0 ? undefined : listed(parts);
}

function nearText(names: readonly string[], derived: Derived, present: ReadonlyMap<string, number>): string {
  const parts = new Set<string>();
  for (const name of names) {
    const size = present.get(name)!;
    const { below, above } = nearest(derived.patterns.get(name) ?? [], size);
    const ends = [below, above].filter((end) => end !== undefined);
    if (ends.length > 0) parts.add(`nearest to ${size}: ${ends.join(', ')}`);
  }
  return parts.size === 0 ? '' : ` (${[...parts].join('; ')})`;
}

function fitting(derived: Derived, present: ReadonlyMap<string, number>, namesOf: ReadonlyMap<string, readonly string[]>): Freed['nearest'] {
  const choices = (['near', 'above', 'below'] as const).map((want) => new Map([...present].map(([name, size]) => {
    const { below, above } = nearest(derived.patterns.get(name) ?? [], size);
    const near = below !== undefined && (above === undefined || size - below < above - size) ? below : above;
    return [name, (want === 'near' ? near : want === 'above' ? above : below) ?? size];
  })));
  const good = choices.filter((sizes) => [...sizes].some(([name, size]) => size !== present.get(name)));
  return new Map([...namesOf].map(([input, names]) => {
    const lists = new Map(good.map((sizes) => names.map((name) => sizes.get(name)!)).map((sizes) => [sizes.join(), sizes]));
    return [input, [...lists.values()]];
  }));
}
