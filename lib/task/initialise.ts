import type { Program, ProgramNode } from '../program/program.js';
import type { InitialisationChoice, Nonlinearity } from '../recipes/index.js';
import { evaluateDim } from '../shapes/index.js';
import { random, type Random } from './random.js';
import { lastNorms } from './residual.js';
import type { Weight, Weights } from './safetensors.js';

/** How the weights of a run begin. */
export interface Initialisation {
  readonly initialize: InitialisationChoice;
  /** Nodes, by index, that begin in a way of their own. */
  readonly nodes?: ReadonlyMap<number, InitialisationChoice>;
}

const asInPyTorch: Initialisation = { initialize: { name: 'default', zero_last_bn: false } };

/**
 * The first values of every tensor of a Program, drawn from the seed and the tensor's key alone: a layer begins with the same weights whatever stands
 * beside it. Unless something else is asked for they are PyTorch's (the reset_parameters of its modules).
 */
export function initialWeights(program: Program, seed: number, sizes: ReadonlyMap<string, number> = new Map(), { initialize, nodes }: Initialisation = asInPyTorch): Weights {
  const weights = new Map<string, Weight>();
  const zero = new Set(initialize.zero_last_bn ? lastNorms(program).flatMap((node) => node.weights.filter(({ name }) => name === 'weight').map(({ key }) => key)) : []);
  for (const [key, spec] of program.weights) {
    // A class of the user's own makes its tensors itself.
    if (spec.opaque) continue;
    const shape = spec.shape.map((dim) => evaluateDim(dim, sizes) ?? 1);
    const count = shape.reduce((all, dim) => all * dim, 1);
    if (spec.dtype === 'int64') {
      weights.set(key, { shape, dtype: 'I64', data: new Float64Array(count) });
      continue;
    }
    const data = new Float32Array(count);
    const owner = program.nodes[spec.owner];
    const choice = nodes?.get(spec.owner) ?? initialize;
    const generator = random(seed, 'weights', key);
    if (owner && !zero.has(key) && !(choice.name !== 'default' && fillBy(choice, data, spec.name, shape, owner, generator))) fill(data, spec.name, shape, owner, weightShape(owner, sizes), generator);
    weights.set(key, { shape, dtype: 'F32', data });
  }
  return weights;
}

/** The shape of the node's `weight`, which decides the bounds of its bias as well. */
function weightShape(node: ProgramNode, sizes: ReadonlyMap<string, number>): readonly number[] {
  const weight = node.weights.find(({ name }) => name === 'weight');
  return (weight?.shape ?? []).map((dim) => evaluateDim(dim, sizes) ?? 1);
}

/** Convolutions and linear layers as torch.nn.init fills them, their biases with zeros; false for all other tensors. */
function fillBy(choice: InitialisationChoice & { readonly name: 'kaiming' | 'xavier' }, data: Float32Array, name: string, shape: readonly number[], { operator: { type } }: ProgramNode, generator: Random): boolean {
  if (!/^Conv/.test(type) && type !== 'Linear' && type !== 'Bilinear') return false;
  if (name === 'bias') return true;
  if (name !== 'weight') return false;
  // As _calculate_fan_in_and_fan_out: axis 1 is read and axis 0 is written, for transposed convolutions too.
  const field = shape.slice(2).reduce((all, size) => all * size, 1);
  const [fanIn, fanOut] = [(shape[1] ?? 1) * field, (shape[0] ?? 1) * field];
  const deviation = choice.name === 'xavier' ? choice.gain * Math.sqrt(2 / (fanIn + fanOut)) : gain(choice.nonlinearity, choice.a) / Math.sqrt(choice.mode === 'fan_in' ? fanIn : fanOut);
  const uniform = choice.distribution === 'uniform';
  for (let i = 0; i < data.length; i++) data[i] = deviation * (uniform ? Math.sqrt(3) * (2 * generator.uniform() - 1) : generator.normal());
  return true;
}

/** torch.nn.init.calculate_gain. */
function gain(nonlinearity: Nonlinearity, slope: number): number {
  return { linear: 1, sigmoid: 1, tanh: 5 / 3, relu: Math.SQRT2, leaky_relu: Math.sqrt(2 / (1 + slope * slope)), selu: 3 / 4 }[nonlinearity];
}

function fill(data: Float32Array, name: string, shape: readonly number[], { operator: { type }, params }: ProgramNode, weight: readonly number[], generator: Random): void {
  const uniform = (bound: number): void => {
    for (let i = 0; i < data.length; i++) data[i] = bound * (2 * generator.uniform() - 1);
  };
  const normal = (deviation: number): void => {
    for (let i = 0; i < data.length; i++) data[i] = deviation * generator.normal();
  };
  if (name === 'running_var') return void data.fill(1);
  if (name === 'running_mean') return;
  if (/^Conv/.test(type) || type === 'Linear') {
    // kaiming_uniform with a = √5 is uniform within 1 / √fan_in; fan_in is what axis 1 of the weight says, for transposed convolutions too.
    return uniform(1 / Math.sqrt(weight.slice(1).reduce((all, size) => all * size, 1)));
  }
  if (type === 'Bilinear') return uniform(1 / Math.sqrt(weight[1] ?? 1));
  if (type === 'Embedding' || type === 'EmbeddingBag') {
    normal(1);
    const padding = params['padding_idx'];
    const width = shape[1] ?? 1;
    if (typeof padding === 'number') data.fill(0, at(padding, shape[0] ?? 1) * width, (at(padding, shape[0] ?? 1) + 1) * width);
    return;
  }
  if (type === 'LSTM' || type === 'GRU' || type === 'RNN') return uniform(1 / Math.sqrt(typeof params['hidden_size'] === 'number' ? params['hidden_size'] : 1));
  if (type === 'MultiheadAttention') {
    if (name === 'out_proj.weight') return uniform(1 / Math.sqrt(shape[1] ?? 1));
    if (name.endsWith('_weight')) return uniform(Math.sqrt(6 / ((shape[0] ?? 1) + (shape[1] ?? 1))));
    // xavier_normal of [1, 1, width], whose fans are both the width.
    if (name === 'bias_k' || name === 'bias_v') return normal(Math.sqrt(2 / (2 * (shape[2] ?? 1))));
    return;
  }
  if (type === 'PReLU') return void data.fill(typeof params['init'] === 'number' ? params['init'] : 0.25);
  // nn.Parameter has no default; 0.02 is what vision transformers give positions and class tokens (Dosovitskiy et al. 2021).
  if (type === 'Parameter') return normal(0.02);
  // Norms begin as the identity.
  if (name === 'weight') data.fill(1);
}

const at = (index: number, size: number): number => (index < 0 ? index + size : index);
