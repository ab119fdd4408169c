import type { JsonValue } from '../document/json.js';
import type { Block, Node } from '../document/model.js';
import { UNKNOWN, type Finding, type Operator, type ParamSpec, type ParamValue, type ParamValues, type WeightSpec, type Window } from '../operators/operator.js';
import { meantParam } from '../operators/vocabulary.js';
import { isSym, sameDim, type Dim, type Tensor } from '../shapes/index.js';
import { describe, evaluateValue, type EvaluationProblem, type Surroundings } from './evaluate.js';
import { isExpression, references, type ParsedExpression } from './expression.js';
import { faults } from './faults.js';

/** The parameters of a written node as far as they are the same in every use of its scope. */
export interface Prepared {
  /** Defaults and plain values. */
  readonly values: ParamValues;
  /** Expressions, in the order of the file. */
  readonly pending: ReadonlyArray<{ readonly name: string; readonly value: JsonValue }>;
  /** Parameters that are not written and have no default. */
  readonly missing: readonly string[];
  readonly written: ReadonlySet<string>;
  readonly faults: readonly Finding[];
  /** What the operator said last, so that it is not asked the same again: for a layer like this one, or after a keystroke elsewhere. */
  readonly answers: Answer[];
  /** What all parameters were last, so that repetitions alike have the same object. */
  readonly completions: Completed[];
  /** Whether its expressions ask for parameters of the scope alone; found when first asked. */
  isLocal: boolean | undefined;
}

/** All parameters of one use, in which nothing was wrong. */
interface Completed {
  /** The parameters of the scope around. */
  readonly within: ParamValues;
  readonly values: ParamValues;
}

/** What an operator says of its parameters and the tensors that arrive. */
export interface Answer {
  readonly params: ParamValues;
  readonly arriving: readonly (Tensor | null)[];
  readonly ports: readonly string[];
  readonly outputs: readonly Tensor[];
  readonly specs: readonly WeightSpec[];
  readonly parameters: Dim;
  readonly macs: Dim;
  /** Whether every size of the outputs is known. */
  readonly known: boolean;
  /** Where the operator slides over its input; found when first asked. */
  window: Window | null | undefined;
}

type Nearest = (wanted: string, names: Iterable<string>) => readonly string[];

/** Plain parameters of operators, read once for all nodes on which they are the same map. */
export class Preparations {
  private readonly known = new Map<Operator, Map<Node['params'], Prepared>>();
  private count = 0;

  of(node: Node, operator: Operator, nearest: Nearest): Prepared {
    let own = this.known.get(operator);
    if (!own) this.known.set(operator, (own = new Map()));
    let prepared = own.get(node.params);
    if (!prepared) {
      prepared = readOperator(node, operator, nearest);
      // What is wrong is told with the name of the node.
      if (prepared.faults.length === 0) {
        if (this.count++ >= room) this.forget();
        own.set(node.params, prepared);
      }
    }
    return prepared;
  }

  private forget(): void {
    for (const own of this.known.values()) own.clear();
    this.count = 1;
  }
}
const room = 50_000;

function readOperator(node: Node, operator: Operator, nearest: Nearest): Prepared {
  const own = `\`${node.name}\` (${operator.type})`;
  const values = record();
  const found: Finding[] = [];
  const pending: Prepared['pending'][number][] = [];
  const written = new Set<string>();
  const misspelt = new Set<string>();
  for (const [name, value] of node.params) {
    const spec = operator.params.get(name);
    if (!spec) {
      const near = nearest(name, operator.params.keys());
      const other = meantParam(name, operator);
      const meant = other === undefined ? near : [...new Set([other, ...near])].slice(0, 3);
      found.push(faults.unknownParam(name, operator.type, meant));
      if (meant[0] !== undefined) misspelt.add(meant[0]);
      continue;
    }
    written.add(name);
    if (isPlain(value)) values[name] = readOperatorParam(name, own, spec, value, (fault) => found.push(fault));
    else pending.push({ name, value });
  }
  const missing: string[] = [];
  for (const [name, spec] of operator.params) {
    if (written.has(name)) continue;
    if (spec.default !== undefined) values[name] = spec.default;
    // It stands there under a wrong name, which is said already.
    else if (misspelt.has(name)) values[name] = UNKNOWN;
    else if (spec.assertion !== true) missing.push(name);
  }
  return { values, pending, missing, written, faults: found, answers: [], completions: [], isLocal: undefined };
}

