interface Repeats {
  readonly runs?: number;
  readonly warmUp?: number;
  /** No run begins after so many seconds by the same clock, but one is made in any case. */
  readonly seconds?: number;
}

/** Median milliseconds of processor time, after runs that only warm up: for work of this process, so that others on the machine count little. */
export const processor = (work: () => unknown, repeats?: Repeats): Promise<number> => median(used, work, repeats);

/** Median milliseconds of wall time: for work of other processes. */
export const wall = (work: () => unknown, repeats?: Repeats): Promise<number> => median(() => performance.now(), work, repeats);

async function median(now: () => number, work: () => unknown, { runs = 7, warmUp = 400, seconds = 2 }: Repeats = {}): Promise<number> {
  const begin = now();
  let warmed = 0;
  while (warmed < warmUp && (warmed === 0 || now() < begin + seconds * 400)) {
    await work();
    warmed++;
  }
  // What takes a millisecond is done many times in a row, with the collections of garbage that this causes. None is forced: it would take away what the
  // engine has learned of objects of which none is left at that moment, and the next runs would be those of a cold start.
  const times = Math.max(1, Math.ceil(row / ((now() - begin) / warmed)));
  const samples: number[] = [];
  do {
    const start = now();
    for (let k = 0; k < times; k++) await work();
    samples.push((now() - start) / times);
  } while (samples.length < runs && now() < begin + seconds * 1000);
  return middle(samples);
}

/** Milliseconds that a measurement takes at least. */
const row = 100;

function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
