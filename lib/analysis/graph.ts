import { isMoved, sameTensor } from '../program/node.js';
import { realigned, realignedNumbers, windowBetween, type Window } from '../program/window.js';
import type { Operator } from '../operators/operator.js';
import type { ReceptiveField, Skip } from './analysis.js';
import type { Program, ProgramNode, Value } from '../program/program.js';

/** The expanded network as a plain graph: the document's inputs are the first vertices, the nodes follow in program order. */
export interface Graph {
  readonly program: Program;
  /** How many vertices are inputs of the document. */
  readonly inputs: number;
  readonly size: number;
  /** The vertices that each one reads, in the order of its operator's inputs; -1 for a constant and for what is left out. */
  readonly reads: readonly (readonly number[])[];
  /** How many nodes and outputs read each vertex. */
  readonly readers: Int32Array;
  /** Indices of the nodes of each operator, in program order. */
  readonly byOperator: ReadonlyMap<Operator, readonly number[]>;
  /** What is known of the rules that have looked at this version; see `lookAt`. */
  readonly rules: Map<string, Rule>;
  /** What was derived from it when first asked for, since hints ask as well as the canvas. (Not in a WeakMap, which keeps all that its values see until a full collection.) */
  readonly derived: { skips?: readonly Skip[]; receptiveFields?: ReadonlyMap<string, ReceptiveField> };
}

/** The nodes whose operator is one of those asked for, in program order: what few layers can be is then looked for at few layers. */
export function nodesOf(graph: Graph, wanted: (operator: Operator) => boolean): readonly ProgramNode[] {
  return indicesOf(graph, wanted).map((index) => graph.program.nodes[index]!);
}

function indicesOf({ program: { nodes }, byOperator }: Pick<Graph, 'program' | 'byOperator'>, wanted: (operator: Operator) => boolean): readonly number[] {
  const operators = [...byOperator.keys()].filter(wanted);
  if (operators.length === 1) return byOperator.get(operators[0]!)!;
  const asked = new Set(operators);
  const indices: number[] = [];
  if (asked.size > 0) for (let k = 0; k < nodes.length; k++) if (asked.has(nodes[k]!.operator)) indices.push(k);
  return indices;
}

/**
 * What a rule says of the nodes of some operators, in program order. A rule may look at the node, at the nodes that it reads and at how many read those:
 * where it had nothing to say and none of that changed, it is not asked again in the next version.
 */
export function lookAt<T>(graph: Graph, rule: string, wanted: (operator: Operator) => boolean, look: (node: ProgramNode) => readonly T[]): readonly T[] {
  const { program, rules } = graph;
  let known = rules.get(rule);
  if (!known) rules.set(rule, (known = { indices: undefined, quiet: new Uint8Array(program.nodes.length) }));
  const { quiet } = known;
  const indices = (known.indices ??= indicesOf(graph, wanted));
  const said: T[] = [];
  for (const index of indices) {
    if (quiet[index] === 1) continue;
    const found = look(program.nodes[index]!);
    if (found.length === 0) quiet[index] = 1;
    else said.push(...found);
  }
  return said;
}

/** Where a rule looks, found when it does, and the nodes of which it has nothing to say. */
interface Rule {
  indices: readonly number[] | undefined;
  readonly quiet: Uint8Array;
}

function grouped(nodes: readonly ProgramNode[]): ReadonlyMap<Operator, readonly number[]> {
  const groups = new Map<Operator, number[]>();
  for (let k = 0; k < nodes.length; k++) {
    const { operator } = nodes[k]!;
    const group = groups.get(operator);
    if (group) group.push(k);
    else groups.set(operator, [k]);
  }
  return groups;
}

