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
}

/** The nodes whose operator is one of those asked for, in program order: what few layers can be is then looked for at few layers. */
export function nodesOf({ program, byOperator }: Graph, wanted: (operator: Operator) => boolean): readonly ProgramNode[] {
  const groups = [...byOperator].flatMap(([operator, indices]) => (wanted(operator) ? [indices] : []));
  const indices = groups.length === 1 ? groups[0]! : groups.flat().sort((a, b) => a - b);
  return indices.map((index) => program.nodes[index]!);
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
  const readers = kept ? kept.readers.slice() : new Int32Array(size);
  const count = (vertices: readonly number[], by: 1 | -1): void => {
    for (const vertex of vertices) if (vertex >= 0) readers[vertex]! += by;
  };
  let sameOperators = kept !== undefined;
  const reads = kept ? kept.reads.slice() : program.inputs.map((): readonly number[] => []);
  for (let k = 0; k < program.nodes.length; k++) {
    const node = program.nodes[k]!;
    const old = kept?.program.nodes[k];
    if (old === node) continue;
    const own = old?.inputs === node.inputs ? kept!.reads[inputs + k]! : node.inputs.map((value) => vertexOf(value, inputs));
    sameOperators &&= old?.operator === node.operator;
    if (old) count(kept!.reads[inputs + k]!, -1);
    count(own, 1);
    reads[inputs + k] = own;
  }
  const read = ({ outputs }: Program): readonly number[] => outputs.map(({ value }) => vertexOf(value, inputs));
  if (kept) count(read(kept.program), -1);
  count(read(program), 1);
  return { program, inputs, size, reads, readers, byOperator: sameOperators ? kept!.byOperator : grouped(program.nodes) };
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
