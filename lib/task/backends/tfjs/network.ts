import type { Program, ProgramNode, Value } from '../../../program/program.js';
import { evaluateDim } from '../../../shapes/index.js';
import type { Dim } from '../../../shapes/index.js';
import { random, type Random } from '../../random.js';
import type { Weights } from '../../safetensors.js';
import type { Call, RunValue } from './kernel.js';
import { untaped } from './gradient.js';
import { kernels } from './kernels/index.js';
import type { Tensor, TF, Variable } from './tf.js';
import { outputName } from '../wires.js';
import type { Taps } from './taps.js';
import { channelsFirst, first, type Wire } from './wire.js';

export interface ForwardOptions {
  readonly training: boolean;
  /** Decides dropout, with the seed. */
  readonly step: number;
  readonly seed: number;
  /** Whether running statistics move; they do in training unless this is false. */
  readonly track?: boolean;
  /** Norms, by index, that use their running statistics in training too and leave them. */
  readonly still?: ReadonlySet<number>;
  readonly taps?: Taps;
  /** Sees every node with what it puts out, in program order. */
  observe?(node: ProgramNode, outputs: readonly Wire[], milliseconds: number): void;
}

/** A Program that runs on tfjs-core operations. */
export interface Network {
  /** Learned tensors by key, in program order. */
  readonly learned: ReadonlyMap<string, Variable>;
  readonly buffers: ReadonlyMap<string, Variable>;
  /** The outputs in PyTorch's order. Runs inside a tidy of the caller, or under tf.variableGrads. */
  forward(inputs: readonly Tensor[], options: ForwardOptions): readonly Tensor[];
  dispose(): void;
}

export function createNetwork(tf: TF, program: Program, weights: Weights): Network {
  const learned = new Map<string, Variable>();
  const buffers = new Map<string, Variable>();
  for (const [key, spec] of program.weights) {
    const weight = weights.get(key);
    if (!weight) throw new Error(`there is no value for ${key}`);
    const value = weight.dtype === 'I64' ? tf.tensor(Int32Array.from(weight.data), [...weight.shape], 'int32') : tf.tensor(weight.data as Float32Array, [...weight.shape], 'float32');
    (spec.learned ? learned : buffers).set(key, tf.variable(value, spec.learned, undefined, value.dtype));
    value.dispose();
  }
  const variable = (key: string): Variable | undefined => learned.get(key) ?? buffers.get(key);
  return {
    learned,
    buffers,
    forward(inputs, options) {
      const sizes = sizesOf(program, inputs);
      // A whole number beside whole numbers is one of them, as in PyTorch; beside floats it is a float, which spares a conversion.
      const constant = (value: number, floats: boolean): Wire => first(tf.scalar(value, Number.isInteger(value) && !floats ? 'int32' : 'float32'));
      const known = program.inputs.map((_, i) => first(inputs[i] as Tensor));
      const results: (readonly Wire[])[] = [];
      const read = (value: Value, floats = false): Wire | null => {
        const { origin } = value;
        if (origin.kind === 'input') return known[origin.input] ?? null;
        if (origin.kind === 'node') return results[origin.node]?.[origin.port] ?? null;
        return origin.kind === 'constant' ? constant(origin.value, floats) : null;
      };
      const { taps } = options;
      const tapped = (reader: string, value: Value, wire: Wire | null): Wire | null => (taps && wire ? taps.input(reader, value, wire) : wire);
      for (const node of program.nodes) {
        const start = performance.now();
        const kernel = kernels.get(node.operator.type);
        if (!kernel) throw new Error(`${node.path}: ${node.operator.type} does not run on tfjs`);
        let generator: Random | undefined;
        const floats = node.inputs.some(({ tensor, origin }) => origin.kind !== 'constant' && /float/.test(tensor.dtype));
        // Whole numbers and truth values teach nothing.
        const whole = node.outputs.length > 0 && node.outputs.every(({ dtype }) => !/float/.test(dtype));
        const keys = new Map(node.weights.map((weight) => [weight.name, weight.key]));
        const call: Call = {
          tf,
          node,
          p: runValues(node.params, sizes),
          inputs: node.inputs.map((value) => tapped(node.path, value, read(value, floats))),
          training: options.training && !options.still?.has(node.index),
          weight: (name) => {
            const key = keys.get(name);
            return key === undefined ? undefined : variable(key);
          },
          update: (name, value) => {
            const key = keys.get(name);
            if (key !== undefined && options.track !== false) variable(key)?.assign(value as never);
          },
          // One generator a node and step: a layer with several dropouts draws on from where it was.
          random: () => (generator ??= random(options.seed, 'dropout', node.path, options.step)),
        };
        const outputs = named(node, () => (whole ? untaped(tf, () => kernel(call)) : kernel(call)));
        results[node.index] = taps ? taps.output(node, outputs) : outputs;
        options.observe?.(node, outputs, performance.now() - start);
      }
      return program.outputs.map(({ name, value }) => {
        const wire = tapped(outputName(name), value, read(value));
        return wire ? channelsFirst(tf, wire) : tf.zeros([0]);
      });
    },
    dispose() {
      for (const each of [...learned.values(), ...buffers.values()]) each.dispose();
    },
  };
}

/** What fails in a kernel is told with the node that it computes. */
function named<T>(node: ProgramNode, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new Error(`\`${node.path}\` (${node.operator.type}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Norms, by index, whose running statistics are among the frozen tensors. */
export function stillNorms(program: Program, frozen: ReadonlySet<string>): ReadonlySet<number> {
  return new Set(program.nodes.filter(({ weights }) => weights.some(({ name, key }) => name === 'running_mean' && frozen.has(key))).map(({ index }) => index));
}

/** Nodes that the interpreter cannot run, with the reason. */
export function unsupported(program: Program): readonly { readonly node: ProgramNode; readonly reason: string }[] {
  return program.nodes.flatMap((node) => {
    const reason = reasonAgainst(node);
    return reason === undefined ? [] : [{ node, reason }];
  });
}

function reasonAgainst({ operator: { type, python }, params }: ProgramNode): string | undefined {
  if (python !== undefined) return `${type} is an operator of this design (${python} in Python), which runs with PyTorch only`;
  if (!kernels.has(type)) return `${type} has no kernel on tfjs`;
  if (params['antialias'] === true) return `${type} with antialias has no kernel on tfjs`;
  if (typeof params['max_norm'] === 'number') return `${type} with max_norm changes its weights while it reads them, which tfjs does not do`;
  if (params['scale_grad_by_freq'] === true) return `${type} with scale_grad_by_freq has no kernel on tfjs`;
  return undefined;
}

/** The sizes of the symbols of the inputs' shapes, from the tensors that are put in. */
export function sizesOf(program: Program, inputs: readonly { readonly shape: readonly number[] }[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [i, { tensor }] of program.inputs.entries())
    for (const [axis, dim] of (tensor.shape ?? []).entries()) {
      const size = inputs[i]?.shape[axis];
      if (dim !== null && typeof dim !== 'number' && size !== undefined) sizes.set(dim.text, size);
    }
  return sizes;
}

function runValues(params: ProgramNode['params'], sizes: ReadonlyMap<string, number>): Readonly<Record<string, RunValue>> {
  const resolve = (value: unknown): RunValue => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value === 'object' && value !== null) return evaluateDim(value as Dim, sizes);
    return typeof value === 'symbol' || value === undefined ? null : (value as RunValue);
  };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, resolve(value)]));
}
