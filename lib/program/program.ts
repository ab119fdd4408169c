import type { Block, Document, Node } from '../document/model.js';
import type { JsonPath } from '../document/json.js';
import type { Finding, Operator, ParamValues, WeightSpec, Window } from '../operators/operator.js';
import type { Dim } from '../shapes/dimension.js';
import type { Tensor } from '../shapes/tensor.js';

/** Where a tensor comes from in the expanded network. */
export type Origin =
  | { readonly kind: 'input'; readonly input: number }
  | { readonly kind: 'node'; readonly node: number; readonly port: number }
  | { readonly kind: 'constant'; readonly value: number }
  /** The source could not be resolved (a problem says why), or the optional input is left out. */
  | { readonly kind: 'none' };

export interface Value {
  readonly origin: Origin;
  readonly tensor: Tensor;
}

/** The design expanded: blocks unrolled, expressions evaluated, shapes inferred, in topological order (ties in the order of the file). */
export interface Program {
  readonly document: Document;
  /** The document's params with `--set` applied. */
  readonly params: ParamValues;
  readonly inputs: readonly ProgramInput[];
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly ProgramOutput[];
  /** The tree of scopes: the document's own instance at the root. */
  readonly root: Instance;
  /**
   * Everything that is wrong, raw; lib/analysis turns it into problems with explanations and fixes. What is wrong inside a block comes once for
   * each use and repetition, with the same place and another `node`. In a block that nothing expands, `node` is ''.
   */
  readonly findings: readonly LocatedFinding[];
  /** Distinct tensors of the network by key ("stage1.0.conv1.weight"), in program order. */
  readonly weights: ReadonlyMap<string, WeightTensor>;
  node(path: string): ProgramNode | undefined;
}

export interface ProgramInput {
  readonly name: string;
  readonly tensor: Tensor;
}

export interface ProgramOutput {
  /** Name in the object form, else the source as written. */
  readonly name: string;
  readonly value: Value;
}

export interface ProgramNode {
  readonly index: number;
  /** "stage1[0].conv1". Derived nodes of dense wiring end in "$concat". */
  readonly path: string;
  /** Name as written in its scope. */
  readonly name: string;
  /** Name of the block that it is written in; '' for the document. */
  readonly block: string;
  /** Path of the instance of that block; '' for the document. */
  readonly scope: string;
  /** Which repetition of its own `repeat` it is; undefined without one. */
  readonly repetition?: number;
  readonly operator: Operator;
  readonly params: ParamValues;
  /** Filled up to the operator's declared inputs. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Tensor[];
  readonly weights: readonly (WeightSpec & { readonly key: string })[];
  /** Uses another node's weights (or is a later repetition of a shared repeat). */
  readonly shared: boolean;
  /** Learned scalars of this node, shared or not. */
  readonly parameters: Dim;
  readonly macs: Dim;
  /** Where it slides over its input; null where that is not known, undefined where its operator has no window. */
  readonly window: Window | null | undefined;
  /** error: a finding stands on it; unknown: an error upstream hides its shape. */
  readonly state: 'ok' | 'error' | 'unknown';
  readonly place: JsonPath;
}

export interface WeightTensor extends WeightSpec {
  readonly key: string;
  /** Index of the node that owns it. */
  readonly owner: number;
}

/** One unrolled use of a block (or the document). */
export interface Instance {
  readonly path: string;
  readonly block: Block;
  readonly params: ParamValues;
  readonly inputs: ReadonlyMap<string, Value>;
  /** What is written in it, by name, in the order of the file. */
  readonly uses: ReadonlyMap<string, Use>;
  readonly outputs: readonly Value[];
}

/** A written node in one instance of its scope. */
export interface Use {
  readonly name: string;
  readonly node: Node;
  /** Path without its own repetition: "stage1". */
  readonly path: string;
  readonly place: JsonPath;
  /** One entry a repetition (exactly one without `repeat`; none for repeat 0). */
  readonly each: readonly UseEach[];
  /** The sources of `in` as resolved, before repetition; `off` ones are still here. */
  readonly inputs: readonly Value[];
  /** Which of `inputs` `off` cuts. */
  readonly cut: readonly boolean[];
  /** What readers of this name get. */
  readonly outputs: readonly Value[];
}
export type UseEach =
  | { readonly kind: 'node'; readonly path: string; readonly node: number }
  | { readonly kind: 'block'; readonly path: string; readonly instance: Instance }
  /** Not there: its `when` is false, or `off` leaves one source, which passes through. */
  | { readonly kind: 'absent'; readonly path: string; readonly by: 'when' | 'off' }
  /** Too wrong to expand (unknown operator, recursion). */
  | { readonly kind: 'broken'; readonly path: string };

export interface LocatedFinding extends Finding {
  /** Expanded path; '' for the document. */
  readonly node: string;
  /** Index into `nodes`, where it is an operator's. */
  readonly index?: number;
  readonly place: JsonPath;
  readonly part?: 'key' | 'value';
}
