/** What holds in a case, or what a condition tells apart. */
export type Tree<Leaf, Condition> =
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'when'; readonly condition: Condition; readonly then: Tree<Leaf, Condition>; readonly otherwise: Tree<Leaf, Condition> };

/** Conditions looked at for one size, and how many may be asked one after the other. */
const mostConditions = 24;
const deepest = 6;
/** Splits tried for one size. */
const patience = 20_000;

interface Found<Leaf, Condition> {
  readonly tree: Tree<Leaf, Condition>;
  readonly leaves: number;
}

/**
 * The least tree of conditions whose leaves hold in all samples that come to them: the fewest conditions one after the other, then the fewest leaves, then the first
 * conditions. Undefined where there is none. A condition that some sample does not know tells nothing apart.
 */
export function bestTree<Leaf, Condition>(samples: number, leaves: readonly Leaf[], holds: (leaf: Leaf, sample: number) => boolean, conditions: readonly Condition[], truth: (condition: Condition, sample: number) => boolean | undefined): Tree<Leaf, Condition> | undefined {
  const all = Array.from({ length: samples }, (_, sample) => sample);
  const whole = leaves.find((leaf) => all.every((sample) => holds(leaf, sample)));
  if (whole !== undefined) return { kind: 'leaf', leaf: whole };
  const fits = leaves.map((leaf) => all.map((sample) => holds(leaf, sample)));
  const known = conditions.map((condition) => ({ condition, truths: all.map((sample) => truth(condition, sample)) }));
  const splitting = known.filter(({ truths }) => truths.includes(true) && truths.includes(false) && !truths.includes(undefined)).slice(0, mostConditions);
  let left = patience;
  const memo = new Map<string, Found<Leaf, Condition> | undefined>();
  const search = (subset: readonly number[], depth: number): Found<Leaf, Condition> | undefined => {
    const key = `${depth}:${subset.join()}`;
    if (memo.has(key)) return memo.get(key);
    const k = fits.findIndex((fit) => subset.every((sample) => fit[sample]));
    let best: Found<Leaf, Condition> | undefined = k < 0 ? undefined : { tree: { kind: 'leaf', leaf: leaves[k]! }, leaves: 1 };
    if (!best && depth > 0) {
      for (const { condition, truths } of splitting) {
        if (--left < 0) break;
        const there = subset.filter((sample) => truths[sample]);
        if (there.length === 0 || there.length === subset.length) continue;
        const then = search(there, depth - 1);
        const otherwise = then && search(subset.filter((sample) => !truths[sample]), depth - 1);
        if (!then || !otherwise) continue;
        const count = then.leaves + otherwise.leaves;
        if (!best || count < best.leaves) best = { tree: { kind: 'when', condition, then: then.tree, otherwise: otherwise.tree }, leaves: count };
        if (count === 2) break;
      }
    }
    memo.set(key, best);
    return best;
  };
  for (let depth = 1; depth <= deepest; depth++) {
    const found = search(all, depth);
    if (found) return found.tree;
  }
  return undefined;
}
