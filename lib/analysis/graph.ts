import { sameTensor } from '../program/node.js';
import type { Operator } from '../operators/operator.js';
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
}

/** The nodes whose operator is one of those asked for, in program order: what few layers can be is then looked for at few layers. */
export function nodesOf({ program, byOperator }: Graph, wanted: (operator: Operator) => boolean): readonly ProgramNode[] {
  return indicesOf(byOperator, wanted).map((index) => program.nodes[index]!);
}

function indicesOf(byOperator: Graph['byOperator'], wanted: (operator: Operator) => boolean): readonly number[] {
  const groups = [...byOperator].flatMap(([operator, indices]) => (wanted(operator) ? [indices] : []));
  return groups.length === 1 ? groups[0]! : groups.flat().sort((a, b) => a - b);
}

/**
 * What a rule says of the nodes of some operators, in program order. A rule may look at the node, at the nodes that it reads and at how many read those:
 * where it had nothing to say and none of that changed, it is not asked again in the next version.
 */
export function lookAt<T>(graph: Graph, rule: string, wanted: (operator: Operator) => boolean, look: (node: ProgramNode) => readonly T[]): readonly T[] {
  const { program, rules } = graph;
  let known = rules.get(rule);
  if (!known) rules.set(rule, (known = { indices: indicesOf(graph.byOperator, wanted), quiet: new Uint8Array(program.nodes.length) }));
  const { indices, quiet } = known;
  const said: T[] = [];
  for (const index of indices) {
    if (quiet[index] === 1) continue;
    const found = look(program.nodes[index]!);
    if (found.length === 0) quiet[index] = 1;
    else said.push(...found);
  }
  return said;
}

/** Where a rule looks, and the nodes of which it has nothing to say. */
interface Rule {
  readonly indices: readonly number[];
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
  const kept = before?.inputs === inputs && before.size === size ? before : undefined;
  if (!kept) {
    const reads = [...program.inputs.map((): readonly number[] => []), ...program.nodes.map((node) => node.inputs.map((value) => vertexOf(value, inputs)))];
    const readers = new Int32Array(size);
    for (const vertices of [...reads, readByOutputs(program)]) for (const vertex of vertices) if (vertex >= 0) readers[vertex]! += 1;
    return { program, inputs, size, reads, readers, byOperator: grouped(program.nodes), rules: new Map() };
  }
  const changes = new Changes(kept);
  for (let k = 0; k < program.nodes.length; k++) {
    const [node, old] = [program.nodes[k]!, kept.program.nodes[k]!];
    if (node !== old) changes.node(k, node, old);
  }
  changes.outputs(readByOutputs(kept.program), readByOutputs(program));
  const { reads, readers } = changes;
  if (!changes.sameOperators) return { program, inputs, size, reads, readers, byOperator: grouped(program.nodes), rules: new Map() };
  const sameInputs = program.inputs.every(({ tensor }, k) => sameTensor(tensor, kept.program.inputs[k]!.tensor));
  return { program, inputs, size, reads, readers, byOperator: kept.byOperator, rules: sameInputs ? changes.rules() : new Map() };
}

function readByOutputs({ inputs, outputs }: Program): readonly number[] {
  return outputs.map(({ value }) => vertexOf(value, inputs.length));
}

/** What becomes of a graph where some nodes are others. Its lists are shared until something in them changes. */
class Changes {
  reads: Graph['reads'];
  readers: Int32Array;
  sameOperators = true;
  private readonly changed: Uint8Array;
  private isChanged = false;

  constructor(private readonly kept: Graph) {
    this.reads = kept.reads;
    this.readers = kept.readers;
    this.changed = new Uint8Array(kept.size);
  }

  private mark(vertex: number): void {
    this.changed[vertex] = 1;
    this.isChanged = true;
  }

  node(k: number, node: ProgramNode, old: ProgramNode): void {
    const { inputs } = this.kept;
    const vertex = inputs + k;
    this.mark(vertex);
    this.sameOperators &&= old.operator === node.operator;
    const before = this.kept.reads[vertex]!;
    const now = node.inputs.map((value) => vertexOf(value, inputs));
    if (isSame(before, now)) return;
    if (this.reads === this.kept.reads) this.reads = this.kept.reads.slice();
    (this.reads as (readonly number[])[])[vertex] = now;
    this.outputs(before, now);
  }

  /** Other vertices are read. */
  outputs(before: readonly number[], now: readonly number[]): void {
    if (isSame(before, now)) return;
    if (this.readers === this.kept.readers) this.readers = this.readers.slice();
    for (const [vertices, by] of [[before, -1], [now, 1]] as const) {
      for (const vertex of vertices) {
        if (vertex < 0) continue;
        this.readers[vertex]! += by;
        this.mark(vertex);
      }
    }
  }

  /** What the rules had nothing to say of, without the nodes near which something changed. */
  rules(): Map<string, Rule> {
    const { changed, reads, kept: { inputs, rules } } = this;
    if (!this.isChanged) return rules;
    const again: number[] = [];
    for (let vertex = inputs; vertex < reads.length; vertex++) {
      let near = changed[vertex] === 1;
      for (const read of reads[vertex]!) if (changed[read] === 1) near = true;
      if (near) again.push(vertex - inputs);
    }
    return new Map([...rules].map(([rule, { indices, quiet: before }]) => {
      const quiet = before.slice();
      for (const k of again) quiet[k] = 0;
      return [rule, { indices, quiet }];
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
