import type { Operator } from './operator.js';

/**
 * What Keras, Caffe, ONNX and PyTorch's functions call the operators here; `#` stands for the number of spatial axes. Words are compared
 * without case, underscores and a module before them ("nn.Conv2d", "layers.Dense").
 */
const operatorWords: Readonly<Record<string, string>> = {
  conv: 'Conv#d', convolution: 'Conv#d', convolution1d: 'Conv1d', convolution2d: 'Conv2d', convolution3d: 'Conv3d', conv1d: 'Conv1d', conv2d: 'Conv2d', conv3d: 'Conv3d',
  conv1dtranspose: 'ConvTranspose1d', conv2dtranspose: 'ConvTranspose2d', conv3dtranspose: 'ConvTranspose3d', deconvolution: 'ConvTranspose#d', deconv: 'ConvTranspose#d', deconv2d: 'ConvTranspose2d', convtranspose: 'ConvTranspose#d',
  dense: 'Linear', innerproduct: 'Linear', fullyconnected: 'Linear', fc: 'Linear', gemm: 'Linear', affine: 'Linear',
  maxpool: 'MaxPool#d', maxpooling: 'MaxPool#d', maxpooling1d: 'MaxPool1d', maxpooling2d: 'MaxPool2d', maxpooling3d: 'MaxPool3d',
  averagepool: 'AvgPool#d', avgpool: 'AvgPool#d', averagepooling: 'AvgPool#d', averagepooling1d: 'AvgPool1d', averagepooling2d: 'AvgPool2d', averagepooling3d: 'AvgPool3d', pooling: 'MaxPool#d', pool: 'MaxPool#d',
  globalaveragepool: 'AdaptiveAvgPool#d', globalavgpool: 'AdaptiveAvgPool#d', globalaveragepooling1d: 'AdaptiveAvgPool1d', globalaveragepooling2d: 'AdaptiveAvgPool2d', globalaveragepooling3d: 'AdaptiveAvgPool3d', gap: 'AdaptiveAvgPool2d',
  globalmaxpool: 'AdaptiveMaxPool#d', globalmaxpooling1d: 'AdaptiveMaxPool1d', globalmaxpooling2d: 'AdaptiveMaxPool2d', globalmaxpooling3d: 'AdaptiveMaxPool3d',
  batchnorm: 'BatchNorm#d', batchnormalization: 'BatchNorm#d', bn: 'BatchNorm#d', instancenorm: 'InstanceNorm#d', instancenormalization: 'InstanceNorm#d', layernormalization: 'LayerNorm', groupnormalization: 'GroupNorm', rmsnormalization: 'RMSNorm', lrn: 'LocalResponseNorm',
  concatenate: 'Concat', concatenation: 'Concat', cat: 'Concat', merge: 'Concat', eltwise: 'Add', addition: 'Add', plus: 'Add', residual: 'Add', multiply: 'Mul', times: 'Mul', subtract: 'Sub', divide: 'Div', dot: 'MatMul', mm: 'MatMul', maximum: 'Max', minimum: 'Min', average: 'Mean', reducemean: 'Mean', reducesum: 'Sum',
  upsampling1d: 'Upsample', upsampling2d: 'Upsample', upsampling3d: 'Upsample', resize: 'Interpolate', zeropadding1d: 'Pad', zeropadding2d: 'Pad', zeropadding: 'Pad', cropping2d: 'Crop', centercrop: 'Crop',
  view: 'Reshape', permutation: 'Permute', expanddims: 'Unsqueeze', spacetodepth: 'PixelUnshuffle', depthtospace: 'PixelShuffle', pass: 'Identity', input: 'Identity', noop: 'Identity', variable: 'Parameter', constant: 'Parameter',
  relu: 'ReLU', swish: 'SiLU', hswish: 'Hardswish', hardswish: 'Hardswish', hardsigmoid: 'Hardsigmoid', logistic: 'Sigmoid', prelu: 'PReLU', softmaxwithloss: 'Softmax', multiheadattention: 'MultiheadAttention', attention: 'SDPA', scaleddotproductattention: 'SDPA', lookup: 'Embedding', embed: 'Embedding', simplernn: 'RNN', spatialdropout2d: 'Dropout2d', spatialdropout1d: 'Dropout1d',
};

