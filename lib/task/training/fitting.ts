import type { Condition } from '../../analysis/analysis.js';
import { requirementsOf, openSizes, type Requirement } from '../../analysis/conditions/requirement.js';
import { conditionsOf } from '../../analysis/conditions/conditions.js';
import { fittingSizes, groupsOf } from '../../analysis/conditions/search.js';
import { Sizes } from '../../analysis/conditions/sizes.js';
import type { Program } from '../../program/program.js';

/** Numbers for the named sizes for which the layers of a network fit together. */
export interface Fitting {
  readonly sizes: ReadonlyMap<string, number>;
  /** The names that could not be what was wished, each with what is asked of it: "N must be 4". */
  readonly moved: ReadonlyMap<string, string>;
  /** Why the first axis of the first input cannot be any number up to what it is. */
  readonly batch?: string;
}

/**
 * The sizes nearest to those wished for which every layer takes what arrives; those wished where there are none. What goes through once, in eval mode, asks
 * nothing for running statistics, which need more than one value in training.
 */
export function fitting(program: Program, wished: ReadonlyMap<string, number>, training: boolean): Fitting {
  const names = openSizes(program);
  const moving = (path: string): boolean => program.node(path)?.weights.some(({ name }) => name === 'running_mean') ?? false;
  const requirements = requirementsOf(program, names).filter(({ nodes }) => training || !nodes.every(moving));
  if (!requirements.length) return { sizes: wished, moved: new Map() };
  const found = nearestFit(requirements, names, new Sizes(new Map([...names.map((name) => [name, 1] as const), ...wished])));
  const moved = new Map<string, string>();
  let conditions: readonly Condition[] | undefined;
  const askedOf = (name: string): string => (conditions ??= conditionsOf(program)).flatMap(({ symbols, text }) => (symbols.includes(name) ? [text] : [])).join(', ');
  for (const [name, size] of wished) if (found.get(name) !== size) moved.set(name, askedOf(name) || `${name} = ${size} does not fit`);
  const first = program.inputs[0]?.tensor.shape?.[0];
  const batch = typeof first === 'object' && first !== null && !smallerFit(requirements, found, first.text) ? askedOf(first.text) || `${first.text} must be ${found.get(first.text)}` : undefined;
  return { sizes: new Map([...wished].map(([name, size]) => [name, found.get(name) ?? size])), moved, ...(batch !== undefined && { batch }) };
}

/** Whether the network also takes fewer samples than a whole batch, as the last of the tests are. */
function smallerFit(requirements: readonly Requirement[], sizes: Sizes, name: string): boolean {
  const concerned = requirements.filter(({ symbols }) => symbols.includes(name));
  const whole = sizes.get(name) ?? 1;
  return [...new Set([2, 3, 5, whole - 1])].every((size) => size < 2 || size >= whole || concerned.every((requirement) => requirement.fits(sizes.with([name], size))));
}

/** Sizes that are tried for a name. */
const furthest = 1024;

/** Where the wished sizes do not fit: from some that do, one name (or names that must be equal) after the other goes as near to its wish as it can. */
function nearestFit(requirements: readonly Requirement[], names: readonly string[], wished: Sizes): Sizes {
  const fits = (sizes: Sizes, of: readonly Requirement[] = requirements): boolean => of.every((requirement) => requirement.fits(sizes));
  if (fits(wished)) return wished;
  const concerned = names.filter((name) => requirements.some(({ symbols }) => symbols.includes(name)));
  const base = fittingSizes(requirements, concerned);
  if (!base) return wished;
  let best = new Sizes(new Map([...wished.numbers, ...base.numbers]));
  for (const group of groupsOf(requirements, base, concerned)) {
    const own = requirements.filter(({ symbols }) => symbols.some((name) => group.includes(name)));
    const wish = Math.min(...group.map((name) => wished.get(name) ?? 1));
    const size = around(wish).find((each) => fits(best.with(group, each), own));
    if (size !== undefined) best = best.with(group, size);
  }
  return together(best, concerned, wished, fits);
}

/** A number and its neighbours, the nearest first. */
function around(wish: number): readonly number[] {
  return Array.from({ length: furthest }, (_, i) => i + 1).sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish));
}

/** Two sizes that follow each other stay where they are when one moves alone: small ones of both are tried. */
function together(found: Sizes, names: readonly string[], wished: Sizes, fits: (sizes: Sizes) => boolean): Sizes {
  const high = names.filter((name) => (found.get(name) ?? 1) > 2 * (wished.get(name) ?? 1));
  const pairs = high.flatMap((name) => names.filter((other) => other !== name).map((other) => [name, other] as const));
  for (const [name, other] of pairs.slice(0, 6))
    for (let size = 1; size <= 32; size++)
      for (let beside = 1; beside <= 64; beside++) {
        const sizes = found.with([name], size).with([other], beside);
        if (fits(sizes)) return sizes;
      }
  return found;
}
