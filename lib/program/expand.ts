import type { Block } from '../document/model.js';
import { operators } from '../operators/index.js';
import { UNKNOWN, type Finding, type Operator, type ParamValues } from '../operators/operator.js';
import { unknownTensor } from '../shapes/index.js';
import { describe, evaluateValue, type Surroundings } from './evaluate.js';
import { faults } from './faults.js';
import { addNode } from './node.js';
import { completeParams, located } from './parameters.js';
import { ExpandedScope } from './uses.js';
import { isFull, leftOut, unresolved, type Ending, type Walk } from './walk.js';
import { mayReadDensely, readTimes, readWhen, surroundings } from './written-values.js';
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

/** A written node expanded in one instance of its scope. */
export interface Expanded {
  /** Undefined for a plain node, whose result makes its use when somebody asks. */
  readonly use: Use | undefined;
  readonly result: Result;
}

/** Expands the uses of one scope in data order, inferring shapes on the way, since expressions may ask for them. */
export function expandScope(walk: Walk, here: Here): { readonly instance: Instance; readonly names: readonly (string | undefined)[] } {
  const { scope } = here;
  walk.expanded.add(scope.block);
  const results = new Array<Result | undefined>(scope.nodes.length);
  const uses = new Array<Use | undefined>(scope.nodes.length);
  for (const index of scope.order) {
    const { use, result } = expandUse(walk, here, index, results);
    results[index] = result;
    uses[index] = use;
  }
  return { instance: instanceOf(walk, here, uses, results), names: scope.outputs.map(({ name }) => name) };
}

/** The instance that the uses of a scope make, in the order of the file. */
export function instanceOf(walk: Walk, here: Here, uses: readonly (Use | undefined)[], results: readonly (Result | undefined)[]): Instance {
  const { scope } = here;
  const outputs = scope.outputs.map(({ source, place, faults: found }) => {
    for (const fault of found) walk.report(here.path, { ...fault, input: undefined }, place);
    return resolve(results, here, 0, source, (fault) => walk.report(here.path, { ...fault, input: undefined }, place));
  });
  return new ExpandedScope(here, outputs, uses, results);
}

function read(walk: Walk, here: Here, results: readonly (Result | undefined)[], written: WrittenNode, moved: number, source: WrittenSource, input: number): Value {
  return resolve(results, here, moved, source, (fault) => walk.report(join(here.path, written.node.name), { ...fault, input }, [...written.place, 'in', input]));
}

/** `moved`: by how much later the sources stand than they say. */
function resolve(results: readonly (Result | undefined)[], here: Here, moved: number, source: WrittenSource, report: (fault: Finding) => void): Value {
  if (source.kind === 'input') return here.inputs.get(source.name) ?? unresolved;
  if (source.kind === 'constant') return { origin: { kind: 'constant', value: source.value }, tensor: { shape: [], dtype: Number.isInteger(source.value) ? 'int64' : 'float32' } };
  if (source.kind === 'left-out') return leftOut;
  if (source.kind === 'unresolved') return unresolved;
  const result = results[source.index + moved];
  // The source stands later on a cycle, which is reported there.
  if (!result) return unresolved;
  const { name } = here.scope.nodes[source.index + moved]!.node;
  let ending = result.whole;
  if (source.repetition !== undefined) {
    if (result.repeated ? result.each === undefined : result.whole.ports === undefined) return unresolved;
    const own = result.repeated ? result.each?.[source.repetition] : undefined;
    if (!own) {
      report(faults.unknownRepetition(name, source.repetition, result.repeated ? result.each?.length : undefined, 0));
      return unresolved;
    }
    ending = own;
  }
  const { port = 0 } = source;
  if (ending.ports === undefined) return unresolved;
  const k = typeof port === 'number' ? port : ending.ports.indexOf(port);
  const value = ending.outputs[k];
  if (value) return value;
  report(ending.absent ? faults.absentPort(name, port, 0) : faults.unknownPort(name, port, ending.ports, 0));
  return unresolved;
}

