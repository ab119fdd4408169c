import type { JsonValue } from '../../lib/document/json.js';
import { operators } from '../../lib/operators/index.js';

/** A module-level graph as torch.fx traced it: one file of test/fixtures/truth/nets. */
export interface Net {
  readonly name: string;
  readonly totals: { readonly params_in_graph: number; readonly macs_conv_linear: number; readonly macs_flopcounter: number };
  readonly nodes: readonly NetNode[];
}
export interface NetNode {
  readonly id: string;
  readonly op: string;
  readonly target?: string;
  readonly attrs?: Readonly<Record<string, JsonValue>>;
  readonly args?: JsonValue;
  readonly kwargs?: Readonly<Record<string, JsonValue>>;
  readonly in?: readonly string[];
  readonly shape?: readonly number[];
  readonly result?: { readonly value?: JsonValue; readonly shape?: readonly number[]; readonly tuple?: readonly { readonly shape?: readonly number[] }[] };
  readonly params?: number;
  readonly macs?: number;
  readonly shared?: boolean;
}

/** A net as a design, with the node of the design that each row stands for and why some rows have none. */
export interface Conversion {
  readonly text: string;
  readonly rows: ReadonlyMap<string, { readonly node: string; readonly shape: readonly number[]; readonly params: number; readonly macs: number | undefined }>;
  readonly leftOut: ReadonlyMap<string, string>;
}

interface Written { op: string; in: JsonValue[]; [word: string]: JsonValue }
type Shape = readonly number[];

/** Constructor arguments that torch.fx recorded and that are no parameters of the operator, because PyTorch has one value only or derives them. */
const derived: Readonly<Record<string, readonly string[]>> = {
  Conv2d: ['output_padding'], BatchNorm2d: ['bias'], GroupNorm: ['bias'], ReLU6: ['min_val', 'max_val'], MaxPool2d: ['return_indices'], Upsample: ['name', 'recompute_scale_factor'],
};

