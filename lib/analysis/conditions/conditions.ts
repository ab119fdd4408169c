import type { Condition } from '../analysis.js';
import { listed } from '../axes.js';
import { holds, nearest, type Pattern } from './pattern.js';
import { relationsOf, sharedDivisors, type Relation } from './relation.js';
import { openSizes, requirementsOf, type Requirement } from './requirement.js';
import { demandOn, fittingSizes, groupsOf, refusing } from './search.js';
import { Sizes } from './sizes.js';
import type { Program } from '../../program/program.js';

/** The conditions with what they were derived from, so that sizes can be chosen by them. */
export interface Derived {
  readonly conditions: readonly Condition[];
  /** Names that were explored, with the patterns that each must keep. */
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
  /** Whether given sizes suit every layer. */
  fits(sizes: Sizes): boolean;
}

/** For which named sizes a network fits together: the shortest list of conditions that together allow only what fits. */
export function conditionsOf(program: Program): readonly Condition[] {
  return derive(program)?.conditions ?? [];
}

/** Undefined where every size fits. `reference` are the sizes that people have in mind, to which the nearest are named. */
export function derive(program: Program, reference: ReadonlyMap<string, number> = new Map()): Derived | undefined {
  const names = openSizes(program);
  if (names.length === 0) return undefined;
  const requirements = requirementsOf(program, names);
  const concerned = names.filter((name) => requirements.some(({ symbols }) => symbols.includes(name)));
  if (requirements.length === 0 || concerned.length === 0) return undefined;
  const fits = (sizes: Sizes): boolean => requirements.every((requirement) => requirement.fits(sizes));
  const base = fittingSizes(requirements, concerned);
  const patterns = new Map<string, readonly Pattern[]>();
  if (base === undefined) return { conditions: [nothingFits(requirements, concerned)], patterns, fits };
  const found: Found[] = [];
  for (const group of groupsOf(requirements, base, concerned)) {
    const demand = demandOn(requirements, base, group);
    for (const name of group) patterns.set(name, demand.patterns);
    if (group.length > 1) found.push({ symbols: group, pattern: 'same', nodes: requirements.flatMap((each) => (each.fits(base.with(group.slice(1), base.get(group[0]!)! * 2)) ? [] : each.nodes)) });
    for (const pattern of demand.patterns) found.push({ symbols: group, pattern, nodes: refusing(demand, (size) => !holds(pattern, size) && size > leastWrong(pattern)) });
  }
  const fixed = [...patterns].flatMap(([name, own]) => (own.some(({ kind }) => kind === 'equal' || kind === 'one-of') && found.every(({ symbols }) => symbols.length === 1 || !symbols.includes(name)) ? [name] : []));
  const relations = fixed.length < 2 ? [] : relationsOf(requirements, base, fixed);
  // Of a product the base is one good choice; sizes that follow each other have no value of their own.
  for (const { name, other, product } of relations) if (product === undefined) for (const each of [name, other]) patterns.delete(each);
  const divided = [...patterns].flatMap(([name, own]) => (own.some(({ kind }) => kind === 'divisible' || kind === 'remainder') ? [name] : []));
  const shared = divided.length < 2 ? [] : sharedDivisors(requirements, base, divided);
  const related = [...relations.map((relation) => toldRelation(relation, found)), ...shared.map(({ names: symbols, divisor }): Condition => ({ symbols, kind: 'product-divisible', value: divisor, nodes: nodesOf(found, symbols), text: `${symbols.join('*')} must be divisible by ${divisor}` }))];
  const others = found.filter(({ symbols }) => !related.some((condition) => condition.symbols.some((name) => symbols.includes(name))));
  return { conditions: [...related, ...joined(others).map((each) => told(each, patterns, reference))], patterns, fits };
}

/** Below the divisor a size may be refused for being small. */
function leastWrong(pattern: Pattern): number {
  return pattern.kind === 'divisible' ? pattern.value : pattern.kind === 'remainder' ? pattern.value.divisor : 0;
}

interface Found {
  readonly symbols: readonly string[];
  readonly pattern: Pattern | 'same';
  readonly nodes: readonly string[];
}

