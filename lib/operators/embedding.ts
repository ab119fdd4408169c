import { formatDim, formatShape, promote, sameDim, sub, type Dim, type Tensor } from '../shapes/index.js';
import { sizeAt } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import type { Operator, Report } from './operator.js';
import { choice, flag, integer, number } from './param.js';

const table = {
  num_embeddings: integer({ min: 1, initial: 1000, doc: 'Numbers that have a vector: 0 to num_embeddings − 1.' }),
  embedding_dim: integer({ min: 1, initial: 64, doc: 'Length of a vector.' }),
  max_norm: number({ default: null, doc: 'Longer vectors are shortened to this length.' }),
  norm_type: number({ default: 2, doc: 'The p of the norm for max_norm.' }),
  scale_grad_by_freq: flag({ default: false, doc: 'Divides gradients by how often a number occurs in the batch.' }),
  sparse: flag({ default: false, doc: 'Gradients are sparse.' }),
} as const;

function checkPadding(padding_idx: Dim | undefined, num_embeddings: Dim, report: Report): void {
  if (typeof padding_idx !== 'number' || typeof num_embeddings !== 'number' || (padding_idx < num_embeddings && padding_idx >= -num_embeddings)) return;
  report({ code: 'index-out-of-range', param: 'padding_idx', message: `padding_idx ${padding_idx} is none of the ${num_embeddings} numbers.`, facts: { padding_idx, num_embeddings } });
}

const embedding = defineOperator({
  type: 'Embedding',
  family: 'Linear',
  doc: 'Looks up a learned vector for each whole number.',
  reference: 'torch.nn.Embedding.html',
  inputs: [{ name: 'input', dtype: 'index' }],
  params: {
    num_embeddings: table.num_embeddings, embedding_dim: table.embedding_dim,
    padding_idx: integer({ default: null, doc: 'A number whose vector is zero and is not learned.' }),
    max_norm: table.max_norm, norm_type: table.norm_type, scale_grad_by_freq: table.scale_grad_by_freq, sparse: table.sparse,
  },
  infer([{ shape }], p, report) {
    checkPadding(p.padding_idx, p.num_embeddings, report);
    return [{ shape: shape === null ? null : [...shape, p.embedding_dim], dtype: 'float32' }];
  },
  weights: (_inputs, p) => [{ name: 'weight', shape: [p.num_embeddings, p.embedding_dim], learned: true }],
  torch: nnModule('nn.Embedding', { positional: ['num_embeddings', 'embedding_dim'] }),
  summary: (p) => [`${formatDim(p.num_embeddings)} → ${formatDim(p.embedding_dim)}`],
});

const embeddingBag = defineOperator({
  type: 'EmbeddingBag',
  family: 'Linear',
  doc: 'Looks up learned vectors and takes those of a bag together: their sum, mean or maximum.',
  reference: 'torch.nn.EmbeddingBag.html',
  inputs: [
    { name: 'input', dtype: 'any', ranks: [2, 1], doc: 'bags × numbers, or all numbers in one row with offsets' },
    { name: 'offsets', dtype: 'any', optional: true, ranks: [1], doc: 'where each bag begins in the row' },
    { name: 'per_sample_weights', dtype: 'float32', optional: true },
  ],
  params: {
    ...table,
    mode: choice(['sum', 'mean', 'max'], { default: 'mean', doc: 'How a bag is taken together.' }),
    include_last_offset: flag({ default: false, doc: 'The last offset is the end of the row.' }),
    padding_idx: integer({ default: null, doc: 'A number that counts in no bag.' }),
  },
  infer([input, offsets, weights], p, report): readonly Tensor[] {
    const { shape } = input;
    checkPadding(p.padding_idx, p.num_embeddings, report);
    const together = promote(offsets === null ? [input] : [input, offsets]);
    // Other whole numbers and bools go where the offsets make int64 or int32 of them.
    if (together !== 'int64' && together !== 'int32') report({ code: 'wrong-dtype', input: 0, message: `EmbeddingBag takes int64 or int32, but ${together} arrives.`, facts: { dtype: together, wanted: 'index' } });
    else if (p.max_norm !== undefined && input.dtype !== 'int64' && input.dtype !== 'int32') report({ code: 'wrong-dtype', input: 0, message: `With max_norm EmbeddingBag takes int64 or int32, but ${input.dtype} arrives.`, facts: { dtype: input.dtype, wanted: 'index' } });
    if (weights !== null) checkWeights(input, weights, p.mode, report);
    if (p.mode === 'max' && p.scale_grad_by_freq === true) report({ code: 'wrong-value', param: 'scale_grad_by_freq', message: 'scale_grad_by_freq goes with the sum or mean of a bag, not with its maximum.', facts: { mode: p.mode } });
    if (p.mode === 'max' && p.sparse === true) report({ code: 'wrong-value', param: 'sparse', message: 'Gradients of a maximum are not sparse.', facts: { mode: p.mode } });
    if (shape === null) return [{ shape: null, dtype: 'float32' }];
    const bags = shape.length === 2 ? sizeAt(shape, 0) : offsets === null ? null : sizeAt(offsets.shape, 0);
    if (shape.length === 2 && offsets !== null) report({ code: 'extra-input', input: 1, message: `The rows of ${formatShape(shape)} are the bags already: offsets go with one row of numbers.`, facts: { shape } });
    if (shape.length === 1 && offsets === null) report({ code: 'missing-input', input: 1, message: `One row of ${formatDim(sizeAt(shape, 0))} numbers needs offsets, which say where each bag begins.`, facts: { shape } });
    if (shape.length === 2 && sizeAt(shape, 1) === 0) report({ code: 'empty-input', input: 0, message: `Bags of ${formatShape(shape)} hold no numbers.`, facts: { shape } });
    // What is no row has no offsets, and PyTorch then does not look at this.
    const closed = p.include_last_offset === true && shape.length === 1;
    if (closed && bags === 0) report({ code: 'empty-input', input: 1, message: 'With include_last_offset there is at least one offset.', facts: {} });
    return [{ shape: [closed ? sub(bags, 1) : bags, p.embedding_dim], dtype: 'float32' }];
  },
  weights: (_inputs, p) => [{ name: 'weight', shape: [p.num_embeddings, p.embedding_dim], learned: true }],
  torch: (_p, inputs, write) => {
    const [, offsets, weights] = inputs as readonly (Tensor | null)[];
    return {
      module: 'nn.EmbeddingBag', args: [...write.positional('num_embeddings', 'embedding_dim'), ...write.keywords()],
      call: `{0}${offsets === null || offsets === undefined ? '' : ', {1}'}${weights === null || weights === undefined ? '' : ', per_sample_weights={2}'}`,
    };
  },
  summary: (p) => [`${formatDim(p.num_embeddings)} → ${formatDim(p.embedding_dim)}`, p.mode ?? '?'],
});

function checkWeights({ shape }: Tensor, weights: Tensor, mode: string | null, report: Report): void {
  if (mode !== null && mode !== 'sum') report({ code: 'wrong-value', input: 2, param: 'mode', message: `Only a sum is weighted: mode is "${mode}".`, facts: { mode } });
  if (shape === null || weights.shape === null) return;
  if (shape.length === weights.shape.length && shape.every((size, axis) => sameDim(size, sizeAt(weights.shape, axis)) !== false)) return;
  report({ code: 'shape-mismatch', input: 2, message: `There is one weight a number: ${formatShape(weights.shape)} beside ${formatShape(shape)}.`, facts: { shapes: [shape, weights.shape] } });
}

export const embeddings: readonly Operator[] = [embedding, embeddingBag];
