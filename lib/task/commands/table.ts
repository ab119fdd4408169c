/** Lines of a plain-text table; columns are as wide as their widest cell, those in `right` are aligned to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A count with thousands separators; the text of a symbolic one; "?" for unknown. */
export function count(value: number | string | null): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '?');
}

/** "+8,448", "-12", "0". */
export function difference(before: number | string | null, after: number | string | null): string {
  if (typeof before !== 'number' || typeof after !== 'number') return before === after ? '0' : `${count(before)} -> ${count(after)}`;
  const change = after - before;
  return change > 0 ? `+${count(change)}` : count(change);
}

/** "1 problem", "3 problems". */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
