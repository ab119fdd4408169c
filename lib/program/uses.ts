import { Named } from '../document/named.js';
import type { Block } from '../document/model.js';
import type { ParamValues } from '../operators/operator.js';
import type { Here, Result } from './expand.js';
import type { ExpandedNode } from './node.js';
import type { Instance, Use, Value } from './program.js';
import type { Scope, WrittenNode } from './scope.js';
import type { Ending } from './walk.js';

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
    return (this.made ??= new Named(this.index, this.parts.map((use, k) => use ?? useOf(this.results[k]!))));
  }
}

/** The use of a plain node, which its result makes. */
export function useOf(result: Result): Use {
  return (result as PlainResult).use();
}

/** What readers get of a node that is there once. */
export class PlainResult implements Result, Ending {
  readonly outputs: readonly Value[];

  constructor(private readonly written: WrittenNode, private readonly inputs: readonly Value[], private readonly node: ExpandedNode) {
    const { index } = node;
    this.outputs = node.outputs.map((tensor, port): Value => ({ origin: { kind: 'node', node: index, port }, tensor }));
  }

  get whole(): Ending {
    return this;
  }
  get each(): undefined {
    return undefined;
  }
  get repeated(): boolean {
    return false;
  }
  get ports(): readonly string[] {
    return this.node.ports;
  }
  get absent(): boolean {
    return false;
  }

  use(): Use {
    const { written, inputs, outputs, node: { path, index } } = this;
    const { node, place, cut } = written;
    return { name: node.name, node, path, place, each: [{ kind: 'node', path, node: index }], inputs, cut, outputs };
  }
}
