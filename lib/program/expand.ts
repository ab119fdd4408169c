import type { JsonPath } from '../document/json.js';
import type { Block } from '../document/model.js';
import { operators } from '../operators/index.js';
import { UNKNOWN, type Finding, type Operator, type ParamValues } from '../operators/operator.js';
import { unknownTensor } from '../shapes/index.js';
import { describe, evaluateValue, type Surroundings } from './evaluate.js';
import { faults } from './faults.js';
import { addAlike, addNode, ExpandedNode } from './node.js';
import { completedBefore, completeParams, located, remembered } from './parameters.js';
import { ExpandedScope } from './uses.js';
import { isFull, leftOut, unresolved, type Absence, type Ending, type Walk } from './walk.js';
import { Around, mayReadDensely, readTimes, readWhen } from './written-values.js';
import type { Instance, Use, UseEach, Value } from './program.js';
import type { Scope, WrittenNode, WrittenSource } from './scope.js';

/** Blocks nested deeper are refused, so that no file can exhaust the stack. */
export const deepestNesting = 100;

/** Where a scope is expanded. */
export interface Here {
  readonly scope: Scope;
  readonly path: string;
  /** The path below which the weights of this instance live: its own, unless it shares. */
  readonly home: string;
  readonly params: ParamValues;
  readonly inputs: ReadonlyMap<string, Value>;
  /** `i` where no node's own `repeat` says otherwise. */
  readonly repetition: number;
  readonly depth: number;
}

/** What readers of a name can get: of the whole, and of each repetition. */
export interface Result {
  readonly whole: Ending;
  readonly each: readonly Ending[] | undefined;
  readonly repeated: boolean;
}

/** Expands the uses of one scope in data order, inferring shapes on the way, since expressions may ask for them. */
export function expandScope(walk: Walk, here: Here): { readonly instance: Instance; readonly names: readonly (string | undefined)[] } {
  const { scope } = here;
  walk.expanded.add(scope.block);
  const results = new Array<Result | undefined>(scope.nodes.length);
  const uses = new Array<Use | undefined>(scope.nodes.length);
  for (const index of scope.order) expandUse(walk, here, index, uses, results);
  return { instance: instanceOf(walk, here, uses, results), names: scope.outputs.map(({ name }) => name) };
}

/** The instance that the uses of a scope make, in the order of the file. */
export function instanceOf(walk: Walk, here: Here, uses: readonly (Use | undefined)[], results: readonly (Result | undefined)[]): Instance {
  const { scope } = here;
  const outputs = scope.outputs.map(({ source, place, faults: found }) => {
    for (const fault of found) walk.report(here.path, { ...fault, input: undefined }, place);
    return resolve(walk, here, results, 0, source, place);
  });
  return new ExpandedScope(here, outputs, uses, results);
}

/** What a source gives; it stands so much later than it says. `reader`: the node of which it is an input, or where else it is written. */
function resolve(walk: Walk, here: Here, results: readonly (Result | undefined)[], moved: number, source: WrittenSource, reader: WrittenNode | JsonPath, input = 0): Value {
  if (source.kind === 'input') return here.inputs.get(source.name) ?? unresolved;
  if (source.kind === 'constant') return { origin: { kind: 'constant', value: source.value }, tensor: { shape: [], dtype: Number.isInteger(source.value) ? 'int64' : 'float32' } };
  if (source.kind === 'left-out') return leftOut;
  if (source.kind === 'unresolved') return unresolved;
  const result = results[source.index + moved];
  // The source stands later on a cycle, which is reported there.
  if (!result) return unresolved;
  const { repetition, port = 0 } = source;
  if (port === 0 && repetition === undefined && result instanceof ExpandedNode && result.outputs.length > 0) return result.first;
  const { name } = here.scope.nodes[source.index + moved]!.node;
  let ending = result.whole;
  if (repetition !== undefined) {
    if (result.repeated ? result.each === undefined : result.whole.ports === undefined) return unresolved;
    const own = result.repeated ? result.each?.[repetition] : undefined;
    if (!own) return refused(walk, here, reader, input, faults.unknownRepetition(name, repetition, result.repeated ? result.each?.length : undefined, 0));
    ending = own;
  }
  if (ending.ports === undefined) return unresolved;
  const k = typeof port === 'number' ? port : ending.ports.indexOf(port);
  return ending.outputs[k] ?? refused(walk, here, reader, input, ending.absent !== undefined ? faults.absentPort(name, port, ending.absent, 0) : faults.unknownPort(name, port, ending.ports, 0));
}

