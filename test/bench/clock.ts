/** Median of wall times in milliseconds, after runs that only warm up. */
export async function median(work: () => unknown, { runs = 9, warmUp = 3, seconds = 4 }: { readonly runs?: number; readonly warmUp?: number; readonly seconds?: number } = {}): Promise<number> {
  const end = performance.now() + seconds * 1000;
  for (let k = 0; k < warmUp && performance.now() < end; k++) await work();
  const times: number[] = [];
  do {
    globalThis.gc?.();
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  } while (times.length < runs && performance.now() < end);
  return middle(times);
}

export function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
