import { float, tensor } from './calling.js';
import type { Tensor } from '../../lib/shapes/index.js';

/** One use of an operator: its type, parameters and inputs. */
export type Use = readonly [type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly (Tensor | null)[]];

const sequence = float(5, 3, 10);
const image = float(2, 8, 8, 8);
const words = tensor([2, 5], 'int64');

/** What pooling by 2 leaves of the input, and the places in it. */
function unpools(n: number, { shape }: Tensor): readonly Use[] {
  const pooled = (shape ?? []).map((size, axis) => (axis < 2 ? size : Math.floor((size as number) / 2))) as number[];
  const [input, places] = [float(...pooled), tensor(pooled, 'int64')];
  const type = `MaxUnpool${n}d`;
  const whole = Array.from({ length: n }, (_, axis) => (shape as number[])[axis + 2] as number);
  return [
    [type, { kernel_size: 2 }, [input, places]], [type, { kernel_size: 3, stride: 2, padding: 1 }, [input, places]], [type, { kernel_size: 2, output_size: whole }, [input, places]], [type, { kernel_size: 2, output_size: shape as number[] }, [input, places]],
    [type, { kernel_size: 2, output_size: whole.map((size) => size + 3) }, [input, places]], [type, { kernel_size: 2, output_size: [...whole, 4] }, [input, places]], [type, { kernel_size: 2, output_size: whole.map((size) => size - 3) }, [input, places]],
    [type, { kernel_size: 2 }, [float(...pooled.slice(1)), tensor(pooled.slice(1), 'int64')]], [type, { kernel_size: 2 }, [input, tensor(pooled.slice(1), 'int64')]], [type, { kernel_size: 2 }, [input, tensor([...pooled.slice(0, -1), 1], 'int64')]], [type, { kernel_size: 2 }, [input, tensor(pooled, 'int32')]],
    [type, { kernel_size: 2, padding: 30 }, [input, places]], [type, { kernel_size: 2, padding: pooled.at(-1)! }, [tensor(pooled, 'float64'), places]], [type, { kernel_size: 2 }, [float(3, ...pooled), places]], [type, { kernel_size: 2 }, [float(2, 0, ...pooled.slice(2)), tensor([2, 0, ...pooled.slice(2)], 'int64')]], [type, { kernel_size: 2, output_size: whole, stride: 3 }, [input, places]],
  ];
}

/** Pools with steps drawn at random, whose sizes are exact. */
const fractional: readonly Use[] = ([[2, float(2, 3, 8, 9)], [3, float(2, 3, 8, 9, 10)]] as const).flatMap(([n, input]): readonly Use[] => {
  const type = `FractionalMaxPool${n}d`;
  const some = [1, 2, 3].slice(0, n);
  return [
    ...[{ output_size: 4 }, { output_size: 6 }, { output_size: 7 }, { output_size: 0 }, { output_size: some }, { output_ratio: 0.5 }, { output_ratio: 0.3 }, { output_ratio: 0.1 }, { output_ratio: 0.8 }, { output_ratio: some.map((each) => each / 5) }, { output_ratio: 1 }, { output_ratio: 0 }, { output_ratio: [0.5] }, {}, { output_size: 3, output_ratio: 0.5 }, { output_size: 3, return_indices: true }]
      .map((p): Use => [type, { kernel_size: 2, ...p }, [input]]),
    ...[1, 3, 8, 9, some].map((kernel_size): Use => [type, { kernel_size, output_size: 1 }, [input]]),
    ...[float(...(input.shape as number[]).slice(1)), float(...(input.shape as number[]).slice(2)), float(2, ...(input.shape as number[])), float(2, 0, ...(input.shape as number[]).slice(2)), float(2, 3, 0, ...(input.shape as number[]).slice(3))].map((each): Use => [type, { kernel_size: 2, output_size: 3 }, [each]]),
  ];
});

const convolutions: readonly Use[] = ([[1, float(2, 4, 12)], [2, float(2, 4, 12, 10)], [3, float(2, 4, 7, 8, 9)]] as const).flatMap(([n, input]): readonly Use[] => [
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3 }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, stride: 2, padding: 1, groups: 2, bias: false }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 4, padding: 'same', dilation: 2 }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, padding: 'valid' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, padding: 2, padding_mode: 'circular' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, padding: 3, padding_mode: 'replicate' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, padding: 2, padding_mode: 'reflect' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 17, padding: 8, padding_mode: 'reflect' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 27, padding: 13, padding_mode: 'circular' }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, padding: 'same', stride: 2 }, [input]],
  [`Conv${n}d`, { out_channels: 6, kernel_size: 3, groups: 3 }, [input]],
  [`ConvTranspose${n}d`, { out_channels: 6, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 }, [input]],
  [`ConvTranspose${n}d`, { out_channels: 6, kernel_size: 2, groups: 2, bias: false, dilation: 2 }, [input]],
  [`ConvTranspose${n}d`, { out_channels: 6, kernel_size: 2, stride: 2, output_padding: 2 }, [input]],
  [`AdaptiveAvgPool${n}d`, { output_size: 1 }, [input]],
  [`AdaptiveMaxPool${n}d`, { output_size: 3 }, [input]],
  [`MaxPool${n}d`, { kernel_size: 2 }, [input]],
  [`MaxPool${n}d`, { kernel_size: 2, padding: 1, return_indices: true }, [input]],
  [`AdaptiveMaxPool${n}d`, { output_size: 3, return_indices: true }, [input]],
  ...unpools(n, input),
  [`MaxPool${n}d`, { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true, dilation: 2 }, [input]],
  [`AvgPool${n}d`, { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true, count_include_pad: false }, [input]],
  [`LPPool${n}d`, { norm_type: 2, kernel_size: 3, stride: 2 }, [input]],
  [`BatchNorm${n}d`, {}, [input]],
  [`BatchNorm${n}d`, { affine: false }, [input]],
  [`BatchNorm${n}d`, { affine: false, track_running_stats: false }, [input]],
  [`InstanceNorm${n}d`, { track_running_stats: true }, [input]],
  // Over one axis PyTorch pools whole numbers where there are no channels.
  ...[float(4, 12), float(12), float(2, 3, 4, 4, 9, 2), ...(n === 1 ? [] : [float(4, 0, 5), float(2, 0, 3, 4, 5)])].flatMap((odd): readonly Use[] => [[`AdaptiveAvgPool${n}d`, { output_size: 1 }, [odd]], [`AdaptiveAvgPool${n}d`, { output_size: 2 }, [odd]], [`AdaptiveMaxPool${n}d`, { output_size: 2 }, [odd]]]),
  [`BatchNorm${n}d`, { track_running_stats: false, momentum: null }, [input]],
  [`InstanceNorm${n}d`, {}, [input]],
  [`InstanceNorm${n}d`, { affine: true, track_running_stats: true }, [input]],
  [`InstanceNorm${n}d`, { affine: true }, [float(...(input.shape as number[]).slice(1))]],
  [`InstanceNorm${n}d`, {}, [float(2, 4, ...Array.from({ length: n }, () => 1))]],
  ...['ZeroPad', 'ConstantPad', 'ReflectionPad', 'ReplicationPad', 'CircularPad'].map((name): Use => [`${name}${n}d`, { padding: 2, ...(name === 'ConstantPad' ? { value: 1.5 } : {}) }, [input]]),
  ...['ZeroPad', 'ReflectionPad', 'ReplicationPad', 'CircularPad'].map((name): Use => [`${name}${n}d`, { padding: Array.from({ length: 2 * n }, (_, i) => i - 2) }, [input]]),
]);

