import { holds, patternsOf, type Pattern } from './pattern.js';
import { Sizes } from './sizes.js';
import type { Requirement } from './requirement.js';

/** Sizes for which every requirement is met, from which the others are explored; undefined where none were found. */
export function fittingSizes(requirements: readonly Requirement[], names: readonly string[]): Sizes | undefined {
  let best = Sizes.same(names, starts[0]!);
  let least = Infinity;
  for (const size of starts) {
    const sizes = Sizes.same(names, size);
    const count = missed(requirements, sizes, least);
    if (count < least) [best, least] = [sizes, count];
    if (count === 0) return sizes;
  }
  const asked = [...requirements];
  for (let size = 1; size <= 640; size += 1) {
    const sizes = Sizes.same(names, size);
    const at = asked.findIndex((requirement) => !requirement.fits(sizes));
    if (at < 0) return sizes;
    // What refused one size is asked first of the next.
    if (at > 0) asked.unshift(...asked.splice(at, 1));
  }
  // One name after the other, or two at once (a map may fit only when both its sides do), takes the size that leaves the fewest requirements unmet.
  const moves = [...names.map((name) => [name]), ...names.flatMap((name, k) => names.slice(k + 1).map((other) => [name, other])), names];
  for (let round = 0; round < 3; round += 1) {
    const before = least;
    for (const move of moves) {
      const concerned = requirements.filter(({ symbols }) => symbols.some((name) => move.includes(name)));
      const present = best;
      const rest = least - missed(concerned, present);
      // Those that no size of these names mends are counted once.
      if (rest + concerned.filter((requirement) => requirement.refusesBut(move, present)).length >= least) continue;
      for (let size = 1; size <= 640 && least > rest; size += 1) {
        const sizes = present.with(move, size);
        const count = rest + missed(concerned, sizes, least - rest);
        if (count < least) [best, least] = [sizes, count];
      }
      if (least === 0) return best;
    }
    if (least === before) return undefined;
  }
  return undefined;
}

const starts = [224, 256, 96, 64, 128, 32, 16, 28, 100, 512, 1024, 7, 2, 1];

/** How many are not met; counted up to `most`. */
function missed(requirements: readonly Requirement[], sizes: Sizes, most = Infinity): number {
  let count = 0;
  for (const requirement of requirements) {
    if (!requirement.fits(sizes)) count += 1;
    if (count >= most) break;
  }
  return count;
}

/** What the names of a group, all of one size, must be while the others are as in `base`, and the layers that ask for it. */
export interface Demand {
  readonly patterns: readonly Pattern[];
  /** Requirements that refuse some size before all others do. */
  readonly active: readonly Requirement[];
  /** Whether a requirement is met by a size of the group. */
  meets(requirement: Requirement, size: number): boolean;
}

/**
 * Most layers never refuse what those before them let through. So the sizes are read from those alone that refused one so far, and what comes out
 * is tried on all, until none of them refuses any more.
 */
export function demandOn(requirements: readonly Requirement[], base: Sizes, group: readonly string[]): Demand {
  const concerned = requirements.filter(({ symbols }) => symbols.some((name) => group.includes(name)));
  const active = new Set<Requirement>();
  const points = new Map<number, Sizes>();
  const at = (size: number): Sizes => {
    let sizes = points.get(size);
    if (sizes === undefined) points.set(size, (sizes = base.with(group, size)));
    return sizes;
  };
  const verdicts = new Map<Requirement, Map<number, boolean>>();
  const meets = (requirement: Requirement, size: number): boolean => {
    let own = verdicts.get(requirement);
    if (own === undefined) verdicts.set(requirement, (own = new Map()));
    let verdict = own.get(size);
    if (verdict === undefined) own.set(size, (verdict = requirement.fits(at(size))));
    return verdict;
  };
  let patterns: readonly Pattern[] = [];
  for (let round = 0; round < 40; round += 1) {
    const before = active.size;
    for (const size of samples(patterns)) {
      const first = concerned.find((requirement) => !meets(requirement, size));
      if (first !== undefined) active.add(first);
    }
    if (active.size === before) break;
    const chosen = concerned.filter((requirement) => active.has(requirement));
    const fits = (last: number): readonly boolean[] => Array.from({ length: last + 1 }, (_, size) => size > 0 && chosen.every((requirement) => meets(requirement, size)));
    const few = patternsOf(fits(160));
    patterns = few === undefined || few.some(({ kind }) => kind === 'equal' || kind === 'one-of' || kind === 'at-most') ? (patternsOf(fits(1600)) ?? []) : few;
  }
  return { patterns, active: concerned.filter((requirement) => active.has(requirement)), meets };
}

/** Sizes that the patterns allow: the smallest, and some far and wide. */
function samples(patterns: readonly Pattern[]): readonly number[] {
  const allowed = (size: number): boolean => patterns.every((pattern) => holds(pattern, size));
  const found = new Set<number>();
  for (let size = 1, count = 0; size <= 1600 && count < 12; size += 1) {
    if (!allowed(size)) continue;
    found.add(size);
    count += 1;
  }
  for (const start of [33, 47, 100, 129, 223, 333, 510, 777, 1021, 1399]) {
    for (let size = start; size <= start + 600; size += 1) {
      if (!allowed(size)) continue;
      found.add(size);
      break;
    }
  }
  return [...found];
}

/** The layers that are the first to refuse some size that `wrong` picks. */
export function refusing({ active, meets }: Demand, wrong: (size: number) => boolean): readonly string[] {
  const found = new Set<Requirement>();
  for (let size = 1; size <= 160; size += 1) {
    if (!wrong(size)) continue;
    const first = active.find((requirement) => !meets(requirement, size));
    if (first !== undefined) found.add(first);
  }
  return active.flatMap((requirement) => (found.has(requirement) ? requirement.nodes : []));
}

/**
 * Names that must have equal sizes: alone each can only be what it is, together they can be something else. Every other name is a group of
 * its own.
 */
export function groupsOf(requirements: readonly Requirement[], base: Sizes, names: readonly string[]): readonly (readonly string[])[] {
  const groups: (readonly string[])[] = [];
  const left = new Set(names);
  const met = (changed: readonly string[], factor: number): boolean => {
    const sizes = base.with(changed, base.get(changed[0]!)! * factor);
    return requirements.every((requirement) => !requirement.symbols.some((name) => changed.includes(name)) || requirement.fits(sizes));
  };
  for (const name of names) {
    if (!left.delete(name)) continue;
    const others = [...left].filter((other) => base.get(other) === base.get(name));
    const alone = others.length === 0 || factors.some((each) => met([name], each));
    const group = (alone ? undefined : subsetsOf(others.slice(0, 8)).find((subset) => factors.some((each) => met([name, ...subset], each)))) ?? [];
    for (const other of group) left.delete(other);
    groups.push([name, ...group]);
  }
  return groups;
}

/** All choices of some of the names, the smallest first. */
function subsetsOf(names: readonly string[]): readonly (readonly string[])[] {
  const all = Array.from({ length: 2 ** names.length - 1 }, (_, bits) => names.filter((_name, k) => ((bits + 1) >> k) % 2 === 1));
  return all.sort((a, b) => a.length - b.length);
}

/** By what a size is multiplied to see whether it can be another. */
const factors = [2, 3, 4, 8];
