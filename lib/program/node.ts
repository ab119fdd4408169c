import type { JsonPath } from '../document/json.js';
import type { Finding, Operator, ParamValues, WeightSpec } from '../operators/operator.js';
import { product, sum, unknownTensor, type Dim, type Tensor } from '../shapes/index.js';
import { faults } from './faults.js';
import { leftOut, unresolved, type Walk } from './walk.js';
import type { Value } from './program.js';
import type { WrittenNode } from './scope.js';

/** What is asked of the walk: one operator with its arriving values. */
export interface NodeRequest {
  readonly path: string;
  /** Path without the node's own repetition. */
  readonly base?: string;
  readonly name: string;
  readonly block: string;
  readonly scope: string;
  readonly repetition: number | undefined;
  readonly operator: Operator;
  readonly params: ParamValues;
  /** As written, without those that `off` cuts. */
  readonly inputs: readonly Value[];
  /** For each of `inputs`, its place in the node's `in`. */
  readonly from: ReadonlyArray<number | undefined>;
  readonly place: JsonPath;
  /** Path of the node that has the weights. */
  readonly home: string;
  readonly written?: WrittenNode;
}

/** An expanded node before weights are settled. */
export interface Draft extends NodeRequest {
  readonly index: number;
  readonly filled: readonly Value[];
  readonly ports: readonly string[];
  readonly outputs: readonly Tensor[];
  readonly weights: readonly WeightSpec[];
  readonly parameters: Dim;
  readonly macs: Dim;
}

/** Fills the operator's declared inputs, infers its outputs and appends it to the program. */
export function addNode(walk: Walk, request: NodeRequest): Draft {
  const { operator, params, path, place, written, from } = request;
  const index = walk.nodes.length;
  const report = (fault: Finding): void => walk.report(path, fault, placeOf(fault));
  const placeOf = ({ param, input }: Finding): JsonPath => {
    const node = written?.node;
    if (!node) return place;
    if (param !== undefined) return node.params.has(param) ? [...place, param] : place;
    const at = input === undefined ? undefined : from[input];
    return at === undefined ? place : [...place, 'in', at];
  };
  const filled = fill(request, report);
  const tensors = filled.map((value) => (value === leftOut ? null : value.tensor));
  const outputs = operator.infer(tensors, params, (fault) => {
    // What is unknown has no dtype of its own: complaining about it would be a second problem.
    if (fault.code === 'wrong-dtype' && fault.input !== undefined && filled[fault.input]?.tensor.shape === null) return;
    report(fault);
  });
  const ports = typeof operator.outputs === 'function' ? operator.outputs(params, tensors) : operator.outputs;
  const weights = operator.weights(tensors, params);
  const draft: Draft = {
    ...request, index, filled, ports, weights,
    outputs: ports.map((_, k) => outputs[k] ?? unknownTensor),
    parameters: weights.length === 0 ? 0 : sum(weights.filter(({ learned }) => learned).map(({ shape }) => product(shape))),
    macs: operator.macs(tensors, outputs, params),
  };
  walk.nodes.push(draft);
  return draft;
}

function fill({ operator, inputs, name }: NodeRequest, report: (fault: Finding) => void): readonly Value[] {
  const specs = operator.inputs;
  const filled: Value[] = [];
  const least = specs.reduce((n, { optional, variadic, least: l = 1 }) => n + (optional === true ? 0 : variadic === true ? l : 1), 0);
  const variadic = specs[specs.length - 1]?.variadic === true;
  const count = variadic ? Math.max(inputs.length, specs.length - 1 + (specs[specs.length - 1]!.least ?? 1)) : specs.length;
  if (!variadic && inputs.length > specs.length) report(faults.extraInput(name, operator.type, specs.length, inputs.length, specs.length));
  for (let k = 0; k < count; k++) {
    const spec = specs[Math.min(k, specs.length - 1)]!;
    const value = inputs[k] ?? leftOut;
    if (value === leftOut && spec.optional !== true) {
      report(faults.missingInput(name, spec.variadic === true && specs.length === 1 ? `input ${k}` : spec.name, k, inputs.filter((v) => v !== leftOut).length, least));
      filled.push(unresolved);
    } else if (value.origin.kind === 'constant' && spec.constant !== true) {
      report(faults.constantSource(name, value.origin.value, spec.name, k));
      filled.push(unresolved);
    } else filled.push(value);
  }
  return filled;
}
