import type { Block, Document } from '../../document/model.js';
import type { ParamValue, ParamValues } from '../../operators/operator.js';
import { expandSymbolically, type Instance, type Program, type SymbolicRun } from '../../program/index.js';
import { evaluateDim, isSym, substitute, symbol, type Dim, type Tensor } from '../../shapes/index.js';
import { changes } from './alternatives.js';
import { conditionsOf, type Condition } from './conditions.js';
import { mentions } from './mention.js';
import type { Probes } from './probes.js';

/** What a symbol of a run stands for: a parameter, an element of a list parameter, or a size of an input. */
export type Meaning =
  | { readonly kind: 'param'; readonly name: string; readonly element?: number }
  | { readonly kind: 'size'; readonly input: string; readonly axis: number }
  | { readonly kind: 'expression'; readonly node: string; readonly param: string };

/** A block and how it behaves in all its uses, with symbols in place of numbers. */
export interface Behaviour {
  readonly block: Block;
  readonly runs: readonly SymbolicRun[];
  readonly meanings: ReadonlyMap<string, Meaning>;
  /** Pairs of runs that differ in one parameter only, by which the number of a repetition depends. */
  readonly variations: readonly Variation[];
  /** What decides, by the parameters, how sizes come out. */
  readonly conditions: readonly Condition[];
  /** Inputs that some use leaves out. */
  readonly optional: ReadonlySet<string>;
}

export interface Variation {
  readonly base: SymbolicRun;
  readonly other: SymbolicRun;
  /** The parameter's symbol, its number in `base`, and what `other` adds. */
  readonly text: string;
  readonly number: number;
  readonly step: number;
}

/** Runs looked at for one block: enough to tell which sizes are the same everywhere, few enough for a block that is used a thousand times. */
const most = 16;
/** The same for a block that parameters change. */
const mostConditional = 64;
/** Runs with other values of a block's own switches and counts, beside those that the document's give. */
const mostOwn = 16;
/** Runs in which a number of repetitions is another. */
const mostCounts = 12;

/** All blocks that the program uses, those that others use first; the document itself last. */
export function behaviours(program: Program, probes: Probes): readonly Behaviour[] {
  const { document } = program;
  const instances = new Map<Block, { instance: Instance; repetition: number }[]>();
  const visit = (instance: Instance, repetition: number): void => {
    const known = instances.get(instance.block);
    if (known) known.push({ instance, repetition });
    else instances.set(instance.block, [{ instance, repetition }]);
    for (const use of instance.uses.values()) use.each.forEach((each, k) => { if (each.kind === 'block') visit(each.instance, use.node.repeat ? k : 0); });
  };
  visit(program.root, 0);
  for (const root of probes.roots) visit(root, 0);
  const order = new Set<Block>();
  const place = (block: Block): void => {
    if (order.has(block)) return;
    for (const { instance } of instances.get(block)!) for (const use of instance.uses.values()) for (const each of use.each) if (each.kind === 'block') place(each.instance.block);
    order.add(block);
  };
  place(document.root);
  return [...order].map((block) => behaviour(document, block, variedFirst(instances.get(block)!)));
}

type Sighting = { readonly instance: Instance; readonly repetition: number };

/** Uses in which other nodes are there come first, then other parameters and sizes, then what differs in the repetition only. */
function variedFirst(uses: readonly Sighting[]): readonly Sighting[] {
  const seen = new Set<string>();
  const ranks = uses.map(({ instance }) => {
    const presence = presenceIn(instance);
    const values = JSON.stringify([instance.params, [...instance.inputs.values()].map(({ tensor }) => tensor.shape)]);
    const rank = !seen.has(presence) ? 0 : !seen.has(values) ? 1 : 2;
    seen.add(presence).add(values);
    return rank;
  });
  return [0, 1, 2].flatMap((rank) => uses.filter((_, k) => ranks[k] === rank));
}

/** Which nodes are there. */
function presenceIn({ uses }: Instance): string {
  return JSON.stringify([...uses.values()].map(({ each }) => [...new Set(each.map(({ kind }) => kind))]));
}

