import type { Program } from '../../../program/program.js';
import { evaluateDim } from '../../../shapes/index.js';

/** One module of a class of the user's own: where it stands, and how many learned scalars the design says that it has. */
export interface DeclaredModule {
  readonly node: string;
  readonly place: string;
  readonly python: string;
  readonly parameters: number;
}

/** The modules that a network has of the design's own operators; their tensors are made by their classes. */
export function declaredModules(program: Program): readonly DeclaredModule[] {
  const found = new Map<string, DeclaredModule>();
  for (const { path, operator, weights, shared } of program.nodes) {
    if (operator.python === undefined) continue;
    const [weight] = weights;
    const place = weight?.key ?? path.replace(/\[(\d+)\]/gu, '.$1');
    if (!shared || !found.has(place)) found.set(place, { node: path, place, python: operator.python, parameters: evaluateDim(weight?.shape[0] ?? 0, new Map()) ?? 0 });
  }
  return [...found.values()];
}
