/** Finds names that a misspelt one may mean. The work of one program is bounded: past `budget` comparisons it answers with nothing. */
export function createNearest(budget = 300_000): (wanted: string, names: Iterable<string>) => readonly string[] {
  let left = budget;
  return (wanted, names) => {
    if (wanted.length > 80) return [];
    const low = wanted.toLowerCase();
    const reach = Math.max(1, Math.floor(wanted.length / 3));
    const near: { name: string; distance: number }[] = [];
    for (const name of names) {
      if (left <= 0) break;
      if (Math.abs(name.length - wanted.length) > reach && !name.toLowerCase().startsWith(low)) continue;
      left -= 1;
      const distance = name.toLowerCase() === low ? 0 : Math.min(editDistance(low, name.toLowerCase(), reach), low.length >= 3 && name.toLowerCase().startsWith(low) ? reach : Infinity);
      if (distance <= reach) near.push({ name, distance });
    }
    return near.sort((a, b) => a.distance - b.distance).slice(0, 3).map(({ name }) => name);
  };
}

/** Damerau's distance: insertions, deletions, replacements and swaps of neighbours; anything above `reach` may be reported as Infinity. */
function editDistance(a: string, b: string, reach: number): number {
  if (Math.abs(a.length - b.length) > reach) return Infinity;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
