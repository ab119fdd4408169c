/**
 * Random numbers that depend only on a seed and a name, so that a layer's initial weights, the order of the batches and the dropout of a step are
 * the same whatever else the network holds and whichever backend runs it. The generator is xoshiro128**, seeded by SplitMix32 over FNV-1a of the name.
 */
export interface Random {
  /** An integer from 0 to 2³² - 1. */
  next(): number;
  /** Uniform in [0, 1), with 24 bits. */
  uniform(): number;
  /** Standard normal (Box and Muller). */
  normal(): number;
  /** An integer from 0 to n - 1. */
  below(n: number): number;
}

export function random(seed: number, ...names: readonly (string | number)[]): Random {
  let state = hash(names.join('\0'), seed >>> 0);
  const split = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1;
  let spare: number | undefined;
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  const uniform = (): number => (next() >>> 8) / 0x1000000;
  return {
    next,
    uniform,
    below: (n) => Math.floor(uniform() * n),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** 0 to n - 1 in random order (Fisher and Yates). */
export function shuffled(n: number, generator: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = generator.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
}