const activations: readonly Use[] = [
  ...['ReLU', 'ReLU6', 'LeakyReLU', 'RReLU', 'ELU', 'SELU', 'CELU', 'GELU', 'SiLU', 'Mish', 'Hardswish', 'Hardsigmoid', 'Sigmoid', 'LogSigmoid', 'Tanh', 'Hardtanh', 'Softplus', 'Softsign', 'Softshrink', 'Hardshrink', 'Tanhshrink', 'Softmax', 'LogSoftmax', 'Softmin', 'GLU', 'PReLU'].map((type): Use => [type, {}, [image]]),
  ['Threshold', { threshold: 0.1, value: 20 }, [image]],
  ['GELU', { approximate: 'tanh' }, [image]],
  ['LeakyReLU', { negative_slope: 0.2, inplace: false }, [image]],
  ['Softmax', { dim: 1 }, [image]], ['Softmax', { dim: 4 }, [image]], ['LogSoftmax', { dim: -1 }, [image]], ['Softmin', { dim: 1 }, [float(3)]],
  ['Softmax2d', {}, [image]], ['Softmax2d', {}, [float(3, 4, 5)]], ['Softmax2d', {}, [float(3, 4)]],
  ['GLU', { dim: 1 }, [image]], ['GLU', { dim: 1 }, [float(2, 5)]], ['GLU', {}, [float()]],
  ['PReLU', { num_parameters: 8 }, [image]], ['PReLU', { num_parameters: 8 }, [float(8)]], ['PReLU', { num_parameters: 8, init: 0.1 }, [float(3, 4)]],
];

const normalisations: readonly Use[] = [
  ...[image, float(3, 8), float(2, 8, 5), float(2, 4, 3, 4, 2), float(1, 8), float(1, 8, 1, 1), float(8), float(), float(2, 0, 3), float(2, 3, 2, 2, 2, 2)].flatMap((input): readonly Use[] => [['SyncBatchNorm', {}, [input]], ['SyncBatchNorm', { affine: false, track_running_stats: false, momentum: null }, [input]]]),
  ['SyncBatchNorm', { num_features: 7 }, [image]], ['SyncBatchNorm', { num_features: 7, affine: false, track_running_stats: false }, [image]], ['SyncBatchNorm', { eps: 0, affine: false }, [image]], ['SyncBatchNorm', { momentum: 0.3 }, [image]],
  ['LayerNorm', { normalized_shape: 8 }, [image]], ['LayerNorm', { normalized_shape: [8, 8] }, [image]], ['LayerNorm', { normalized_shape: 7 }, [image]],
  ['LayerNorm', { normalized_shape: 8, elementwise_affine: false }, [image]], ['LayerNorm', { normalized_shape: 8, bias: false }, [image]],
  ['RMSNorm', { normalized_shape: 8 }, [image]], ['RMSNorm', { normalized_shape: [8, 9] }, [image]], ['RMSNorm', { normalized_shape: 8, eps: 1e-6, elementwise_affine: false }, [image]],
  ['GroupNorm', { num_groups: 4 }, [image]], ['GroupNorm', { num_groups: 3 }, [image]], ['GroupNorm', { num_groups: 4, affine: false }, [image]], ['GroupNorm', { num_groups: 8 }, [float(1, 8)]], ['GroupNorm', { num_groups: 1 }, [float(8)]], ['GroupNorm', { num_groups: 2 }, [float(4, 8)]],
  ['LocalResponseNorm', { size: 2 }, [image]], ['LocalResponseNorm', { size: 3 }, [float(2, 3)]], ['LocalResponseNorm', { size: 3 }, [float(2, 3, 4)]],
  ['Dropout', {}, [image]], ['Dropout', { p: 0.3 }, [float(3)]], ['Dropout1d', {}, [float(2, 3, 4)]], ['Dropout1d', {}, [image]], ['Dropout2d', {}, [image]], ['Dropout2d', {}, [float(2, 3)]], ['Dropout3d', {}, [float(2, 3, 4, 4, 4)]],
  ...['row', 'batch'].flatMap((mode): readonly Use[] => [0, 0.2, 1].flatMap((p): readonly Use[] => [['StochasticDepth', { p, mode }, [image]], ['StochasticDepth', { p, mode }, [float(3)]]])), ['StochasticDepth', { p: 0.2, mode: 'row' }, [float()]], ['StochasticDepth', { p: 0.2, mode: 'batch' }, [float()]], ['StochasticDepth', { p: 1.5, mode: 'row' }, [image]], ['StochasticDepth', { p: 0.5, mode: 'column' }, [image]],
  ['AlphaDropout', {}, [image]], ['FeatureAlphaDropout', {}, [image]],
  ['Identity', {}, [image]],
  ['Normalize', {}, [image]], ['Normalize', { p: 1, dim: -1 }, [image]], ['Normalize', { dim: 4 }, [image]],
  ['BatchNorm1d', {}, [float(3, 8)]], ['BatchNorm1d', {}, [float(1, 8)]], ['BatchNorm2d', {}, [float(1, 8, 1, 1)]], ['BatchNorm1d', {}, [image]],
];

