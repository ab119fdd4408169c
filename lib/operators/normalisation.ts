import { divisible, floorDiv, formatDim, formatShape, isInteger, product, sameDim, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { sizeAt, type SpatialRank } from './axes.js';
import { inferredArg, nnModule } from './calls.js';
import { defineOperator } from './define.js';
import { floated, needFloat32 } from './dtypes.js';
import type { Operator, Report, WeightSpec } from './operator.js';
import { flag, integer, number, numberOrList } from './param.js';

const eps = number({ default: 1e-5, min: 0, doc: 'Added to the variance, against division by zero.' });
const momentum = number({ default: 0.1, nullable: true, doc: 'Share of the new batch in the running statistics; null: plain average.' });

function learned(name: string, shape: Shape): WeightSpec {
  return { name, shape, learned: true };
}

/** weight and bias, then the running statistics, as PyTorch's state_dict has them. */
function statistics(features: Dim, affine: boolean | null, track: boolean | null): readonly WeightSpec[] {
  return [
    ...(affine === false ? [] : [learned('weight', [features]), learned('bias', [features])]),
    ...(track === false ? [] : [
      { name: 'running_mean', shape: [features], learned: false },
      { name: 'running_var', shape: [features], learned: false },
      { name: 'num_batches_tracked', shape: [], learned: false, dtype: 'int64' } as const,
    ]),
  ];
}

function checkFeatures(param: string, written: Dim | undefined, arriving: Dim, report: Report, severity: 'error' | 'warning' = 'error'): void {
  if (written === undefined || sameDim(written, arriving) !== false) return;
  report({
    code: 'channel-mismatch', param, input: 0, severity,
    message: `${param} is ${formatDim(written)}, but ${formatDim(arriving)} channels arrive.${severity === 'warning' ? ' PyTorch ignores the number here, since nothing is learned.' : ''}`,
    facts: { expected: written, actual: arriving },
  });
}

const batchNorms = ([1, 2, 3] as const).map((n) => {
  const forms = ['N × C or N × C × L', 'N × C × H × W', 'N × C × D × H × W'][n - 1] as string;
  return batchNorm(`BatchNorm${n}d`, 'Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it by learned values.', { name: 'input', ranks: n === 1 ? [2, 3] : [n + 2], doc: forms });
});

/** Of any number of axes from two on. */
const syncBatchNorm = batchNorm('SyncBatchNorm', 'Batch normalisation over the batches of all processes that train together, on GPUs; in one process as BatchNorm.', { name: 'input', doc: 'N × C and any further axes' });

function batchNorm(type: string, doc: string, input: { readonly name: 'input'; readonly ranks?: readonly number[]; readonly doc: string }): Operator {
  return defineOperator({
    type, doc,
    family: 'Normalisation',
    reference: `torch.nn.${type}.html`,
    inputs: [input],
    params: {
      num_features: integer({ min: 1, assertion: true, doc: 'Channels that arrive.' }),
      eps, momentum,
      affine: flag({ default: true, doc: 'Learns a scale and an offset for each channel.' }),
      track_running_stats: flag({ default: true, doc: 'Keeps running statistics for use after training.' }),
    },
    docks: true, plain: true,
    infer([input], p, report) {
      const { shape } = input;
      if (p.affine !== false || p.track_running_stats !== false) needFloat32(type, input, report);
      if (shape === null) return [input];
      if (shape.length < 2) {
        report({ code: 'wrong-rank', input: 0, message: `${type} takes a batch and a channel axis at least, but ${formatShape(shape)} arrives.`, facts: { rank: shape.length } });
        return [input];
      }
      checkFeatures('num_features', p.num_features, sizeAt(shape, 1), report, p.affine === false && p.track_running_stats === false ? 'warning' : 'error');
      let values: Dim = shape[0] as Dim;
      for (let axis = 2; axis < shape.length && typeof values === 'number'; axis++) values = product([values, shape[axis] as Dim]);
      if (values === 1) reportOneValue('BatchNorm', shape, report);
      checkPositive(p.eps, report);
      if (shape[1] === 0) report({ code: 'empty-input', input: 0, message: `BatchNorm takes at least one channel, but ${formatShape(shape)} has none.`, facts: { shape } });
      return [input];
    },
    weights: ([input], p) => statistics(p.num_features ?? sizeAt(input.shape, 1), p.affine, p.track_running_stats),
    torch: nnModule(`nn.${type}`, { inferred: [['num_features', ([input]) => sizeAt(input.shape, 1)]] }),
  });
}

function checkPositive(value: Dim, report: Report): void {
  if (value === 0) report({ code: 'wrong-value', param: 'eps', message: 'eps must be larger than 0 to train.', facts: { eps: value } });
}

function reportOneValue(what: string, shape: Shape, report: Report): void {
  report({
    code: 'too-few-values', input: 0,
    message: `${what} needs more than one value a channel to train, but ${formatShape(shape)} has one: use a batch of at least 2 or larger maps.`,
    facts: { shape },
  });
}

function instanceNorm(n: SpatialRank): Operator {
  const space = ['L', 'H × W', 'D × H × W'][n - 1] as string;
  const channels = (input: Tensor): Dim => sizeAt(input.shape, -n - 1);
  return defineOperator({
    type: `InstanceNorm${n}d`,
    family: 'Normalisation',
    doc: 'Brings each channel of each sample to mean 0 and variance 1 over its own map.',
    reference: `torch.nn.InstanceNorm${n}d.html`,
    inputs: [{ name: 'input', ranks: [n + 2, n + 1], doc: `N × C × ${space} or C × ${space}` }],
    params: {
      num_features: integer({ min: 1, assertion: true, doc: 'Channels that arrive.' }),
      eps, momentum,
      affine: flag({ default: false, doc: 'Learns a scale and an offset for each channel.' }),
      track_running_stats: flag({ default: false, doc: 'Keeps running statistics for use after training.' }),
    },
    docks: true, plain: true,
    infer([input], p, report) {
      const { shape } = input;
      if (p.affine === true) needFloat32(`InstanceNorm${n}d`, input, report);
      if (shape === null) return [input];
      checkFeatures('num_features', p.num_features, channels(input), report, p.affine === true || p.track_running_stats === true ? 'error' : 'warning');
      if (product(shape.slice(-n)) === 1) {
        report({ code: 'too-few-values', input: 0, message: `InstanceNorm needs maps of more than one element to train, but ${formatShape(shape)} arrives.`, facts: { shape } });
      }
      return [input];
    },
    weights: ([input], p) => statistics(p.num_features ?? channels(input), p.affine ?? false, p.track_running_stats ?? false),
    torch: nnModule(`nn.InstanceNorm${n}d`, { inferred: [['num_features', ([input]) => channels(input)]] }),
  });
}

/** Trailing sizes that are normalised together; null where unknown. */
function tail(shape: Dim | readonly Dim[]): readonly Dim[] | null {
  return shape === null ? null : Array.isArray(shape) ? (shape as readonly Dim[]) : [shape as Dim];
}

function checkTail(normalized: Dim | readonly Dim[], input: Tensor, report: Report): void {
  const sizes = tail(normalized);
  const { shape } = input;
  if (sizes === null || shape === null) return;
  const offset = shape.length - sizes.length;
  if (offset >= 0 && sizes.length > 0 && sizes.every((size, i) => sameDim(size, shape[offset + i] as Dim) !== false)) return;
  report({
    code: 'feature-mismatch', param: 'normalized_shape', input: 0,
    message: `normalized_shape is ${formatShape(sizes)}, but the last ${sizes.length === 1 ? 'axis' : `${sizes.length} axes`} of ${formatShape(shape)} ${sizes.length === 1 ? 'is' : 'are'} ${formatShape(shape.slice(Math.max(0, offset)))}.`,
    facts: { expected: sizes, actual: shape.slice(Math.max(0, offset)) },
  });
}

const normalized_shape = numberOrList({ min: 1, doc: 'Sizes of the last axes, which are normalised together.', initial: 64 });

export const layerNorm = defineOperator({
  type: 'LayerNorm',
  family: 'Normalisation',
  doc: 'Brings the last axes of each sample to mean 0 and variance 1, then scales and shifts them by learned values.',
  reference: 'torch.nn.LayerNorm.html',
  inputs: [{ name: 'input' }],
  params: {
    normalized_shape, eps,
    elementwise_affine: flag({ default: true, doc: 'Learns a scale and an offset for each element.' }),
    bias: flag({ default: true, doc: 'Learns the offset too.' }),
  },
  docks: true, plain: true,
  infer([input], p, report) {
    if (p.elementwise_affine !== false) needFloat32('LayerNorm', input, report);
    checkTail(p.normalized_shape, input, report);
    return [input];
  },
  weights(_inputs, p) {
    const shape = tail(p.normalized_shape);
    if (shape === null || p.elementwise_affine === false) return [];
    return [learned('weight', shape), ...(p.bias === false ? [] : [learned('bias', shape)])];
  },
  torch: nnModule('nn.LayerNorm', { positional: ['normalized_shape'] }),
});

export const rmsNorm = defineOperator({
  type: 'RMSNorm',
  family: 'Normalisation',
  doc: 'Divides the last axes of each sample by their root mean square, then scales them by learned values.',
  reference: 'torch.nn.RMSNorm.html',
  inputs: [{ name: 'input' }],
  params: {
    normalized_shape,
    eps: number({ default: null, min: 0, doc: 'Added to the mean square; null: the smallest step of the dtype.' }),
    elementwise_affine: flag({ default: true, doc: 'Learns a scale for each element.' }),
  },
  docks: true, plain: true,
  infer([input], p, report) {
    checkTail(p.normalized_shape, input, report);
    return [input];
  },
  weights(_inputs, p) {
    const shape = tail(p.normalized_shape);
    return shape === null || p.elementwise_affine === false ? [] : [learned('weight', shape)];
  },
  torch: nnModule('nn.RMSNorm', { positional: ['normalized_shape'] }),
});

export const groupNorm = defineOperator({
  type: 'GroupNorm',
  family: 'Normalisation',
  doc: 'Brings each group of channels of each sample to mean 0 and variance 1, then scales and shifts each channel by learned values.',
  reference: 'torch.nn.GroupNorm.html',
  inputs: [{ name: 'input' }],
  params: {
    num_groups: integer({ min: 1, initial: 8, doc: 'Groups into which the channels are parted.' }),
    num_channels: integer({ min: 1, assertion: true, doc: 'Channels that arrive.' }),
    eps,
    affine: flag({ default: true, doc: 'Learns a scale and an offset for each channel.' }),
  },
  docks: true, plain: true,
  infer([input], p, report) {
    const { shape } = input;
    if (p.affine !== false) needFloat32('GroupNorm', input, report);
    if (shape !== null && shape.length < 2) {
      report({ code: 'wrong-rank', input: 0, message: `GroupNorm takes a batch and a channel axis at least, but ${formatShape(shape)} arrives.`, facts: { rank: shape.length } });
      return [input];
    }
    const arriving = sizeAt(shape, 1);
    checkFeatures('num_channels', p.num_channels, arriving, report, p.affine === false ? 'warning' : 'error');
    const channels = divisible(arriving, p.num_groups) === false ? arriving : (p.num_channels ?? arriving);
    if (divisible(channels, p.num_groups) === false) {
      report({ code: 'not-divisible', param: 'num_groups', message: `num_groups ${formatDim(p.num_groups)} does not divide the ${formatDim(channels)} channels.`, facts: { what: 'num_channels', value: channels, by: p.num_groups } });
    } else if (shape !== null && floorDiv(product([shape[0] as Dim, ...shape.slice(1)]), p.num_groups) === 1) {
      reportOneValue('GroupNorm', shape, report);
    }
    return [input];
  },
  weights([input], p) {
    const channels = p.num_channels ?? sizeAt(input.shape, 1);
    return p.affine === false ? [] : [learned('weight', [channels]), learned('bias', [channels])];
  },
  torch: (p, [input], write) => ({ module: 'nn.GroupNorm', args: [...write.positional('num_groups'), inferredArg(p, 'num_channels', sizeAt(input.shape, 1)), ...write.keywords()] }),
  summary: (p) => [`${formatDim(p.num_groups)} groups`],
});

export const localResponseNorm = defineOperator({
  type: 'LocalResponseNorm',
  family: 'Normalisation',
  doc: 'Divides each element by a norm over neighbouring channels.',
  reference: 'torch.nn.LocalResponseNorm.html',
  inputs: [{ name: 'input', dtype: 'number' }],
  params: {
    size: integer({ min: 1, initial: 5, doc: 'Neighbouring channels that count.' }),
    alpha: number({ default: 1e-4, doc: 'Weight of the squares.' }),
    beta: number({ default: 0.75, doc: 'Exponent.' }),
    k: number({ default: 1, doc: 'Offset.' }),
  },
  docks: true, plain: true,
  infer([input], _p, report) {
    if (isInteger(input.dtype) && input.dtype !== 'int64') report({ code: 'wrong-dtype', input: 0, message: `LocalResponseNorm takes floating-point numbers or int64, but ${input.dtype} arrives.`, facts: { dtype: input.dtype, wanted: 'int64' } });
    if (input.shape !== null && input.shape.length < 3) {
      report({ code: 'wrong-rank', input: 0, message: `LocalResponseNorm takes at least 3 axes (N × C × L), but ${formatShape(input.shape)} arrives.`, facts: { rank: input.shape.length } });
    }
    return [{ shape: input.shape, dtype: floated(input.dtype) }];
  },
  torch: nnModule('nn.LocalResponseNorm', { positional: ['size'] }),
  summary: (p) => [formatDim(p.size)],
});

export const normalisations: readonly Operator[] = [
  ...batchNorms, layerNorm, rmsNorm, groupNorm,
  instanceNorm(1), instanceNorm(2), instanceNorm(3), localResponseNorm, syncBatchNorm,
];
