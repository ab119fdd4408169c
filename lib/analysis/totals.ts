import type { Totals } from './analysis.js';
import { add, mul, product, substitute } from '../shapes/index.js';
import type { Program } from '../program/program.js';
import type { Dim } from '../shapes/dimension.js';
import type { DType } from '../shapes/tensor.js';

/** Costs of the whole network. A shared tensor counts once; nodes whose shapes are unknown are left out and told by their number. */
export function totalsOf(program: Program, activationBytes: ReadonlyMap<string, Dim>): Totals {
  let macs: Dim = 0;
  let macsConvLinear: Dim = 0;
  let bytes: Dim = 0;
  let uncounted = 0;
  for (const node of program.nodes) {
    if (node.outputs.some((output) => output.shape === null || output.shape.includes(null))) uncounted += 1;
    const cost = withBatchOfOne(node.macs);
    if (cost !== null) {
      macs = add(macs, cost);
      if (isConvolutionOrLinear(node.operator.type)) macsConvLinear = add(macsConvLinear, cost);
    }
    bytes = add(bytes, activationBytes.get(node.path) ?? 0);
  }
  let params: Dim = 0;
  for (const weight of program.weights.values()) if (weight.learned) params = add(params, product(weight.shape) ?? 0);
  return { params, macs, macsConvLinear, activationBytes: bytes, uncounted };
}

function isConvolutionOrLinear(type: string): boolean {
  return /^Conv(Transpose)?[123]d$/.test(type) || type === 'Linear';
}

/** Bytes that each node's outputs hold, with N as 1; a node whose shape is unknown has no entry. */
export function activationBytesOf(program: Program): ReadonlyMap<string, Dim> {
  const found = new Map<string, Dim>();
  for (const node of program.nodes) {
    let bytes: Dim = 0;
    // N is 1 before anything is multiplied: most sizes are then plain numbers.
    for (const { shape, dtype } of node.outputs) bytes = shape === null ? null : add(bytes, mul(bytesOf(dtype), product(shape.map(withBatchOfOne))));
    if (bytes !== null) found.set(node.path, bytes);
  }
  return found;
}

/** A cost for one example: the symbol N is 1, other symbols stay. */
export function withBatchOfOne(cost: Dim): Dim {
  return cost === null || typeof cost === 'number' ? cost : substitute(cost, one);
}
const one: ReadonlyMap<string, Dim> = new Map([['N', 1]]);

function bytesOf(dtype: DType): number {
  switch (dtype) {
    case 'bool': case 'int8': case 'uint8': return 1;
    case 'float16': case 'bfloat16': return 2;
    case 'float64': case 'int64': return 8;
    default: return 4;
  }
}