function refused(walk: Walk, here: Here, reader: WrittenNode | JsonPath, input: number, fault: Finding): Value {
  if ('node' in reader) walk.report(join(here.path, reader.node.name), { ...fault, input }, [...reader.place, 'in', input]);
  else walk.report(here.path, { ...fault, input: undefined }, reader);
  return unresolved;
}

/**
 * Expands the written node at a position of its scope and enters what it gives; `results` has those of the nodes before it. The use stays undefined where one
 * node is all that it is, which makes its use when somebody asks.
 */
export function expandUse(walk: Walk, here: Here, position: number, uses: (Use | undefined)[], results: (Result | undefined)[]): void {
  const written = here.scope.nodes[position]!;
  const { node, place, sources, params, faults: told } = written;
  const path = join(here.path, node.name);
  if (told.length > 0) for (const fault of told) walk.report(path, fault, faultPlace(written, fault));
  if (params !== undefined && params.faults.length > 0) for (const fault of params.faults) walk.report(path, fault, faultPlace(written, fault));
  const inputs = new Array<Value>(sources.length);
  for (let k = 0; k < sources.length; k++) inputs[k] = resolve(walk, here, results, position - written.at, sources[k]!, written, k);
  if (isPlain(walk, written)) {
    walk.count += 1;
    const values = params!.pending.length === 0 && params!.missing.length === 0 ? params!.values : completed(walk, here, written, path, new Around(walk, here, written, inputs, here.repetition), undefined);
    uses[position] = undefined;
    results[position] = addOperator(walk, here, written, path, path, undefined, here.home === here.path ? path : join(here.home, node.name), values, inputs, undefined, false);
    return;
  }
  const { each, result } = expandWritten(walk, here, written, path, inputs);
  results[position] = result;
  uses[position] = result instanceof ExpandedNode ? undefined : { name: node.name, node, path, place, each, inputs, cut: written.cut, outputs: result.whole.outputs };
}

/** Every repetition of a written node, and what readers get. */
interface Expanded {
  readonly each: readonly UseEach[];
  readonly result: Result;
}

function expandWritten(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[]): Expanded {
  const { node } = written;
  if (!written.target || isFull(walk)) return brokenUse(walk, written, path);
  if (!node.repeat) {
    const { each, ending } = expandOne(walk, here, written, path, path, undefined, inputs, inputs, {});
    const whole = each.kind === 'node' && !written.cut.includes(true) ? walk.nodes[each.node] : undefined;
    return { each: [each], result: whole ?? { whole: ending, each: undefined, repeated: false } };
  }
  const times = readTimes(walk, here, written, path, inputs);
  if (times === undefined || (node.repeat.wiring === 'dense' && !mayReadDensely(walk, written, path, times))) return brokenUse(walk, written, path);
  walk.repeats.set(path, times);
  return node.repeat.wiring === 'dense' ? dense(walk, here, written, path, inputs, times) : chain(walk, here, written, path, inputs, times);
}

function brokenUse(walk: Walk, { node }: WrittenNode, path: string): Expanded {
  walk.broken.add(path);
  return { each: [{ kind: 'broken', path }], result: { whole: unknownEnding, each: undefined, repeated: node.repeat !== undefined } };
}

