import type { Program, ProgramNode, Value } from '../../../program/program.js';
import type { Measured } from '../backend.js';
import { outputName, portName, tensorName } from '../wires.js';
import { untaped } from './gradient.js';
import type { Tensor, TF } from './tf.js';
import type { Wire } from './wire.js';

/** Looks at what flows through a network, forward and back, without changing it. Lives for one forward and backward pass. */
export interface Taps {
  /** What a node puts out; what comes back is what later nodes read. */
  output(node: ProgramNode, wires: readonly Wire[]): readonly Wire[];
  /** What a node reads ("output NAME" for an output of the network). */
  input(reader: string, value: Value, wire: Wire): Wire;
}

/** Scalars on the backend, each with what is to be done with it, read all at once. */
export interface Readings {
  /** Computes a number without a trace for gradients. */
  add(compute: () => Tensor, use: (value: number) => void): void;
  read(): Promise<void>;
}

export function createReadings(tf: TF): Readings {
  let pending: { readonly scalar: Tensor; readonly use: (value: number) => void }[] = [];
  return {
    add: (compute, use) => void pending.push({ scalar: tf.keep(tf.tidy(() => untaped(tf, compute))), use }),
    async read() {
      const now = pending;
      pending = [];
      if (!now.length) return;
      const all = tf.tidy(() => tf.stack(now.map(({ scalar }) => scalar)));
      const values = await all.data();
      tf.dispose([all, ...now.map(({ scalar }) => scalar)] as never);
      now.forEach(({ use }, i) => use(values[i] as number));
    },
  };
}

/** The same tensor; `seen` gets the gradient that comes back through this place. */
export function tapped(tf: TF, { tensor, layout }: Wire, seen: (gradient: Tensor) => void): Wire {
  const apply = tf.customGrad((x: unknown) => ({
    value: tf.clone(x as Tensor),
    gradFunc: (dy: Tensor) => {
      seen(dy);
      return tf.clone(dy);
    },
  }));
  return { tensor: apply(tensor), layout };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Means and spreads forward, norms of gradients on the way back, into `measured`. */
export function measuringTaps(tf: TF, program: Program, readings: Readings) {
  const activations: Record<string, Writable<Measured['activations'][string]>> = {};
  const wires: Record<string, Record<string, number>> = {};
  const sums: Record<string, number> = {};
  const readers = readersOf(program);
  /** A node that reads a tensor twice reads it over one wire. */
  const joined = new Map<string, Wire>();
  const norm = (gradient: Tensor, use: (value: number) => void): void => readings.add(() => tf.sqrt(tf.sum(tf.square(gradient))), use);
  const taps: Taps = {
    output(node, outputs) {
      return outputs.map((wire, port) => {
        const { tensor } = wire;
        if (tensor.dtype !== 'float32' || !tensor.size) return wire;
        const name = portName(node.path, port);
        const activation: Writable<Measured['activations'][string]> = (activations[name] = { mean: NaN, spread: NaN });
        let mean: Tensor | undefined;
        readings.add(() => (mean = tf.mean(tensor)), (value) => (activation.mean = value));
        readings.add(() => tf.sqrt(tf.mean(tf.square(tf.sub(tensor, mean as Tensor)))), (value) => (activation.spread = value));
        if (/^ReLU6?$/.test(node.operator.type) && tensor.rank > 1) readings.add(() => tf.mean(tf.cast(tf.equal(tf.max(tensor, 0), 0), 'float32')), (value) => (activation.dead = value));
        return (readers.get(name)?.size ?? 0) > 1 ? tapped(tf, wire, (gradient) => norm(gradient, (value) => (sums[name] = value))) : wire;
      });
    },
    input(reader, value, wire) {
      const name = tensorName(program, value);
      if (name === undefined || wire.tensor.dtype !== 'float32') return wire;
      const key = `${reader}\0${name}`;
      const known = joined.get(key);
      if (known) return known;
      const fresh = tapped(tf, wire, (gradient) => norm(gradient, (found) => ((wires[name] ??= {})[reader] = found)));
      joined.set(key, fresh);
      return fresh;
    },
  };
  return { taps, measured: { activations, wires, sums } };
}

/** Which nodes and outputs read each tensor. */
function readersOf(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const readers = new Map<string, Set<string>>();
  const add = (value: Value, reader: string): void => {
    const name = tensorName(program, value);
    if (name !== undefined) readers.set(name, (readers.get(name) ?? new Set()).add(reader));
  };
  for (const node of program.nodes) for (const value of node.inputs) add(value, node.path);
  for (const { name, value } of program.outputs) add(value, outputName(name));
  return readers;
}

/** Taps that hear of every gradient on its way back, in the order of the backward pass, with the node that it comes from. */
export function listeningTaps(tf: TF, heard: (gradient: Tensor, from: string) => void): Taps {
  return {
    output: (_node, wires) => wires,
    input: (reader, _value, wire) => (wire.tensor.dtype === 'float32' ? tapped(tf, wire, (gradient) => heard(gradient, reader)) : wire),
  };
}