/** Expands the written node at a position of its scope; `results` are those of the nodes before it. */
export function expandUse(walk: Walk, here: Here, position: number, results: readonly (Result | undefined)[]): Expanded {
  const written = here.scope.nodes[position]!;
  const { node, place } = written;
  const path = join(here.path, node.name);
  for (const fault of written.faults) walk.report(path, fault, faultPlace(written, fault));
  if (written.params) for (const fault of written.params.faults) walk.report(path, fault, faultPlace(written, fault));
  const inputs = written.sources.map((source, input) => read(walk, here, results, written, position - written.at, source, input));
  if (isPlain(walk, written)) return expandPlain(walk, here, written, path, inputs);
  const done = (each: readonly UseEach[], result: Result): Expanded => ({
    use: { name: node.name, node, path, place, each, inputs, cut: written.cut, outputs: result.whole.outputs },
    result,
  });
  const broken = (): Expanded => {
    walk.broken.add(path);
    return done([{ kind: 'broken', path }], { whole: unknownEnding, each: undefined, repeated: node.repeat !== undefined });
  };

  if (!written.target || isFull(walk)) return broken();
  if (!node.repeat) {
    const one = expandOne(walk, here, written, path, path, undefined, () => inputs, inputs, {});
    return done([one.each], { whole: one.ending, each: undefined, repeated: false });
  }
  const times = readTimes(walk, here, written, path, inputs);
  if (times === undefined || (node.repeat.wiring === 'dense' && !mayReadDensely(walk, written, path, times))) return broken();
  walk.repeats.set(path, times);
  return node.repeat.wiring === 'dense' ? dense(walk, here, written, path, inputs, times, done) : chain(walk, here, written, path, inputs, times, done);
}

type Done = (each: readonly UseEach[], result: Result) => Expanded;

/** Whether a node is one operator with plain parameters, as most are: what it gives is then said in few words. */
function isPlain(walk: Walk, { node, target, params, cut }: WrittenNode): boolean {
  return target?.kind === 'operator' && node.repeat === undefined && node.when === undefined && node.weights === undefined && params!.pending.length === 0 && params!.missing.length === 0
    && walk.naming === undefined && !walk.sharing.used && walk.count < walk.most && !cut.includes(true);
}

function expandPlain(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[]): Expanded {
  const { name } = written.node;
  walk.count += 1;
  const { operator } = written.target as { readonly operator: Operator };
  const home = here.home === here.path ? path : join(here.home, name);
  const node = addNode(walk, { path, name, block: here.scope.block.name, scope: here.path, repetition: undefined, operator, params: written.params!.values, home, inputs, base: path, written });
  return { use: undefined, result: node };
}

/** Output j of a repetition feeds input j of the next; inputs beyond the outputs, and those left out, stay as they are. */
function chain(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[], times: number, done: Done): Expanded {
  const each: UseEach[] = [];
  const endings: Ending[] = [];
  let reads = inputs;
  const present = {};
  for (let k = 0; k < times && !isFull(walk); k++) {
    const one = expandOne(walk, here, written, path, `${path}[${k}]`, k, () => reads, inputs, present);
    each.push(one.each);
    endings.push(one.ending);
    const { outputs } = one.ending;
    if (one.ending.ports === undefined) reads = reads.map((value, j) => (j === 0 && value !== leftOut ? unresolved : value));
    else reads = reads.map((value, j) => (value === leftOut ? value : outputs[j] ?? value));
  }
  const whole = endings[endings.length - 1] ?? passThrough(written, inputs);
  return done(each, { whole, each: endings, repeated: true });
}

/** Each repetition reads the input and all outputs before it, concatenated; so does whoever reads the whole. */
function dense(walk: Walk, here: Here, written: WrittenNode, path: string, inputs: readonly Value[], times: number, done: Done): Expanded {
  const { repeat, name } = written.node;
  const concat = operators.get('Concat')!;
  const dim = evaluateValue(repeat!.dim, surroundings(walk, here, written, inputs, here.repetition), (problem) => walk.report(path, located(problem, 'repeat'), [...written.place, 'repeat', 'dim']), walk.scopes.parse);
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
  if (!last || parts.length <= 1) return done(each, { whole: passThrough(written, inputs), each: endings, repeated: true });
  const joined = join(`${path}.$concat`, undefined, parts);
  const whole: Ending = { ports: last.ports ?? ['output'], absent: false, outputs: [joined, ...last.outputs.slice(1)] };
  return done(each, { whole, each: endings, repeated: true });
}

/** Whether something reads the output of one repetition by its number. */
function isReadAlone(scope: Scope, written: WrittenNode, repetition: number): boolean {
  const reads = (source: WrittenSource): boolean => source.kind === 'node' && source.repetition === repetition;
  const isRead = (source: WrittenSource, moved: number): boolean => reads(source) && scope.nodes[(source as { readonly index: number }).index + moved] === written;
  return scope.nodes.some(({ sources, at }, k) => sources.some((source) => isRead(source, k - at))) || scope.outputs.some(({ source }) => isRead(source, 0));
}

