import { UNKNOWN, type ParamValue } from '../operators/operator.js';
import { evaluateDim, isSym, type Dim } from '../shapes/index.js';
import { describe, evaluateValue, type Surroundings } from './evaluate.js';
import type { NamedSource } from '../document/model.js';
import type { Here } from './expand.js';
import { faults } from './faults.js';
import { located } from './parameters.js';
import { leftOut, mostDenseReads, type Walk } from './walk.js';
import type { Value } from './program.js';
import type { WrittenNode } from './scope.js';

/** How often a node is repeated; undefined where that is wrong or unknown. */
export function readTimes(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[]): number | undefined {
  const { node, place } = written;
  const { times } = node.repeat!;
  const at = [...place, 'repeat'];
  const value = evaluateValue(times, new Around(walk, here, written, inputs, here.repetition), (problem) => walk.report(path, located(problem, 'repeat'), at), walk.scopes.parse);
  if (value === UNKNOWN) return undefined;
  if (isSym(value) && walk.sizes) return evaluateDim(value, walk.sizes) ?? undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    walk.report(path, isSym(value) ? { code: 'undecided', param: 'repeat', message: `How often \`${node.name}\` is repeated depends on the symbolic size ${value.text}.`, facts: { size: value.text } } : faults.invalidRepeat(node.name, describe(value)), at);
    return undefined;
  }
  if (value > walk.most - walk.count) {
    walk.report(path, faults.tooManyNodes(node.name, walk.most, value), at);
    // Only a number that is hopeless by itself leaves the rest of the picture alone; else the network as a whole is too large.
    if (value <= walk.most) walk.count = walk.most + 1;
    return undefined;
  }
  return value;
}

/** Whether a dense repetition stays within the limit, counted before any of it is expanded: repetition k reads k + 1 tensors. */
export function mayReadDensely(walk: Walk, { node, place }: WrittenNode, path: string, times: number): boolean {
  const reads = (times * (times + 1)) / 2;
  const all = walk.denseReads + reads;
  if (all <= mostDenseReads) {
    walk.denseReads = all;
    return true;
  }
  walk.report(path, faults.tooManyReads(node.name, mostDenseReads, times, reads, all), [...place, 'repeat']);
  // As with nodes: what is hopeless by itself leaves the rest of the picture alone, else the network as a whole is too large and that is told once.
  if (reads <= mostDenseReads) walk.count = walk.most + 1;
  return false;
}

/** Whether a node is there; undefined where that is wrong or unknown. */
export function readWhen(walk: Walk, written: WrittenNode, path: string, around: Surroundings): boolean | undefined {
  const at = [...written.place, 'when'];
  const value = evaluateValue(written.node.when!, around, (problem) => walk.report(path, located(problem, 'when'), at), walk.scopes.parse);
  if (value === UNKNOWN) return undefined;
  if (typeof value === 'boolean') return value;
  walk.report(path, faults.whenType(describe(value)), at);
  return undefined;
}

/** What the expressions of a node may ask for: parameters of its scope, `i`, and the shapes of its sources. */
export class Around implements Surroundings {
  constructor(private readonly walk: Walk, private readonly here: Here, private readonly written: WrittenNode, private readonly sources: readonly Value[], private readonly i: number) {}

  size(dim: Dim): number | null {
    return this.walk.sizes === undefined ? null : evaluateDim(dim, this.walk.sizes);
  }

  value(name: string): ParamValue | undefined {
    return name === 'i' ? this.i : this.here.scope.block.params.has(name) ? this.here.params[name] : undefined;
  }

  nearest(name: string): readonly string[] {
    return this.walk.scopes.nearest(name, this.here.scope.block.params.keys());
  }

  source({ name, repetition, port }: NamedSource): ReturnType<Surroundings['source']> {
    const { written, here } = this;
    const text = name + (repetition === undefined ? '' : `[${repetition}]`) + (port === undefined ? '' : `.${port}`);
    const own = written.spelled.indexOf(text);
    const value = here.inputs.get(text) ?? (own < 0 ? undefined : this.sources[own]);
    if (value && value !== leftOut) return value.tensor;
    const reachable = new Set([...here.inputs.keys(), ...written.node.in.flatMap((other, k) => (other !== null && typeof other === 'object' ? [written.spelled[k]!] : []))]);
    reachable.delete(text);
    return faults.dimSource(text, this.walk.scopes.nearest(text, reachable));
  }
}
