import type { TF } from '../tfjs/tf.js';

/** Tells what a GPU takes: it computes long after the calls have returned, so Node's clock tells nothing of it. */
export interface GpuClock {
  /** Milliseconds that the device takes for what was asked of it since the call before. */
  lap(): Promise<number>;
  stop(): void;
}

interface Timed {
  activeTimers: { readonly query: Promise<number> }[] | undefined;
}

/** From the time stamps that tfjs has the device write around each of its programs. */
export function startClock(tf: TF): GpuClock {
  const backend = tf.backend() as unknown as Timed;
  backend.activeTimers = [];
  return {
    async lap() {
      const programs = backend.activeTimers?.splice(0) ?? [];
      const times = await Promise.all(programs.map(({ query }) => query));
      return times.reduce((sum, time) => sum + time, 0);
    },
    stop() {
      backend.activeTimers = undefined;
    },
  };
}
