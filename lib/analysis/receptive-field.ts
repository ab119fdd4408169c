import type { ReceptiveField } from './analysis.js';
import { ByPath } from './by-path.js';
import { nodeAt, type Graph } from './graph.js';
import type { ProgramNode } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';

/**
 * How much of the input each output position sees (theoretical, so padding counts too), through skips: the maximum over all paths.
 * After a layer that mixes all positions (Flatten, attention, a global pool) it is the whole input; where the input's size is a symbol
 * such a node has no entry.
 */
export function receptiveFields(graph: Graph): ReadonlyMap<string, ReceptiveField> {
  return (graph.derived.receptiveFields ??= fieldsOf(graph));
}

function fieldsOf(graph: Graph): ReadonlyMap<string, ReceptiveField> {
  const fields = new Array<Field | undefined>(graph.size);
  for (let vertex = 0; vertex < graph.size; vertex += 1) {
    const node = nodeAt(graph, vertex);
    fields[vertex] = node === undefined ? fieldOfInput(graph.program.inputs[vertex]?.tensor.shape ?? null) : after(node, widest(fields, graph.reads[vertex]!));
  }
  return new ByPath(graph.program, graph.inputs === 0 ? fields : fields.slice(graph.inputs));
}

/** A field that knows how large the input is. */
class Field implements ReceptiveField {
  /** Sizes of the input; undefined where one is a symbol. */
  readonly #whole: readonly number[] | undefined;

  constructor(readonly size: readonly number[], readonly step: readonly number[], whole: readonly number[] | undefined) {
    this.#whole = whole;
  }

  get whole(): readonly number[] | undefined {
    return this.#whole;
  }
}

function fieldOfInput(shape: Shape | null): Field | undefined {
  if (shape === null || shape.length < 3) return undefined;
  const spatial = shape.slice(2);
  const whole = spatial.every((size) => typeof size === 'number') ? (spatial as number[]) : undefined;
  return new Field(spatial.map(() => 1), spatial.map(() => 1), whole);
}

function widest(fields: readonly (Field | undefined)[], reads: readonly number[]): Field | undefined {
  let found: Field | undefined;
  for (const read of reads) {
    const field = fields[read];
    if (field === undefined) continue;
    if (found === undefined) found = field;
    else if (field !== found && field.size.length === found.size.length) {
      const before = found;
      found = new Field(field.size.map((size, axis) => Math.max(size, before.size[axis]!)), field.step.map((step, axis) => Math.max(step, before.step[axis]!)), before.whole ?? field.whole);
    } else if (field.size.length > found.size.length) found = field;
  }
  return found;
}

function after(node: ProgramNode, field: Field | undefined): Field | undefined {
  if (field === undefined) return undefined;
  const rank = field.size.length + 2;
  const [input] = node.inputs;
  const entering = input?.tensor.shape;
  const leaving = node.outputs[0]?.shape;
  const { window } = node;
  if (window !== undefined) {
    if (window === null || window.kernel.length !== field.size.length) return everything(field);
    const reach = window.kernel.map((kernel, axis) => {
      const stride = window.stride[axis] ?? 1;
      const taps = window.transposed ? Math.ceil(kernel / stride) : (kernel - 1) * (window.dilation[axis] ?? 1) + 1;
      return field.size[axis]! + (taps - 1) * field.step[axis]!;
    });
    const step = field.step.map((size, axis) => (window.transposed ? size / (window.stride[axis] ?? 1) : size * (window.stride[axis] ?? 1)));
    return new Field(reach, step, field.whole);
  }
  if (mixes.has(node.operator.family)) return everything(field);
  // Without a window a layer works at each position by itself as long as it keeps the rank; a change of rank mixes the axes.
  if (entering != null && leaving != null && (entering.length !== leaving.length || leaving.length < rank)) return everything(field);
  return field;
}

const mixes: ReadonlySet<string> = new Set(['Linear', 'Attention', 'Recurrent']);

function everything(field: Field): Field | undefined {
  return field.whole === undefined ? undefined : new Field(field.whole, field.whole, field.whole);
}