/** With `before`, the graph of an earlier version of the program, only what changed is looked at. */
export function graphOf(program: Program, before?: Graph): Graph {
  const inputs = program.inputs.length;
  const size = inputs + program.nodes.length;
  if (before?.inputs !== inputs) {
    const reads = new Array<readonly number[]>(size);
    const readers = new Int32Array(size);
    for (let vertex = 0; vertex < size; vertex++) {
      const read = (reads[vertex] = vertex < inputs ? [] : readBy(program.nodes[vertex - inputs]!, inputs));
      for (const other of read) if (other >= 0) readers[other]! += 1;
    }
    for (const read of readByOutputs(program)) if (read >= 0) readers[read]! += 1;
    return { program, inputs, size, reads, readers, byOperator: grouped(program.nodes), rules: new Map(), derived: {} };
  }
  const changes = new Changes(before, program);
  const { reads, readers, sameOperators } = changes;
  const sameInputs = program.inputs.every(({ tensor }, k) => sameTensor(tensor, before.program.inputs[k]!.tensor));
  return { program, inputs, size, reads, readers, byOperator: sameOperators ? before.byOperator : grouped(program.nodes), rules: sameInputs ? changes.rules() : new Map(), derived: {} };
}

function readBy({ inputs: values }: ProgramNode, inputs: number): readonly number[] {
  const vertices = new Array<number>(values.length);
  for (let k = 0; k < values.length; k++) vertices[k] = vertexOf(values[k]!, inputs);
  return vertices;
}

function readByOutputs({ inputs, outputs }: Program): readonly number[] {
  return outputs.map(({ value }) => vertexOf(value, inputs.length));
}

/** The vertices at which the nodes of two versions are not the same by name; see `windowBetween`. Where they are as many, each node is compared with the one in its place. */
function windowOf(before: Graph, program: Program): Window {
  const [old, now] = [before.program.nodes, program.nodes];
  if (old.length === now.length) return { start: before.size, oldEnd: before.size, end: before.size };
  const { start, oldEnd, end } = windowBetween({ length: old.length, at: (k) => old[k]!.path }, { length: now.length, at: (k) => now[k]!.path });
  return { start: before.inputs + start, oldEnd: before.inputs + oldEnd, end: before.inputs + end };
}

/** What becomes of a graph where some nodes are others, came or went. Its lists are shared until something in them changes. */
class Changes {
  reads: (readonly number[])[] | Graph['reads'];
  readers: Int32Array;
  /** Whether every node has the operator of the one that stood in its place. */
  sameOperators = true;
  private readonly window: Window;
  private readonly changed: Uint8Array;
  private firstChanged: number;

  constructor(private readonly kept: Graph, program: Program) {
    const { inputs, size: oldSize, program: { nodes: old } } = kept;
    const size = (this.firstChanged = inputs + program.nodes.length);
    const { start, oldEnd, end } = (this.window = windowOf(kept, program));
    const by = end - oldEnd;
    this.changed = new Uint8Array(size);
    this.reads = kept.reads;
    this.readers = kept.readers;
    if (start < Math.max(size, oldSize)) {
      this.sameOperators = false;
      this.reads = realigned(kept.reads, this.window);
      this.readers = realignedNumbers(kept.readers, this.window);
      for (let vertex = start; vertex < oldEnd; vertex++) this.count(kept.reads[vertex]!, -1);
    }
    for (let vertex = inputs; vertex < size; vertex++) {
      const node = program.nodes[vertex - inputs]!;
      const other = vertex < start ? old[vertex - inputs]! : vertex < end ? undefined : old[vertex - by - inputs]!;
      if (node === other) continue;
      // Also one that has moved may read what has come, in place of what it read before.
      if (other === undefined || !isMoved(other, node) || this.reads[vertex]!.some((read) => read >= start && read < oldEnd)) this.node(vertex, node, other);
      else (this.reads as (readonly number[])[])[vertex] = this.reads[vertex]!.map((read) => (read < inputs ? read : read + by));
    }
    const [before, now] = [readByOutputs(kept.program), readByOutputs(program)];
    if (start < oldEnd || start < end || !isSame(before, now)) {
      this.count(before, -1);
      this.count(now, 1, false);
    }
  }

  private mark(vertex: number): void {
    this.changed[vertex] = 1;
    this.firstChanged = Math.min(this.firstChanged, vertex);
  }

