import { operators, type Operator, type ParamSpec } from '../../lib/operators/index.js';
import type { DType, Tensor } from '../../lib/shapes/index.js';
import type { Use } from '../operators/grid.js';

/** A small seeded generator (mulberry32), so that a finding can be drawn again. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Crop is our own, and Python slices otherwise where it refuses. */
const notDrawn = new Set(['Crop']);

/** Draws one use of an operator, of those whose type fits: mostly something that could work, so that both acceptance and refusal are met. */
export function draw(next: () => number, fits = /./u): Use {
  const all = [...operators.values()].filter(({ type }) => !notDrawn.has(type) && fits.test(type));
  const op = all[Math.floor(next() * all.length)] as Operator;
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const size = (): number => pick([1, 2, 3, 4, 4, 6, 8, 9, 12]);
  const base = Array.from({ length: 6 }, size);

  const shape = (ranks: readonly number[] | undefined): number[] => {
    const rank = ranks !== undefined && next() < 0.95 ? pick(ranks) : whole(0, 5);
    return base.slice(0, rank).map((each) => (next() < 0.12 ? size() : next() < 0.1 ? 1 : each));
  };
  const dtype = (wanted: string): DType => {
    if (next() < 0.05) return pick<DType>(['float32', 'float64', 'int64', 'int32', 'bool']);
    return wanted === 'bool' ? 'bool' : wanted === 'integer' || wanted === 'index' ? 'int64' : 'float32';
  };
  const inputs: (Tensor | null)[] = op.inputs.flatMap((spec): (Tensor | null)[] => {
    if (spec.optional === true && next() < 0.7) return [null];
    const count = spec.variadic === true ? whole(Math.max(1, spec.least ?? 1), 3) : 1;
    return Array.from({ length: count }, () => ({ shape: shape(spec.ranks), dtype: dtype(spec.dtype ?? 'float') }));
  });

  // PyTorch's pair (h_0, c_0) is given whole or not at all.
  if (op.type.startsWith('LSTM') && (inputs[1] === null) !== (inputs[2] === null)) inputs[1] = inputs[2] = null;

  // Places are those of the pool before.
  if (op.type.startsWith('MaxUnpool') && next() < 0.9) inputs[1] = { shape: inputs[0]?.shape ?? null, dtype: next() < 0.97 ? 'int64' : dtype('any') };
  // An index is not larger than what it counts in, and what is put there is as large as the index.
  if (op.type === 'Scatter' && next() < 0.9) {
    inputs[1] = { shape: (inputs[0]?.shape ?? []).map((each) => whole(0, Number(each) + (next() < 0.1 ? 1 : 0))), dtype: next() < 0.9 ? 'int64' : dtype('index') };
    inputs[2] = { shape: (inputs[1].shape ?? []).map((each) => Number(each) + (next() < 0.8 ? 0 : whole(-1, 2))).map((each) => Math.max(0, each)), dtype: next() < 0.9 ? (inputs[0]?.dtype ?? 'float32') : dtype('any') };
  }
  // A bag of several rows has no offsets, one row has them.
  if (op.type === 'EmbeddingBag' && next() < 0.8) {
    inputs[1] = inputs[0]?.shape?.length === 1 ? { shape: shape([1]), dtype: 'int64' } : null;
    if (inputs[2] != null) inputs[2] = { shape: inputs[0]?.shape ?? null, dtype: 'float32' };
  }

  const element = (spec: ParamSpec): number => {
    const low = spec.min ?? -3;
    return next() < 0.6 ? Math.min(low + whole(0, 2), spec.max ?? 99) : whole(low, Math.min(spec.max ?? low + 6, low + 8));
  };
  const value = (name: string, spec: ParamSpec): unknown => {
    if (spec.nullable === true && next() < 0.3) return null;
    switch (spec.kind) {
      case 'flag': return next() < 0.5;
      case 'choice': return pick(spec.choices ?? []);
      case 'text': return pick(['ij,jk->ik', 'bij,bjk->bik', '...i->...', 'i,i', 'ij->ji', 'ijk,ik->j', '...ij,...jk->...ik']);
      case 'number': return name === 'scale' || name === 'p' ? 0.5 : pick([spec.min ?? 0.5, 0.5, 1, 2].filter((each) => each <= (spec.max ?? 99) && each >= (spec.min ?? 0)));
      case 'integer': return element(spec);
      case 'tuple': return spec.choices !== undefined && next() < 0.2 ? pick(spec.choices) : next() < 0.5 ? element(spec) : Array.from({ length: spec.length ?? 1 }, () => element(spec));
      case 'list':
        if (name === 'output_ratio') return pick([0.5, 0.3, 0.75, [0.5, 0.25], [0.5, 0.7, 0.9], 1]);
        if (name === 'scale_factor') return pick([0.5, 1.5, 2, 3, 0.3, [2, 1.5]]);
        return name === 'dim' && next() < 0.5 ? whole(-3, 3) : Array.from({ length: name === 'pad' ? pick([2, 4, 6]) : whole(name === 'dim' ? 1 : 0, 4) }, () => element(spec));
      case 'ranges': return Array.from({ length: whole(0, 3) }, () => (next() < 0.4 ? null : [pick([null, whole(-4, 4)]), pick([null, whole(-4, 9)]), pick([null, 1, 2])]));
    }
  };
  const attrs: Record<string, unknown> = {};
  for (const [name, spec] of op.params) {
    const needed = spec.default === undefined && spec.assertion !== true;
    if (!needed && next() < (spec.assertion === true ? 0.9 : 0.6)) continue;
    attrs[name] = value(name, name === 'output_size' && !op.type.startsWith('Fractional') ? { ...spec, min: 1 } : spec);
  }
  // A size or a share of it, seldom both.
  if (op.type.startsWith('Fractional') && next() < 0.9) {
    if (attrs['output_size'] == null) attrs['output_ratio'] ??= 0.5;
    else delete attrs['output_ratio'];
  }
  return [op.type, attrs, inputs];
}
