import type { Program, ProgramNode, ProgramOutput, Value } from '../program/program.js';
import { formatShape, isFloat, sameDim } from '../shapes/index.js';

/** A layer that computes and cannot be trained, in a sentence with the numbers. */
export interface Untrainable {
  readonly node: ProgramNode;
  readonly message: string;
}

/**
 * Layers through which PyTorch cannot carry a gradient back: a Scatter whose `src` is larger than its index, where something in front of that learns.
 * PyTorch computes the gradient in the shape of the index and fails in the first backward pass. Only what leads to the outputs given is looked at.
 */
export function untrainable(program: Program, { frozen = new Set(), outputs = program.outputs }: { readonly frozen?: ReadonlySet<string>; readonly outputs?: readonly ProgramOutput[] } = {}): readonly Untrainable[] {
  const scatters = program.nodes.filter(({ operator: { type }, state }) => type === 'Scatter' && state === 'ok');
  if (scatters.length === 0) return [];
  const learns = learning(program, frozen);
  const reached = leadingTo(program, outputs);
  return scatters.flatMap((node) => {
    const [index, src] = [node.inputs[1], node.inputs[2]];
    if (index?.tensor.shape == null || src?.tensor.shape == null || !reached.has(node.index) || !learns(src)) return [];
    const [places, given] = [index.tensor.shape, src.tensor.shape];
    const larger = places.length === given.length && places.some((size, axis) => sameDim(size, given[axis] ?? null) === false);
    return larger ? [{ node, message: `Scatter \`${node.name}\` can be computed and not trained: its index is ${formatShape(places)} and its \`src\`, which learns, ${formatShape(given)}; PyTorch has a gradient only where both are alike.` }] : [];
  });
}

/** Whether a gradient is asked of a value: it is of floating-point numbers, and a tensor that learns stands in front of it. */
function learning({ nodes }: Program, frozen: ReadonlySet<string>): (value: Value) => boolean {
  const learned = new Set<number>();
  const learns = ({ origin, tensor }: Value): boolean => origin.kind === 'node' && learned.has(origin.node) && isFloat(tensor.dtype);
  for (const { index, weights, inputs } of nodes) if (weights.some((weight) => weight.learned && !frozen.has(weight.key)) || inputs.some(learns)) learned.add(index);
  return learns;
}

/** Nodes whose numbers, not only their choices of indices, come out at one of the outputs. */
function leadingTo({ nodes }: Program, outputs: readonly ProgramOutput[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const reach = ({ origin, tensor }: Value): void => { if (origin.kind === 'node' && isFloat(tensor.dtype)) reached.add(origin.node); };
  for (const { value } of outputs) reach(value);
  for (const node of [...nodes].reverse()) if (reached.has(node.index)) node.inputs.forEach(reach);
  return reached;
}
