import type { Program, Value } from '../../program/program.js';
import { evaluateDim } from '../../shapes/index.js';

/** By node, the bytes of values that a forward pass without gradients holds while the node runs: what it reads and puts out, and what later nodes or the caller still read. */
export function heldBytes(program: Program, sizes: ReadonlyMap<string, number>): readonly number[] {
  const { nodes, inputs, outputs } = program;
  const bytesOf = (shape: Value['tensor']['shape']): number => 4 * (shape ?? []).reduce<number>((all, dim) => all * (evaluateDim(dim, sizes) ?? 1), 1);
  /** The last node that reads each tensor, by its origin. */
  const last = new Map<string, { end: number; readonly start: number; readonly bytes: number }>();
  inputs.forEach(({ tensor }, i) => last.set(`input ${i}`, { start: 0, end: nodes.length - 1, bytes: bytesOf(tensor.shape) }));
  for (const node of nodes) node.outputs.forEach(({ shape }, port) => last.set(`${node.index} ${port}`, { start: node.index, end: node.index, bytes: bytesOf(shape) }));
  const read = ({ origin }: Value, at: number): void => {
    const known = origin.kind === 'node' ? last.get(`${origin.node} ${origin.port}`) : undefined;
    if (known) known.end = Math.max(known.end, at);
  };
  for (const node of nodes) for (const value of node.inputs) read(value, node.index);
  for (const { value } of outputs) read(value, nodes.length - 1);
  const change = new Float64Array(nodes.length + 1);
  for (const { start, end, bytes } of last.values()) {
    change[start] = (change[start] ?? 0) + bytes;
    change[end + 1] = (change[end + 1] ?? 0) - bytes;
  }
  let held = 0;
  return nodes.map((_, index) => (held += change[index] ?? 0));
}
