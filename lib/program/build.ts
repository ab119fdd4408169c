import type { JsonValue } from '../document/json.js';
import type { Document, Input, Node } from '../document/model.js';
import { Named } from '../document/named.js';
import { isName } from '../document/names.js';
import { declaredOperators } from './declared.js';
import { operators } from '../operators/index.js';
import { UNKNOWN, type ParamValues } from '../operators/operator.js';
import { isSym, symbol, type Dim, type DType } from '../shapes/index.js';
import { describe, evaluateValue } from './evaluate.js';
import { isExpression } from './expression.js';
import { faults } from './faults.js';
import { createNearest } from './nearest.js';
import { defaultFaults, documentParams, located } from './parameters.js';
import { expandRoot, isFarFromFull, locate, sameValue, type RootExpansion } from './root.js';
import { Scopes } from './scope.js';
import { Sharing, settle, tensorsOf } from './sharing.js';
import { createWalk, type Walk } from './walk.js';
import type { Instance, Program, ProgramInput, ProgramNode, Value } from './program.js';

export interface BuildOptions {
  /** Values for the document's parameters, as from `--set depth=56`. */
  readonly set?: ReadonlyMap<string, JsonValue> | Readonly<Record<string, JsonValue>>;
  /** The program of an earlier version of the design: what has not changed since is taken over. The result is that of a build without it. */
  readonly previous?: Program | undefined;
}

/** What a program was built with, for the next one. */
interface Lineage {
  readonly scopes: Scopes;
  readonly root: RootExpansion;
}

/**
 * Expands a design and infers every shape. Total: whatever is wrong becomes a finding with a place, and what depends on it is unknown.
 * Findings inside a block are given for each of its uses.
 */
export function buildProgram(document: Document, { set = {}, previous }: BuildOptions = {}): Program {
  const given = set instanceof Map ? (set as ReadonlyMap<string, JsonValue>) : new Map(Object.entries(set));
  const before = previous instanceof BuiltProgram ? previous.lineage : undefined;
  if (!usesWeights(document, before?.scopes.document)) {
    const taken = before && build(document, given, new Sharing(false), before);
    return taken ?? build(document, given, new Sharing(false))!;
  }
  let earlier: Sharing | undefined;
  // A target of `weights` may stand later in the file: its parameters are then known on the second pass, those it has from another on the third.
  for (let pass = 0; ; pass++) {
    const sharing = new Sharing(true, earlier);
    const program = build(document, given, sharing)!;
    if (!sharing.forward || pass === 2) return program;
    earlier = sharing;
  }
}

/** Whether any node has `weights`. `before` is an earlier version in which none has. */
function usesWeights({ root, blocks }: Document, before?: Document): boolean {
  const known = before?.root.nodes instanceof Named ? (before.root.nodes.list as readonly Node[]) : [];
  const nodes = root.nodes instanceof Named ? (root.nodes.list as readonly Node[]) : [...root.nodes.values()];
  const by = nodes.length - known.length;
  // Nodes stand where they stood, or so many later.
  for (let k = 0; k < nodes.length; k++) if (nodes[k] !== known[k] && nodes[k] !== known[k - by] && nodes[k]!.weights !== undefined) return true;
  for (const { nodes } of blocks.values()) for (const { weights } of nodes.values()) if (weights !== undefined) return true;
  return false;
}

/** Undefined where so much is near the limits of a network that nothing can be taken over from `before`. */
function build(document: Document, set: ReadonlyMap<string, JsonValue>, sharing: Sharing, before?: Lineage): Program | undefined {
  const scopes = new Scopes(document, createNearest(), before?.scopes);
  const walk = createWalk(scopes, sharing);
  for (const block of document.blocks.values()) {
    const place = ['blocks', block.name];
    if (operators.has(block.name)) walk.report('', faults.hidesOperator(block.name), place);
    for (const fault of defaultFaults(block)) walk.report('', fault, [...place, 'params', fault.param!]);
  }
  for (const [name, { faults: found }] of declaredOperators(document)) {
    if (operators.has(name)) walk.report('', faults.declaredHides(name), ['operators', name], 'key');
    for (const { finding, place, part } of found) walk.report('', finding, place, part);
  }
  for (const fault of defaultFaults(document.root)) walk.report('', fault, ['params', fault.param!]);
  const params = documentParams(document.root, set, walk.scopes.nearest, (fault) => walk.report('', fault, document.root.params.has(fault.param!) ? ['params', fault.param!] : ['params']));
  const inputs = [...document.root.inputs.values()].map((input) => readInput(walk, document, params, input));
  const values = new Map(inputs.map(({ name, tensor }, input): [string, Value] => {
    const value: Value = { origin: { kind: 'input', input }, tensor };
    const old = before?.root.here.inputs.get(name);
    return [name, old && sameValue(old, value) ? old : value];
  }));
  const { root: scope } = scopes;
  const root = expandRoot(walk, { scope, path: '', home: '', params, inputs: values, repetition: 0, depth: 0 }, before?.root);
  if (before && !isFarFromFull(walk)) return undefined;
  reportUnused(walk, document);
  if (document.root.nodes.size > 0 && document.root.outputs.length === 0) walk.report('', faults.noOutputs(), []);
  const { nodes, findings } = walk;
  if (sharing.used) {
    const told = findings.length;
    settle(walk);
    if (findings.length > told) locate(walk, told, 0);
  }
  const outputs = root.instance.outputs.map((value, k) => ({ name: scope.outputs[k]!.name ?? scope.outputs[k]!.spelled, value }));
  return new BuiltProgram({ document, params, inputs, outputs, findings, nodes, root: root.instance }, !sharing.used && isFarFromFull(walk) ? { scopes, root } : undefined);
}