/** What others call parameters; of the names given, the first that the operator has is meant. */
const paramWords: Readonly<Record<string, readonly string[]>> = {
  filters: ['out_channels'], nb_filter: ['out_channels'], num_filter: ['out_channels'], channels: ['out_channels', 'num_features'], outchannels: ['out_channels'], out: ['out_channels', 'out_features'], out_planes: ['out_channels'], planes: ['out_channels'],
  num_output: ['out_channels', 'out_features'], units: ['out_features', 'hidden_size'], num_hidden: ['out_features', 'hidden_size'], features: ['out_channels', 'out_features'], hidden_dim: ['hidden_size'], hidden: ['hidden_size'],
  in_planes: ['in_channels'], output_dim: ['embedding_dim', 'out_features'], input_dim: ['num_embeddings', 'in_features'], vocab_size: ['num_embeddings'], embed_dim: ['embedding_dim'],
  kernel: ['kernel_size'], ksize: ['kernel_size'], kernel_shape: ['kernel_size'], filter_size: ['kernel_size'], pool_size: ['kernel_size'], window: ['kernel_size'], window_shape: ['kernel_size'], k: ['kernel_size'],
  strides: ['stride'], subsample: ['stride'], s: ['stride'], pad: ['padding'], pads: ['padding', 'pad'], padding: ['pad'], cropping: ['crop'], dilation_rate: ['dilation'], dilations: ['dilation'], group: ['groups'], num_groups: ['groups'],
  use_bias: ['bias'], bias_term: ['bias'], axis: ['dim'], axes: ['dim', 'dims'], epsilon: ['eps'], rate: ['p'], dropout_ratio: ['p'], dropout_rate: ['p'], prob: ['p'], drop_prob: ['p'], ratio: ['p'],
  size: ['scale_factor', 'output_size'], scale: ['scale_factor'], factor: ['scale_factor'], interpolation: ['mode'], target_shape: ['shape'], newshape: ['shape'], perm: ['dims'], order: ['dims'], alpha: ['negative_slope'], slope: ['negative_slope'],
  heads: ['num_heads', 'nhead'], n_heads: ['num_heads', 'nhead'], num_heads: ['nhead'], nhead: ['num_heads'], local_size: ['size'], keepdims: ['keepdim'], block_size: ['upscale_factor', 'downscale_factor'], layers: ['num_layers'],
};

/** Settings of Keras and Caffe that say nothing of a layer's shape or arithmetic here. */
export const silentWords: ReadonlySet<string> = new Set(['data_format', 'input_shape', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer', 'bias_regularizer', 'activity_regularizer', 'kernel_constraint', 'bias_constraint', 'name', 'trainable', 'dtype', 'weight_filler', 'bias_filler', 'return_sequences', 'scale_term', 'batch_input_shape', 'auto_pad']);

const simple = (word: string): string => word.toLowerCase().replace(/^.*\./u, '').replace(/[\s_-]/gu, '');

/** The operator that a word of another library means, of the right number of spatial axes; undefined where it means none. */
export function meantOperator(word: string, axes = 2): string | undefined {
  const key = simple(word);
  const meant = Object.hasOwn(operatorWords, key) ? operatorWords[key] : undefined;
  return meant?.replace('#', String(Math.min(3, Math.max(1, axes))));
}

/** The parameter of an operator that a word of another library means. */
export function meantParam(word: string, { params }: Pick<Operator, 'params'>): string | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(paramWords, key) ? paramWords[key]!.find((name) => params.has(name)) : undefined;
}
