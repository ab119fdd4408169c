import type { Program, ProgramNode, Value } from '../program/program.js';
import { bytesOf, keptInputs, savedBy, sharesMemory } from '../operators/saving.js';
import { add, isFloat, type Dim, type Tensor } from '../shapes/index.js';
import { withBatchOfOne } from './totals.js';

/**
 * Activation memory for one example, without weights, gradients and what a kernel needs while it runs. Each tensor counts while it lives: from the layer
 * that makes it to the last that reads it; inputs live all along. Views, in-place layers and dropout outside of training make none. Null where a
 * size is symbolic or unknown.
 */
export interface Memory {
  /** Most bytes at once in a forward pass without gradients. */
  readonly inference: Dim;
  /** The layer at which that is. */
  readonly peakAt: string | undefined;
  /** Most bytes at once in the forward pass of a training step, with all that autograd keeps by then. */
  readonly training: Dim;
  /** What autograd keeps for the backward pass, as PyTorch's derivatives do. */
  readonly saved: Dim;
  /** By expanded path. */
  readonly nodes: ReadonlyMap<string, NodeMemory>;
}

export interface NodeMemory {
  /** Bytes that live while the layer runs in inference: its inputs, its outputs and what later layers still read. */
  readonly live: Dim;
  /** Bytes that are there for the backward pass because of it: kept tensors that it makes, and what it keeps beside tensors. */
  readonly saved: Dim;
}

/** A piece of memory: what lives in it, from the layer that makes it to the last that reads it. */
interface Storage {
  readonly bytes: Dim;
  readonly maker: number;
  last: number;
  kept: boolean;
}
/** What a value is: where it stands, whether in another order than it was made in, and whether a gradient reaches it. */
interface Held {
  readonly storage: Storage;
  readonly strided: boolean;
  readonly learns: boolean;
}

export function memoryOf(program: Program): Memory {
  const inference = walk(program, false);
  const training = walk(program, true);
  const nodes = new Map<string, NodeMemory>();
  program.nodes.forEach((node, k) => nodes.set(node.path, { live: inference.live[k] ?? null, saved: training.saved[k] ?? null }));
  const peak = largest(inference.live);
  return {
    inference: peak === undefined ? (program.nodes.length === 0 ? inference.inputs : null) : inference.live[peak]!,
    peakAt: peak === undefined ? undefined : program.nodes[peak]!.path,
    training: program.nodes.length === 0 ? training.inputs : (training.live[largest(training.live) ?? -1] ?? null),
    saved: training.saved.reduce(add, training.savedInputs),
    nodes,
  };
}

interface Walked {
  /** By layer, the bytes that live while it runs. */
  readonly live: readonly Dim[];
  /** By layer, the bytes kept that it makes. */
  readonly saved: readonly Dim[];
  readonly inputs: Dim;
  /** Of the inputs, those that are kept. */
  readonly savedInputs: Dim;
}

function walk({ nodes, inputs, outputs }: Program, training: boolean): Walked {
  const storages: Storage[] = [];
  const make = (bytes: Dim, maker: number, last: number): Storage => {
    const storage = { bytes, maker, last, kept: false };
    storages.push(storage);
    return storage;
  };
  const ever = nodes.length;
  const given = inputs.map(({ tensor }): Held => ({ storage: make(bytesOf(ofOne(tensor)), -1, ever), strided: false, learns: false }));
  const results: (readonly Held[])[] = [];
  const held = ({ origin }: Value): Held | undefined => (origin.kind === 'input' ? given[origin.input] : origin.kind === 'node' ? results[origin.node]?.[origin.port] : undefined);
  const beside: Dim[] = [];
  for (const node of nodes) {
    const reads = node.inputs.map(held);
    for (const each of reads) if (each) each.storage.last = Math.max(each.storage.last, node.index);
    const hasWeights = node.weights.some(({ learned }) => learned);
    const learns = hasWeights || reads.some((each) => each?.learns === true);
    results[node.index] = made(node, reads, learns, training, make);
    beside.push(training && learns ? keep(node, reads, results[node.index]!) : 0);
  }
  for (const { value } of outputs) {
    const each = held(value);
    if (each) each.storage.last = ever;
  }
  return { live: living(storages, beside, ever), ...kept(storages, beside), inputs: given.reduce<Dim>((sum, { storage }) => add(sum, storage.bytes), 0) };
}

/** Where a layer's results stand. */
function made({ index, operator, params, outputs, weights }: ProgramNode, reads: readonly (Held | undefined)[], learns: boolean, training: boolean, make: (bytes: Dim, maker: number, last: number) => Storage): readonly Held[] {
  const [first] = reads;
  const shared = first === undefined ? 'no' : sharesMemory(operator.type, params, { training, strided: first.strided });
  return outputs.map((tensor): Held => ({
    // A learned tensor that is put out as it is is no activation.
    storage: shared !== 'no' ? first!.storage : make(operator.inputs.length === 0 && weights.length > 0 ? 0 : bytesOf(ofOne(tensor)), index, index),
    strided: shared === 'strided',
    learns: learns && isFloat(tensor.dtype),
  }));
}

/** Marks what a layer keeps for its gradient; answers the bytes that it keeps beside tensors. */
function keep({ operator: { type }, params, inputs, outputs }: ProgramNode, reads: readonly (Held | undefined)[], results: readonly Held[]): Dim {
  const learns = (input: number): boolean => reads[input]?.learns === true;
  const saved = savedBy(type, inputs.map(({ origin, tensor }) => (origin.kind === 'none' ? null : ofOne(tensor))), outputs.map(ofOne), params, { learns, same: (a, b) => reads[a] !== undefined && reads[a] === reads[b] });
  for (const k of keptInputs(saved, learns)) if (reads[k]) reads[k].storage.kept = true;
  for (const port of saved.outputs) if (results[port]) results[port].storage.kept = true;
  return saved.more;
}

/** By layer, the bytes that live while it runs: what is not read any more is gone, unless it is kept. */
function living(storages: readonly Storage[], beside: readonly Dim[], count: number): readonly Dim[] {
  const change = Array.from({ length: count + 1 }, () => 0);
  for (const { bytes, maker, last, kept: stays } of storages) {
    if (typeof bytes !== 'number') return [];
    const from = Math.max(0, maker);
    change[from]! += bytes;
    if (!stays && last + 1 <= count) change[last + 1]! -= bytes;
  }
  const live: Dim[] = [];
  let now = 0;
  for (let k = 0; k < count; k++) {
    const more = beside[k]!;
    if (typeof more !== 'number') return [];
    now += change[k]! + more;
    live.push(now);
  }
  return live;
}

function kept(storages: readonly Storage[], beside: readonly Dim[]): Pick<Walked, 'saved' | 'savedInputs'> {
  const saved = [...beside];
  let savedInputs: Dim = 0;
  for (const { bytes, maker, kept: stays } of storages) {
    if (!stays) continue;
    if (maker < 0) savedInputs = add(savedInputs, bytes);
    else saved[maker] = add(saved[maker]!, bytes);
  }
  return { saved, savedInputs };
}

function largest(values: readonly Dim[]): number | undefined {
  let best: number | undefined;
  values.forEach((value, k) => {
    if (best === undefined || Number(value) > Number(values[best])) best = k;
  });
  return best;
}

function ofOne({ shape, dtype }: Tensor): Tensor {
  return { dtype, shape: shape && shape.map(withBatchOfOne) };
}