/** Reads the plain parameters of a use of a block. */
export function prepareBlock(node: Node, block: Block, nearest: Nearest): Prepared {
  const values = record();
  const found: Finding[] = [];
  const pending: Prepared['pending'][number][] = [];
  const written = new Set<string>();
  const misspelt = new Set<string>();
  for (const [name, value] of node.params) {
    if (!block.params.has(name)) {
      const near = nearest(name, block.params.keys());
      found.push(faults.unknownParam(name, `Block \`${block.name}\``, near));
      if (near[0] !== undefined) misspelt.add(near[0]);
      continue;
    }
    written.add(name);
    if (isPlain(value)) values[name] = readBlockParam(name, block, value as ParamValue, (fault) => found.push(fault));
    else pending.push({ name, value });
  }
  const missing: string[] = [];
  for (const [name, value] of block.params) {
    if (written.has(name)) continue;
    const fallback = defaultOf(value);
    if (fallback === null && misspelt.has(name)) values[name] = UNKNOWN;
    else if (fallback === null) missing.push(name);
    else values[name] = fallback;
  }
  return { values, pending, missing, written, faults: found, answers: [], completions: [], isLocal: undefined };
}

export interface Completion {
  readonly surroundings: Surroundings;
  readonly parse: (text: string) => ParsedExpression;
  /** Parameters of the node whose weights are used; UNKNOWN where they are not known yet. */
  readonly inherited?: ParamValues | typeof UNKNOWN;
  report(fault: Finding): void;
}

type Target = { readonly kind: 'operator'; readonly operator: Operator } | { readonly kind: 'block'; readonly block: Block };

/** The parameters that a use had before within the same parameters of its scope, where its expressions ask for nothing else. */
export function completedBefore({ completions, isLocal }: Prepared, within: ParamValues): ParamValues | undefined {
  if (isLocal === true) for (const before of completions) if (before.within === within) return before.values;
  return undefined;
}

/** Remembers parameters in which nothing was wrong; gives those of an earlier use where they are the same, so that what is inside needs no second look. */
export function remembered(prepared: Prepared, within: ParamValues, values: ParamValues, parse: Completion['parse']): ParamValues {
  const { pending, completions } = prepared;
  prepared.isLocal ??= pending.every(({ value }) => asksParamsAlone(value, parse));
  const same = completions.find((before) => samePending(prepared, before.values, values))?.values ?? values;
  if (completions.length >= mostCompletions) completions.pop();
  completions.unshift({ within, values: same });
  return same;
}
const mostCompletions = 4;

/** Whether the values of expressions are the same; what is written plainly is so in every use. */
export function samePending({ pending }: Prepared, a: ParamValues, b: ParamValues): boolean {
  if (a === b) return true;
  for (const { name } of pending) if (!sameParam(a[name]!, b[name]!)) return false;
  return true;
}

/** Whether a value asks for no shape and for no number of a repetition. */
function asksParamsAlone(value: JsonValue, parse: Completion['parse']): boolean {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).every((element) => asksParamsAlone(element, parse));
  if (!isExpression(value)) return true;
  const parsed = parse(value);
  return 'expression' in parsed && references(parsed.expression).every(({ kind, name }) => kind === 'param' ? name !== 'i' : name !== 'dim');
}

/** Whether two values are known to be the same. */
function sameParam(a: ParamValue, b: ParamValue): boolean {
  if (a === b) return a !== UNKNOWN;
  if (isSym(a) && isSym(b)) return sameDim(a, b) === true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && (a as readonly ParamValue[]).every((one, k) => sameParam(one, (b as readonly ParamValue[])[k]!));
}