const linears: readonly Use[] = [
  ['Linear', { out_features: 4 }, [image]], ['Linear', { out_features: 4, bias: false }, [float(8)]], ['Linear', { out_features: 4 }, [float()]],
  ['Bilinear', { out_features: 5 }, [float(4, 3), float(4, 6)]], ['Bilinear', { out_features: 5, bias: false }, [float(2, 4, 3), float(2, 4, 6)]], ['Bilinear', { out_features: 5 }, [float(4, 3), float(5, 6)]],
  ['Embedding', { num_embeddings: 10, embedding_dim: 3 }, [words]], ['Embedding', { num_embeddings: 10, embedding_dim: 3, padding_idx: 0, max_norm: 1 }, [words]], ['Embedding', { num_embeddings: 10, embedding_dim: 3, padding_idx: 10 }, [words]], ['Embedding', { num_embeddings: 10, embedding_dim: 3 }, [float(2, 3)]], ['Embedding', { num_embeddings: 10, embedding_dim: 3 }, [tensor([2], 'int32')]],
  ['Embedding', { num_embeddings: 10, embedding_dim: 3 }, [tensor([2], 'int16')]],
  // The maximum of no bags ends PyTorch's process.
  ...['sum', 'mean', 'max'].flatMap((mode): readonly Use[] => [
    ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode }, [words]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, padding_idx: 1 }, [tensor([6], 'int64'), tensor([3], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode }, [words, null, float(2, 5)]],
    ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, include_last_offset: true }, [tensor([6], 'int64'), tensor([3], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, scale_grad_by_freq: true }, [words]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, sparse: true }, [words]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, max_norm: 1 }, [words]],
    ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, include_last_offset: true }, [words]], ...(mode === 'max' ? [] : [['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode }, [tensor([6], 'int64'), tensor([0], 'int64')]] as const]), ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode, include_last_offset: true }, [tensor([6], 'int64'), tensor([0], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode }, [tensor([0], 'int64'), tensor([2], 'int64')]],
  ]),
  ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([6], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [words, tensor([2], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([2, 3, 4], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, padding_idx: 10 }, [words]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([6], 'int32'), tensor([3], 'int64')]],
  ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode: 'sum' }, [tensor([6], 'int64'), tensor([3], 'int64'), float(6)]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode: 'sum' }, [words, null, float(2, 4)]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([0, 5], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([3, 0], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, mode: 'sum' }, [tensor([6], 'int64'), tensor([3, 1], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([2, 3], 'int16')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([9], 'bool'), tensor([1], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([9], 'bool'), tensor([1], 'bool')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([4], 'int64'), tensor([6], 'bool')]], ...(['bool', 'int16', 'int32'] as const).map((dtype): Use => ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3, max_norm: 1 }, [tensor([4], dtype), tensor([2], 'int64')]]), ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [float(9), tensor([1], 'int64')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([2, 3], 'int32')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([6], 'int16'), tensor([3], 'int16')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([6], 'int64'), tensor([3], 'uint8')]], ['EmbeddingBag', { num_embeddings: 10, embedding_dim: 3 }, [tensor([6], 'int16'), tensor([3], 'int64')]],
  ['Parameter', { shape: [3, 4] }, []],
  ['MatMul', {}, [float(2, 3, 4), float(4, 5)]], ['MatMul', {}, [float(2, 3, 4), float(3, 5)]], ['MatMul', {}, [float(3), float(3)]], ['MatMul', {}, [tensor([2, 3], 'int64'), tensor([3, 4], 'int64')]], ['MatMul', {}, [float(4), float(2, 4, 3)]],
  ['BMM', {}, [float(2, 3, 4), float(2, 4, 5)]], ['BMM', {}, [float(2, 3, 4), float(1, 4, 5)]], ['BMM', {}, [float(3, 4), float(4, 5)]],
  ['Einsum', { equation: 'bij,bjk->bik' }, [float(2, 3, 4), float(2, 4, 5)]], ['Einsum', { equation: '...ij, ...jk' }, [float(2, 3, 4), float(6, 1, 4, 5)]], ['Einsum', { equation: 'ii->i' }, [float(3, 3)]], ['Einsum', { equation: 'ij->ji' }, [float(3, 4)]], ['Einsum', { equation: 'ij' }, [float(3, 4)]], ['Einsum', { equation: 'ji' }, [float(3, 4)]],
  ['Einsum', { equation: 'i,j->ij' }, [float(3), float(4)]], ['Einsum', { equation: 'ij,jk->iz' }, [float(3, 4), float(4, 5)]], ['Einsum', { equation: 'ij,jk->iik' }, [float(3, 4), float(4, 5)]], ['Einsum', { equation: 'ij' }, [float(3, 4), float(4, 5)]], ['Einsum', { equation: 'i1' }, [float(3, 4)]], ['Einsum', { equation: 'ii' }, [float(3, 4)]], ['Einsum', { equation: '->' }, [float()]], ['Einsum', { equation: 'a...,b->...b' }, [float(2, 3, 4), float(5)]],
  ['Einsum', { equation: 'a...->a' }, [float(2, 3, 4)]], ['Einsum', { equation: 'ijk,ik->j' }, [float(4, 6, 1), float(4, 6)]], ['Einsum', { equation: 'ijk,ik->j' }, [float(4, 6, 5), float(4, 1)]], ['Einsum', { equation: 'ij,ij->' }, [float(6, 1), float(6, 3)]], ['Einsum', { equation: 'ijk,ij->k' }, [float(6, 1, 4), float(6, 3)]], ['Einsum', { equation: 'ijk,ij->k' }, [float(6, 3, 4), float(1, 3)]], ['Einsum', { equation: 'ijk,ij->k' }, [float(6, 3, 4), float(6, 3)]],
];

