import { broadcastDim, broadcastShapes, formatDim, formatShape, isFloat, product, promote, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { sizeAt } from './axes.js';
import { expression } from './calls.js';
import { defineOperator } from './define.js';
import { needOneType } from './dtypes.js';
import type { Operator, Report } from './operator.js';
import { text } from './param.js';

/** Batch axes of two factors, reported where they do not fit. */
export function batchOf(type: string, a: Shape, b: Shape, report: Report): Shape {
  const { shape, misfits } = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  const [axis] = misfits;
  if (axis !== undefined) {
    const sizes = [a, b].map((each) => each[axis - shape.length + each.length - 2] ?? null);
    report({
      code: 'shape-mismatch', input: 1,
      message: `${type} needs equal batch axes (or 1): ${formatDim(sizes[0] ?? null)} and ${formatDim(sizes[1] ?? null)} differ at axis ${axis} (${formatShape(a)} and ${formatShape(b)}).`,
      facts: { axis, axes: misfits, sizes, inputs: [0, 1], rank: shape.length + 2, shapes: [a, b] },
    });
  }
  return shape;
}

function reportInner(type: string, a: Shape, b: Shape, inner: Dim, other: Dim, report: Report): void {
  report({
    code: 'feature-mismatch', input: 1,
    message: `${type} needs the last axis of the first to be the ${b.length === 1 ? 'only' : 'second last'} of the second: ${formatDim(inner)} and ${formatDim(other)} differ (${formatShape(a)} and ${formatShape(b)}).`,
    facts: { expected: inner, actual: other, shapes: [a, b] },
  });
}

const matMul = defineOperator({
  type: 'MatMul',
  family: 'Linear',
  doc: 'Matrix product of the last two axes; axes before them are a batch. A vector counts as one row or column.',
  reference: 'torch.matmul.html',
  inputs: [{ name: 'input', dtype: 'any' }, { name: 'other', dtype: 'any' }],
  params: {},
  infer([first, second], _p, report) {
    const dtype = promote([first, second]);
    const [a, b] = [first.shape, second.shape];
    for (const [input, shape] of [a, b].entries()) {
      if (shape?.length === 0) report({ code: 'wrong-rank', input, message: 'MatMul takes at least a vector on each side, but a scalar arrives.', facts: { rank: 0 } });
    }
    if (a !== null && b !== null) needOneType('MatMul', [first, second], report);
    if (a === null || b === null || a.length === 0 || b.length === 0) return [{ shape: null, dtype }];
    const other = b.length === 1 ? sizeAt(b, 0) : sizeAt(b, -2);
    if (sameDim(sizeAt(a, -1), other) === false) reportInner('MatMul', a, b, sizeAt(a, -1), other, report);
    return [{ shape: [...batchOf('MatMul', a, b, report), ...(a.length > 1 ? [sizeAt(a, -2)] : []), ...(b.length > 1 ? [sizeAt(b, -1)] : [])], dtype }];
  },
  macs: ([{ shape }], [output]) => (output?.shape == null ? null : product([...output.shape, sizeAt(shape, -1)])),
  torch: expression('{0} @ {1}', [], 'product'),
  formula: ([a, b], [output]) => [
    { axis: 'second last', formula: 'of the first', result: a.shape !== null && a.shape.length > 1 && b.shape !== null ? sizeAt(a.shape, -2) : null },
    { axis: 'last', formula: 'of the second', result: sizeAt(output?.shape ?? null, -1) },
  ],
});

const bmm = defineOperator({
  type: 'BMM',
  family: 'Linear',
  doc: 'Matrix products of two batches, pair by pair.',
  reference: 'torch.bmm.html',
  inputs: [{ name: 'input', ranks: [3], dtype: 'any' }, { name: 'mat2', ranks: [3], dtype: 'any' }],
  params: {},
  infer([first, second], _p, report) {
    const dtype = promote([first, second]);
    const [a, b] = [first.shape, second.shape];
    needOneType('BMM', [first, second], report);
    if (a === null || b === null) return [{ shape: null, dtype }];
    if (sameDim(sizeAt(a, 0), sizeAt(b, 0)) === false) report({ code: 'shape-mismatch', input: 1, message: `BMM needs two batches of one size: ${formatDim(sizeAt(a, 0))} and ${formatDim(sizeAt(b, 0))} differ.`, facts: { axis: 0, axes: [0], sizes: [sizeAt(a, 0), sizeAt(b, 0)], inputs: [0, 1] } });
    if (sameDim(sizeAt(a, 2), sizeAt(b, 1)) === false) reportInner('BMM', a, b, sizeAt(a, 2), sizeAt(b, 1), report);
    return [{ shape: [sizeAt(a, 0), sizeAt(a, 1), sizeAt(b, 2)], dtype }];
  },
  macs: ([{ shape }], [output]) => (output?.shape == null ? null : product([...output.shape, sizeAt(shape, -1)])),
  torch: expression('torch.bmm({0}, {1})'),
});

interface Equation {
  readonly operands: readonly (readonly string[])[];
  /** Null where the equation has no arrow. */
  readonly output: readonly string[] | null;
}

/** Letters of each operand, '...' as one of them; null where the text is no equation. */
function parseEquation(equation: string): Equation | null {
  const [left, right, more] = equation.replace(/\s/g, '').split('->');
  if (left === undefined || more !== undefined) return null;
  const letters = (part: string): readonly string[] | null => {
    const found = part.match(/\.\.\.|[A-Za-z]/g) ?? [];
    return found.join('') === part && found.filter((letter) => letter === '...').length <= 1 ? found : null;
  };
  const operands = left.split(',').map(letters);
  const output = right === undefined ? null : letters(right);
  if (operands.includes(null) || (right !== undefined && output === null)) return null;
  return { operands: operands as readonly (readonly string[])[], output };
}

interface Contraction {
  readonly output: Shape | null;
  /** Whether some axis is summed over, and whether one that two inputs share is. */
  readonly sums: boolean;
  readonly multiplies: boolean;
  /** Sizes of all letters, for the count of multiplications. */
  readonly sizes: readonly Dim[];
}

function contract(equation: string | null, tensors: readonly Tensor[], report: Report): Contraction {
  const nothing = { output: null, sums: false, multiplies: false, sizes: [] };
  if (equation === null) return nothing;
  const parsed = parseEquation(equation);
  const wrong = (message: string, input?: number, facts: Readonly<Record<string, unknown>> = {}): Contraction => {
    report({ code: 'wrong-equation', param: 'equation', ...(input === undefined ? {} : { input }), message, facts: { equation, ...facts } });
    return nothing;
  };
  if (parsed === null) return wrong(`"${equation}" is no equation: it takes letters for the axes of each input, commas between inputs, and "->" before the result.`);
  if (parsed.operands.length !== tensors.length) return wrong(`"${equation}" names ${parsed.operands.length} inputs, but there are ${tensors.length}.`);
  const sizes = new Map<string, Dim>();
  // How many inputs have more than one element under a letter: a sum over a letter of one input alone is no product.
  const wide = new Map<string, number>();
  const held = new Map<string, number>();
  let batch: readonly Dim[] = [];
  for (const [input, letters] of parsed.operands.entries()) {
    const shape = tensors[input]?.shape ?? null;
    if (shape === null) return nothing;
    const named = letters.filter((letter) => letter !== '...').length;
    const spread = letters.includes('...') ? shape.length - named : 0;
    if (spread < 0 || named + spread !== shape.length) return wrong(`"${letters.join('')}" names ${named} axes, but input ${input} is ${formatShape(shape)}.`, input, { rank: shape.length });
    let axis = 0;
    for (const letter of letters) {
      if (letter === '...') {
        const joined = broadcastShapes(batch, shape.slice(axis, axis + spread));
        if (joined.misfits.length > 0) return wrong(`The axes under "..." do not fit: ${formatShape(batch)} and ${formatShape(shape.slice(axis, axis + spread))}.`, input);
        batch = joined.shape;
        axis += spread;
        continue;
      }
      const size = shape[axis++] as Dim;
      if (size !== 1) wide.set(letter, (wide.get(letter) ?? 0) + 1);
      held.set(letter, (held.get(letter) ?? 0) + 1);
      const before = sizes.get(letter);
      const joined = before === undefined ? size : broadcastDim(before, size);
      if (joined === undefined) {
        report({ code: 'shape-mismatch', input, message: `"${letter}" stands for ${formatDim(before ?? null)}, but input ${input} has ${formatDim(size)} there (${formatShape(shape)}).`, facts: { axis: axis - 1, axes: [axis - 1], sizes: [before ?? null, size], inputs: [input], letter } });
      }
      sizes.set(letter, joined ?? null);
    }
  }
  const count = (letter: string): number => parsed.operands.flat().filter((other) => other === letter).length;
  const result = parsed.output ?? ['...', ...[...sizes.keys()].filter((letter) => count(letter) === 1).sort()];
  const stray = result.find((letter, i) => (letter !== '...' && !sizes.has(letter)) || result.indexOf(letter) !== i);
  if (stray !== undefined) return wrong(`The result of "${equation}" names "${stray}" ${sizes.has(stray) ? 'twice' : 'which no input has'}.`);
  const summed = [...sizes.keys()].filter((letter) => !result.includes(letter));
  // What one input alone has more than one of is summed before anything is multiplied.
  const alone = (letter: string): boolean => !result.includes(letter) && (held.get(letter) ?? 0) > 1 && (wide.get(letter) ?? 0) < 2;
  const shared = tensors.length > 1 && summed.some((letter) => (wide.get(letter) ?? 0) > 1);
  return { sums: summed.length > 0 || (batch.length > 0 && !result.includes('...')), multiplies: shared, output: result.flatMap((letter) => (letter === '...' ? batch : [sizes.get(letter) ?? null])), sizes: [...batch, ...[...sizes].map(([letter, size]) => (alone(letter) ? 1 : size))] };
}

const einsum = defineOperator({
  type: 'Einsum',
  family: 'Linear',
  doc: 'Sums products over the axes that an equation names: "bij,bjk->bik".',
  reference: 'torch.einsum.html',
  inputs: [{ name: 'operand', variadic: true, least: 1, dtype: 'any' }],
  params: { equation: text({ initial: 'ij,jk->ik', doc: 'Letters for the axes of each input, and those of the result.' }) },
  infer([tensors], p, report) {
    const { output, sums, multiplies } = contract(p.equation, tensors, report);
    if (multiplies) needOneType('Einsum', tensors, report);
    const dtype = promote(tensors);
    return [{ shape: output, dtype: tensors.length === 1 && sums && !isFloat(dtype) ? 'int64' : dtype }];
  },
  macs([tensors], [output], p) {
    if (output?.shape == null) return null;
    const { multiplies, sizes } = contract(p.equation, tensors, () => undefined);
    // Without a sum over an axis that two inputs share it is elementwise, like Mul.
    return multiplies ? product(sizes) : 0;
  },
  torch: (_p, [tensors], write) => ({
    expression: `torch.einsum({equation}, ${tensors.map((_, i) => `{${i}}`).join(', ')})`,
    precedence: 'atom',
    args: write.positional('equation').map((arg) => ({ ...arg, name: 'equation' })),
  }),
  summary: (p) => [p.equation ?? '?'],
});

export const products: readonly Operator[] = [matMul, bmm, einsum];
