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
}

export function graphOf(program: Program): Graph {
  const inputs = program.inputs.length;
  const size = inputs + program.nodes.length;
  const readers = new Int32Array(size);
  const reads: number[][] = program.inputs.map(() => []);
  const read = (value: Value): number => {
    const vertex = vertexOf(value, inputs);
    if (vertex >= 0 && vertex < size) readers[vertex]! += 1;
    return vertex;
  };
  for (const node of program.nodes) reads.push(node.inputs.map(read));
  for (const output of program.outputs) read(output.value);
  return { program, inputs, size, reads, readers };
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
  if (node.weights.length > 0) return node.weights.some((weight) => weight.learned);
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
