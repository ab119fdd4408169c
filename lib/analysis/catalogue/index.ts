import { doubts } from './advice.js';
import { structure, texts, wires } from './text.js';
import { training } from './training.js';
import { arriving, expressions, values } from './values.js';
import type { Entry, Group } from './entry.js';

export type { Entry, Group } from './entry.js';

/** Every problem code, in the order of the reference. */
export const catalogue: readonly Group[] = [arriving, values, expressions, wires, structure, training, texts, doubts];

/** The entry of a code. */
export const entryOf = (code: string): Entry | undefined => catalogue.flatMap(({ entries }) => entries).find((entry) => entry.code === code);
