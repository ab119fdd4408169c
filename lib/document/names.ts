/** Words of a node that the format reads, in the order in which they are printed; `params` stands for all that are no words. */
export const nodeOrder = ['op', 'in', 'params', 'weights', 'when', 'off', 'repeat', 'allow', 'freeze', 'initialize', 'note'] as const;
/** Words of a node that this version keeps and does not read. */
export const laterWords: readonly string[] = ['freeze', 'initialize', 'note'];
const words: ReadonlySet<string> = new Set(nodeOrder.filter((word) => word !== 'params'));

/** Keys of a scope, in the order in which they are printed; `others` stands for those that are not known. */
export const rootOrder = ['nnet', 'params', 'inputs', 'nodes', 'outputs', 'blocks', 'operators', 'training', 'others', 'view'] as const;
export const blockOrder = ['params', 'inputs', 'nodes', 'outputs', 'others', 'view'] as const;
/** Top-level keys that the format names and that stand in `Document.others`. */
export const keptKeys: readonly string[] = ['budget', '$schema'];

/** The version that this program reads and writes. */
export const version = 1;

/** Element types that an input may have. */
export const dtypes = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const;

const legal = /^[A-Za-z_][A-Za-z0-9_]*$/;
export function isName(text: string): boolean {
  return legal.test(text);
}

/** A key of a node that belongs to the format and can name no parameter. */
export function isNodeWord(key: string): boolean {
  return words.has(key);
}

/** Names that expressions use themselves. */
export function isExpressionWord(name: string): boolean {
  return name === 'i' || name === 'true' || name === 'false';
}

export function nodeRank(key: string): number {
  return nodeOrder.indexOf((words.has(key) ? key : 'params') as (typeof nodeOrder)[number]);
}
export function scopeRank(key: string, isRoot: boolean): number {
  const order: readonly string[] = isRoot ? rootOrder : blockOrder;
  const rank = order.indexOf(key);
  return rank >= 0 && key !== 'others' ? rank : order.indexOf('others');
}

/** The candidate nearest to a misspelt name, if it is near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Letters to insert, delete, change or swap with the next to turn one into the other. */
function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return a === b ? 0 : 64;
  let two: number[] = [];
  let one = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(one[j]! + 1, row[j - 1]! + 1, one[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, two[j - 2]! + 1);
      row.push(least);
    }
    two = one;
    one = row;
  }
  return one[b.length]!;
}
