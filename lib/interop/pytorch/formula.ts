import { evaluate, type Expression, type SymbolicRun, type Use } from '../../program/index.js';
import { add, evaluateDim, exactDiv, mul, sameDim, sub, symbol, type Dim } from '../../shapes/index.js';
import { sourcesOf, textOf } from './conditions.js';
import { bestTree, type Tree } from './decisions.js';
import { numbersOf, type Behaviour, type Variation } from './runs.js';

/** How a size depends on the repetition. */
export type Formula =
  | { readonly kind: 'same'; readonly size: Dim }
  | { readonly kind: 'first'; readonly at: number; readonly first: Dim; readonly rest: Dim }
  | { readonly kind: 'linear'; readonly start: Dim; readonly step: Dim }
  /** The first apart, then in equal steps. */
  | { readonly kind: 'rising'; readonly first: Dim; readonly start: Dim; readonly step: Dim }
  | { readonly kind: 'power'; readonly start: Dim; readonly base: number }
  | { readonly kind: 'each'; readonly sizes: readonly Dim[] };

/** Formulas by conditions on the parameters. */
export type Decision = Tree<Formula, Expression>;

/** A size as a run saw it, at a repetition. */
interface Sight {
  readonly run: SymbolicRun;
  readonly entries: ReadonlyArray<readonly [repetition: number, size: Dim]>;
}

/**
 * One formula for a size that holds in every run and repetition, or one for each case of some conditions. `see` reads it at a repetition that is present.
 * Undefined where there is none, or where a size depends on what only the data tells (the batch).
 */
export function findFormula({ runs, variations, conditions }: Behaviour, use: string, see: (use: Use, repetition: number, run: SymbolicRun) => Dim | undefined): Decision | undefined {
  const sight = (run: SymbolicRun): Sight => {
    const seen = run.instance.uses.get(use);
    const entries = (seen?.each ?? []).flatMap((each, k): [number, Dim][] => {
      if (!seen || (each.kind !== 'node' && each.kind !== 'block')) return [];
      const size = see(seen, k, run);
      return size === undefined ? [] : [[k, size]];
    });
    return { run, entries };
  };
  const sights = [...runs, ...variations.map(({ other }) => other)].map(sight).filter(({ entries }) => entries.length > 0).sort((a, b) => b.entries.length - a.entries.length);
  if (sights.length === 0) return undefined;
  const wanted = sights.map(({ run, entries }) => entries.map(([, size]) => evaluateDim(size, run.sizes)));
  const counted = variations.flatMap((variation) => perCount(sight(variation.base).entries, sight(variation.other).entries, variation));
  const formulas = distinct([...sights.flatMap(({ entries }) => candidates(entries)), ...counted]);
  const holds = (formula: Formula, s: number): boolean => {
    const { run, entries } = sights[s]!;
    return entries.every(([k], place) => wanted[s]![place] !== null && evaluateDim(at(formula, k), run.sizes) === wanted[s]![place]);
  };
  const { scope } = runs[0]!;
  const behind = sourcesOf(scope, scope.index.get(use)!);
  const places = new Map(scope.order.map((index, place) => [scope.nodes[index]!.node.name, place]));
  // What stands next before the size is asked first, as it is the last that changes it.
  const near = conditions.filter(({ node }) => behind.has(node)).sort((a, b) => places.get(b.node)! - places.get(a.node)!);
  const asked = [...new Map(near.map(({ expression }) => [textOf(expression), expression])).values()];
  return bestTree(sights.length, formulas, holds, asked, (condition, s) => truth(condition, sights[s]!.run));
}

/** Whether a condition on the parameters holds in a run; undefined where it cannot be said. */
function truth(condition: Expression, run: SymbolicRun): boolean | undefined {
  const value = evaluate(condition, { value: (name) => numbersOf(run.instance.params[name], run), source: () => ({ code: '', message: '' }) }, () => undefined);
  return typeof value === 'boolean' ? value : undefined;
}

function distinct(formulas: readonly Formula[]): readonly Formula[] {
  const seen = new Set<string>();
  return formulas.filter((formula) => {
    const key = JSON.stringify(formula, (_, value: unknown) => (typeof value === 'object' && value !== null && 'text' in value ? value.text : value));
    return !seen.has(key) && seen.add(key);
  });
}

/** Sizes that grow with a number of repetitions elsewhere: `in_channels + layers * growth`. */
function perCount(before: Sight['entries'], after: Sight['entries'], { text, number, step }: Variation): readonly Formula[] {
  const fitted = before.slice(0, after.length).map(([k, size], place): readonly [number, Dim] => {
    const each = exactDiv(sub(after[place]![1], size), step);
    return [k, each === undefined || each === null || each === 0 ? size : add(sub(size, mul(number, each)), mul(symbol(text), each))];
  });
  return fitted.every(([, size], place) => size === before[place]![1]) ? [] : candidates(fitted);
}
function candidates(entries: Sight['entries']): readonly Formula[] {
  const [first, second] = entries;
  if (!first) return [];
  const found: Formula[] = [{ kind: 'same', size: first[1] }];
  if (!second) return found;
  if (first[0] !== 0) return [...found, { kind: 'first', at: first[0], first: first[1], rest: second[1] }];
  const linear: Formula = { kind: 'linear', start: first[1], step: sub(second[1], first[1]) };
  if (entries.length > 2 && second[0] === 1 && entries.every(([k, size]) => sameDim(size, at(linear, k)) === true)) found.push(linear);
  found.push({ kind: 'first', at: 0, first: first[1], rest: second[1] });
  if (second[0] === 1 && entries.length <= 2) found.push(linear);
  const third = entries[2];
  if (third && second[0] === 1 && third[0] === 2) {
    const step = sub(third[1], second[1]);
    found.push({ kind: 'rising', first: first[1], start: sub(second[1], step), step });
  }
  for (const base of [2, 0.5]) found.push({ kind: 'power', start: first[1], base });
  found.push({ kind: 'each', sizes: entries.map(([, size]) => size) });
  return found;
}

function at(formula: Formula, k: number): Dim {
  switch (formula.kind) {
    case 'same': return formula.size;
    case 'first': return k === formula.at ? formula.first : formula.rest;
    case 'linear': return k === 0 ? formula.start : add(formula.start, mul(formula.step, k));
    case 'rising': return k === 0 ? formula.first : add(formula.start, mul(formula.step, k));
    case 'power': return formula.base === 2 ? mul(formula.start, 2 ** k) : typeof formula.start === 'number' ? formula.start / 2 ** k : null;
    case 'each': return formula.sizes[k] ?? null;
  }
}
