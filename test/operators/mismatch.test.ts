import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/operators/index.js';
import { formatShape, type DType, type Tensor } from '../../lib/shapes/index.js';
import { recorded, type Recorded } from '../analysis/recorded.js';
import { call, isError, tensor } from './calling.js';

const dtypes: Readonly<Record<string, DType>> = { i64: 'int64', bool: 'bool', f32: 'float32' };

interface Walked {
  readonly at: string | undefined;
  readonly findings: readonly Finding[];
  readonly shapes: ReadonlyMap<string, string>;
  readonly last: string;
}

/** Runs the graph until something is refused, as PyTorch does: first all layers are made, then they are applied in order. */
function walk({ graph }: Recorded): Walked {
  const values = new Map<string, Tensor>(Object.entries(graph.inputs).map(([name, shape]) => [name, tensor(shape, dtypes[graph.dtypes?.[name] ?? 'f32'])]));
  const shapes = new Map<string, string>();
  let last = '';
  for (const node of graph.nodes) {
    const { take = 0, ...attrs } = node.attrs as { take?: number };
    const { outputs, findings } = call(node.op, attrs, node.in.map((name) => values.get(name) ?? null));
    const output = outputs[take];
    const errors = findings.filter(isError);
    if (errors.length > 0 || output === undefined) return { at: node.id, findings: errors, shapes, last };
    values.set(node.id, output);
    last = formatShape(output.shape);
    shapes.set(node.id, last);
  }
  return { at: undefined, findings: [], shapes, last };
}

describe.each([...new Set(recorded.map(({ category }) => category))])('recorded networks: %s', (category) => {
  it.each(recorded.filter((each) => each.category === category).map((each) => [each.id, each] as const))('%s', (_id, network) => {
    const { at, shapes, last, findings } = walk(network);
    expect({ at, why: at === undefined ? undefined : 'refused' }).toEqual({ at: network.raises ? network.at : undefined, why: network.raises ? 'refused' : undefined });
    for (const [node, shape] of Object.entries(network.shapes ?? {})) if (shapes.has(node)) expect(`${node}: ${shapes.get(node) ?? ''}`).toBe(`${node}: ${formatShape(shape)}`);
    if (!network.raises && network.output_shape != null) expect(last).toBe(formatShape(network.output_shape));
    // A sentence with a number in it, unless PyTorch's own has none.
    for (const { message } of findings) expect(message).toMatch(/\.$/);
  });
});

it('compares every recorded network', () => {
  console.log(`${recorded.length} of ${recorded.length} small networks are compared with PyTorch: ${recorded.filter(({ raises }) => raises).length} are refused.`);
  expect(recorded.length).toBeGreaterThan(100);
});