const attentions: readonly Use[] = [
  ['SDPA', {}, [float(2, 4, 7, 8), float(2, 4, 9, 8), float(2, 4, 9, 6)]], ['SDPA', { is_causal: true, scale: 0.5 }, [float(2, 7, 8), float(2, 7, 8), float(2, 7, 8)]],
  ['SDPA', {}, [float(2, 4, 7, 8), float(2, 4, 9, 8), float(2, 4, 9, 6), tensor([7, 9], 'bool')]], ['SDPA', {}, [float(2, 4, 7, 8), float(2, 4, 9, 8), float(2, 4, 9, 6), float(4, 7, 8)]],
  ['SDPA', {}, [float(2, 4, 7, 8), float(2, 4, 9, 8), float(2, 4, 8, 6)]], ['SDPA', {}, [float(2, 4, 7, 8), float(3, 4, 9, 8), float(2, 4, 9, 6)]], ['SDPA', {}, [float(2, 4, 7, 8), float(1, 4, 9, 8), float(2, 4, 9, 6)]],
  // A mask of fewer than two axes goes only where PyTorch computes attention step by step.
  ...[{}, { dropout_p: 0.5 }, { scale: 0.5, enable_gqa: true }].flatMap((params) => [float(), float(9), float(1), tensor([9], 'bool')].flatMap((mask) => [
    [float(2, 4, 7, 8), float(2, 4, 9, 8), float(2, 4, 9, 6)], [float(2, 4, 7, 8), float(1, 4, 9, 8), float(2, 4, 9, 6)], [float(2, 4, 7, 8), float(2, 1, 9, 8), float(2, 1, 9, 6)], [float(2, 4, 7, 8), float(4, 9, 8), float(4, 9, 6)],
    [float(4, 7, 8), float(4, 9, 8), float(4, 9, 6)], [float(2, 4, 0, 8), float(2, 4, 9, 8), float(2, 4, 9, 6)], [float(2, 4, 7, 0), float(2, 4, 9, 0), float(2, 4, 9, 6)],
  ].map((inputs): Use => ['SDPA', params, [...inputs, mask]]))),
  ['SDPA', { enable_gqa: true }, [float(2, 8, 7, 8), float(2, 2, 9, 8), float(2, 2, 9, 8)]], ['SDPA', { enable_gqa: true }, [float(2, 8, 7, 8), float(2, 3, 9, 8), float(2, 3, 9, 8)]], ['SDPA', {}, [float(8), float(8), float(8)]],
  ...[[float(3, 12, 6, 9, 6), float(3, 1, 6, 9, 6), float(1, 3, 6, 9, 6)], [float(2, 8, 7, 8), float(2, 2, 9, 8), float(2, 4, 9, 8)], [float(2, 8, 7, 8), float(2, 2, 9, 8), float(2, 3, 9, 8)], [float(1, 8, 7, 8), float(2, 2, 9, 8), float(2, 2, 9, 8)], [float(2, 8, 7, 8), float(2, 9, 8), float(2, 9, 8)], [float(2, 8, 7, 8), float(3, 2, 9, 8), float(3, 2, 9, 8)], [float(2, 3, 8, 7, 8), float(2, 1, 2, 9, 8), float(1, 1, 2, 9, 8)]].map((inputs): Use => ['SDPA', { enable_gqa: true }, inputs]),
  ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence]], ['MultiheadAttention', { num_heads: 2, batch_first: true, bias: false }, [sequence, sequence, sequence]],
  ['MultiheadAttention', { num_heads: 2, batch_first: true, kdim: 6, vdim: 7 }, [sequence, float(5, 4, 6), float(5, 4, 7)]], ['MultiheadAttention', { num_heads: 5, add_bias_kv: true, add_zero_attn: true }, [sequence, sequence, sequence]],
  ['MultiheadAttention', { num_heads: 3 }, [sequence, sequence, sequence]], ['MultiheadAttention', { num_heads: 2 }, [sequence, float(6, 3, 10), float(7, 3, 10)]], ['MultiheadAttention', { num_heads: 2 }, [sequence, float(6, 4, 10), float(6, 4, 10)]], ['MultiheadAttention', { num_heads: 2 }, [float(5, 10), float(6, 10), float(6, 10)]], ['MultiheadAttention', { num_heads: 2 }, [float(5, 10), sequence, sequence]],
  ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, tensor([3, 5], 'bool')]], ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, null, tensor([5, 5], 'bool')]], ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, null, float(6, 5, 5)]], ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, null, float(5, 4)]], ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, tensor([3, 4], 'bool')]],
  ...(['float32', 'float64', 'bool', 'int64'] as const).flatMap((dtype): readonly Use[] => [
    ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, tensor([3, 5], dtype)]], ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, sequence, null, tensor([5, 5], dtype)]],
    ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, null, tensor([3, 5], dtype)]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, tensor([5, 5], dtype)]],
    ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, sequence, tensor([5, 5], dtype)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, sequence, null, null, null, tensor([3, 5], dtype)]],
    ['SDPA', {}, [float(2, 7, 8), float(2, 9, 8), float(2, 9, 6), tensor([7, 9], dtype)]], ['SDPA', {}, [tensor([2, 7, 8], 'float64'), tensor([2, 9, 8], 'float64'), tensor([2, 9, 6], 'float64'), tensor([7, 9], dtype)]],
  ]),
  ['MultiheadAttention', { num_heads: 2 }, [sequence, sequence, float(5, 3, 8)]],
  ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, batch_first: true, norm_first: true, bias: false, activation: 'gelu' }, [sequence, float(5 - 2, 3)]], ['TransformerEncoderLayer', { nhead: 3 }, [sequence]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [float(5, 10)]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(5, 5), tensor([3, 5], 'bool')]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(5, 4)]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(6, 5, 5)]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12 }, [image]],
  ...([{}, { batch_first: true }, { norm_first: true, batch_first: true }, { activation: 'gelu', norm_first: true }] as const).flatMap((more): readonly Use[] => [0, 0.2].flatMap((dropout): readonly Use[] => [
    ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout, ...more }, [sequence]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout, ...more }, [float(5, 1, 10)]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout, ...more }, [float(5, 10)]],
    ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12, dropout, ...more }, [float(4, 4, 10), float(4, 4, 10)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12, dropout, ...more }, [float(5, 10), float(7, 10)]],
    ['MultiheadAttention', { num_heads: 2, dropout, add_bias_kv: true, batch_first: 'batch_first' in more }, [sequence, sequence, sequence]],
  ])),
  ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout: 0 }, [sequence, tensor([5, 5], 'bool')]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout: 0 }, [sequence, null, tensor([3, 5], 'bool')]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout: 0 }, [sequence, tensor([6, 5, 5], 'bool'), tensor([3, 5], 'bool')]], ['TransformerEncoderLayer', { nhead: 2, dim_feedforward: 12, dropout: 0 }, [sequence, float(5, 5)]],
  ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12, dropout: 0 }, [sequence, float(7, 3, 10), tensor([5, 5], 'bool'), tensor([5, 7], 'bool'), null, tensor([3, 7], 'bool')]],
  ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(7, 3, 10)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12, bias: false }, [sequence, sequence, float(5, 5), float(5, 5)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(7, 2, 10)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(7, 3, 8)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [sequence, float(7, 10)]], ['TransformerDecoderLayer', { nhead: 2, dim_feedforward: 12 }, [float(5, 10), float(7, 10)]],
];

