import { literal } from '../../../interop/pytorch/python.js';
import { UNKNOWN, type ParamValue, type ParamValues, type TorchArg } from '../../../operators/operator.js';
import type { Program, ProgramNode, Value } from '../../../program/program.js';
import { outputName, tensorName } from '../wires.js';
import { evaluateDim, isSym, type Tensor } from '../../../shapes/index.js';

/** One node of the network as Python runs it by itself. */
export interface Layer {
  readonly node: string;
  /** Where in the network its module or learned tensor is, the first that is there; empty for a function. */
  readonly places: readonly string[];
  /** Makes a module that has no tensors of its own and stands nowhere: one that is a further use of a shared one. */
  readonly make: string;
  /** An assignment to `outputs`, with `m` for the module. */
  readonly code: string;
  readonly outputs: readonly string[];
  readonly op: string;
  /** Whether it hangs on an input, so that several processes see a share each of what it puts out. */
  readonly fed: boolean;
  /** Which of the names in `code` are other nodes' tensors, with theirs ("conv1", "lstm.1"). */
  readonly reads: Readonly<Record<string, string>>;
}

/** The network in single layers, in program order, for looking at what each puts out; and the expressions of its outputs. `sizes` are those of the symbols. */
export function layersOf(program: Program, sizes: ReadonlyMap<string, number>): { readonly layers: readonly Layer[]; readonly outputs: readonly string[]; readonly output: { readonly reader: string; readonly reads: Layer['reads'] } } {
  const [first] = program.outputs;
  const fed = new Set<number>();
  for (const { index, inputs } of program.nodes) if (inputs.some(({ origin }) => origin.kind === 'input' || (origin.kind === 'node' && fed.has(origin.node)))) fed.add(index);
  return {
    layers: program.nodes.map((node) => ({ ...layerOf(node, sizes), op: node.operator.type, fed: fed.has(node.index), reads: readsOf(program, node.inputs) })),
    outputs: program.outputs.map(({ value }) => read(value)),
    output: { reader: outputName(first?.name ?? ''), reads: readsOf(program, first ? [first.value] : []) },
  };
}

function readsOf(program: Program, values: readonly Value[]): Layer['reads'] {
  return Object.fromEntries(values.flatMap((value) => { const name = tensorName(program, value); return name === undefined ? [] : [[read(value), name]]; }));
}

function layerOf(node: ProgramNode, sizes: ReadonlyMap<string, number>): Omit<Layer, 'op' | 'fed' | 'reads'> {
  const params: ParamValues = Object.fromEntries(Object.entries(node.params).map(([name, value]) => [name, sized(value, sizes)] as const));
  const tensors = node.inputs.map(({ origin, tensor }): Tensor | null => (origin.kind === 'none' ? null : { ...tensor, shape: tensor.shape && tensor.shape.map((dim) => evaluateDim(dim, sizes)) }));
  const inputs = node.inputs.map(read);
  const torch = node.operator.torch(params, tensors);
  const outputs = node.outputs.map((_, port) => `v${node.index}_${port}`);
  const name = (port: number): string => outputs[port] ?? '_';
  const argument = ({ name: keyword, value }: TorchArg): string => `${keyword === undefined ? '' : `${keyword}=`}${literal(sized(value ?? null, sizes))}`;
  if ('module' in torch) {
    const places = placesOf(node);
    if (torch.module === 'nn.Parameter') return { node: node.path, places, make: '', code: `${name(0)} = m`, outputs };
    const given = [...inputs];
    while (given.at(-1) === 'None') given.pop();
    const targets = torch.results === undefined ? name(0) : torch.results.replace(/\{(\d+)\}/gu, (_, port: string) => name(Number(port)));
    return { node: node.path, places, make: `${torch.from === undefined ? torch.module : `__import__('importlib').import_module('${torch.from}').${torch.module}`}(${torch.args.map(argument).join(', ')})`, code: `${targets} = m(${torch.call === undefined ? given.join(', ') : filled(torch.call, inputs)})`, outputs };
  }
  const args = new Map((torch.args ?? []).map((arg) => [arg.name ?? arg.param ?? '', literal(sized(arg.value ?? null, sizes))]));
  const code = filled(torch.expression, inputs).replace(/\{([A-Za-z_]\w*)\}/gu, (whole, key: string) => args.get(key) ?? whole);
  const several = typeof node.operator.outputs === 'function' || node.operator.outputs.length > 1;
  return { node: node.path, places: [], make: '', code: `${several ? `(${outputs.join(', ')},)` : name(0)} = ${code}`, outputs };
}

/** Its own path; or, where the tensors are another node's, that of theirs. */
function placesOf(node: ProgramNode): readonly string[] {
  const own = node.path.replace(/\[(\d+)\]/gu, '.$1');
  const [first] = node.weights;
  return first === undefined ? [own] : [own, first.name === '' ? first.key : first.key.slice(0, -first.name.length - 1)];
}

function read({ origin }: Value): string {
  if (origin.kind === 'input') return `x${origin.input}`;
  if (origin.kind === 'node') return `v${origin.node}_${origin.port}`;
  if (origin.kind === 'constant') return origin.value < 0 ? `(${literal(origin.value)})` : literal(origin.value);
  return 'None';
}

const filled = (template: string, inputs: readonly string[]): string => template.replace(/\{(\d+)\}/gu, (_, k: string) => inputs[Number(k)] ?? 'None');

function sized(value: ParamValue | null, sizes: ReadonlyMap<string, number>): ParamValue {
  if (isSym(value)) return evaluateDim(value, sizes);
  if (Array.isArray(value)) return (value as readonly ParamValue[]).map((each) => sized(each, sizes));
  return value === UNKNOWN ? null : value;
}