/** Whether a node is one operator that is there in any case, as most are: what it gives is then said in few words. */
function isPlain(walk: Walk, { node, target, cut }: WrittenNode): boolean {
  return target?.kind === 'operator' && node.repeat === undefined && node.when === undefined && node.weights === undefined
    && walk.naming === undefined && !walk.sharing.used && walk.count < walk.most && !cut.includes(true);
}

function addOperator(walk: Walk, here: Here, written: WrittenNode, base: string, path: string, repetition: number | undefined, home: string, params: ParamValues, inputs: readonly Value[], from: readonly number[] | undefined, inherits: boolean): ExpandedNode {
  const { operator } = written.target as { readonly operator: Operator };
  const alike = from === undefined ? addAlike(walk, written, here.scope.block.name, here.path, path, base, repetition, home, operator, params, inputs, inherits) : undefined;
  return alike ?? addNode(walk, { path, name: written.node.name, block: here.scope.block.name, scope: here.path, repetition, operator, params, home, inputs, from, base, written, inherits });
}

/** Output j of a repetition feeds input j of the next; inputs beyond the outputs, and those left out, stay as they are. */
function chain(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[], times: number): Expanded {
  const each: UseEach[] = [];
  const endings: Ending[] = [];
  let reads = inputs;
  const present = {};
  for (let k = 0; k < times && !isFull(walk); k++) {
    const one = expandOne(walk, here, written, path, `${path}[${k}]`, k, reads, inputs, present);
    each.push(one.each);
    endings.push(one.ending);
    const { outputs } = one.ending;
    if (one.ending.ports === undefined) reads = reads.map((value, j) => (j === 0 && value !== leftOut ? unresolved : value));
    else reads = reads.map((value, j) => (value === leftOut ? value : outputs[j] ?? value));
  }
  const whole = endings[endings.length - 1] ?? passThrough(written, inputs, 'repeat');
  return { each, result: { whole, each: endings, repeated: true } };
}

/** Each repetition reads the input and all outputs before it, concatenated; so does whoever reads the whole. */
function dense(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[], times: number): Expanded {
  const { repeat, name } = written.node;
  const concat = operators.get('Concat')!;
  const dim = evaluateValue(repeat!.dim, new Around(walk, here, written, inputs, here.repetition), (problem) => walk.report(path, located(problem, 'repeat'), [...written.place, 'repeat', 'dim']), walk.scopes.parse);
  const spec = concat.params.get('dim')!.read(dim);
  if ('wrong' in spec) walk.report(path, faults.invalidParam('repeat', `\`dim\` of \`${name}\`'s dense repetition must be ${spec.wrong}, not ${describe(dim)}.`, dim), [...written.place, 'repeat', 'dim']);
  const params: ParamValues = { dim: 'value' in spec ? spec.value : UNKNOWN };
  const join = (at: string, k: number | undefined, values: readonly Value[]): Value => {
    if (isFull(walk)) return unresolved;
    walk.count += 1;
    const draft = addNode(walk, { path: at, name, block: here.scope.block.name, scope: here.path, repetition: k, operator: concat, params, inputs: values, place: [...written.place, 'repeat'], home: at });
    return { origin: { kind: 'node', node: draft.index, port: 0 }, tensor: draft.outputs[0] ?? unknownTensor };
  };
  const each: UseEach[] = [];
  const endings: Ending[] = [];
  const parts: Value[] = inputs.slice(0, 1);
  const present = {};
  for (let k = 0; k < times && !isFull(walk); k++) {
    // What is not there adds nothing, and needs no concatenation of its own unless something reads it by its number.
    const arriving = (isPresent: boolean): readonly Value[] => (parts.length === 1 || !(isPresent || isReadAlone(here.scope, written, k)) ? [...parts.slice(0, 1), ...inputs.slice(1)] : [join(`${path}[${k}].$concat`, k, [...parts]), ...inputs.slice(1)]);
    const one = expandOne(walk, here, written, path, `${path}[${k}]`, k, arriving, inputs, present);
    each.push(one.each);
    endings.push(one.ending);
    if (one.each.kind !== 'absent') parts.push(one.ending.outputs[0] ?? unresolved);
  }
  const last = endings[endings.length - 1];
  if (!last || parts.length <= 1) return { each, result: { whole: passThrough(written, inputs, times === 0 ? 'repeat' : 'when'), each: endings, repeated: true } };
  const joined = join(`${path}.$concat`, undefined, parts);
  const whole: Ending = { ports: last.ports ?? ['output'], absent: undefined, outputs: [joined, ...last.outputs.slice(1)] };
  return { each, result: { whole, each: endings, repeated: true } };
}

