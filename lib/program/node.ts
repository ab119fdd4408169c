import type { JsonPath } from '../document/json.js';
import type { Finding, Operator, ParamValue, ParamValues, WeightSpec } from '../operators/operator.js';
import { add, formatShape, isSym, product, sameDim, substitute, symbolsOf, unknownTensor, type Dim, type Tensor } from '../shapes/index.js';
import { faults } from './faults.js';
import { samePending, type Answer, type Prepared } from './parameters.js';
import { leftOut, unresolved, type Ending, type Walk } from './walk.js';
import type { Result } from './expand.js';
import type { ProgramNode, Use, Value } from './program.js';
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
  /** Where it is written, unless `written` says so. */
  readonly place?: JsonPath;
  /** Path of the node that has the weights. */
  readonly home: string;
  readonly written?: WrittenNode;
  /** Whether parameters come from the node whose weights it uses. */
  readonly inherits?: boolean;
}

/** An expanded node, and what readers get of it where it is there once. */
export class ExpandedNode implements ProgramNode, Result {
  state: ProgramNode['state'];
  shared = false;
  readonly repetition?: number;
  private settled: ProgramNode['weights'] | undefined = undefined;
  /** Its number when it was expanded; where it has another one now, its inputs are made when somebody asks for them. */
  private readonly at: number;
  private moved: readonly Value[] | undefined = undefined;
  private value: Value | undefined = undefined;
  private ending: Ending | undefined = undefined;

  constructor(
    readonly index: number, readonly path: string, readonly name: string, readonly block: string, readonly scope: string, readonly operator: Operator, readonly params: ParamValues,
    /** Its inputs as they were when it was expanded. */
    readonly made: readonly Value[],
    /** As they are written, before what is wrong or lacks was taken out and filled up; mostly the same. */
    private readonly given: readonly Value[],
    /** What the operator says; one answer for all that are alike. */
    private readonly answer: Answer,
    private readonly written: WrittenNode | { readonly place: JsonPath },
    /** Path without the node's own repetition. */
    readonly base: string | undefined,
    /** Path of the node that has the weights. */
    readonly home: string,
    repetition: number | undefined,
    before?: ExpandedNode,
  ) {
    this.at = before?.at ?? index;
    this.state = before?.state ?? (answer.known ? 'ok' : 'unknown');
    if (repetition !== undefined) this.repetition = repetition;
  }

  /** The same node in a network where it, and with it all nodes that it reads, stand so many numbers later. */
  movedBy(by: number): ExpandedNode {
    return by === 0 ? this : new ExpandedNode(this.index + by, this.path, this.name, this.block, this.scope, this.operator, this.params, this.made, this.given, this.answer, this.written, this.base, this.home, this.repetition, this);
  }

  get inputs(): readonly Value[] {
    return this.index === this.at ? this.made : (this.moved ??= movedValues(this.made, this.index - this.at));
  }
  /** Its first output. */
  get first(): Value {
    return (this.value ??= { origin: { kind: 'node', node: this.index, port: 0 }, tensor: this.answer.outputs[0]! });
  }
  get whole(): Ending {
    return (this.ending ??= { outputs: this.outputs.map((tensor, port): Value => (port === 0 ? this.first : { origin: { kind: 'node', node: this.index, port }, tensor })), ports: this.ports, absent: undefined });
  }
  get each(): undefined {
    return undefined;
  }
  get repeated(): boolean {
    return false;
  }

  /** Its use, where it is all that is written there. */
  use(): Use {
    const { node, place, cut } = this.written as WrittenNode;
    const { path, index } = this;
    const inputs = this.given === this.made ? this.inputs : movedValues(this.given, index - this.at);
    return { name: node.name, node, path, place, each: [{ kind: 'node', path, node: index }], inputs, cut, outputs: this.whole.outputs };
  }

  get place(): JsonPath {
    return this.written.place;
  }
  get outputs(): readonly Tensor[] {
    return this.answer.outputs;
  }
  get ports(): readonly string[] {
    return this.answer.ports;
  }
  get specs(): readonly WeightSpec[] {
    return this.answer.specs;
  }
  get parameters(): Dim {
    return this.answer.parameters;
  }
  get macs(): Dim {
    return this.answer.macs;
  }
  get window(): ProgramNode['window'] {
    const { answer, operator } = this;
    return operator.window === undefined ? undefined : (answer.window ??= operator.window(this.params, answer.arriving));
  }

  /** Its own, unless another's were given to it. Most nodes are never asked. */
  get weights(): ProgramNode['weights'] {
    return (this.settled ??= this.specs.length === 0 ? none : this.specs.map((spec) => weightOf(this, spec)));
  }
  set weights(weights: ProgramNode['weights']) {
    this.settled = weights;
  }
}
const none: readonly never[] = [];

/** Whether the second node is the first with another number: it then reads the same nodes, which have moved as far. */
export function isMoved(a: ProgramNode, b: ProgramNode): boolean {
  return a instanceof ExpandedNode && b instanceof ExpandedNode && a.made === b.made;
}