const recurrents: readonly Use[] = [
  ...(['LSTM', 'GRU', 'RNN'] as const).flatMap((type): readonly Use[] => [
    [type, { hidden_size: 6 }, [sequence]], [type, { hidden_size: 6, num_layers: 2, bidirectional: true, batch_first: true, bias: false }, [sequence]], [type, { hidden_size: 6, num_layers: 2, dropout: 0.2 }, [float(5, 10)]], [type, { hidden_size: 6 }, [image]], [type, { hidden_size: 6 }, [float(0, 3, 10)]],
  ]),
  ...(['LSTM', 'GRU', 'RNN'] as const).flatMap((type): readonly Use[] => [{ bidirectional: true }, { dropout: 0.5 }, { bias: false, batch_first: true }, { bidirectional: true, dropout: 0.5, batch_first: true }].map((more): Use => [type, { hidden_size: 33, num_layers: 3, ...more }, [float(4, 5, 20)]])),
  ['LSTM', { hidden_size: 64, num_layers: 2, batch_first: true }, [float(1, 20, 100)]], ['LSTM', { hidden_size: 128 }, [float(30, 4, 7)]], ['LSTM', { hidden_size: 6, proj_size: 4, batch_first: true, bidirectional: true, dropout: 0.1, num_layers: 2 }, [sequence]], ['LSTM', { hidden_size: 6, proj_size: 4 }, [sequence, float(1, 3, 4), float(1, 3, 6)]],
  ['LSTM', { hidden_size: 6, proj_size: 4, num_layers: 2, bidirectional: true }, [sequence]], ['LSTM', { hidden_size: 6, proj_size: 6 }, [sequence]],
  ['LSTM', { hidden_size: 6 }, [sequence, float(1, 3, 6), float(1, 3, 6)]], ['LSTM', { hidden_size: 6 }, [sequence, float(1, 3, 5), float(1, 3, 6)]], ['GRU', { hidden_size: 6 }, [sequence, float(1, 3, 6)]], ['GRU', { hidden_size: 6 }, [sequence, float(2, 3, 6)]], ['RNN', { hidden_size: 6, nonlinearity: 'relu' }, [float(5, 10), float(1, 6)]],
  ...(['LSTMCell', 'GRUCell', 'RNNCell'] as const).flatMap((type): readonly Use[] => [[type, { hidden_size: 6 }, [float(3, 10)]], [type, { hidden_size: 6, bias: false }, [float(10)]], [type, { hidden_size: 6 }, [sequence]]]),
  ['LSTMCell', { hidden_size: 6 }, [float(3, 10), float(3, 6), float(3, 6)]], ['GRUCell', { hidden_size: 6 }, [float(3, 10), float(3, 6)]], ['GRUCell', { hidden_size: 6 }, [float(3, 10), float(3, 5)]],
];

const merges: readonly Use[] = [
  ...['Add', 'Mul', 'Max', 'Min'].flatMap((type): readonly Use[] => [[type, {}, [image, float(8, 1, 1)]], [type, {}, [image, image, image]], [type, {}, [image, float(7, 1, 1)]], [type, {}, [tensor([2, 3], 'int64'), tensor([3], 'float32')]], [type, {}, [tensor([2, 3], 'uint8'), tensor([3], 'int8')]]]),
  ...['Sub', 'Div', 'Pow', 'Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual', 'LogicalAnd', 'LogicalOr', 'LogicalXor'].flatMap((type): readonly Use[] => [[type, {}, [image, float(8, 1, 1)]], [type, {}, [image, float(7, 1, 1)]], [type, {}, [tensor([2], 'int64'), tensor([2], 'int64')]], [type, {}, [tensor([2], 'bool'), tensor([], 'float32')]]]),
  ['Concat', { dim: 1 }, [image, image]], ['Concat', { dim: -1 }, [image, image, image]], ['Concat', { dim: 1 }, [image, float(2, 8, 8)]], ['Concat', { dim: 0 }, [float(), float()]], ['Concat', { dim: 1 }, [image, tensor([2, 8, 8, 8], 'int64')]],
  ['Stack', {}, [image, image]], ['Stack', { dim: 1 }, [image]], ['Stack', { dim: -1 }, [image, image]], ['Stack', { dim: 5 }, [image]], ['Stack', {}, [image, float(2, 8, 8, 1)]], ['Stack', {}, [float(), float()]], ['Stack', {}, [float(2), tensor([2], 'int64')]],
  ['Where', {}, [tensor([8, 1, 1], 'bool'), image, image]], ['Where', {}, [tensor([7, 1, 1], 'bool'), image, image]], ['Where', {}, [tensor([], 'bool'), tensor([2], 'int64'), float(2)]], ['Where', {}, [float(2), float(2), float(2)]],
];