/** Whether something reads the output of one repetition by its number. */
function isReadAlone(scope: Scope, written: WrittenNode, repetition: number): boolean {
  const reads = (source: WrittenSource): boolean => source.kind === 'node' && source.repetition === repetition;
  const isRead = (source: WrittenSource, moved: number): boolean => reads(source) && scope.nodes[(source as { readonly index: number }).index + moved] === written;
  return scope.nodes.some(({ sources, at }, k) => sources.some((source) => isRead(source, k - at))) || scope.outputs.some(({ source }) => isRead(source, 0));
}

/** One repetition, or the one use of a node without `repeat`: `arriving` gives its inputs, `sources` are what its `in` names (dim() looks at those). */
function expandOne(walk: Walk, here: Here, written: WrittenNode, base: string, path: string, repetition: number | undefined, arriving: readonly Value[] | ((present: boolean) => readonly Value[]), sources: readonly Value[], first: { repetition?: number }): { readonly each: UseEach; readonly ending: Ending } {
  const { node, target } = written;
  walk.count += 1;
  if (isFull(walk)) {
    walk.report(path, faults.tooManyNodes(node.name, walk.most), written.place);
    return { each: { kind: 'broken', path }, ending: unknownEnding };
  }
  const around = written.evaluates ? new Around(walk, here, written, sources, repetition ?? here.repetition) : nothing;
  const cuts = written.cut.includes(true);
  const left = written.cut.filter((cut) => !cut).length;
  if (sources.length > 0 && left === 0) return { each: { kind: 'broken', path }, ending: unknownEnding };
  const present = node.when === undefined ? true : readWhen(walk, written, path, around);
  if (present === undefined) return { each: { kind: 'broken', path }, ending: unknownEnding };
  const isPresent = present && !(cuts && left === 1);
  const inputs = typeof arriving === 'function' ? arriving(isPresent) : arriving;
  const kept = cuts ? inputs.filter((_, k) => !written.cut[k]) : inputs;
  if (!isPresent) {
    const by = present ? 'off' : 'when';
    walk.absent.set(path, by);
    const handed = kept[0];
    if (!handed || handed === leftOut) {
      if (!written.faults.some(({ code }) => code === 'when-without-input')) walk.report(path, faults.whenWithoutInput(node.name), [...written.place, 'when']);
      return { each: { kind: 'absent', path, by }, ending: unknownEnding };
    }
    return { each: { kind: 'absent', path, by }, ending: passThrough(written, [handed], by) };
  }
  // Shared repetitions use the weights of the first that is there.
  const name = repetition === undefined ? node.name : `${node.name}[${node.repeat?.shared === true ? (first.repetition ??= repetition) : repetition}]`;
  const own = join(here.home, name);
  const shared = node.weights === undefined ? undefined : walk.sharing.follow(path, join(here.home, node.weights), node, written, here.scope);
  const home = shared?.home ?? own;
  walk.sharing.enter(path, home);
  const complete = completed(walk, here, written, path, around, shared?.params);
  const params = walk.naming && here.depth === 0 ? walk.naming(written, complete) : complete;
  walk.sharing.remember(path, target!.kind === 'block' ? `block \`${node.op}\`` : node.op, params);
  if (target!.kind === 'block') return expandBlock(walk, here, written, target!.block, path, home, repetition, params, inputs);
  const from = cuts ? inputs.flatMap((_, k) => (written.cut[k] ? [] : [k])) : undefined;
  const draft = addOperator(walk, here, written, base, path, repetition, home, params, kept, from, shared !== undefined);
  return { each: { kind: 'node', path, node: draft.index }, ending: draft.whole };
}