function movedValues(values: readonly Value[], by: number): readonly Value[] {
  return values.map((value): Value => (value.origin.kind === 'node' ? { origin: { ...value.origin, node: value.origin.node + by }, tensor: value.tensor } : value));
}

/** A weight with the key of the node that holds it. */
export function weightOf(holder: ExpandedNode, { name, shape, learned: counts, dtype = 'float32', opaque }: WeightSpec): ProgramNode['weights'][number] {
  return { name, shape, learned: counts, dtype, key: keyOf(holder.path, name), ...(opaque && { opaque }) };
}

/** A tensor's key: its path with [k] as .k, then PyTorch's name; an nn.Parameter has no name but its node's. */
export function keyOf(path: string, name: string): string {
  const key = path.includes('[') ? path.replace(/\[(\d+)\]/gu, '.$1') : path;
  return name === '' ? key : `${key}.${name}`;
}

/** Fills the operator's declared inputs, infers its outputs and appends it to the program. */
export function addNode(walk: Walk, request: NodeRequest): ExpandedNode {
  const { operator, params, path, name, block, scope, repetition, home, base, written } = request;
  const inputs = isComplete(operator, request.inputs) ? request.inputs : fill(request, (fault) => walk.report(path, fault, placeOf(request, fault)));
  const answer = ask(walk, request, inputs, answersKept(walk, written, request.inherits === true));
  const node = new ExpandedNode(walk.nodes.length, path, name, block, scope, operator, params, inputs, request.inputs, answer, written ?? { place: request.place! }, base, home, repetition);
  walk.nodes.push(node);
  return node;
}

/** Appends a node whose operator has answered before, to equal parameters and equal tensors; undefined where it has not. */
export function addAlike(walk: Walk, written: WrittenNode, block: string, scope: string, path: string, base: string, repetition: number | undefined, home: string, operator: Operator, params: ParamValues, inputs: readonly Value[], inherits: boolean): ExpandedNode | undefined {
  const kept = isComplete(operator, inputs) ? answersKept(walk, written, inherits) : undefined;
  if (kept === undefined) return undefined;
  for (const before of kept.answers) {
    if (!samePending(kept, before.params, params) || !sameArrival(before.arriving, inputs)) continue;
    const node = new ExpandedNode(walk.nodes.length, path, written.node.name, block, scope, operator, params, inputs, inputs, before, written, base, home, repetition);
    walk.nodes.push(node);
    return node;
  }
  return undefined;
}

/** Where the answers of a node's operator are kept; undefined where they hang on more than parameters and tensors. */
function answersKept(walk: Walk, written: WrittenNode | undefined, inherits: boolean): Prepared | undefined {
  return walk.sizes === undefined && walk.naming === undefined && !inherits ? written?.params : undefined;
}

/** Whether every input of the operator is there, so that nothing is to be filled up or told. */
function isComplete({ inputs: specs }: Operator, inputs: readonly Value[]): boolean {
  const last = specs[specs.length - 1];
  if (last?.variadic === true ? inputs.length < specs.length - 1 + (last.least ?? 1) : inputs.length !== specs.length) return false;
  for (const value of inputs) if (value === leftOut || value.origin.kind === 'constant') return false;
  return true;
}

/** Answers kept for each way of writing parameters. */
const mostAnswers = 8;

/** Asks the operator, and keeps what it answers where nothing is wrong. */
function ask(walk: Walk, request: NodeRequest, inputs: readonly Value[], kept: Prepared | undefined): Answer {
  const { operator, params, path } = request;
  const report = (fault: Finding): void => walk.report(path, fault, placeOf(request, fault));
  const arriving = inputs.map((value) => (value === leftOut ? null : value.tensor));
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
  const result: Answer = { params, arriving, ports, outputs, specs, parameters: learned(specs), macs: operator.macs(arriving, outputs, params), known: outputs.every(isKnown), window: undefined };
  if (kept && right) {
    kept.answers.unshift(result);
    if (kept.answers.length > mostAnswers) kept.answers.pop();
  }
  return result;
}

function sameArrival(before: Answer['arriving'], inputs: readonly Value[]): boolean {
  if (before.length !== inputs.length) return false;
  for (let k = 0; k < before.length; k++) {
    const value = inputs[k]!;
    const tensor = value === leftOut ? null : value.tensor;
    const other = before[k]!;
    if (tensor !== other && (tensor === null || other === null || !sameTensor(tensor, other))) return false;
  }
  return true;
}

/** Whether two tensors are known to be the same in all that is known of them. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  const [left, right] = [a.shape, b.shape];
  if (a.dtype !== b.dtype || (left === null) !== (right === null) || left?.length !== right?.length) return false;
  if (left !== null && left !== right) for (let axis = 0; axis < left.length; axis++) if (left[axis] !== right![axis] && sameDim(left[axis]!, right![axis]!) !== true) return false;
  return true;
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

function placeOf({ written, place: own, from }: NodeRequest, { param, input }: Finding): JsonPath {
  if (!written) return own!;
  const { place } = written;
  if (param !== undefined) return written.node.params.has(param) ? [...place, param] : place;
  const at = input === undefined ? undefined : from ? from[input] : input;
  return at === undefined || at >= written.node.in.length ? place : [...place, 'in', at];
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