/** One repetition, or the one use of a node without `repeat`: `arriving` gives its inputs, `sources` are what its `in` names (dim() looks at those). */
function expandOne(walk: Walk, here: Here, written: WrittenNode, base: string, path: string, repetition: number | undefined, arriving: (present: boolean) => readonly Value[], sources: readonly Value[], first: { repetition?: number }): { readonly each: UseEach; readonly ending: Ending } {
  const { node, target } = written;
  walk.count += 1;
  if (isFull(walk)) {
    walk.report(path, faults.tooManyNodes(node.name, walk.most), written.place);
    return { each: { kind: 'broken', path }, ending: unknownEnding };
  }
  const around = written.evaluates ? surroundings(walk, here, written, sources, repetition ?? here.repetition) : nothing;
  const cuts = written.cut.includes(true);
  const left = written.cut.filter((cut) => !cut).length;
  if (sources.length > 0 && left === 0) return { each: { kind: 'broken', path }, ending: unknownEnding };
  const present = node.when === undefined ? true : readWhen(walk, written, path, around);
  if (present === undefined) return { each: { kind: 'broken', path }, ending: unknownEnding };
  const isPresent = present && !(cuts && left === 1);
  const inputs = arriving(isPresent);
  const kept = cuts ? inputs.filter((_, k) => !written.cut[k]) : inputs;
  if (!isPresent) {
    walk.absent.add(path);
    const handed = kept[0];
    if (!handed || handed === leftOut) {
      if (!written.faults.some(({ code }) => code === 'when-without-input')) walk.report(path, faults.whenWithoutInput(node.name), [...written.place, 'when']);
      return { each: { kind: 'absent', path, by: present ? 'off' : 'when' }, ending: unknownEnding };
    }
    return { each: { kind: 'absent', path, by: present ? 'off' : 'when' }, ending: { ...passThrough(written, [handed]), absent: true } };
  }
  // Shared repetitions use the weights of the first that is there.
  const name = repetition === undefined ? node.name : `${node.name}[${node.repeat?.shared === true ? (first.repetition ??= repetition) : repetition}]`;
  const own = join(here.home, name);
  const shared = node.weights === undefined ? undefined : walk.sharing.follow(path, join(here.home, node.weights), node, written, here.scope);
  const home = shared?.home ?? own;
  walk.sharing.enter(path, home);
  const report = (fault: Finding): void => walk.report(path, fault, faultPlace(written, fault));
  const complete = completeParams(written.params!, target!, node.name, { surroundings: around, parse: walk.scopes.parse, inherited: shared?.params, report });
  const params = walk.naming && here.depth === 0 ? walk.naming(written, complete) : complete;
  walk.sharing.remember(path, target!.kind === 'block' ? `block \`${node.op}\`` : node.op, params);
  if (target!.kind === 'block') return expandBlock(walk, here, written, target!.block, path, home, repetition, params, inputs);
  const draft = addNode(walk, {
    path, name: node.name, block: here.scope.block.name, scope: here.path, repetition, operator: target!.operator, params, home,
    inputs: kept, from: cuts ? inputs.flatMap((_, k) => (written.cut[k] ? [] : [k])) : undefined, base, written, inherits: shared !== undefined,
  });
  return { each: { kind: 'node', path, node: draft.index }, ending: draft.whole };
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
  return { each: { kind: 'block', path, instance }, ending: { outputs: instance.outputs, ports: names.map((name, k) => name ?? String(k)), absent: false } };
}

/** For nodes without expressions. */
const nothing: Surroundings = { value: () => undefined, source: ({ name }) => faults.dimSource(name, []) };
const unknownEnding: Ending = { outputs: [], ports: undefined, absent: false };

/** What is not there hands its first source on. */
function passThrough(written: WrittenNode, inputs: readonly Value[]): Ending {
  const { target } = written;
  const first = target?.kind === 'block' ? target.block.outputs[0]?.name : target && typeof target.operator.outputs !== 'function' ? target.operator.outputs[0] : undefined;
  return { outputs: inputs.slice(0, 1), ports: [first ?? '0'], absent: true };
}

function faultPlace(written: WrittenNode, { param, input }: Finding): readonly (string | number)[] {
  const { node, place } = written;
  if (param !== undefined) return node.params.has(param) || param in node ? [...place, param] : place;
  return input !== undefined && input < node.in.length ? [...place, 'in', input] : place;
}

export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