/** Names of which the same is asked are told together. */
function joined(found: readonly Found[]): readonly Found[] {
  const result = new Map<string, Found>();
  for (const each of found) {
    const key = each.pattern === 'same' ? each.symbols.join() : JSON.stringify(each.pattern);
    const before = result.get(key);
    result.set(key, before === undefined ? each : { ...each, symbols: [...before.symbols, ...each.symbols], nodes: [...new Set([...before.nodes, ...each.nodes])] });
  }
  return [...result.values()];
}

function nodesOf(found: readonly Found[], symbols: readonly string[]): readonly string[] {
  return [...new Set(found.flatMap((each) => (each.symbols.some((symbol) => symbols.includes(symbol)) ? each.nodes : [])))];
}

function toldRelation({ name, other, factor, offset, product, example }: Relation, found: readonly Found[]): Condition {
  const symbols = [name, other];
  const nodes = nodesOf(found, symbols);
  if (product !== undefined) return { symbols, kind: 'product', value: product, nodes, text: `${name}*${other} must be ${product} (for example ${example[0]} and ${example[1]})` };
  if (factor === undefined || offset === undefined) return { symbols, kind: 'related', value: null, nodes, text: `${name} and ${other} must go together, as ${example[0]} and ${example[1]} do` };
  const value = `${factor === 1 ? '' : `${factor}*`}${other}${offset === 0 ? '' : offset > 0 ? ` + ${offset}` : ` - ${-offset}`}`;
  return { symbols, kind: 'related', value, nodes, text: `${name} must be ${value}` };
}

/** A size that no multiple of a power of two meets by chance: what people try first when they doubt. */
const doubtful = 100;

function told({ symbols, pattern, nodes }: Found, patterns: Derived['patterns'], reference: ReadonlyMap<string, number>): Condition {
  const who = listed(symbols);
  if (pattern === 'same') return { symbols, kind: 'equal', value: symbols[0]!, nodes, text: `${who} must be equal` };
  const must = `${who} must ${demand(pattern)}`;
  const near = pattern.kind === 'divisible' || pattern.kind === 'remainder' ? nearestText(symbols, patterns, reference) : undefined;
  return { symbols, kind: pattern.kind, value: pattern.value, nodes, text: near === undefined ? must : `${must} (${near.text})`, ...(near !== undefined && { nearest: near.sizes }) };
}

/** What is asked of a size, to be put behind its name: "is divisible by 16". */
export function demandOf(pattern: Pattern, plural: boolean): string {
  return demand(pattern).replace(/^be /u, plural ? 'are ' : 'is ').replace(/^leave /u, plural ? 'leave ' : 'leaves ');
}

/** To be put behind "must". */
function demand(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'divisible': return `be divisible by ${pattern.value}`;
    case 'remainder': return `leave the remainder ${either(pattern.value.remainders)} when divided by ${pattern.value.divisor}`;
    case 'at-least': return `be at least ${pattern.value}`;
    case 'at-most': return `be at most ${pattern.value}`;
    case 'equal': return `be ${pattern.value}`;
    case 'one-of': return `be ${either(pattern.value)}`;
  }
}

function either(numbers: readonly number[]): string {
  return numbers.length < 2 ? String(numbers[0]) : `${numbers.slice(0, -1).join(', ')} or ${numbers[numbers.length - 1]}`;
}

function nearestText(symbols: readonly string[], patterns: Derived['patterns'], reference: ReadonlyMap<string, number>): { readonly text: string; readonly sizes: readonly number[] } | undefined {
  const sizes = [...new Set(symbols.map((name) => reference.get(name) ?? doubtful))];
  const parts: string[] = [];
  const all: number[] = [];
  for (const size of sizes) {
    const own = symbols.filter((name) => (reference.get(name) ?? doubtful) === size).flatMap((name) => patterns.get(name) ?? []);
    const { below, above } = nearest(own, size);
    const ends = [...new Set([below, above].filter((end) => end !== undefined))];
    if (ends.length === 0 || ends[0] === size) continue;
    parts.push(`nearest to ${size}: ${ends.join(', ')}`);
    all.push(...ends);
  }
  return parts.length === 0 ? undefined : { text: parts.join('; '), sizes: all };
}

function nothingFits(requirements: readonly Requirement[], symbols: readonly string[]): Condition {
  return { symbols, kind: 'none', value: null, nodes: [...new Set(requirements.flatMap(({ nodes }) => nodes))], text: `No size of ${listed(symbols)} was found that fits everywhere` };
}
