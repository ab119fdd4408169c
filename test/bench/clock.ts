interface Repeats {
  readonly runs?: number;
  readonly warmUp?: number;
  /** No run begins after so many seconds of wall time, but one is made in any case. */
  readonly seconds?: number;
}

/** Median milliseconds of processor time, after runs that only warm up: for work of this process, so that others on the machine count little. */
export const processor = (work: () => unknown, repeats?: Repeats): Promise<number> => median(used, work, repeats);

/** Median milliseconds of wall time: for work of other processes. */
export const wall = (work: () => unknown, repeats?: Repeats): Promise<number> => median(() => performance.now(), work, repeats);

async function median(now: () => number, work: () => unknown, { runs = 15, warmUp = 60, seconds = 4 }: Repeats = {}): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const warm = performance.now() + seconds * 400;
  for (let k = 0; k < warmUp && (k === 0 || performance.now() < warm); k++) await work();
  const times: number[] = [];
  do {
    globalThis.gc?.();
    const start = now();
    await work();
    times.push(now() - start);
  } while (times.length < runs && performance.now() < end);
  return middle(times);
}

function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
