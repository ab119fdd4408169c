import { add, formatDim, formatShape, promote, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { axisWord, resolveAxis } from './axes.js';
import { defineOperator } from './define.js';
import { elementwiseResult, meet } from './elementwise.js';
import type { FormulaLine, Operator, Report, TorchCall } from './operator.js';
import { integer } from './param.js';

/** Elementwise over two inputs or more: a place where skips end. */
function merging(type: string, merge: 'add' | 'gate', doc: string, reference: string, torch: (count: number) => TorchCall): Operator {
  return defineOperator({
    type, merge, doc,
    family: 'Merge',
    reference: `torch.${reference}.html`,
    inputs: [{ name: 'input', variadic: true, least: 2, constant: true, dtype: 'any' }],
    params: {},
    infer: ([inputs], _p, report) => [elementwiseResult(type, inputs, report)],
    torch: (_p, [inputs]) => torch(inputs.length),
  });
}

const infix = (sign: string, precedence: 'sum' | 'product') => (count: number): TorchCall => ({ expression: places(count).join(` ${sign} `), precedence });
/** torch.maximum(torch.maximum(a, b), c): it takes two. */
const nestedCall = (name: string) => (count: number): TorchCall => ({ expression: places(count).reduce((inner, next) => `${name}(${inner}, ${next})`), precedence: 'atom' });

function places(count: number): string[] {
  return Array.from({ length: Math.max(1, count) }, (_, i) => `{${i}}`);
}

const concat = defineOperator({
  type: 'Concat',
  family: 'Merge',
  doc: 'Puts its inputs one after the other along an axis; all other sizes must be equal.',
  reference: 'torch.cat.html',
  inputs: [{ name: 'input', variadic: true, least: 1, dtype: 'any' }],
  params: { dim: integer({ initial: 1, doc: 'The axis that grows; 1 is channels.' }) },
  merge: 'concat',
  infer([inputs], p, report) {
    const dtype = promote(inputs);
    // An empty vector is skipped, as torch.cat does for old programs' sake.
    const joined = inputs.map((input, index) => ({ shape: input.shape, index })).filter(({ shape }) => !(shape?.length === 1 && shape[0] === 0));
    const first = joined.find(({ shape }) => shape !== null)?.shape ?? null;
    if (first === null) return [{ shape: joined.length === 0 && inputs.length > 0 ? [0] : null, dtype }];
    const ranks = joined.filter(({ shape }) => shape !== null && shape.length !== first.length);
    if (first.length === 0 || ranks.length > 0) {
      reportRanks(first, inputs, ranks[0]?.index ?? 0, report);
      return [{ shape: null, dtype }];
    }
    const axis = resolveAxis(p.dim, first.length, 'dim', report);
    if (axis === null) return [{ shape: first.map(() => null), dtype }];
    const result: Dim[] = [];
    const misfits: number[] = [];
    for (let position = 0; position < first.length; position++) {
      if (position === axis) {
        let total: Dim = 0;
        for (const { shape } of joined) total = add(total, shape?.[axis] ?? null);
        result.push(total);
        continue;
      }
      let size: Dim = null;
      let fits = true;
      for (const { shape } of joined) {
        const own: Dim = shape?.[position] ?? null;
        if (own === null) continue;
        if (size === null || typeof own === 'number') fits = fits && (size === null || sameDim(size, own) !== false);
        else fits = fits && sameDim(size, own) !== false;
        if (size === null || typeof own === 'number') size = own;
      }
      if (!fits) misfits.push(position);
      result.push(fits ? size : null);
    }
    if (misfits.length > 0) reportMisfit(axis, misfits, inputs, first.length, report);
    return [{ shape: result, dtype }];
  },
  torch: (_p, [inputs], write) => ({
    expression: `torch.cat([${places(inputs.length).join(', ')}], dim={dim})`,
    precedence: 'atom',
    args: write.positional('dim').map((arg) => ({ ...arg, name: 'dim' })),
  }),
  summary: (p) => (p.dim === 1 ? [] : [`dim ${formatDim(p.dim)}`]),
  formula([inputs], [output], p): readonly FormulaLine[] {
    const rank = output?.shape?.length ?? 0;
    const axis = typeof p.dim === 'number' ? (p.dim < 0 ? p.dim + rank : p.dim) : -1;
    if (axis < 0 || axis >= rank) return [];
    const name = (rank === 4 || rank === 5 ? ['N', 'C', ...(rank === 5 ? ['D'] : []), 'H', 'W'][axis] : undefined) ?? `axis ${axis}`;
    return [{ axis: name, formula: inputs.map(({ shape }) => formatDim(shape?.[axis] ?? null)).join(' + '), result: output?.shape?.[axis] ?? null }];
  },
});

function reportRanks(first: Shape, inputs: readonly Tensor[], input: number, report: Report): void {
  report({
    code: 'rank-mismatch', input,
    message: first.length === 0 ? 'Concat joins along an axis, but a scalar has none.' : `Concat needs inputs with equally many axes: ${inputs.map(({ shape }) => formatShape(shape)).join(' and ')} differ.`,
    facts: { ranks: inputs.map(({ shape }) => shape?.length ?? null), inputs: [0, input] },
  });
}

function reportMisfit(along: number, axes: readonly number[], inputs: readonly Tensor[], rank: number, report: Report): void {
  const sizesAt = (axis: number): readonly Dim[] => inputs.map(({ shape }) => (shape?.length === rank ? (shape[axis] as Dim) : null));
  const axis = axes[0] as number;
  const sizes = sizesAt(axis);
  const differences = axes.map((position) => `${axisWord(position, rank)} ${[...new Set(sizesAt(position).filter((size) => size !== null).map(formatDim))].join(' and ')}`);
  const known = sizes.flatMap((size, i) => (size === null ? [] : [i]));
  report({
    code: 'shape-mismatch',
    input: known.find((i) => sizes[i] !== sizes[known[0] ?? 0]) ?? 0,
    message: `Concat along ${axisWord(along, rank)} needs all other sizes equal: ${differences.join(', ')} (${inputs.map(({ shape }) => formatShape(shape)).join(' and ')}).`,
    facts: { axis, axes, sizes, inputs: known, rank, dim: along, shapes: inputs.map(({ shape }) => shape) },
  });
}

const stack = defineOperator({
  type: 'Stack',
  family: 'Merge',
  doc: 'Puts inputs of one shape side by side along a new axis.',
  reference: 'torch.stack.html',
  inputs: [{ name: 'input', variadic: true, least: 1, dtype: 'any' }],
  params: { dim: integer({ default: 0, doc: 'Where the new axis stands.' }) },
  infer([inputs], p, report) {
    const dtype = promote(inputs);
    const first = inputs.find(({ shape }) => shape !== null)?.shape ?? null;
    if (first === null) return [{ shape: null, dtype }];
    const wrong = inputs.findIndex(({ shape }) => shape !== null && (shape.length !== first.length || shape.some((size, axis) => sameDim(size, first[axis] as Dim) === false)));
    if (wrong >= 0) {
      const axes = first.flatMap((size, axis) => (sameDim(size, inputs[wrong]?.shape?.[axis] ?? null) === false ? [axis] : []));
      report({
        code: first.length === inputs[wrong]?.shape?.length ? 'shape-mismatch' : 'rank-mismatch', input: wrong,
        message: `Stack needs inputs of one shape: ${inputs.map(({ shape }) => formatShape(shape)).join(' and ')} differ.`,
        facts: { axis: axes[0] ?? 0, axes, sizes: inputs.map(({ shape }) => shape?.[axes[0] ?? 0] ?? null), inputs: [0, wrong], rank: first.length, shapes: inputs.map(({ shape }) => shape) },
      });
    }
    const axis = resolveAxis(p.dim, first.length + 1, 'dim', report);
    if (axis === null) return [{ shape: null, dtype }];
    return [{ shape: [...first.slice(0, axis), inputs.length, ...first.slice(axis)], dtype }];
  },
  torch: (_p, [inputs], write) => ({
    expression: `torch.stack([${places(inputs.length).join(', ')}], dim={dim})`,
    precedence: 'atom',
    args: write.positional('dim').map((arg) => ({ ...arg, name: 'dim' })),
  }),
  summary: (p) => [`dim ${formatDim(p.dim)}`],
});

const where = defineOperator({
  type: 'Where',
  family: 'Merge',
  doc: 'Takes each element from the second input where the first is true, else from the third.',
  reference: 'torch.where.html',
  inputs: [{ name: 'condition', dtype: 'bool' }, { name: 'input', constant: true, dtype: 'any' }, { name: 'other', constant: true, dtype: 'any' }],
  params: {},
  infer: ([condition, input, other], _p, report) => [{ shape: meet('Where', [condition, input, other], report), dtype: promote([input, other]) }],
  torch: () => ({ expression: 'torch.where({0}, {1}, {2})', precedence: 'atom' }),
});

export const merges: readonly Operator[] = [
  merging('Add', 'add', 'Adds its inputs element by element: where a residual branch meets its skip.', 'add', infix('+', 'sum')),
  merging('Mul', 'gate', 'Multiplies its inputs element by element: a gate.', 'mul', infix('*', 'product')),
  merging('Max', 'add', 'The largest of its inputs, element by element.', 'maximum', nestedCall('torch.maximum')),
  merging('Min', 'add', 'The smallest of its inputs, element by element.', 'minimum', nestedCall('torch.minimum')),
  concat, stack, where,
];
