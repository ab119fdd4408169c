import type { Kernel } from '../kernel.js';
import { activationKernels } from './activation.js';
import { arithmeticKernels } from './arithmetic.js';
import { attentionKernels } from './attention.js';
import { convolutionKernels } from './convolution.js';
import { dropoutKernels } from './dropout.js';
import { foldingKernels } from './folding.js';
import { fractionalKernels } from './fractional.js';
import { indexingKernels } from './indexing.js';
import { linearKernels } from './linear.js';
import { mergeKernels } from './merge.js';
import { normalisationKernels } from './normalisation.js';
import { poolingKernels } from './pooling.js';
import { recurrentKernels } from './recurrent.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';
import { transformerKernels } from './transformer.js';
import { unpoolingKernels } from './unpooling.js';

/** How each operator runs, by its type. A test holds it complete against the registry of operators. */
export const kernels: ReadonlyMap<string, Kernel> = new Map(
  Object.entries({
    ...convolutionKernels,
    ...normalisationKernels,
    ...activationKernels,
    ...dropoutKernels,
    ...poolingKernels,
    ...fractionalKernels,
    ...unpoolingKernels,
    ...linearKernels,
    ...recurrentKernels,
    ...attentionKernels,
    ...shapeKernels,
    ...mergeKernels,
    ...arithmeticKernels,
    ...reductionKernels,
    ...indexingKernels,
    ...foldingKernels,
    ...transformerKernels,
  }),
);
