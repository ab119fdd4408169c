import { demandOf, derive, type Derived } from './conditions.js';
import { holds, nearest, type Pattern } from './pattern.js';
import { listed } from '../axes.js';
import { buildProgram } from '../../program/build.js';
import type { AnalyzeOptions } from '../analyze.js';
import type { Document, Input } from '../../document/model.js';
import type { Program } from '../../program/program.js';
import type { Shape } from '../../shapes/dimension.js';

/** A design whose inputs have numbers, read as if heights, widths and lengths were open. */
export interface Freed {
  readonly program: Program;
  /** "H and W of the input `x` are divisible by 16 (nearest to 25: 16, 32)"; undefined where the present sizes break no condition. */
  readonly when: string | undefined;
  /** By input, the sizes of its open axes that fit and are nearest, best first. */
  readonly nearest: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** For which sizes of its inputs a design with numbers fits; undefined where that cannot be told. */
export function freed(built: Program, options: AnalyzeOptions): Freed | undefined {
  const { document, inputs } = built;
  const present = new Map<string, number>();
  const namesOf = new Map<string, readonly string[]>();
  const open = new Map<string, Input>();
  for (const input of document.root.inputs.values()) {
    const shape = inputs.find(({ name }) => name === input.name)?.tensor.shape;
    open.set(input.name, input);
    if (shape === undefined || shape === null || input.shape === undefined) continue;
    const axes = openAxes(built, shape);
    const names = new Map(axes.flatMap((axis, k) => { const size = shape[axis]; return typeof size === 'number' ? [[axis, nameFor(letters[axes.length]?.[k] ?? 'S', size, present)]] : []; }));
    if (names.size === 0) continue;
    namesOf.set(input.name, [...names.values()]);
    open.set(input.name, { ...input, shape: input.shape.map((size, axis) => names.get(axis) ?? size) });
  }
  if (present.size === 0) return undefined;
  const freedDocument: Document = { ...document, root: { ...document.root, inputs: open } };
  const program = buildProgram(freedDocument, options.set === undefined ? {} : { set: options.set });
  const derived = derive(program, present);
  if (derived === undefined || derived.patterns.size === 0) return undefined;
  return { program, when: brokenBy(derived, present, namesOf), nearest: fitting(derived, present, namesOf) };
}

const letters: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };

/**
 * The axes of an input whose sizes may be others: height and width of maps, and the length of a sequence, which stands last where
 * one-dimensional layers read it with channels first, and elsewhere before its features, behind the batch or (as `batch_first` says) in front.
 */
export function openAxes({ nodes }: Program, shape: Shape): readonly number[] {
  if (shape.length !== 3) return shape.flatMap((_, axis) => (axis >= 2 ? [axis] : []));
  if (nodes.some(({ operator }) => oneDimensional.test(operator.type))) return [2];
  if (nodes.some(({ operator, inputs }) => /2d$/u.test(operator.type) && inputs[0]?.tensor.shape?.length === 3)) return [1, 2];
  // Columns of windows are neither.
  if (nodes.some(({ operator }) => operator.type === 'Fold')) return [];
  const orders = nodes.flatMap(({ params }) => (typeof params['batch_first'] === 'boolean' ? [params['batch_first']] : []));
  return [orders.length > 0 && !orders.includes(true) ? 0 : 1];
}
const oneDimensional = /^(Conv|ConvTranspose|MaxPool|AvgPool|LPPool|AdaptiveAvgPool|AdaptiveMaxPool)1d$/u;

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
  // One pixel fits nearly anything and helps nobody.
  if ([...broken.values()].some(({ pattern, names }) => !allowsMore(pattern) || names.some((name) => isFar(derived.patterns.get(name) ?? [], present.get(name)!)))) return undefined;
  const parts = [...broken.values()].map(({ pattern, names }) => {
    const owners = [...namesOf].filter(([, own]) => own.some((name) => names.includes(name))).map(([input]) => `\`${input}\``);
    return `${listed(names)} of the ${owners.length === 1 ? 'input' : 'inputs'} ${listed(owners)} ${demandOf(pattern, names.length > 1)}${pattern.kind === 'divisible' || pattern.kind === 'remainder' ? nearText(names, derived, present) : ''}`;
  });
  return parts.length === 0 ? undefined : listed(parts);
}

/** Whether nothing of at least half the size fits. */
function isFar(patterns: readonly Pattern[], size: number): boolean {
  const { below, above } = nearest(patterns, size);
  return above === undefined && (below === undefined || below * 2 < size);
}

/** Whether a pattern is met by a size above 1. */
function allowsMore(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'divisible': case 'remainder': return true;
    case 'at-least': case 'at-most': case 'equal': return pattern.value > 1;
    case 'one-of': return pattern.value.some((size) => size > 1);
  }
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