/**
 * The program with what is derived when somebody asks. A class, as getters of an object literal are kept with all that they see until the engine's next full
 * collection of garbage.
 */
class BuiltProgram implements Program {
  readonly document: Document;
  readonly params: ParamValues;
  readonly inputs: readonly ProgramInput[];
  readonly nodes: readonly ProgramNode[];
  readonly outputs: Program['outputs'];
  readonly root: Instance;
  readonly findings: Program['findings'];
  private byPath: ReadonlyMap<string, ProgramNode> | undefined = undefined;
  private tensors: Program['weights'] | undefined = undefined;

  constructor({ document, params, inputs, nodes, outputs, root, findings }: Omit<Program, 'weights' | 'node'>, /** What it was built with, for the next one. */ readonly lineage: Lineage | undefined) {
    this.document = document;
    this.params = params;
    this.inputs = inputs;
    this.nodes = nodes;
    this.outputs = outputs;
    this.root = root;
    this.findings = findings;
  }

  get weights(): Program['weights'] {
    return (this.tensors ??= tensorsOf(this.nodes));
  }
  node(path: string): ProgramNode | undefined {
    return (this.byPath ??= new Map(this.nodes.map((node) => [node.path, node]))).get(path);
  }
}

/** Blocks that nothing expands are still read, so that what is wrong in them is seen. */
function reportUnused(walk: Walk, document: Document): void {
  for (const block of document.blocks.values()) {
    if (walk.expanded.has(block)) continue;
    const scope = walk.scopes.of(block);
    for (const { faults: found, params, node, place } of scope.nodes) {
      for (const fault of [...found, ...(params?.faults ?? [])]) {
        const { param, input } = fault;
        walk.report('', fault, param !== undefined && (node.params.has(param) || param in node) ? [...place, param] : input !== undefined ? [...place, 'in', input] : place);
      }
    }
    for (const { faults: found, place } of scope.outputs) for (const fault of found) walk.report('', fault, place);
  }
}

/** An input of the document with its evaluated shape. */
export function readInput(walk: Walk, document: Document, params: ParamValues, { name, shape, dtype = 'float32' }: Input): ProgramInput {
  const place = ['inputs', name, 'shape'];
  const known = dtypes.has(dtype as DType) ? (dtype as DType) : 'float32';
  if (!shape) return { name, tensor: { shape: null, dtype: known } };
  const dims = shape.map((size, axis): Dim => {
    if (typeof size === 'string' && !isExpression(size)) return isName(size) ? symbol(size) : null;
    if (typeof size !== 'string' && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 1)) return null;
    const value = evaluateValue(size, {
      value: (param) => (document.root.params.has(param) ? params[param] : undefined),
      nearest: (param) => walk.scopes.nearest(param, document.root.params.keys()),
      source: (source) => faults.dimSource(source.name, []),
    }, (problem) => walk.report('', { ...located(problem, 'shape'), param: undefined }, [...place, axis]), walk.scopes.parse);
    if (value === UNKNOWN) return null;
    if (isSym(value) || (typeof value === 'number' && Number.isInteger(value) && value >= 1)) return value;
    walk.report('', faults.inputSize(name, axis, describe(value)), [...place, axis]);
    return null;
  });
  return { name, tensor: { shape: dims, dtype: known } };
}

const dtypes: ReadonlySet<DType> = new Set(['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool']);