  /** A node that is another than the one in its place, or has come. */
  private node(vertex: number, node: ProgramNode, old: ProgramNode | undefined): void {
    this.mark(vertex);
    this.sameOperators &&= old?.operator === node.operator;
    const now = readBy(node, this.kept.inputs);
    const before = old && this.kept.reads[vertex < this.window.start ? vertex : vertex - this.window.end + this.window.oldEnd]!;
    if (before && this.reads === this.kept.reads && isSame(before, now)) return;
    if (this.reads === this.kept.reads) this.reads = this.reads.slice();
    (this.reads as (readonly number[])[])[vertex] = now;
    if (before) this.count(before, -1);
    this.count(now, 1, false);
  }

  /** Vertices are read once more or once less; those of the version before, unless said otherwise. */
  private count(vertices: readonly number[], by: number, isOld = true): void {
    const { start, oldEnd, end } = this.window;
    for (const read of vertices) {
      if (read < 0 || (isOld && read >= start && read < oldEnd)) continue;
      const vertex = isOld && read >= oldEnd ? read + end - oldEnd : read;
      if (this.readers === this.kept.readers) this.readers = this.readers.slice();
      this.readers[vertex]! += by;
      this.mark(vertex);
    }
  }

  /** What the rules had nothing to say of, without the nodes near which something changed. */
  rules(): Map<string, Rule> {
    const { changed, reads, sameOperators, window: { start, oldEnd, end }, kept: { inputs, rules } } = this;
    const again: number[] = [];
    for (let vertex = Math.max(inputs, this.firstChanged); vertex < reads.length; vertex++) {
      let near = changed[vertex] === 1;
      for (const read of reads[vertex]!) if (changed[read] === 1) near = true;
      if (near) again.push(vertex - inputs);
    }
    if (again.length === 0 && oldEnd === end) return rules;
    return new Map([...rules].map(([rule, { indices, quiet: before }]) => {
      const quiet = new Uint8Array(reads.length - inputs);
      quiet.set(before.subarray(0, start - inputs));
      quiet.set(before.subarray(oldEnd - inputs), end - inputs);
      for (const k of again) quiet[k] = 0;
      return [rule, { indices: sameOperators ? indices : undefined, quiet }];
    }));
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((vertex, k) => vertex === b[k]);
}

/** The vertex that a value comes from; -1 where it comes from none. */
export function vertexOf(value: Value, inputs: number): number {
  switch (value.origin.kind) {
    case 'input': return value.origin.input;
    case 'node': return inputs + value.origin.node;
    default: return -1;
  }
}

/** The node at a vertex; undefined for an input of the document. */
export function nodeAt(graph: Graph, vertex: number): ProgramNode | undefined {
  return vertex < graph.inputs ? undefined : graph.program.nodes[vertex - graph.inputs];
}

/** The expanded path of what stands at a vertex: a node's path or an input's name. */
export function pathAt(graph: Graph, vertex: number): string {
  return nodeAt(graph, vertex)?.path ?? graph.program.inputs[vertex]?.name ?? '';
}

/** Whether a node counts as a layer: it has learned weights and is neither a normalisation nor an activation. */
export function isLayer(node: ProgramNode): boolean {
  const { operator } = node;
  if (operator.family === 'Normalisation' || operator.activation || node.inputs.length === 0) return false;
  if (node.parameters !== 0) return true;
  // Where the shapes are unknown there are no weights to look at, so the family tells.
  return node.state !== 'ok' && layerFamilies.has(operator.family);
}
const layerFamilies: ReadonlySet<string> = new Set(['Convolution', 'Linear', 'Attention', 'Recurrent']);

/** Whether a layer looks at one position only, so that it may stand on a skip as its projection. */
export function isPointwise(node: ProgramNode): boolean {
  if (node.operator.type === 'Linear') return true;
  if (node.operator.family !== 'Convolution') return false;
  const kernel = node.params['kernel_size'];
  return Array.isArray(kernel) ? kernel.every((size) => size === 1) : kernel === 1;
}

/** The vertex of a node by its expanded path. */
export function graphVertex(graph: Graph, path: string): number | undefined {
  const node = graph.program.node(path);
  return node === undefined ? undefined : graph.inputs + node.index;
}
