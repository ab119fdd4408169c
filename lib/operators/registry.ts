import { activations } from './activation.js';
import { arithmetics } from './arithmetic.js';
import { attentions } from './attention.js';
import { convolutions } from './convolution.js';
import { foldings } from './folding.js';
import { fractionalPoolings } from './fractional.js';
import { identities } from './identity.js';
import { indexings } from './indexing.js';
import { linears } from './linear.js';
import { products } from './matmul.js';
import { merges } from './merge.js';
import { normalisations } from './normalisation.js';
import type { Operator } from './operator.js';
import { paddings } from './padding.js';
import { poolings } from './pooling.js';
import { recurrents } from './recurrent.js';
import { reductions } from './reduction.js';
import { reshapes } from './reshape.js';
import { resizes } from './resize.js';
import { slicings } from './slicing.js';
import { transformers } from './transformer.js';
import { unpoolings } from './unpooling.js';

const all: readonly Operator[] = [
  ...convolutions, ...normalisations, ...activations, ...poolings, ...fractionalPoolings, ...unpoolings, ...linears,
  ...products, ...attentions, ...transformers, ...recurrents,
  ...identities, ...merges, ...reshapes, ...slicings, ...paddings, ...resizes, ...foldings, ...indexings,
  ...arithmetics, ...reductions,
];

/** Every operator by its type, in the order of the palette. */
export const operators: ReadonlyMap<string, Operator> = new Map(all.map((each) => [each.type, each]));

export function operator(type: string): Operator | undefined {
  return operators.get(type);
}