const shapes: readonly Use[] = [
  ['Flatten', {}, [image]], ['Flatten', { start_dim: 0, end_dim: 1 }, [image]], ['Flatten', { start_dim: 2, end_dim: 1 }, [image]], ['Flatten', {}, [float(3)]], ['Flatten', { start_dim: 0 }, [float()]],
  ['Unflatten', { dim: 1, unflattened_size: [2, -1] }, [image]], ['Unflatten', { dim: 1, unflattened_size: [3, -1] }, [image]], ['Unflatten', { dim: -1, unflattened_size: [2, 2, 2] }, [image]], ['Unflatten', { dim: 1, unflattened_size: [-1, -1] }, [image]],
  ['Reshape', { shape: [2, -1] }, [image]], ['Reshape', { shape: [-1, -1] }, [image]], ['Reshape', { shape: [7, -1] }, [image]], ['Reshape', { shape: [] }, [float(1)]], ['Reshape', { shape: [0, -1] }, [float(0)]],
  ['Permute', { dims: [0, 2, 3, 1] }, [image]], ['Permute', { dims: [0, -1, -2, -3] }, [image]], ['Permute', { dims: [0, 1] }, [image]], ['Permute', { dims: [] }, [float()]], ['Permute', { dims: [0, 1, 1, 2] }, [image]],
  ['Transpose', { dim0: 1, dim1: -1 }, [image]], ['Transpose', { dim0: 0, dim1: -1 }, [float()]], ['Transpose', { dim0: 0, dim1: 1 }, [float(2)]],
  ['Squeeze', {}, [float(1, 2, 1)]], ['Squeeze', { dim: 0 }, [float(1, 2, 1)]], ['Squeeze', { dim: [0, -1] }, [float(1, 2, 1)]], ['Squeeze', { dim: 0 }, [float()]], ['Squeeze', { dim: 3 }, [float(1, 2, 1)]], ['Squeeze', { dim: [0, 0] }, [float(1, 2, 1)]],
  ['Unsqueeze', { dim: 0 }, [image]], ['Unsqueeze', { dim: -5 }, [image]], ['Unsqueeze', { dim: 5 }, [image]], ['Unsqueeze', { dim: 0 }, [float()]],
  ['Expand', { shape: [4, -1, 3] }, [float(2, 1)]], ['Expand', { shape: [-1, 2, 3] }, [float(2, 1)]], ['Expand', { shape: [3] }, [float(2, 1)]], ['Expand', { shape: [3, 3] }, [float(2, 1)]], ['Expand', { shape: [0, 2, 1] }, [float(2, 1)]],
  ['Slice', { ranges: [null, [1, -1], [null, null, 2]] }, [image]], ['Slice', { ranges: [[5, 2]] }, [image]], ['Slice', { ranges: [null, null, null, null, null] }, [image]], ['Slice', { ranges: [] }, [image]], ['Slice', { ranges: [[0, 5, 0]] }, [image]],
  ['Crop', { size: 4 }, [image]], ['Crop', { size: [3, 5, 8] }, [image]],
  ['Split', { sizes: 3, dim: 1 }, [image]], ['Split', { sizes: [3, 5], dim: 1 }, [image]], ['Split', { sizes: [3, 4], dim: 1 }, [image]], ['Split', { sizes: 4 }, [float()]], ['Split', { sizes: 0 }, [float(3)]], ['Split', { sizes: 0 }, [float(0)]], ['Split', { sizes: [] }, [float(0)]],
  ['Chunk', { chunks: 3, dim: 1 }, [image]], ['Chunk', { chunks: 5, dim: 1 }, [image]], ['Chunk', { chunks: 2 }, [float()]], ['Chunk', { chunks: 3 }, [float(0)]],
  ['Narrow', { dim: 1, start: 2, length: 3 }, [image]], ['Narrow', { dim: 1, start: -2, length: 2 }, [image]], ['Narrow', { dim: 1, start: 7, length: 3 }, [image]], ['Narrow', { dim: 1, start: 8, length: 0 }, [image]], ['Narrow', { dim: 1, start: 9, length: 0 }, [image]],
  ['Pad', { pad: [1, 2] }, [image]], ['Pad', { pad: [1, 2, 0, 1], mode: 'reflect' }, [image]], ['Pad', { pad: [1, 2, 0, 1], mode: 'replicate' }, [image]], ['Pad', { pad: [1, 2, 0, 1], mode: 'circular' }, [image]], ['Pad', { pad: [1, 2, 3], value: 1 }, [image]], ['Pad', { pad: [1, 2, 0, 1, 0, 0], mode: 'reflect' }, [image]], ['Pad', { pad: [1, 1], mode: 'reflect' }, [image]], ['Pad', { pad: [], value: 2 }, [image]],
  ...['UpsamplingNearest2d', 'UpsamplingBilinear2d'].flatMap((type): readonly Use[] => [
    ...[{ scale_factor: 2 }, { scale_factor: [1.5, 0.6] }, { size: 3 }, { size: [5, 11] }, {}, { size: 3, scale_factor: 2 }, { size: [3, 4, 5] }, { scale_factor: 0.1 }, { size: 0 }].map((p): Use => [type, p, [image]]),
    ...[float(2, 3, 4), float(2, 3, 4, 4, 4), float(2, 3), float(0, 3, 4, 4), float(2, 3, 0, 4)].map((input): Use => [type, { scale_factor: 2 }, [input]]),
  ]),
  ['Upsample', { scale_factor: 2 }, [image]], ['Upsample', { size: [5, 6], mode: 'bilinear', align_corners: true }, [image]], ['Upsample', { scale_factor: [1.5, 2], mode: 'bicubic' }, [image]], ['Upsample', { scale_factor: 2, mode: 'linear' }, [float(2, 3, 4)]], ['Upsample', { scale_factor: 2, mode: 'trilinear' }, [float(2, 3, 4, 4, 4)]], ['Upsample', { scale_factor: 2, mode: 'trilinear' }, [image]], ['Upsample', { scale_factor: 2, mode: 'nearest', align_corners: true }, [image]], ['Upsample', {}, [image]], ['Upsample', { size: 3, scale_factor: 2 }, [image]], ['Upsample', { size: [3, 4, 5] }, [image]], ['Upsample', { scale_factor: 2 }, [float(2, 3)]],
  ['Interpolate', { scale_factor: 0.5, mode: 'area' }, [image]], ['Interpolate', { size: 3, mode: 'nearest-exact' }, [image]], ['Interpolate', { scale_factor: 0.5, mode: 'bilinear', antialias: true }, [image]], ['Interpolate', { scale_factor: 0.5, antialias: true }, [image]], ['Interpolate', { scale_factor: 1.3, recompute_scale_factor: true }, [image]], ['Interpolate', { scale_factor: [2, 2, 2], mode: 'area' }, [image]],
  ['Interpolate', { scale_factor: 0.3, mode: 'area' }, [tensor([3, 2, 1, 4], 'float64')]], ['Upsample', { scale_factor: 0.3, mode: 'area', recompute_scale_factor: true }, [tensor([2, 1, 4, 1, 6], 'float64')]], ['Interpolate', { scale_factor: [0, -1], mode: 'area' }, [float(8, 6, 2, 1)]], ['Interpolate', { scale_factor: [2, 0], mode: 'area' }, [tensor([8, 6, 2, 1], 'float64')]], ['Upsample', { scale_factor: [2, -0.5], mode: 'area' }, [tensor([8, 6, 2, 1], 'float64')]], ['Upsample', { scale_factor: -0.5, mode: 'area' }, [float(8, 6, 2, 1)]], ['Interpolate', { scale_factor: -1, mode: 'nearest' }, [image]], ['Interpolate', { size: 0 }, [image]], ['Interpolate', { size: 0, mode: 'area' }, [tensor([2, 8, 4, 4], 'float64')]],
  ...[[2, -4], [3, -1], [-2, 2], [-3, 1], [-1, 3]].map((padding): Use => ['CircularPad1d', { padding }, [float(1, 2, 4)]]),
  ['PixelShuffle', { upscale_factor: 2 }, [image]], ['PixelShuffle', { upscale_factor: 3 }, [image]], ['PixelShuffle', { upscale_factor: 2 }, [float(4, 4)]], ['PixelUnshuffle', { downscale_factor: 2 }, [image]], ['PixelUnshuffle', { downscale_factor: 3 }, [image]],
  ['ChannelShuffle', { groups: 2 }, [image]], ['ChannelShuffle', { groups: 3 }, [image]], ['ChannelShuffle', { groups: 2 }, [float(2, 4)]],
  ['Unfold', { kernel_size: 3, padding: 1, stride: 2 }, [image]], ['Unfold', { kernel_size: 3 }, [float(2, 8, 8)]], ['Unfold', { kernel_size: 9 }, [image]], ['Fold', { output_size: [4, 5], kernel_size: 2 }, [float(2, 8, 12)]], ['Fold', { output_size: [4, 5], kernel_size: 2 }, [float(8, 12)]], ['Fold', { output_size: [4, 5], kernel_size: 2 }, [float(2, 7, 12)]], ['Fold', { output_size: [1, 1], kernel_size: 2 }, [float(2, 8, 0)]],
  ...([[[2, 4], [2, 3], [2, 3]], [[2, 4], [2, 3], [5, 9]], [[2, 4], [2, 3], [2, 2]], [[2, 4], [2, 9], [2, 9]], [[2, 4], [3, 3], [3, 3]], [[2, 4], [2], [2, 3]], [[2, 4], [2, 3], [6]], [[2, 4], [0], [3]], [[2, 4], [9, 0], [2]], [[2, 0], [2, 3], [2, 3]], [[0, 4], [0, 2], [0, 2]], [[4], [], []], [[], [], []], [[], [1], [1]], [[3], [2], []]] as const)
    .flatMap(([input, index, src]): readonly Use[] => [['Scatter', { dim: input.length - 1 }, [float(...input), tensor(index, 'int64'), float(...src)]], ['Scatter', { dim: 0 }, [float(...input), tensor(index, 'int64'), float(...src)]]]),
  ...(['int32', 'int16', 'bool', 'float32'] as const).map((dtype): Use => ['Scatter', { dim: 1 }, [float(2, 4), tensor([2, 3], dtype), float(2, 3)]]), ...(['float64', 'int64'] as const).map((dtype): Use => ['Scatter', { dim: 1 }, [float(2, 4), tensor([2, 3], 'int64'), tensor([2, 3], dtype)]]),
  ...(['int64', 'int32', 'bool'] as const).map((dtype): Use => ['Scatter', { dim: 1 }, [tensor([2, 4], dtype), tensor([2, 3], 'int64'), tensor([2, 3], dtype)]]), ['Scatter', { dim: 1 }, [float(2, 4), tensor([2, 0], 'float64'), float(2, 0)]], ['Scatter', { dim: 2 }, [float(2, 4), tensor([2, 3], 'int64'), float(2, 3)]], ['Scatter', { dim: -2 }, [float(2, 4), tensor([2, 3], 'int64'), float(2, 3)]],
  ['Gather', { dim: 1 }, [image, tensor([2, 3, 8, 8], 'int64')]], ['Gather', { dim: 1 }, [image, tensor([3, 3, 8, 8], 'int64')]], ['Gather', { dim: 1 }, [image, tensor([2, 3], 'int64')]], ['Gather', { dim: 1 }, [image, tensor([2, 3, 8, 8], 'int32')]],
  ['IndexSelect', { dim: 1 }, [image, tensor([3], 'int64')]], ['IndexSelect', { dim: 1 }, [image, tensor([3, 1], 'int64')]], ['IndexSelect', { dim: 0 }, [image, tensor([], 'int64')]],
  ['Select', { dim: 1, index: -1 }, [image]], ['Select', { dim: 1, index: 8 }, [image]], ['Tile', { dims: [2, 1] }, [image]], ['Tile', { dims: [2, 1, 1, 1, 3] }, [image]], ['RepeatInterleave', { repeats: 3, dim: 1 }, [image]],
  ['Roll', { shifts: 2, dims: 1 }, [image]], ['Roll', { shifts: [1, 2], dims: [1, 2] }, [image]], ['Roll', { shifts: [1, 2], dims: 1 }, [image]], ['Roll', { shifts: 3 }, [image]], ['Roll', { shifts: 1, dims: 0 }, [float()]], ['Roll', { shifts: [1], dims: [-1] }, [float()]], ['Roll', { shifts: 1 }, [float()]], ['Flip', { dims: [1, -1] }, [image]], ['Flip', { dims: [1, 1] }, [image]],
  ['MaskedFill', { value: -1 }, [image, tensor([8, 8], 'bool')]], ['MaskedFill', { value: -1 }, [image, tensor([7, 8], 'bool')]], ['MaskedFill', { value: 0 }, [float(1, 3), tensor([2, 3], 'bool')]], ['Triu', { diagonal: 1 }, [image]], ['Tril', {}, [float(3)]], ['OneHot', { num_classes: 4 }, [words]],
];

