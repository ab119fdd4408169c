import { formatDim, formatShape, isFloat } from '../shapes/index.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import type { Operator } from './operator.js';
import { choice, flag, number } from './param.js';

const identity = defineOperator({
  type: 'Identity',
  family: 'Shape',
  doc: 'Passes its input on.',
  reference: 'torch.nn.Identity.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {},
  docks: true, plain: true,
  infer: ([input]) => [input],
  torch: nnModule('nn.Identity'),
});

const chance = number({ min: 0, max: 1, default: 0.5, doc: 'Chance that an element is set to zero.' });
const inplace = flag({ default: false, doc: 'Overwrites its input; the result is the same.' });

function dropout(type: string, doc: string, ranks?: readonly number[], least = 0): Operator {
  return defineOperator({
    type, doc,
    family: 'Normalisation',
    reference: `torch.nn.${type}.html`,
    inputs: [{ name: 'input', ...(ranks === undefined ? {} : { ranks }) }],
    params: { p: chance, inplace },
    docks: true, plain: true,
    infer([input], _p, report) {
      if (input.shape !== null && input.shape.length < least) report({ code: 'wrong-rank', input: 0, message: `${type} drops channels and takes at least ${least} ${least === 1 ? 'axis' : 'axes'}, but ${formatShape(input.shape)} arrives.`, facts: { rank: input.shape.length } });
      return [input];
    },
    torch: nnModule(`nn.${type}`),
    summary: (p) => [formatDim(p.p)],
  });
}

const stochasticDepth = defineOperator({
  type: 'StochasticDepth',
  family: 'Normalisation',
  doc: 'While training, drops the whole branch of a sample (or of the batch) at random and scales the others up.',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    p: number({ min: 0, max: 1, initial: 0.1, doc: 'Chance that a branch is dropped.' }),
    mode: choice(['row', 'batch'], { initial: 'row', doc: 'Each sample by itself, or the batch as a whole.' }),
  },
  docks: true, plain: true,
  infer([input], p, report) {
    const { shape, dtype } = input;
    // Without a chance nothing is drawn, and where all is dropped nothing is divided.
    if (!isFloat(dtype) && p.p !== 0 && p.p !== 1 && p.p !== null) report({ code: 'wrong-dtype', input: 0, message: `StochasticDepth takes floating-point numbers, but ${dtype} arrives.`, facts: { dtype, wanted: 'float' } });
    if (shape?.length === 0 && p.mode === 'row' && p.p !== 0) report({ code: 'wrong-rank', input: 0, message: 'StochasticDepth drops samples, but a scalar arrives.', facts: { rank: 0 } });
    return [input];
  },
  torch: (_p, _inputs, write) => ({ module: 'torchvision.ops.StochasticDepth', args: write.positional('p', 'mode') }),
  summary: (p) => [formatDim(p.p)],
});

export const identities: readonly Operator[] = [
  identity,
  dropout('Dropout', 'While training, sets elements to zero at random and scales the others up.'),
  dropout('Dropout1d', 'While training, sets whole channels to zero at random.', [2, 3]),
  dropout('Dropout2d', 'While training, sets whole channels to zero at random.', undefined, 2),
  dropout('Dropout3d', 'While training, sets whole channels to zero at random.', undefined, 1),
  dropout('AlphaDropout', 'Dropout that keeps mean and variance, for SELU.'),
  dropout('FeatureAlphaDropout', 'AlphaDropout for whole channels.', undefined, 2),
  stochasticDepth,
];
