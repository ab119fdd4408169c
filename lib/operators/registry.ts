import { activations } from './activation.js';
import { convolutions } from './convolution.js';
import { identities } from './identity.js';
import { linears } from './linear.js';
import { merges } from './merge.js';
import { normalisations } from './normalisation.js';
import type { Operator } from './operator.js';
import { paddings } from './padding.js';
import { poolings } from './pooling.js';
import { reshapes } from './reshape.js';
import { slicings } from './slicing.js';

const all: readonly Operator[] = [
  ...convolutions, ...normalisations, ...identities, ...activations, ...poolings, ...linears,
  ...merges, ...reshapes, ...slicings, ...paddings,
];

/** Every operator by its type, in the order of the palette. */
export const operators: ReadonlyMap<string, Operator> = new Map(all.map((each) => [each.type, each]));

export function operator(type: string): Operator | undefined {
  return operators.get(type);
}