const arithmetics: readonly Use[] = [
  ...['Sqrt', 'Rsqrt', 'Square', 'Exp', 'Expm1', 'Log', 'Log1p', 'Atan', 'Abs', 'Neg', 'Reciprocal', 'Sin', 'Cos', 'Tan', 'Erf', 'Floor', 'Ceil', 'Round', 'Sign', 'LogicalNot'].map((type): Use => [type, {}, [image]]),
  ['Clamp', { min: 0 }, [image]], ['Clamp', { max: 1 }, [image]], ['Clamp', { min: 0, max: 1 }, [image]], ['Clamp', {}, [image]], ['Cast', { dtype: 'int64' }, [image]],
  ...['Mean', 'Sum', 'Amax', 'Amin', 'Std', 'Var', 'LogSumExp', 'Any', 'All'].flatMap((type): readonly Use[] => [[type, { dim: 1 }, [image]], [type, { dim: [2, -1], keepdim: true }, [image]], [type, { dim: [1, 1] }, [image]], [type, { dim: 4 }, [image]]]),
  ['Prod', {}, [image]], ['Prod', { dim: 1 }, [image]], ['Prod', { dim: -1, keepdim: true }, [image]], ['Prod', { keepdim: true }, [image]], ['Prod', { dim: 4 }, [image]], ['Prod', { dim: 0 }, [float()]], ['Prod', { dim: 0 }, [float(0, 3)]], ['Any', {}, [image]], ['All', {}, [image]], ['Any', { keepdim: true }, [image]], ['All', { dim: [] }, [image]], ['Any', { dim: [] }, [image]], ['All', { dim: [], keepdim: true }, [image]], ['Any', { dim: 0 }, [float(0, 3)]],
  ...[{}, { p: 1 }, { keepdim: true }, { eps: 0.1 }].flatMap((attrs): readonly Use[] => [['PairwiseDistance', attrs, [float(4, 3), float(4, 3)]], ['PairwiseDistance', attrs, [float(2, 4, 3), float(4, 3)]]]), ['PairwiseDistance', {}, [float(3), float(3)]], ['PairwiseDistance', {}, [float(4, 3), float(4, 2)]], ['PairwiseDistance', {}, [float(), float()]], ['PairwiseDistance', {}, [float(4, 0), float(4, 0)]], ...(['float32', 'float64', 'int64', 'bool'] as const).flatMap((one) => (['float64', 'int32', 'bool'] as const).flatMap((other): readonly Use[] => ['PairwiseDistance', 'CosineSimilarity'].map((type): Use => [type, {}, [tensor([4, 3], one), tensor([4, 3], other)]]))), ['CosineSimilarity', { dim: 0 }, [float(1, 4, 4), tensor([], 'float64')]], ['PairwiseDistance', {}, [float(1, 4, 4), tensor([], 'float64')]], ['PairwiseDistance', {}, [tensor([4, 3], 'bool'), tensor([4, 3], 'bool')]], ['PairwiseDistance', { p: 0 }, [float(4, 3), tensor([4, 3], 'float64')]],
  ['Mean', {}, [image]], ['Sum', {}, [image]], ['Amax', {}, [image]], ['Std', {}, [image]], ['Mean', { keepdim: true }, [image]], ['Sum', { keepdim: true }, [image]], ['LogSumExp', {}, [image]], ['AvgPool2d', { kernel_size: 2 }, [image]], ['AvgPool3d', { kernel_size: 2 }, [image]], ['AvgPool1d', { kernel_size: 2 }, [float(2, 3, 8)]],
  ['ArgMax', {}, [image]], ['ArgMax', { dim: 1, keepdim: true }, [image]], ['ArgMin', { dim: -1 }, [image]], ['ArgMin', { keepdim: true }, [image]],
  ['Cumsum', { dim: 1 }, [image]], ['Cumsum', { dim: 4 }, [image]], ['Cumprod', { dim: -1 }, [image]],
  ['Sort', {}, [image]], ['Sort', { dim: 1, descending: true, stable: true }, [image]], ['Sort', { dim: 0 }, [float()]], ['Sort', {}, [float()]], ['Sort', { dim: 1 }, [float()]], ['Sort', { dim: 4 }, [image]], ['Sort', { dim: -5 }, [image]], ['Sort', { dim: 1, stable: true }, [float(3, 0)]],
  ['TopK', { k: 3 }, [image]], ['TopK', { k: 9, dim: 1 }, [image]], ['TopK', { k: 1, dim: 1, largest: false }, [image]],
  ['CosineSimilarity', {}, [image, image]], ['CosineSimilarity', { dim: -1 }, [float(2, 3), float(1, 3)]], ['CosineSimilarity', {}, [float(2, 3), float(2, 4)]],
];

/** At least one use of every operator, with the parameters and refusals that the recorded random rows do not reach. */
export const cases: readonly Use[] = [...convolutions, ...fractional, ...activations, ...normalisations, ...linears, ...attentions, ...recurrents, ...merges, ...shapes, ...arithmetics];
