import type { Block, Document } from '../document/model.js';
import type { ParamValues } from '../operators/operator.js';
import type { Tensor } from '../shapes/index.js';
import { readInput } from './build.js';
import { expandScope } from './expand.js';
import { createNearest } from './nearest.js';
import { createScopes, type Scope } from './scope.js';
import { createSharing } from './sharing.js';
import { createWalk } from './walk.js';
import type { Instance, ProgramNode, Value } from './program.js';

/** One expansion of a block with symbols in place of its integer parameters and sizes. */
export interface SymbolicRun {
  readonly scope: Scope;
  readonly instance: Instance;
  readonly nodes: readonly ProgramNode[];
  /** Parameters of every node and instance by path, as far as weights are shared. */
  readonly paramsOf: ReadonlyMap<string, ParamValues>;
  readonly sizes: ReadonlyMap<string, number>;
  /** How many errors the run met. */
  readonly findings: number;
}

/**
 * Expands a block by itself. Its parameters and inputs may hold symbols; `sizes` says which number each stands for, and decides what the
 * symbols leave open, so the run takes the very branches that those numbers would take. `inputs` undefined: the document's own.
 */
export function expandSymbolically(document: Document, block: Block, params: ParamValues, inputs: ReadonlyMap<string, Tensor> | undefined, sizes: ReadonlyMap<string, number>, repetition = 0): SymbolicRun {
  const scopes = createScopes(document, createNearest(0));
  let sharing = createSharing(true);
  for (let pass = 0; ; pass++) {
    const walk = createWalk(scopes, sharing, sizes);
    const tensors = inputs ?? new Map([...block.inputs.values()].map((input) => [input.name, readInput(walk, document, params, input).tensor]));
    const values = new Map([...tensors].map(([name, tensor], input): [string, Value] => [name, { origin: { kind: 'input', input }, tensor }]));
    const scope = scopes.of(block);
    const { instance } = expandScope(walk, { scope, path: '', home: '', params, inputs: values, repetition, depth: 0 });
    if (!sharing.forward || pass === 2) return { scope, instance, nodes: walk.nodes.map(({ node }) => node), paramsOf: sharing.params, sizes, findings: walk.findings.filter(({ severity = 'error' }) => severity === 'error').length };
    sharing = createSharing(true, sharing);
  }
}
