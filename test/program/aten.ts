import type { JsonValue } from '../../lib/document/json.js';

/** A graph of aten calls as torch.export wrote it: one file of test/fixtures/truth/nets_aten. */
export interface AtenNet {
  readonly name: string;
  readonly inputs: readonly (readonly (number | string)[])[];
  /** Bounds of every named size: "VR[17, int_oo]". */
  readonly ranges: Readonly<Record<string, string>>;
  readonly totals: { readonly params_in_graph: number };
  readonly nodes: readonly AtenNode[];
}
export interface AtenNode {
  readonly id: string;
  readonly op: string;
  readonly args?: readonly JsonValue[];
  readonly kwargs?: Readonly<Record<string, JsonValue>>;
  readonly in?: readonly string[];
  readonly shape?: readonly (number | string)[];
}

/** A graph as a design, in which every call is a node of the same name. `rows` are those calls that give a tensor. */
export function convertAten(net: AtenNet): { readonly text: string; readonly rows: readonly AtenNode[] } {
  const byId = new Map(net.nodes.map((node) => [node.id, node]));
  const nodes: Record<string, JsonValue> = {};
  const inputs: Record<string, JsonValue> = {};
  const rows: AtenNode[] = [];
  /** Sizes that the graph computes, as expressions of the format without the leading "=". */
  const sizes = new Map<string, string>();
  let outputs: JsonValue[] = [];

  const id = (value: JsonValue | undefined): string => String(value).slice(1);
  const size = (value: JsonValue): JsonValue => (typeof value === 'string' ? `=${sizes.get(id(value))!}` : value);
  /** A tensor that is read as one (and not as some layer's weight) becomes a learned tensor of the design. */
  const source = (value: JsonValue | undefined): JsonValue => {
    if (typeof value !== 'string') return value ?? null;
    const read = byId.get(id(value))!;
    if (read.op === 'param') nodes[read.id] ??= { op: 'Parameter', shape: [...read.shape!] };
    return read.id;
  };
  const shapeOf = (value: JsonValue | undefined): readonly number[] => (byId.get(id(value))?.shape ?? []) as readonly number[];

  for (const node of net.nodes) {
    const { op, args = [] } = node;
    const [first, second, third] = args;
    const add = (type: string, params: Readonly<Record<string, JsonValue>> = {}, from: readonly JsonValue[] = [source(first)]): void => {
      nodes[node.id] = { op: type, in: [...from], ...params };
      rows.push(node);
    };
    switch (op) {
      case 'param': case 'buffer': break;
      case 'input': inputs[node.id] = { shape: [...node.shape!] }; break;
      case 'output': outputs = args.map(source); break;
      case 'sym_size.int': sizes.set(node.id, `dim(${id(first)}, ${String(second)})`); break;
      case '<built-in function mul>': sizes.set(node.id, `${sizes.get(id(first))!} * ${String(second)}`); break;
      case 'conv2d.default': {
        const weight = shapeOf(second);
        add('Conv2d', { out_channels: weight[0]!, kernel_size: weight.slice(2), bias: third !== undefined && third !== null, stride: args[3] ?? 1, padding: args[4] ?? 0, dilation: args[5] ?? 1, groups: args[6] ?? 1 });
        break;
      }
      case 'conv_transpose2d.input': add('ConvTranspose2d', { out_channels: shapeOf(second)[1]!, kernel_size: shapeOf(second).slice(2), bias: third !== undefined && third !== null, stride: args[3] ?? 1, padding: args[4] ?? 0 }); break;
      case 'linear.default': add('Linear', { out_features: shapeOf(second)[0]!, bias: third !== undefined && third !== null }); break;
      case 'batch_norm.default': add('BatchNorm2d'); break;
      case 'layer_norm.default': add('LayerNorm', { normalized_shape: second! }); break;
      case 'relu_.default': case 'relu.default': add('ReLU'); break;
      case 'hardtanh_.default': add('Hardtanh', { min_val: second!, max_val: third! }); break;
      case 'sigmoid.default': add('Sigmoid'); break;
      case 'gelu.default': add('GELU'); break;
      case 'dropout.default': add('Dropout', { p: second! }); break;
      case 'contiguous.default': add('Identity'); break;
      case 'add_.Tensor': case 'add.Tensor': add('Add', {}, [source(first), source(second)]); break;
      case 'mul.Tensor': add('Mul', {}, [source(first), source(second)]); break;
      case 'rsub.Scalar': add('Sub', {}, [second!, source(first)]); break;
      case 'cat.default': add('Concat', { dim: second ?? 0 }, (first as readonly JsonValue[]).map(source)); break;
      case 'max_pool2d.default': add('MaxPool2d', { kernel_size: second!, stride: third ?? second!, padding: args[3] ?? 0, dilation: args[4] ?? 1, ceil_mode: args[5] ?? false }); break;
      case 'avg_pool2d.default': add('AvgPool2d', { kernel_size: second!, stride: third ?? second! }); break;
      case 'adaptive_avg_pool2d.default': add('AdaptiveAvgPool2d', { output_size: second! }); break;
      case 'upsample_bilinear2d.vec': add('Interpolate', { size: (second as readonly JsonValue[]).map(size), mode: 'bilinear', align_corners: third! }); break;
      case 'flatten.using_ints': add('Flatten', { start_dim: second ?? 0 }); break;
      case 'reshape.default': case 'view.default': add('Reshape', { shape: (second as readonly JsonValue[]).map(size) }); break;
      case 'expand.default': add('Expand', { shape: (second as readonly JsonValue[]).map(size) }); break;
      case 'permute.default': add('Permute', { dims: second! }); break;
      case 'transpose.int': add('Transpose', { dim0: second!, dim1: third! }); break;
      case 'unflatten.int': add('Unflatten', { dim: second!, unflattened_size: third! }); break;
      case 'unsqueeze.default': add('Unsqueeze', { dim: second! }); break;
      case 'squeeze.dim': add('Squeeze', { dim: second! }); break;
      case 'select.int': add('Select', { dim: second!, index: third! }); break;
      case 'scaled_dot_product_attention.default': add('SDPA', {}, args.map(source)); break;
      default: throw new Error(`no operator for ${op}`);
    }
  }
  return { text: JSON.stringify({ nnet: 1, inputs, nodes, outputs }), rows };
}

/** The value of a size as PyTorch writes it, "2*((s53//16)) + 1", at given sizes of its names. */
export function evaluateSize(size: number | string, names: ReadonlyMap<string, number>): number {
  if (typeof size === 'number') return size;
  const tokens = size.match(/\/\/|[()+*-]|[A-Za-z_]\w*|\d+/gu) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token === '-') return -factor();
    if (token === '(') {
      const value = sum();
      at += 1;
      return value;
    }
    return names.get(token!) ?? Number(token);
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '*' || tokens[at] === '//') value = tokens[at++] === '*' ? value * factor() : Math.floor(value / factor());
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-') value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}
