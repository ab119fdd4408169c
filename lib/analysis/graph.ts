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

/** What the rules had nothing to say of, without the nodes at which something changed. */
function rulesAfter(kept: Graph, program: Program, reads: Graph['reads'], readers: Int32Array): Map<string, Rule> {
  const { inputs } = kept;
  const changed = new Uint8Array(readers.length);
  for (let vertex = 0; vertex < readers.length; vertex++) if (readers[vertex] !== kept.readers[vertex] || (vertex >= inputs && program.nodes[vertex - inputs] !== kept.program.nodes[vertex - inputs])) changed[vertex] = 1;
  const again: number[] = [];
  for (let k = 0; k < program.nodes.length; k++) {
    let touched = changed[inputs + k] === 1;
    for (const read of reads[inputs + k]!) if (read >= 0 && changed[read] === 1) touched = true;
    if (touched) again.push(k);
  }
  return new Map([...kept.rules].map(([rule, { indices, quiet: before }]) => {
    const quiet = before.slice();
    for (const k of again) quiet[k] = 0;
    return [rule, { indices, quiet }];
  }));
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
  if (!kept || !sameOperators) return { program, inputs, size, reads, readers, byOperator: grouped(program.nodes), rules: new Map() };
  const sameInputs = program.inputs.every(({ tensor }, k) => sameTensor(tensor, kept.program.inputs[k]!.tensor));
  return { program, inputs, size, reads, readers, byOperator: kept.byOperator, rules: sameInputs ? rulesAfter(kept, program, reads, readers) : new Map() };
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
