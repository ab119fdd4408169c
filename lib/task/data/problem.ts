import type { Problem } from '../../document/problem.js';

/** What can be wrong with data; the code of the problem. */
export type DataCode = 'data-missing' | 'data-corrupt' | 'data-shape' | 'data-labels' | 'data-dtype' | 'data-augment' | 'data-backend' | 'data-python' | 'data-worker';

/** Data that cannot be used. The message names the file and the byte, row or image. */
export class DataProblem extends Error {
  constructor(
    readonly code: DataCode,
    message: string,
    /** Where in the recipe: below `dataset` unless the first name is another word of the recipe. */
    readonly setting: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The problem as the terminal and the editor show it, at the recipe that names the data. */
export function problemOf(error: unknown, recipe: string): Problem {
  const { code, message, setting } = error instanceof DataProblem ? error : new DataProblem('data-corrupt', error instanceof Error ? error.message : String(error));
  const path = ['training', recipe, ...(setting[0] === 'augment' ? setting : ['dataset', ...setting])];
  return { code, severity: 'error', node: '', place: { path }, message, explanation: [], fixes: [] };
}

/** "1 image", "3 images". */
export const plural = (count: number, noun: string, many = `${noun}s`): string => `${count.toLocaleString('en-US')} ${count === 1 ? noun : many}`;
