import { agreementsOf, differ } from './agreement.js';
import { withNumbers } from '../../program/node.js';
import { Sizes } from './sizes.js';
import { isSym, symbolsOf, type Dim } from '../../shapes/index.js';
import type { Finding } from '../../operators/operator.js';
import type { Program, ProgramNode } from '../../program/program.js';

/** What one layer asks of the named sizes: it accepts what arrives, and gives the very shape that is written for it. */
export interface Requirement {
  /** All layers that ask for the same, in program order. */
  readonly nodes: string[];
  readonly symbols: readonly string[];
  fits(sizes: Sizes): boolean;
  /** Whether it certainly refuses these sizes whatever the sizes of some names are. */
  refusesBut(names: readonly string[], sizes: Sizes): boolean;
}

/** The names of the sizes that the inputs leave open, in the order of the file. */
export function openSizes(program: Program): readonly string[] {
  return [...new Set(program.inputs.flatMap(({ tensor }) => (tensor.shape ?? []).flatMap(symbolsOf)))];
}

/**
 * The layers whose check depends on a named size. An operator accepts what it cannot refuse for certain, so each is asked again with numbers
 * in place of the names, which its own shape rule decides; those that accept every number tried ask for nothing.
 */
export function requirementsOf(program: Program, names: readonly string[]): readonly Requirement[] {
  const found = new Map<string, Requirement | undefined>();
  const points = pointsFor(names);
  for (const node of program.nodes) {
    if (node.state === 'error' || node.inputs.some(({ tensor, origin }) => origin.kind !== 'none' && tensor.shape === null)) continue;
    const symbols = symbolsAt(node, names);
    if (symbols.length === 0) continue;
    const key = signature(node);
    if (!found.has(key)) {
      const symbolic = hasSymbols(node);
      found.set(key, asksFor(node, points, key) ? requirementOf(node, symbols, symbolic) : undefined);
    }
    found.get(key)?.nodes.push(node.path);
  }
  return [...found.values()].filter((requirement) => requirement !== undefined);
}

function requirementOf(node: ProgramNode, symbols: readonly string[], symbolic: boolean): Requirement {
  const agreements = agreementsOf(node);
  return {
    nodes: [],
    symbols,
    fits: (sizes) => !agreements.some((agreement) => differ(agreement, sizes)) && fitsAt(node, sizes, symbolic),
    refusesBut: (names, sizes) => (symbols.some((symbol) => names.includes(symbol)) ? agreements.some((agreement) => !agreement.symbols.some((symbol) => names.includes(symbol)) && differ(agreement, sizes)) : !fitsAt(node, sizes, symbolic)),
  };
}

/** Sizes at which anything that a layer may ask for (a least size, a divisor, an equality) is missed by one of them. */
const trials = [1, 2, 3, 5, 7, 11, 13, 1021, 32_749];
const usual = 96;

/** Verdicts by signature, since a design is read again after every keystroke; emptied when full. */
const asked = new Map<string, boolean>();

function asksFor(node: ProgramNode, points: readonly Sizes[], key: string): boolean {
  const before = asked.get(key);
  if (before !== undefined) return before;
  if (asked.size >= 20_000) asked.clear();
  const symbolic = hasSymbols(node);
  const result = points.some((sizes) => !fitsAt(node, sizes, symbolic));
  asked.set(key, result);
  return result;
}

/** All names alike, and one after the other apart from the rest. */
function pointsFor(names: readonly string[]): readonly Sizes[] {
  const middle = Sizes.same(names, usual);
  return trials.flatMap((size) => [Sizes.same(names, size), ...(names.length > 1 ? names.map((name) => middle.with([name], size)) : [])]);
}

/** Whether a layer takes what arrives, and gives what is inferred of it, where names have these sizes. */
export function fitsWith(node: ProgramNode, sizes: Sizes): boolean {
  return fitsAt(node, sizes, hasSymbols(node));
}

function fitsAt(node: ProgramNode, sizes: Sizes, symbolic: boolean): boolean {
  const { operator, inputs, params, outputs } = node;
  if (stretches(node, sizes)) return false;
  let fits = true;
  const report = ({ severity = 'error' }: Finding): void => { fits = fits && severity !== 'error'; };
  const made = operator.infer(inputs.map(({ tensor, origin }) => (origin.kind === 'none' ? null : sizes.tensor(tensor))), symbolic ? withNumbers(params, sizes.numbers) : params, report);
  return fits && outputs.every(({ shape }, port) => shape === null || shape.every((dim, axis) => dim === null || sizes.number(dim) === made[port]?.shape?.[axis]));
}

/** Whether a named size has become 1 and would be stretched to the size beside it: PyTorch does it, but it is chance. */
function stretches({ operator, inputs }: ProgramNode, sizes: Sizes): boolean {
  if (inputs.length < 2 || operator.merge === 'concat' || (operator.family !== 'Merge' && operator.family !== 'Arithmetic')) return false;
  return inputs.some(({ tensor: { shape } }) => shape?.some((dim, axis) => isSym(dim) && sizes.number(dim) === 1 && inputs.some(({ tensor: other }) => {
    const beside = other.shape?.at(axis - shape.length);
    return beside !== undefined && sizes.number(beside) !== 1;
  })));
}

/** Whether a parameter depends on a named size. */
function hasSymbols({ params }: ProgramNode): boolean {
  const symbolic = (value: unknown): boolean => (Array.isArray(value) ? value.some(symbolic) : isSym(value));
  return Object.values(params).some(symbolic);
}

function symbolsAt({ inputs, params, outputs }: ProgramNode, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) for (const name of symbolsOf(value as Dim)) found.add(name);
  };
  for (const { tensor } of inputs) visit(tensor.shape);
  for (const { shape } of outputs) visit(shape);
  Object.values(params).forEach(visit);
  return names.filter((name) => found.has(name));
}

/** Layers with equal signatures accept the same sizes. */
function signature({ operator, inputs, params, outputs }: ProgramNode): string {
  return `${operator.type} ${inputs.map(({ tensor, origin }) => (origin.kind === 'none' ? '-' : `${tensor.dtype}[${text(tensor.shape)}]`)).join(' ')} ${text(Object.entries(params))} ${outputs.map(({ shape }) => text(shape)).join(' ')}`;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  return typeof value === 'object' && value !== null ? (value as { text: string }).text : String(value);
}
