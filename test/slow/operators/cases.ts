/** One application of an operator: parameters, and the shapes that arrive. */
export interface Case {
  readonly p?: Readonly<Record<string, unknown>>;
  readonly in: readonly (readonly number[])[];
  /** int64 values are below `below`, or `distinct` ones of those below; bool ones are random; `positive` floats lie between 0.5 and 2, `small` ones between -1 and 1. */
  readonly kinds?: readonly ('float' | 'positive' | 'small' | 'bool' | { readonly below: number } | { readonly distinct: number })[];
  /** Inputs that are left out, by their index. */
  readonly out?: readonly number[];
  /** A node before it, which reads the inputs; it then reads this node's ports. */
  readonly after?: Readonly<Record<string, unknown>> & { readonly ports: readonly string[] };
  /** Looks at eval mode as well. */
  readonly modes?: boolean;
}

const image = [2, 4, 9, 8];
const grid = (op: string, axes: 1 | 2 | 3, shape: readonly number[]): readonly Case[] => {
  const odd = [[3], [3, 2], [2, 3, 2]][axes - 1] as number[];
  return [
    { p: { out_channels: 5, kernel_size: 3 }, in: [shape] },
    { p: { out_channels: 6, kernel_size: odd, stride: 2, padding: 1, groups: 2, bias: false }, in: [shape] },
    { p: { out_channels: 4, kernel_size: 3, padding: 2, dilation: 2 }, in: [shape] },
    { p: { out_channels: 8, kernel_size: 3, padding: 1, groups: 4, stride: 2 }, in: [shape] },
    { p: { out_channels: 5, kernel_size: 1 }, in: [shape] },
    { p: { out_channels: 5, kernel_size: 1, stride: 2 }, in: [shape] },
    { p: { out_channels: 3, kernel_size: 3, padding: 1 }, in: [shape.slice(1)] },
    ...(op === 'Conv'
      ? [
          { p: { out_channels: 4, kernel_size: odd, padding: 'same' }, in: [shape] },
          { p: { out_channels: 4, kernel_size: 2, padding: 'valid', stride: 2 }, in: [shape] },
          { p: { out_channels: 4, kernel_size: 3, padding: 1, padding_mode: 'reflect' }, in: [shape] },
          { p: { out_channels: 4, kernel_size: 3, padding: 1, padding_mode: 'circular', stride: 2 }, in: [shape] },
          { p: { out_channels: 4, kernel_size: 3, padding: 1, padding_mode: 'replicate' }, in: [shape] },
          { p: { out_channels: 8, kernel_size: 3, dilation: 2, padding: 2, stride: 2, groups: 4 }, in: [shape] },
        ]
      : [
          { p: { out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 }, in: [shape] },
          { p: { out_channels: 4, kernel_size: 2, stride: 3, output_padding: 2, dilation: 2 }, in: [shape] },
        ]),
  ];
};
const shapes = { 1: [2, 4, 9], 2: image, 3: [2, 4, 6, 7, 5] } as const;

