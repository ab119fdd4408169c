import type { Totals } from './analysis.js';
import { ByPath } from './by-path.js';
import { add, isSym, mul, product, sub, substitute } from '../shapes/index.js';
import type { Program, ProgramNode } from '../program/program.js';
import type { Dim, Shape, Sym } from '../shapes/dimension.js';
import type { DType, Tensor } from '../shapes/tensor.js';

/** Costs of the whole network. A shared tensor counts once; nodes whose shapes are unknown are left out and told by their number. */
export function totalsOf(program: Program): Totals {
  return costsOf(program).totals;
}

/** Totals with the nodes that they are of. */
export interface Costs {
  readonly nodes: readonly ProgramNode[];
  readonly totals: Totals;
}

/** The costs of a program. With those of an earlier version, the difference of the nodes that changed is enough. */
export function costsOf({ nodes }: Program, before?: Costs): Costs {
  const sum = new Sums(before?.nodes.length === nodes.length && isExact(before.totals) ? before.totals : undefined);
  for (let k = 0; k < nodes.length; k++) {
    const old = sum.isDifference ? before!.nodes[k]! : undefined;
    if (old === nodes[k]) continue;
    if (old !== undefined) sum.count(old, sub);
    sum.count(nodes[k]!, add);
  }
  const totals = sum.totals();
  return sum.isDifference && !isExact(totals) ? costsOf({ nodes } as Program) : { nodes, totals };
}

/** Whether all are whole numbers that can be added and taken away again without loss. */
function isExact({ params, macs, macsConvLinear, activationBytes }: Totals): boolean {
  return [params, macs, macsConvLinear, activationBytes].every(Number.isSafeInteger);
}

class Sums {
  readonly isDifference: boolean;
  private params: Dim;
  private macs: Dim;
  private macsConvLinear: Dim;
  private bytes: Dim;
  private uncounted: number;
  /** Alike layers have one cost and give one tensor. */
  private readonly known = new Map<Sym | Tensor, Dim>();

  constructor(from: Totals | undefined) {
    this.isDifference = from !== undefined;
    this.params = from?.params ?? 0;
    this.macs = from?.macs ?? 0;
    this.macsConvLinear = from?.macsConvLinear ?? 0;
    this.bytes = from?.activationBytes ?? 0;
    this.uncounted = from?.uncounted ?? 0;
  }

  count(node: ProgramNode, by: (sum: Dim, cost: Dim) => Dim): void {
    if (node.outputs.some(isOpen)) this.uncounted += by === add ? 1 : -1;
    const cost = isSym(node.macs) ? costOfOne(node.macs, this.known) : node.macs;
    if (cost !== null && cost !== 0) {
      this.macs = by(this.macs, cost);
      if (isConvolutionOrLinear(node.operator.type)) this.macsConvLinear = by(this.macsConvLinear, cost);
    }
    this.bytes = by(this.bytes, bytesOf(node, this.known) ?? 0);
    this.params = by(this.params, parametersOwnedBy(node));
  }

  totals(): Totals {
    return { params: this.params, macs: this.macs, macsConvLinear: this.macsConvLinear, activationBytes: this.bytes, uncounted: this.uncounted };
  }
}

/** Learned scalars; a shared tensor counts once. */
export function parametersOf({ nodes }: Program): Dim {
  let params: Dim = 0;
  for (const node of nodes) params = add(params, parametersOwnedBy(node));
  return params;
}

function parametersOwnedBy(node: ProgramNode): Dim {
  if (!node.shared) return node.parameters;
  const own = node.path.replace(/\[(\d+)\]/gu, '.$1');
  let params: Dim = 0;
  for (const { learned, shape, name, key } of node.weights) if (learned && key === (name === '' ? own : `${own}.${name}`)) params = add(params, product(shape) ?? 0);
  return params;
}

function isConvolutionOrLinear(type: string): boolean {
  return type === 'Linear' || (type.startsWith('Conv') && /^Conv(Transpose)?[123]d$/.test(type));
}

/** Bytes that each node's outputs hold, with N as 1; a node whose shape is unknown has no entry. */
export function activationBytesOf(program: Program): ReadonlyMap<string, Dim> {
  const { nodes } = program;
  const found = new Array<Dim | undefined>(nodes.length);
  const known = new Map<Sym | Tensor, Dim>();
  for (let k = 0; k < nodes.length; k++) found[k] = bytesOf(nodes[k]!, known) ?? undefined;
  return new ByPath(program, found);
}

function bytesOf({ outputs }: ProgramNode, known: Map<Sym | Tensor, Dim>): Dim {
  let bytes: Dim = 0;
  for (const tensor of outputs) bytes = tensor.shape === null ? null : add(bytes, bytesOfTensor(tensor, tensor.shape, known));
  return bytes;
}

function bytesOfTensor(tensor: Tensor, shape: Shape, known: Map<Sym | Tensor, Dim>): Dim {
  let bytes = known.get(tensor);
  // N is 1 before anything is multiplied: most sizes are then plain numbers.
  if (bytes === undefined) known.set(tensor, (bytes = mul(bytesOfType(tensor.dtype), product(shape.map(withBatchOfOne)))));
  return bytes;
}

function costOfOne(cost: Sym, known: Map<Sym | Tensor, Dim>): Dim {
  let one = known.get(cost);
  if (one === undefined) known.set(cost, (one = withBatchOfOne(cost)));
  return one;
}

function isOpen({ shape }: Tensor): boolean {
  return shape === null || shape.includes(null);
}

/** A cost for one example: the symbol N is 1, other symbols stay. */
export function withBatchOfOne(cost: Dim): Dim {
  return isSym(cost) ? substitute(cost, one) : cost;
}
const one: ReadonlyMap<string, Dim> = new Map([['N', 1]]);

function bytesOfType(dtype: DType): number {
  switch (dtype) {
    case 'bool': case 'int8': case 'uint8': return 1;
    case 'float16': case 'bfloat16': return 2;
    case 'float64': case 'int64': return 8;
    default: return 4;
  }
}
