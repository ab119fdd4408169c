import type { JsonPath } from '../document/json.js';
import type { Finding, Operator, ParamValue, ParamValues, WeightSpec } from '../operators/operator.js';
import { add, formatShape, isSym, product, sameDim, substitute, symbolsOf, unknownTensor, type Dim, type Tensor } from '../shapes/index.js';
import { faults } from './faults.js';
import type { Answer } from './parameters.js';
import { leftOut, unresolved, type Walk } from './walk.js';
import type { ProgramNode, Value } from './program.js';
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
  /** For each of `inputs`, its place in the node's `in`; absent where they are the same. */
  readonly from?: readonly number[] | undefined;
  readonly place: JsonPath;
  /** Path of the node that has the weights. */
  readonly home: string;
  readonly written?: WrittenNode;
}

/** An expanded node; its weights are settled when everything is expanded. */
export interface Draft {
  readonly node: { -readonly [K in keyof ProgramNode]: ProgramNode[K] };
  readonly base: string | undefined;
  readonly home: string;
  readonly ports: readonly string[];
  readonly specs: readonly WeightSpec[];
}

/** Fills the operator's declared inputs, infers its outputs and appends it to the program. */
export function addNode(walk: Walk, request: NodeRequest): Draft {
  const { operator, params, path, name, block, scope, repetition, place, home, base } = request;
  const report = (fault: Finding): void => walk.report(path, fault, placeOf(request, fault));
  const inputs = fill(request, report);
  const tensors = inputs.map((value) => (value === leftOut ? null : value.tensor));
  const { ports, outputs, specs, parameters, macs } = answer(walk, request, tensors, report);
  const index = walk.nodes.length;
  const node: Draft['node'] = { index, path, name, block, scope, operator, params, inputs, outputs, weights: [], shared: false, parameters, macs, state: outputs.every(isKnown) ? 'ok' : 'unknown', place };
  if (repetition !== undefined) node.repetition = repetition;
  const draft: Draft = { node, base, home, ports, specs };
  walk.nodes.push(draft);
  return draft;
}

/** Asks the operator, unless it has answered the same before: parameters without expressions and equal tensors. */
function answer(walk: Walk, request: NodeRequest, arriving: readonly (Tensor | null)[], report: (fault: Finding) => void): Answer {
  const { operator, params, written } = request;
  const kept = written?.params !== undefined && written.params.values === params && walk.sizes === undefined && walk.naming === undefined ? written.params : undefined;
  if (kept?.last !== undefined && sameTensors(kept.last.arriving, arriving)) return kept.last;
  let right = true;
  const inferred = operator.infer(arriving, params, (fault) => {
    right = false;
    // What is unknown has no dtype of its own: complaining about it would be a second problem.
    if (fault.code === 'wrong-dtype' && fault.input !== undefined && arriving[fault.input]?.shape === null) return;
    // The numbers behind the symbols decide.
    if (walk.sizes !== undefined && fault.code === 'undecided') return;
    report(fault);
  });
  const ports = typeof operator.outputs === 'function' ? operator.outputs(params, arriving) : operator.outputs;
  const all = ports.length === inferred.length ? inferred : ports.map((_, k) => inferred[k] ?? unknownTensor);
  const outputs = walk.sizes ? decided(request, arriving, all, walk.sizes) : all;
  const specs = operator.weights(arriving, params);
  const open = walk.sizes === undefined && walk.naming === undefined ? specs.find(({ learned: counts, shape }) => counts && shape.some(isSym)) : undefined;
  if (open && right) {
    right = false;
    report(faults.symbolicWeight(request.name, open.name, formatShape(open.shape), [...new Set(open.shape.filter(isSym).flatMap(symbolsOf))]));
  }
  const result: Answer = { arriving, ports, outputs, specs, parameters: learned(specs), macs: operator.macs(arriving, outputs, params) };
  if (kept && right) kept.last = result;
  return result;
}

function sameTensors(a: readonly (Tensor | null)[], b: readonly (Tensor | null)[]): boolean {
  return a.length === b.length && a.every((one, k) => {
    const other = b[k]!;
    if (one === other) return true;
    if (one === null || other === null || one.dtype !== other.dtype) return false;
    const [left, right] = [one.shape, other.shape];
    return left === right || (left !== null && right !== null && left.length === right.length && left.every((dim, axis) => sameDim(dim, right[axis]!) === true));
  });
}

/**
 * Outputs of a run with symbols. What the symbols leave open (whether two branches agree) is known from the numbers behind them: such a size is
 * that of an input's axis with the same number, else the number itself.
 */
function decided({ operator, params }: NodeRequest, inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], sizes: ReadonlyMap<string, number>): readonly Tensor[] {
  if (outputs.every(isKnown)) return outputs;
  const concrete = (tensor: Tensor | null): Tensor | null => tensor && { ...tensor, shape: tensor.shape && tensor.shape.map((dim) => substitute(dim, sizes)) };
  const numbers = operator.infer(inputs.map(concrete), withNumbers(params, sizes), () => undefined);
  return numbers.map(({ shape, dtype }, port) => ({
    dtype,
    shape: shape && shape.map((number, axis): Dim => {
      const symbolic = outputs[port]?.shape?.[axis] ?? null;
      if (symbolic !== null) return symbolic;
      const fromEnd = axis - shape.length;
      const alike = inputs.map((input) => input?.shape?.at(fromEnd) ?? null).filter((dim) => dim !== null && sameDim(substitute(dim, sizes), number) === true);
      return alike.find(isSym) ?? number;
    }),
  }));
}

/** Parameters with numbers in place of symbols. */
export function withNumbers(params: ParamValues, sizes: ReadonlyMap<string, number>): ParamValues {
  const value = (given: ParamValue): ParamValue => (isSym(given) ? substitute(given, sizes) : Array.isArray(given) ? (given as readonly ParamValue[]).map(value) : given);
  return Object.fromEntries(Object.entries(params).map(([name, given]) => [name, value(given)]));
}

function isKnown({ shape }: Tensor): boolean {
  return shape !== null && !shape.includes(null);
}

function learned(specs: readonly WeightSpec[]): Dim {
  let total: Dim = 0;
  for (const spec of specs) if (spec.learned) total = add(total, product(spec.shape));
  return total;
}

function placeOf({ written, place, from }: NodeRequest, { param, input }: Finding): JsonPath {
  if (!written) return place;
  if (param !== undefined) return written.node.params.has(param) ? [...place, param] : place;
  const at = input === undefined ? undefined : from ? from[input] : input;
  return at === undefined || at >= written.node.in.length ? place : [...place, 'in', at];
}

function fill({ operator, inputs, name }: NodeRequest, report: (fault: Finding) => void): readonly Value[] {
  const specs = operator.inputs;
  if (inputs.length === 1 && specs.length === 1 && specs[0]!.variadic !== true && inputs[0] !== leftOut && inputs[0]!.origin.kind !== 'constant') return inputs;
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