/** All parameters of one use, expressions evaluated. What is wrong is reported and unknown. */
export function completeParams(prepared: Prepared, target: Target, name: string, { surroundings, parse, inherited, report }: Completion): ParamValues {
  const owner = target.kind === 'operator' ? `\`${name}\` (${target.operator.type})` : `Block \`${target.block.name}\``;
  const values = Object.assign(record(), prepared.values);
  for (const { name: param, value } of prepared.pending) {
    const result = evaluateValue(value, surroundings, (problem) => report(located(problem, param)), parse);
    values[param] = target.kind === 'operator' ? readOperatorParam(param, owner, target.operator.params.get(param)!, result, report) : readBlockParam(param, target.block, result, report);
  }
  const names = target.kind === 'operator' ? target.operator.params : target.block.params;
  if (inherited !== undefined) {
    for (const param of names.keys()) {
      if (prepared.written.has(param)) continue;
      if (inherited === UNKNOWN) values[param] = UNKNOWN;
      else if (Object.hasOwn(inherited, param)) values[param] = inherited[param]!;
    }
  }
  for (const param of prepared.missing) {
    if (values[param] !== undefined) continue;
    report(faults.missingParam(param, owner, target.kind === 'operator' ? target.operator.params.get(param)!.initial : undefined));
    values[param] = UNKNOWN;
  }
  return values;
}

/** The document's own parameters, with those given from outside. */
export function documentParams(root: Block, set: ReadonlyMap<string, JsonValue>, nearest: Nearest, report: (fault: Finding) => void): ParamValues {
  const values = record();
  for (const [name, value] of root.params) values[name] = defaultOf(value);
  for (const [name, value] of set) {
    if (!root.params.has(name)) report(faults.unknownParam(name, 'The document', nearest(name, root.params.keys())));
    else {
      const read = readBlockParam(name, root, value as ParamValue, report);
      if (read !== UNKNOWN) values[name] = read;
    }
  }
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) continue;
    report(faults.missingParam(name, 'The document', undefined));
    values[name] = UNKNOWN;
  }
  return values;
}

/** Defaults that are no plain values. */
export function defaultFaults(block: Block): readonly Finding[] {
  return [...block.params].flatMap(([name, value]) => (isPlain(value) ? [] : [faults.defaultExpression(name)]));
}

/** A problem of an expression as a finding of the parameter that holds it. */
export function located({ code, message, facts, start, end }: EvaluationProblem, param: string): Finding {
  return { code, param, message, facts: { ...facts, start, end } };
}

/** An object without any key, not even inherited ones, on which engines find keys as fast as on other objects. */
export function record(): Record<string, ParamValue> {
  return new Bare();
}
const Bare = function Bare() { /* has nothing */ } as unknown as new () => Record<string, ParamValue>;
Bare.prototype = Object.create(null);

function readOperatorParam(name: string, owner: string, spec: ParamSpec, value: ParamValue | JsonValue, report: (fault: Finding) => void): ParamValue {
  if (value === UNKNOWN) return UNKNOWN;
  const read = spec.read(value as ParamValue);
  if ('value' in read) return read.value;
  report(faults.invalidParam(name, `\`${name}\` of ${owner} must be ${read.wrong}, not ${describe(value as ParamValue)}.`, value));
  return UNKNOWN;
}

function readBlockParam(name: string, block: Block, value: ParamValue, report: (fault: Finding) => void): ParamValue {
  const fallback = defaultOf(block.params.get(name)!);
  if (value === UNKNOWN || fallback === UNKNOWN) return value;
  const wanted = typeName(fallback);
  const given = typeName(value);
  if (fallback === null ? given !== 'null' : wanted === given) return value;
  report(faults.wrongType(name, block.name === '' ? 'the document' : `block \`${block.name}\``, wanted, describe(value)));
  return UNKNOWN;
}

function defaultOf(value: JsonValue): ParamValue {
  return isPlain(value) ? (value as ParamValue) : UNKNOWN;
}

/** A default gives a parameter its type: a number (symbolic sizes are numbers), a text, true or false, or a list. */
function typeName(value: ParamValue): string {
  if (value === null) return 'null';
  if (isSym(value) || typeof value === 'number') return 'a number';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'boolean' ? 'true or false' : 'a text';
}

function isPlain(value: JsonValue): boolean {
  if (value === null || typeof value !== 'object') return !isExpression(value);
  return Array.isArray(value) && value.every((element) => isPlain(element as JsonValue));
}