const maxPools = (shape: readonly number[]): readonly Case[] => [
  { p: { kernel_size: 2 }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, padding: 1 }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, ceil_mode: true }, in: [shape] },
  { p: { kernel_size: 2, stride: 2, dilation: 2, padding: 1, ceil_mode: true }, in: [shape] },
  { p: { kernel_size: 2, stride: 1 }, in: [shape.slice(1)] },
  { p: { kernel_size: 2, return_indices: true }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, padding: 1, dilation: 2, ceil_mode: true, return_indices: true }, in: [shape] },
  { p: { kernel_size: 2, padding: 1, return_indices: true }, in: [shape.slice(1)] },
];
/** One element a channel, so that no two fall on one place. */
const unpools = (axes: number): readonly Case[] => {
  const one = [2, 3, ...Array.from({ length: axes }, () => 1)];
  const pool = { op: `MaxPool${axes}d`, return_indices: true, ports: ['', '.indices'] };
  const whole = shapes[axes as 1 | 2 | 3];
  return [{ p: { kernel_size: 2, output_size: whole.slice(2) }, in: [whole], after: { ...pool, kernel_size: 2 } }, { p: { kernel_size: 3, stride: 2, padding: 1, output_size: whole.slice(2) }, in: [whole], after: { ...pool, kernel_size: 3, stride: 2, padding: 1 } }, { p: { kernel_size: 3 }, in: [one, one], kinds: ['float', { below: 3 ** axes }] }, { p: { kernel_size: 4, padding: 1, output_size: Array.from({ length: axes }, () => 3) }, in: [one.slice(1), one.slice(1)], kinds: ['float', { below: 3 ** axes }] }];
};
const avgPools = (shape: readonly number[]): readonly Case[] => [
  { p: { kernel_size: 2 }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, padding: 1 }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, padding: 1, count_include_pad: false, ceil_mode: true }, in: [shape] },
  { p: { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true }, in: [shape] },
];
const powerPools = (shape: readonly number[]): readonly Case[] => [
  { p: { norm_type: 2, kernel_size: 3, stride: 2 }, in: [shape], kinds: ['positive'] },
  { p: { norm_type: 3, kernel_size: 2, ceil_mode: true }, in: [shape], kinds: ['positive'] },
];
const adaptive = (shape: readonly number[]): readonly Case[] => [{ p: { output_size: 1 }, in: [shape] }, { p: { output_size: 3 }, in: [shape] }, { p: { output_size: 4 }, in: [shape] }];
const batchNorms = (...inputs: readonly (readonly number[])[]): readonly Case[] => inputs.flatMap((shape) => [{ in: [shape], modes: true }, { p: { affine: false, momentum: 0.3, eps: 0.01 }, in: [shape], modes: true }, { p: { momentum: null }, in: [shape] }, { p: { track_running_stats: false }, in: [shape], modes: true }]);
const instanceNorms = (shape: readonly number[]): readonly Case[] => [{ in: [shape] }, { p: { affine: true, track_running_stats: true }, in: [shape], modes: true }, { p: { affine: true }, in: [shape.slice(1)] }];
const elementwise: readonly Case[] = [{ in: [image] }, { in: [[3, 5]] }];
const positive: readonly Case[] = [{ in: [image], kinds: ['positive'] }];
const pair: readonly Case[] = [{ in: [image, image] }, { in: [image, [1, 4, 1, 1]] }, { in: [[3, 1, 5], [4, 1]] }];
const comparison: readonly Case[] = [{ in: [[3, 4], [3, 4]] }];
const along: readonly Case[] = [{ p: { dim: 1 }, in: [image] }, { p: { dim: -1 }, in: [[3, 5]] }, { p: { dim: 0 }, in: [[3, 5]] }];
const reductions: readonly Case[] = [{ p: { dim: 1 }, in: [image] }, { p: { dim: [2, 3] }, in: [image] }, { p: { dim: [-1], keepdim: true }, in: [image] }, { p: { dim: [0, 1] }, in: [[3, 4, 5]] }];
const pads = (axes: 1 | 2 | 3, more: Readonly<Record<string, unknown>> = {}): readonly Case[] => [{ p: { padding: Array.from({ length: 2 * axes }, (_, i) => (i % 3) + (i === 0 ? 1 : 0)), ...more }, in: [shapes[axes]] }, { p: { padding: 2, ...more }, in: [shapes[axes]] }];
const attention = { num_heads: 2, batch_first: true };
const sequence = [2, 5, 8];

