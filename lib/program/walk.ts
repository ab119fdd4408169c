import type { JsonPath } from '../document/json.js';
import type { Block } from '../document/model.js';
import type { Finding, ParamValues } from '../operators/operator.js';
import { unknownTensor } from '../shapes/index.js';
import type { ExpandedNode } from './node.js';
import type { LocatedFinding, Value } from './program.js';
import type { Scopes, WrittenNode } from './scope.js';
import type { Sharing } from './sharing.js';

/** Expanded nodes that a network may have; blocks and what `when` takes away count too, so that empty blocks cannot run on for ever. */
export const mostNodes = 200_000;

/** Tensors that dense repetitions may read, all together: these grow with the square of the repetitions, so few nodes could have wires without end. */
export const mostDenseReads = 200_000;

/** What one expansion of a document gathers. */
export interface Walk {
  readonly scopes: Scopes;
  readonly sharing: Sharing;
  readonly most: number;
  /** Numbers that symbols stand for, where a block is run with symbols in their place. */
  readonly sizes: ReadonlyMap<string, number> | undefined;
  /** In such a run: gives values that no symbols express a symbol of their own. */
  readonly naming: ((written: WrittenNode, params: ParamValues) => ParamValues) | undefined;
  count: number;
  /** Tensors that the dense repetitions so far read. */
  denseReads: number;
  nodes: ExpandedNode[];
  readonly findings: LocatedFinding[];
  /** Paths that `when` (or `off`) takes away, paths too wrong to expand, and how often repeated paths are repeated. */
  readonly absent: Map<string, Absence>;
  readonly broken: Set<string>;
  readonly repeats: Map<string, number>;
  expanded: Set<Block>;
  report(node: string, fault: Finding, place: JsonPath, part?: 'key'): void;
}

/** What a use hands to its readers. `ports` is undefined where it is too wrong to say: any port is then unknown, without a second problem. */
export interface Ending {
  readonly outputs: readonly Value[];
  readonly ports: readonly string[] | undefined;
  /** Why it is not there, if it is not and hands its first source on. */
  readonly absent: Absence | undefined;
}

/** What takes a written node away. */
export type Absence = 'when' | 'off' | 'repeat';

/** A source that could not be resolved. */
export const unresolved: Value = { origin: { kind: 'none' }, tensor: unknownTensor };
/** An optional input that is written as null. */
export const leftOut: Value = { origin: { kind: 'none' }, tensor: unknownTensor };

export function createWalk(scopes: Scopes, sharing: Sharing, sizes?: ReadonlyMap<string, number>, naming?: Walk['naming']): Walk {
  const findings: LocatedFinding[] = [];
  return {
    scopes, sharing, sizes, naming, findings, most: mostNodes, count: 0, denseReads: 0,
    nodes: [], absent: new Map(), broken: new Set(), repeats: new Map(), expanded: new Set(),
    report: (node, fault, place, part) => findings.push({ ...fault, node, place, ...(part && { part }) }),
  };
}

/** Whether the limit is passed: nothing more is expanded then. */
export function isFull(walk: Walk): boolean {
  return walk.count > walk.most;
}
