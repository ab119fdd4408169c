import { graphOf, nodeAt, type Graph } from '../analysis/graph.js';
import { findSkips } from '../analysis/skips.js';
import type { Program, ProgramNode } from '../program/program.js';

/** Nodes that leave the values of a branch as they are, or scale all of them. */
const passing: ReadonlySet<string> = new Set(['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'StochasticDepth', 'Identity']);

/**
 * The norms with which residual branches end: at every sum at which a skip arrives, the last norm of each other source. A projection's own norm is not one
 * of them, since it stands on the skip.
 */
export function lastNorms(program: Program): readonly ProgramNode[] {
  const graph = graphOf(program);
  const arrivals = new Map<string, Set<number>>();
  for (const { to, merge, input } of findSkips(graph)) if (merge === 'add') arrivals.set(to, (arrivals.get(to) ?? new Set()).add(input));
  return program.nodes.flatMap((node) => {
    const skips = arrivals.get(node.path);
    if (!skips) return [];
    return (graph.reads[graph.inputs + node.index] ?? []).flatMap((read, input) => (skips.has(input) || read < 0 ? [] : (normAt(graph, read) ?? [])));
  });
}

function normAt(graph: Graph, start: number): ProgramNode | undefined {
  for (let vertex = start; ; ) {
    const node = nodeAt(graph, vertex);
    if (!node) return undefined;
    if (node.operator.family === 'Normalisation') return node.weights.some(({ name }) => name === 'weight') ? node : undefined;
    const source = graph.reads[vertex]?.[0];
    if (!passing.has(node.operator.type) || source === undefined || source < 0) return undefined;
    vertex = source;
  }
}