/** Every operator that computes something definite, by its type. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  Conv1d: grid('Conv', 1, shapes[1]),
  Conv2d: grid('Conv', 2, shapes[2]),
  Conv3d: grid('Conv', 3, shapes[3]),
  ConvTranspose1d: grid('ConvTranspose', 1, shapes[1]),
  ConvTranspose2d: grid('ConvTranspose', 2, shapes[2]),
  ConvTranspose3d: grid('ConvTranspose', 3, [2, 4, 3, 4, 3]),
  BatchNorm1d: batchNorms([6, 5], [3, 4, 7]),
  BatchNorm2d: batchNorms(image),
  BatchNorm3d: batchNorms([2, 3, 4, 5, 3]),
  SyncBatchNorm: batchNorms([6, 5], image),
  LayerNorm: [{ p: { normalized_shape: 8 }, in: [sequence] }, { p: { normalized_shape: [4, 9, 8], eps: 0.01 }, in: [image] }, { p: { normalized_shape: [8], elementwise_affine: false }, in: [sequence] }, { p: { normalized_shape: [8], bias: false }, in: [sequence] }],
  RMSNorm: [{ p: { normalized_shape: 8 }, in: [sequence] }, { p: { normalized_shape: [8], eps: 0.01, elementwise_affine: false }, in: [sequence] }],
  GroupNorm: [{ p: { num_groups: 2 }, in: [image] }, { p: { num_groups: 2, affine: false }, in: [[3, 12]] }, { p: { num_groups: 1 }, in: [shapes[3]] }],
  InstanceNorm1d: instanceNorms(shapes[1]),
  InstanceNorm2d: instanceNorms(shapes[2]),
  InstanceNorm3d: instanceNorms(shapes[3]),
  LocalResponseNorm: [{ p: { size: 3 }, in: [image] }, { p: { size: 2, alpha: 0.3, beta: 0.5, k: 2 }, in: [shapes[1]] }],
  Identity: elementwise,
  ReLU: elementwise,
  ReLU6: [{ in: [image] }],
  LeakyReLU: [{ in: [image] }, { p: { negative_slope: 0.3 }, in: [[3, 5]] }],
  PReLU: [{ in: [image] }, { p: { num_parameters: 4 }, in: [image] }, { p: { num_parameters: 5 }, in: [[3, 5]] }],
  ELU: [{ in: [image] }, { p: { alpha: 0.5 }, in: [[3, 5]] }],
  SELU: elementwise,
  CELU: [{ in: [image] }, { p: { alpha: 0.5 }, in: [[3, 5]] }],
  GELU: [{ in: [image] }, { p: { approximate: 'tanh' }, in: [image] }],
  SiLU: elementwise,
  Mish: elementwise,
  Hardswish: elementwise,
  Hardsigmoid: elementwise,
  Sigmoid: elementwise,
  LogSigmoid: elementwise,
  Tanh: elementwise,
  Hardtanh: [{ in: [image] }, { p: { min_val: -0.5, max_val: 0.3 }, in: [image] }],
  Softplus: [{ in: [image] }, { p: { beta: 2 }, in: [image] }],
  Softsign: elementwise,
  Softshrink: elementwise,
  Hardshrink: elementwise,
  Tanhshrink: elementwise,
  Threshold: [{ p: { threshold: 0.2, value: -1 }, in: [image] }],
  Softmax: along,
  Softmax2d: [{ in: [image] }, { in: [image.slice(1)] }],
  LogSoftmax: along,
  Softmin: along,
  GLU: [{ p: { dim: 1 }, in: [image] }, { in: [[3, 6]] }],
  MaxPool1d: maxPools(shapes[1]),
  MaxPool2d: [...maxPools(shapes[2]), { p: { kernel_size: [3, 2], stride: [1, 2], padding: [1, 0] }, in: [image] }],
  MaxPool3d: maxPools(shapes[3]),
  AvgPool1d: avgPools(shapes[1]),
  AvgPool2d: [...avgPools(shapes[2]), { p: { kernel_size: [3, 2], divisor_override: 3 }, in: [image] }],
  AvgPool3d: avgPools(shapes[3]),
  AdaptiveAvgPool1d: adaptive(shapes[1]),
  AdaptiveAvgPool2d: [...adaptive(shapes[2]), { p: { output_size: [null, 3] }, in: [image] }],
  AdaptiveAvgPool3d: adaptive(shapes[3]),
  MaxUnpool1d: unpools(1),
  MaxUnpool2d: unpools(2),
  MaxUnpool3d: unpools(3),
  // Steps that come out whole are the same whatever is drawn.
  FractionalMaxPool2d: [{ p: { kernel_size: 2, output_size: 4 }, in: [[2, 3, 8, 8]] }, { p: { kernel_size: [3, 2], output_ratio: [0.5, 0.25], return_indices: true }, in: [[3, 9, 22]] }, { p: { kernel_size: 3, output_size: 1, return_indices: true }, in: [[2, 3, 5, 4]] }],
  FractionalMaxPool3d: [{ p: { kernel_size: 2, output_size: [4, 2, 3] }, in: [[2, 3, 8, 5, 6]] }, { p: { kernel_size: 2, output_ratio: 0.5, return_indices: true }, in: [[2, 3, 8, 8, 8]] }],
  AdaptiveMaxPool1d: [...adaptive(shapes[1]), { p: { output_size: 4, return_indices: true }, in: [shapes[1]] }],
  AdaptiveMaxPool2d: [...adaptive(shapes[2]), { p: { output_size: [2, null] }, in: [image] }, { p: { output_size: [2, 3], return_indices: true }, in: [image.slice(1)] }],
  AdaptiveMaxPool3d: [...adaptive(shapes[3]), { p: { output_size: 2, return_indices: true }, in: [shapes[3]] }],
  LPPool1d: powerPools(shapes[1]),
  LPPool2d: powerPools(shapes[2]),
  LPPool3d: powerPools(shapes[3]),
  Linear: [{ p: { out_features: 6 }, in: [[3, 5]] }, { p: { out_features: 6, bias: false }, in: [sequence] }, { p: { out_features: 3 }, in: [image] }, { p: { out_features: 3 }, in: [[5]] }],
  Bilinear: [{ p: { out_features: 4 }, in: [[3, 5], [3, 6]] }, { p: { out_features: 4, bias: false }, in: [[2, 3, 5], [2, 3, 2]] }],
  EmbeddingBag: [
    ...['sum', 'mean', 'max'].flatMap((mode): readonly Case[] => [
      { p: { num_embeddings: 10, embedding_dim: 4, mode }, in: [[3, 5]], kinds: [{ below: 10 }] }, { p: { num_embeddings: 6, embedding_dim: 4, mode, padding_idx: 2 }, in: [[3, 5]], kinds: [{ below: 6 }] },
      { p: { num_embeddings: 6, embedding_dim: 4, mode }, in: [[7], [1]], kinds: [{ below: 6 }, { below: 1 }] }, { p: { num_embeddings: 6, embedding_dim: 4, mode, padding_idx: -1 }, in: [[7], [3]], kinds: [{ below: 6 }, { below: 1 }] },
    ]),
    { p: { num_embeddings: 10, embedding_dim: 4, mode: 'sum' }, in: [[3, 5], [3, 5]], kinds: [{ below: 10 }, 'float'], out: [1] },
  ],
  Embedding: [{ p: { num_embeddings: 10, embedding_dim: 4 }, in: [[3, 5]], kinds: [{ below: 10 }] }, { p: { num_embeddings: 6, embedding_dim: 4, padding_idx: 2 }, in: [[3, 5]], kinds: [{ below: 6 }] }],
  Parameter: [{ p: { shape: [2, 3] }, in: [] }],
  MatMul: [{ in: [[3, 4], [4, 5]] }, { in: [[2, 3, 4], [4, 5]] }, { in: [[2, 1, 3, 4], [3, 4, 5]] }, { in: [[4], [4, 5]] }, { in: [[2, 3, 4], [4]] }],
  BMM: [{ in: [[3, 2, 4], [3, 4, 5]] }],
  Einsum: [{ p: { equation: 'bij,bjk->bik' }, in: [[2, 3, 4], [2, 4, 5]] }, { p: { equation: 'bhid,bhjd->bhij' }, in: [[2, 3, 4, 5], [2, 3, 6, 5]] }, { p: { equation: 'ii->i' }, in: [[4, 4]] }, { p: { equation: '...ij->...ji' }, in: [[2, 3, 4]] }, { p: { equation: 'i,j' }, in: [[3], [4]] }, { p: { equation: 'ab,bc,cd->ad' }, in: [[2, 3], [3, 4], [4, 5]] }, { p: { equation: 'nchw->nc' }, in: [image] }],
  SDPA: [{ in: [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]], out: [3] }, { p: { is_causal: true, scale: 0.3 }, in: [sequence, sequence, sequence], out: [3] }, { in: [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7], [5, 6]] }, { p: { enable_gqa: true }, in: [[2, 4, 5, 4], [2, 2, 6, 4], [2, 2, 6, 4]], out: [3] }],
  MultiheadAttention: [
    { p: attention, in: [sequence, sequence, sequence], out: [3, 4] },
    { p: { num_heads: 4, bias: false }, in: [[5, 2, 8], [6, 2, 8], [6, 2, 8]], out: [3, 4] },
    { p: { ...attention, kdim: 6, vdim: 4, add_bias_kv: true, add_zero_attn: true }, in: [sequence, [2, 7, 6], [2, 7, 4]], out: [3, 4] },
    { p: attention, in: [sequence, sequence, sequence, [5, 5]], out: [3] },
    { p: attention, in: [[5, 8], [6, 8], [6, 8]], out: [3, 4] },
  ],
  TransformerEncoderLayer: [{ p: { nhead: 2, dim_feedforward: 12, dropout: 0, batch_first: true }, in: [sequence], out: [1, 2] }, { p: { nhead: 4, dim_feedforward: 12, dropout: 0, norm_first: true, activation: 'gelu' }, in: [sequence], out: [1, 2] }],
  TransformerDecoderLayer: [{ p: { nhead: 2, dim_feedforward: 12, dropout: 0, batch_first: true }, in: [sequence, [2, 7, 8]], out: [2, 3, 4, 5] }, { p: { nhead: 2, dim_feedforward: 12, dropout: 0, norm_first: true }, in: [sequence, [7, 5, 8]].map((shape, i) => (i ? shape : [2, 5, 8])), out: [2, 3, 4, 5] }],
  LSTM: [{ p: { hidden_size: 5 }, in: [[4, 2, 3]], out: [1, 2] }, { p: { hidden_size: 5, num_layers: 2, bidirectional: true, batch_first: true, proj_size: 3 }, in: [[2, 4, 3]], out: [1, 2] }, { p: { hidden_size: 5, bias: false }, in: [[4, 2, 3], [1, 2, 5], [1, 2, 5]] }, { p: { hidden_size: 5, bidirectional: true }, in: [[4, 3]], out: [1, 2] }],
  GRU: [{ p: { hidden_size: 5 }, in: [[4, 2, 3]], out: [1] }, { p: { hidden_size: 5, num_layers: 2, bidirectional: true, batch_first: true }, in: [[2, 4, 3]], out: [1] }, { p: { hidden_size: 5 }, in: [[4, 2, 3], [1, 2, 5]] }],
  RNN: [{ p: { hidden_size: 5 }, in: [[4, 2, 3]], out: [1] }, { p: { hidden_size: 5, num_layers: 2, bidirectional: true, nonlinearity: 'relu' }, in: [[4, 2, 3]], out: [1] }],
  LSTMCell: [{ p: { hidden_size: 5 }, in: [[2, 3]], out: [1, 2] }, { p: { hidden_size: 5, bias: false }, in: [[2, 3], [2, 5], [2, 5]] }],
  GRUCell: [{ p: { hidden_size: 5 }, in: [[2, 3], [2, 5]] }],
  RNNCell: [{ p: { hidden_size: 5, nonlinearity: 'relu' }, in: [[2, 3], [2, 5]] }],
  Add: [...pair, { in: [image, image, image] }],
  Sub: pair,
  Mul: pair,
  Div: [{ in: [image, image], kinds: ['float', 'positive'] }, { in: [[3, 1, 5], [4, 1]], kinds: ['float', 'positive'] }],
  Pow: [{ in: [[3, 4], [3, 4]], kinds: ['positive', 'float'] }],
  Max: pair,
  Min: pair,
  Concat: [{ p: { dim: 1 }, in: [image, [2, 3, 9, 8]] }, { p: { dim: -1 }, in: [[2, 3], [2, 4], [2, 1]] }],
  Stack: [{ p: { dim: 1 }, in: [[2, 3], [2, 3]] }, { p: { dim: -1 }, in: [[2, 3], [2, 3]] }],
  Where: [{ in: [[3, 4], [3, 4], [3, 1]], kinds: ['bool', 'float', 'float'] }],
  Equal: comparison,
  NotEqual: comparison,
  Less: comparison,
  LessEqual: comparison,
  Greater: comparison,
  GreaterEqual: comparison,
  LogicalAnd: [{ in: [[3, 4], [3, 4]], kinds: ['bool', 'bool'] }],
  LogicalOr: [{ in: [[3, 4], [3, 4]], kinds: ['bool', 'bool'] }],
  LogicalXor: [{ in: [[3, 4], [3, 4]], kinds: ['bool', 'bool'] }],
  LogicalNot: [{ in: [[3, 4]], kinds: ['bool'] }],
  Sqrt: positive,
  Rsqrt: positive,
  Square: elementwise,
  Exp: elementwise,
  Expm1: elementwise,
  Log: positive,
  Log1p: positive,
  Abs: elementwise,
  Neg: elementwise,
  Reciprocal: positive,
  Sin: elementwise,
  Atan: elementwise,
  Cos: elementwise,
  // A quotient of two sines has no digits left beside a pole.
  Tan: [{ in: [image], kinds: ['small'] }, { in: [[3, 5]], kinds: ['small'] }],
  Erf: elementwise,
  Floor: elementwise,
  Ceil: elementwise,
  Round: elementwise,
  Sign: elementwise,
  Clamp: [{ p: { min: -0.5, max: 0.5 }, in: [image] }, { p: { min: 0 }, in: [[3, 5]] }],
  Cast: [{ p: { dtype: 'int64' }, in: [[3, 5]] }, { p: { dtype: 'float32' }, in: [[3, 5]], kinds: [{ below: 5 }] }],
  MaskedFill: [{ p: { value: -2 }, in: [[3, 4], [3, 4]], kinds: ['float', 'bool'] }, { p: { value: 0 }, in: [[2, 3, 4], [3, 4]], kinds: ['float', 'bool'] }],
  Mean: [{ in: [image] }, ...reductions],
  Sum: [{ in: [image] }, ...reductions],
  Amax: reductions,
  Amin: reductions,
  Std: reductions,
  Var: reductions,
  LogSumExp: reductions,
  Prod: [{ in: [[3, 5]] }, { p: { dim: 1 }, in: [image] }, { p: { dim: -1, keepdim: true }, in: [[3, 5]] }],
  Any: [{ in: [[3, 5]], kinds: ['bool'] }, { p: { dim: 1 }, in: [image] }, { p: { dim: [0, -1], keepdim: true }, in: [[3, 5]], kinds: [{ below: 2 }] }, { p: { dim: [] }, in: [[3, 5]] }],
  All: [{ in: [[3, 5]], kinds: ['bool'] }, { p: { dim: 1 }, in: [image] }, { p: { dim: [0, -1], keepdim: true }, in: [[3, 5]], kinds: [{ below: 2 }] }, { p: { dim: [] }, in: [[3, 5]], kinds: ['bool'] }],
  PairwiseDistance: [{ in: [[3, 5], [3, 5]] }, { p: { p: 1, keepdim: true }, in: [[2, 3, 5], [5]] }, { p: { p: 3, eps: 0.1 }, in: [[3, 5], [1, 5]] }, { p: { p: 0 }, in: [[3, 5], [3, 5]] }],
  ArgMax: [{ in: [[3, 5]] }, { p: { dim: 1 }, in: [image] }, { p: { dim: -1, keepdim: true }, in: [[3, 5]] }],
  ArgMin: [{ p: { dim: 1 }, in: [image] }],
  Cumsum: [{ p: { dim: 1 }, in: [[3, 5]] }, { p: { dim: 0 }, in: [[3, 5]] }],
  Cumprod: [{ p: { dim: 1 }, in: [[3, 5]] }],
  TopK: [{ p: { k: 2 }, in: [[3, 5]] }, { p: { k: 3, dim: 1, largest: false }, in: [[2, 6, 4]] }],
  Sort: [{ in: [[3, 5]] }, { p: { dim: 1, descending: true }, in: [image] }, { p: { dim: 0, stable: true }, in: [[6, 4]], kinds: [{ below: 3 }] }, { p: { descending: true, stable: true }, in: [[2, 12]], kinds: ['bool'] }, { p: { dim: 1 }, in: [[2, 40, 3]] }, { in: [[]] }],
  Normalize: [{ in: [image] }, { p: { p: 1, dim: -1 }, in: [[3, 5]] }, { p: { p: 3, dim: -1 }, in: [[3, 5]], kinds: ['positive'] }],
  CosineSimilarity: [{ in: [[3, 5], [3, 5]] }, { p: { dim: -1 }, in: [sequence, sequence] }],
  Flatten: [{ in: [image] }, { p: { start_dim: 1, end_dim: 2 }, in: [image] }],
  Unflatten: [{ p: { dim: 1, unflattened_size: [2, -1] }, in: [image] }],
  Reshape: [{ p: { shape: [2, -1] }, in: [image] }, { p: { shape: [8, 36, 2] }, in: [image] }],
  Permute: [{ p: { dims: [0, 2, 3, 1] }, in: [image] }],
  Transpose: [{ p: { dim0: 1, dim1: -1 }, in: [image] }],
  Squeeze: [{ in: [[2, 1, 3, 1]] }, { p: { dim: 1 }, in: [[2, 1, 3, 1]] }],
  Unsqueeze: [{ p: { dim: 1 }, in: [[2, 3]] }, { p: { dim: -1 }, in: [[2, 3]] }],
  Expand: [{ p: { shape: [2, -1, 5] }, in: [[3, 1]] }],
  Slice: [{ p: { ranges: [null, [1, 3], [null, null, 2], [1, -1, 3]] }, in: [image] }, { p: { ranges: [[-2, null]] }, in: [[4, 5]] }],
  Crop: [{ p: { size: [5, 5] }, in: [image] }, { p: { size: 4 }, in: [image] }],
  Split: [{ p: { sizes: [1, 3], dim: 1 }, in: [image] }, { p: { sizes: 2, dim: -1 }, in: [[3, 5]] }],
  Chunk: [{ p: { chunks: 3, dim: 1 }, in: [[2, 7, 2]] }],
  Narrow: [{ p: { dim: 1, start: 1, length: 2 }, in: [image] }],
  Select: [{ p: { dim: 1, index: -1 }, in: [image] }],
  Gather: [{ p: { dim: 1 }, in: [[3, 5], [3, 4]], kinds: ['float', { below: 5 }] }, { p: { dim: 0 }, in: [[3, 5], [2, 5]], kinds: ['float', { below: 3 }] }],
  Scatter: [
    { p: { dim: 1 }, in: [[2, 9], [2, 4], [2, 4]], kinds: ['float', { distinct: 9 }, 'float'] }, { p: { dim: 0 }, in: [[8, 3, 2], [2, 2, 2], [2, 2, 2]], kinds: ['float', { distinct: 8 }, 'float'] },
    { p: { dim: -1 }, in: [[7], [5], [5]], kinds: [{ below: 9 }, { distinct: 7 }, { below: 9 }] }, { p: { dim: 1 }, in: [[3, 9], [3, 3], [3, 4]], kinds: ['bool', { distinct: 9 }, 'bool'] },
  ],
  IndexSelect: [{ p: { dim: 1 }, in: [image, [3]], kinds: ['float', { below: 4 }] }],
  Tile: [{ p: { dims: [2, 1, 3] }, in: [[3, 4]] }],
  RepeatInterleave: [{ p: { repeats: 2, dim: 1 }, in: [image] }],
  Roll: [{ p: { shifts: 2, dims: 1 }, in: [[3, 5]] }, { p: { shifts: [1, -1], dims: [0, 1] }, in: [[3, 5]] }],
  Flip: [{ p: { dims: [1, -1] }, in: [image] }],
  Triu: [{ p: { diagonal: 1 }, in: [[2, 4, 5]] }],
  Tril: [{ in: [[4, 5]] }],
  OneHot: [{ p: { num_classes: 7 }, in: [[3, 4]], kinds: [{ below: 7 }] }],
  Pad: [{ p: { pad: [1, 2, 0, 1] }, in: [image] }, { p: { pad: [1, 2, 2, 1], mode: 'reflect' }, in: [image] }, { p: { pad: [1, 2, 0, 1], mode: 'circular' }, in: [image] }, { p: { pad: [-1, 2], mode: 'replicate' }, in: [shapes[1]] }, { p: { pad: [0, 0, -1, -2, 1, 1], value: 3 }, in: [image] }],
  ZeroPad1d: pads(1),
  ZeroPad2d: pads(2),
  ZeroPad3d: pads(3),
  ConstantPad1d: pads(1, { value: 2.5 }),
  ConstantPad2d: pads(2, { value: 2.5 }),
  ConstantPad3d: pads(3, { value: -1 }),
  ReflectionPad1d: pads(1),
  ReflectionPad2d: pads(2),
  ReflectionPad3d: pads(3),
  ReplicationPad1d: pads(1),
  ReplicationPad2d: pads(2),
  ReplicationPad3d: pads(3),
  CircularPad1d: pads(1),
  CircularPad2d: pads(2),
  CircularPad3d: pads(3),
  UpsamplingNearest2d: [{ p: { scale_factor: 2 }, in: [image] }, { p: { scale_factor: 1.6 }, in: [image] }, { p: { size: [5, 11] }, in: [image] }],
  UpsamplingBilinear2d: [{ p: { scale_factor: 2 }, in: [image] }, { p: { scale_factor: [1.7, 0.6] }, in: [image] }, { p: { size: [13, 5] }, in: [image] }, { p: { size: 1 }, in: [image] }],
  Upsample: [{ p: { scale_factor: 2 }, in: [image] }, { p: { scale_factor: 2, mode: 'bilinear' }, in: [image] }, { p: { size: [13, 5], mode: 'bilinear', align_corners: true }, in: [image] }, { p: { scale_factor: 2, mode: 'trilinear' }, in: [shapes[3]] }],
  Interpolate: [
    { p: { scale_factor: 1.6 }, in: [image] },
    { p: { size: [5, 11] }, in: [image] },
    { p: { scale_factor: [1.7, 0.6], mode: 'bilinear' }, in: [image] },
    { p: { scale_factor: 1.7, mode: 'bilinear', recompute_scale_factor: true }, in: [image] },
    { p: { size: [13, 6], mode: 'bicubic' }, in: [image] },
    { p: { size: [13, 6], mode: 'bicubic', align_corners: true }, in: [image] },
    { p: { size: [4, 5], mode: 'area' }, in: [image] },
    { p: { size: 5, mode: 'linear' }, in: [shapes[1]] },
    { p: { size: [13, 6], mode: 'nearest-exact' }, in: [image] },
    { p: { size: 6, mode: 'trilinear', align_corners: true }, in: [shapes[3]] },
  ],
  PixelShuffle: [{ p: { upscale_factor: 2 }, in: [[2, 8, 3, 4]] }],
  PixelUnshuffle: [{ p: { downscale_factor: 2 }, in: [[2, 3, 4, 6]] }],
  ChannelShuffle: [{ p: { groups: 2 }, in: [image] }],
  Unfold: [{ p: { kernel_size: 3 }, in: [image] }, { p: { kernel_size: [2, 3], dilation: 2, padding: 1, stride: [2, 1] }, in: [image] }],
  Fold: [{ p: { output_size: [5, 6], kernel_size: 2 }, in: [[2, 12, 20]] }, { p: { output_size: [6, 7], kernel_size: [3, 2], padding: 1, stride: 2 }, in: [[2, 12, 12]] }],
};

/** Operators that draw random numbers: their own tests look at share and scale. */
export const random: readonly string[] = ['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout', 'StochasticDepth', 'RReLU'];