function completed(walk: Walk, here: Here, written: WrittenNode, path: string, around: Surroundings, inherited: ParamValues | typeof UNKNOWN | undefined): ParamValues {
  const { params, target, node } = written;
  if (params!.pending.length === 0 && inherited === undefined && params!.missing.length === 0) return params!.values;
  // Symbols, and the node whose weights it uses, decide more than the parameters around do.
  const within = walk.sizes === undefined && walk.naming === undefined && inherited === undefined ? here.params : undefined;
  const before = within && completedBefore(params!, within);
  if (before) return before;
  const told = walk.findings.length;
  const values = completeParams(params!, target!, node.name, { surroundings: around, parse: walk.scopes.parse, inherited, report: (fault) => walk.report(path, fault, faultPlace(written, fault)) });
  return within === undefined || walk.findings.length > told ? values : remembered(params!, within, values, walk.scopes.parse);
}

function expandBlock(walk: Walk, here: Here, written: WrittenNode, block: Block, path: string, home: string, repetition: number | undefined, params: ParamValues, given: readonly Value[]): ReturnType<typeof expandOne> {
  const scope = walk.scopes.of(block);
  const { node, place } = written;
  if (here.depth + 1 > deepestNesting) {
    walk.report(path, faults.nestingDepth(block.name, deepestNesting), [...place, 'op']);
    return { each: { kind: 'broken', path }, ending: unknownEnding };
  }
  const inputs = new Map<string, Value>();
  scope.inputs.forEach((name, k) => {
    const value = given[k];
    if (!value) walk.report(path, faults.missingInput(node.name, name, k, given.length, scope.inputs.length), place);
    else if (value.origin.kind === 'constant') walk.report(path, faults.constantSource(node.name, value.origin.value, name, k), [...place, 'in', k]);
    inputs.set(name, value && value.origin.kind !== 'constant' ? value : unresolved);
  });
  if (given.length > scope.inputs.length) walk.report(path, faults.extraInput(node.name, `block \`${block.name}\``, scope.inputs.length, given.length, scope.inputs.length), [...place, 'in', scope.inputs.length]);
  const { instance, names } = expandScope(walk, { scope, path, home, params, inputs, repetition: repetition ?? 0, depth: here.depth + 1 });
  return { each: { kind: 'block', path, instance }, ending: { outputs: instance.outputs, ports: names.map((name, k) => name ?? String(k)), absent: undefined } };
}

/** For nodes without expressions. */
const nothing: Surroundings = { value: () => undefined, source: ({ name }) => faults.dimSource(name, []) };
const unknownEnding: Ending = { outputs: [], ports: undefined, absent: undefined };

/** What is not there hands its first source on. */
function passThrough(written: WrittenNode, inputs: readonly Value[], absent: Absence): Ending {
  const { target } = written;
  const first = target?.kind === 'block' ? target.block.outputs[0]?.name : target && typeof target.operator.outputs !== 'function' ? target.operator.outputs[0] : undefined;
  return { outputs: inputs.slice(0, 1), ports: [first ?? '0'], absent };
}

function faultPlace(written: WrittenNode, { param, input }: Finding): readonly (string | number)[] {
  const { node, place } = written;
  if (param !== undefined) return node.params.has(param) || param in node ? [...place, param] : place;
  return input !== undefined && input < node.in.length ? [...place, 'in', input] : place;
}

export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
