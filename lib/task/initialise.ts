import type { Program, ProgramNode } from '../program/program.js';
import { evaluateDim } from '../shapes/index.js';
import { random, type Random } from './random.js';
import type { Weight, Weights } from './safetensors.js';

/**
 * PyTorch's default initialisation of every tensor of a Program (the reset_parameters of its modules), drawn from the seed and the tensor's key alone: a layer
 * begins with the same weights whatever stands beside it.
 */
export function initialWeights(program: Program, seed: number, sizes: ReadonlyMap<string, number> = new Map()): Weights {
  const weights = new Map<string, Weight>();
  for (const [key, spec] of program.weights) {
    const shape = spec.shape.map((dim) => evaluateDim(dim, sizes) ?? 1);
    const count = shape.reduce((all, dim) => all * dim, 1);
    if (spec.dtype === 'int64') {
      weights.set(key, { shape, dtype: 'I64', data: new Float64Array(count) });
      continue;
    }
    const data = new Float32Array(count);
    const owner = program.nodes[spec.owner];
    if (owner) fill(data, spec.name, shape, owner, weightShape(owner, sizes), random(seed, 'weights', key));
    weights.set(key, { shape, dtype: 'F32', data });
  }
  return weights;
}

/** The shape of the node's `weight`, which decides the bounds of its bias as well. */
function weightShape(node: ProgramNode, sizes: ReadonlyMap<string, number>): readonly number[] {
  const weight = node.weights.find(({ name }) => name === 'weight');
  return (weight?.shape ?? []).map((dim) => evaluateDim(dim, sizes) ?? 1);
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
  if (type === 'Embedding') {
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
