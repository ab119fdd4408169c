import { Named } from '../document/named.js';
import type { Block } from '../document/model.js';
import type { ParamValues } from '../operators/operator.js';
import type { Here, Result } from './expand.js';
import type { ExpandedNode } from './node.js';
import type { Instance, Use, Value } from './program.js';
import type { Scope } from './scope.js';

/** An instance whose uses are made when somebody asks for them. */
export class ExpandedScope implements Instance {
  readonly path: string;
  readonly block: Block;
  readonly params: ParamValues;
  readonly inputs: ReadonlyMap<string, Value>;
  private readonly index: Scope['index'];
  private made: ReadonlyMap<string, Use> | undefined = undefined;

  constructor({ path, scope, params, inputs }: Here, readonly outputs: readonly Value[], private readonly parts: readonly (Use | undefined)[], private readonly results: readonly (Result | undefined)[]) {
    this.path = path;
    this.block = scope.block;
    this.params = params;
    this.inputs = inputs;
    this.index = scope.index;
  }

  get uses(): ReadonlyMap<string, Use> {
    return (this.made ??= new Named(this.index, this.parts.map((use, k) => use ?? (this.results[k] as ExpandedNode).use())));
  }
}