function behaviour(document: Document, block: Block, uses: readonly { readonly instance: Instance; readonly repetition: number }[]): Behaviour {
  const meanings = new Map<string, Meaning>();
  const isRoot = block === document.root;
  const runs: SymbolicRun[] = [];
  const variations: Variation[] = [];
  const counting = [...block.params.keys()].filter((name) => [...block.nodes.values()].some(({ repeat, params }) => mentions(repeat?.times, name) || [...params.values()].some((value) => mentions(value, name))));
  const seen = new Set<string>();
  const optional = new Set<string>();
  const run = (params: ParamValues, inputs: ReadonlyMap<string, Tensor> | undefined, repetition: number): SymbolicRun => {
    const sizes = new Map<string, number>();
    const symbolic = symbolicParams(params, sizes, meanings);
    const tensors = inputs && new Map([...inputs].map(([name, tensor], k) => [name, symbolicTensor(name, k, tensor, sizes, meanings)]));
    const made = expandSymbolically(document, block, symbolic, tensors, sizes, repetition);
    for (const [text, { node, param }] of made.expressions) meanings.set(text, { kind: 'expression', node, param });
    return made;
  };
  const steps = new Map<string, number>();
  const conditions = conditionsOf(document, block);
  const limit = isRoot ? Infinity : conditions.length > 0 ? mostConditional : most;
  const hasIndex = mentionsRepetition(block);
  const varied = new Set<string>();
  let own = 0;
  for (const { instance, repetition } of uses) {
    for (const [name, value] of instance.inputs) if (value.origin.kind === 'none') optional.add(name);
    const key = (params: ParamValues): string => JSON.stringify([params, [...instance.inputs.values()].map(({ tensor }) => tensor.shape), hasIndex ? repetition : 0]);
    if (seen.has(key(instance.params)) || runs.length >= limit) continue;
    seen.add(key(instance.params));
    const inputs = isRoot ? undefined : new Map([...instance.inputs].map(([name, { tensor }]) => [name, tensor]));
    const base = run(instance.params, inputs, repetition);
    runs.push(base);
    const presence = presenceIn(instance);
    const isVaried = variations.length >= mostCounts || varied.has(presence);
    varied.add(presence);
    for (const name of isVaried ? [] : counting) {
      const number = instance.params[name];
      if (typeof number !== 'number' || !Number.isInteger(number) || number < 1) continue;
      // The next number that makes sense: depths of residual networks go in steps of 6.
      const known = steps.get(name);
      for (const step of new Set([...(known === undefined ? [] : [known]), ...Array.from({ length: 12 }, (_, k) => k + 1)])) {
        const other = run({ ...instance.params, [name]: number + step }, inputs, repetition);
        if (other.errors > 0) continue;
        variations.push({ base, other, text: `p__${name}`, number, step });
        steps.set(name, step);
        break;
      }
    }
    // What only the other value of a switch brings in must be known too; those of the document were changed already.
    for (const changed of isRoot ? [] : changes(block, instance.params)) {
      if (own >= mostOwn) break;
      const other = { ...instance.params, ...changed };
      if (seen.has(key(other))) continue;
      own += 1;
      const flipped = run(other, inputs, repetition);
      if (flipped.errors > 0) continue;
      seen.add(key(other));
      runs.push(flipped);
    }
  }
  const whole = (run: SymbolicRun): SymbolicRun => withExpressions(run, meanings);
  return { block, runs: runs.map(whole), variations: variations.map(({ base, other, ...rest }) => ({ base: whole(base), other: whole(other), ...rest })), meanings, optional, conditions };
}

/** The run with the values of expressions that other runs gave a name, where it could say them by its symbols. */
function withExpressions(run: SymbolicRun, meanings: ReadonlyMap<string, Meaning>): SymbolicRun {
  const sizes = new Map(run.sizes);
  for (const [text, meaning] of meanings) {
    if (meaning.kind !== 'expression' || sizes.has(text)) continue;
    const value = run.paramsOf.get(meaning.node)?.[meaning.param];
    const number = typeof value === 'number' ? value : isSym(value) ? evaluateDim(value, run.sizes) : null;
    if (number !== null) sizes.set(text, number);
  }
  return { ...run, sizes };
}

/** Whether what is in a block hangs on the repetition that it is. */
function mentionsRepetition(block: Block): boolean {
  return [...block.nodes.values()].some(({ when, repeat, params }) => mentions(repeat?.times, 'i') || (!repeat && [when, ...params.values()].some((value) => mentions(value, 'i'))));
}

function symbolicParams(params: ParamValues, sizes: Map<string, number>, meanings: Map<string, Meaning>): ParamValues {
  const named = (text: string, value: ParamValue, meaning: Meaning): ParamValue => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return value;
    // Formulas that another run finds are tried with this number too; symbols stand for sizes of at least 1.
    sizes.set(text, value);
    if (value < 1) return value;
    meanings.set(text, meaning);
    return symbol(text);
  };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [
    name,
    Array.isArray(value)
      ? (value as readonly ParamValue[]).map((element, k) => named(`q__${k}__${name}`, element, { kind: 'param', name, element: k }))
      : named(`p__${name}`, value, { kind: 'param', name }),
  ]));
}

function symbolicTensor(input: string, k: number, tensor: Tensor, sizes: Map<string, number>, meanings: Map<string, Meaning>): Tensor {
  return {
    ...tensor,
    shape: tensor.shape && tensor.shape.map((dim, axis): Dim => {
      if (typeof dim !== 'number' || dim < 1) return dim;
      const text = `d__${k}__${axis}`;
      sizes.set(text, dim);
      meanings.set(text, { kind: 'size', input, axis });
      return symbol(text);
    }),
  };
}

/** A parameter with the numbers that a run stands for. */
export function numbersOf(value: ParamValue | undefined, run: SymbolicRun): ParamValue | undefined {
  if (isSym(value)) return substitute(value, run.sizes);
  return Array.isArray(value) ? (value as readonly ParamValue[]).map((element) => numbersOf(element, run)!) : value;
}