export function convert(net: Net): Conversion {
  const byId = new Map(net.nodes.map((node) => [node.id, node]));
  const nodes: Record<string, Written> = {};
  const inputs: Record<string, JsonValue> = {};
  const rows = new Map<string, Conversion['rows'] extends ReadonlyMap<string, infer R> ? R : never>();
  const leftOut = new Map<string, string>();
  /** What a reference to a row is in the design. */
  const sources = new Map<string, JsonValue>();
  const owners = new Map<string, string>();
  let outputs: JsonValue[] = [];

  /** An argument: a number computed on sizes, a source, or a list of these. */
  const argument = (value: JsonValue | undefined): JsonValue => {
    if (typeof value === 'string' && value.startsWith('@')) {
      const id = value.slice(1);
      return sources.get(id) ?? byId.get(id)?.result?.value ?? null;
    }
    return Array.isArray(value) ? value.map((element: JsonValue) => argument(element)) : value ?? null;
  };
  const shapeOf = (value: JsonValue | undefined): Shape => byId.get(String(value).slice(1))?.shape ?? [];
  const parameterOf = (value: JsonValue | undefined): number => byId.get(String(value).slice(1))?.params ?? 0;
  const belongsToNorm = (id: string): boolean => net.nodes.every((other) => !other.in?.includes(id) || other.op === 'fn:batch_norm');

  for (const node of net.nodes) {
    const { id, op, shape, attrs = {}, kwargs = {} } = node;
    const args = (Array.isArray(node.args) ? node.args : [node.args ?? null]) as readonly JsonValue[];
    const first = argument(args[0]);
    const add = (written: Partial<Written> & { op: string }, params = node.params ?? 0, macs = node.macs): void => {
      nodes[id] = { in: [first], ...written } as Written;
      sources.set(id, id);
      if (shape) rows.set(id, { node: id, shape, params, macs });
    };
    if (op === 'input') {
      inputs[id] = { shape: [...shape!] };
      sources.set(id, id);
      leftOut.set(id, 'an input of the network');
    } else if (op === 'output') {
      outputs = typeof node.args === 'string' ? [argument(node.args)] : Object.values(node.args as Record<string, JsonValue>).map(argument);
      leftOut.set(id, 'the outputs of the network');
    } else if (op === 'get_attr') {
      if (belongsToNorm(id)) leftOut.set(id, 'a tensor of the BatchNorm2d that reads it');
      else add({ op: 'Parameter', in: [], shape: [...shape!] });
    } else if (node.target !== undefined && operators.has(op)) {
      const given = op === 'MultiheadAttention' ? args.map(argument) : node.in!.map((source) => sources.get(source)!);
      const params = Object.fromEntries(Object.entries(attrs).filter(([name]) => !(derived[op] ?? []).includes(name)));
      const owner = owners.get(node.target);
      if (owner === undefined) owners.set(node.target, id);
      add({ op, in: given, ...params, ...(owner !== undefined && operators.get(op)!.params.size > 0 && node.shared === true && { weights: owner }) });
      if (!shape) rows.set(id, { node: id, shape: node.result!.tuple![0]!.shape!, params: node.params ?? 0, macs: undefined });
    } else if (!shape) leftOut.set(id, 'a number or a tuple, no tensor');
    else {
      switch (op) {
        case 'fn:add': case 'fn:sub': case 'fn:mul': add({ op: { 'fn:add': 'Add', 'fn:sub': 'Sub', 'fn:mul': 'Mul' }[op], in: args.map(argument) }); break;
        case 'fn:cat': {
          const list = first as JsonValue[];
          add({ op: 'Concat', in: list, dim: argument(args[1] ?? kwargs['dim']) });
          break;
        }
        case 'fn:stack': add({ op: 'Stack', in: first as JsonValue[], dim: kwargs['dim'] ?? 0 }); break;
        case 'fn:relu': add({ op: 'ReLU' }); break;
        case 'fn:sigmoid': add({ op: 'Sigmoid' }); break;
        case 'fn:flatten': case 'method:flatten': add({ op: 'Flatten', start_dim: args[1] ?? 0 }); break;
        case 'fn:adaptive_avg_pool2d': add({ op: 'AdaptiveAvgPool2d', output_size: args[1]! }); break;
        case 'fn:stochastic_depth': add({ op: 'StochasticDepth', p: args[1]!, mode: args[2]! }); break;
        case 'fn:batch_norm': {
          const params = parameterOf(kwargs['weight']) + parameterOf(kwargs['bias']);
          add({ op: 'BatchNorm2d', eps: kwargs['eps']!, momentum: kwargs['momentum']! }, params);
          break;
        }
        case 'fn:interpolate': add({ op: 'Interpolate', ...Object.fromEntries(Object.entries({ size: argument(kwargs['size']), scale_factor: kwargs['scale_factor'] ?? null, mode: kwargs['mode'] ?? null, align_corners: kwargs['align_corners'] ?? null }).filter(([, v]) => v !== null)) }); break;
        case 'fn:getitem': {
          if (byId.get(String(args[0]).slice(1))?.result?.tuple) {
            sources.set(id, `${String(first)}.${String(args[1])}`);
            leftOut.set(id, 'an output of the row before, read by its number');
            break;
          }
          const picks = args[1] as readonly JsonValue[];
          const ranges = picks.map((pick) => (typeof pick === 'number' ? [pick, pick + 1] : range((pick as { slice: JsonValue[] }).slice)));
          const dropped = picks.flatMap((pick, k) => (typeof pick === 'number' ? [k] : []));
          if (dropped.length === 0) add({ op: 'Slice', ranges });
          else {
            nodes[`${id}_kept`] = { op: 'Slice', in: [first], ranges };
            add({ op: 'Squeeze', in: [`${id}_kept`], dim: dropped.length === 1 ? dropped[0]! : dropped });
          }
          break;
        }
        case 'method:transpose': add({ op: 'Transpose', dim0: args[1]!, dim1: args[2]! }); break;
        case 'method:permute': add({ op: 'Permute', dims: args.slice(1) }); break;
        case 'method:reshape': add({ op: 'Reshape', shape: args.slice(1).map(argument) }); break;
        case 'method:expand': add({ op: 'Expand', shape: args.slice(1).map(argument) }); break;
        case 'method:mean': add({ op: 'Mean', dim: kwargs['dim']! }); break;
        case 'method:sum': add({ op: 'Sum', dim: kwargs['dim']! }); break;
        default: leftOut.set(id, `no operator for ${op} with ${shapeOf(args[0]).length} axes`);
      }
    }
  }
  return { text: JSON.stringify({ nnet: 1, inputs, nodes, outputs }), rows, leftOut };
}

function range(slice: readonly JsonValue[]): JsonValue {
  if (slice.every((end) => end === null)) return null;
  return slice[2] === null ? slice.slice(0, 2) : [...slice];
}
