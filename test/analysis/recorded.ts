import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.js';

/** A small network that PyTorch ran: one row of test/fixtures/truth/mismatch. */
export interface Recorded {
  readonly id: string;
  readonly category: string;
  readonly description: string;
  readonly graph: {
    readonly inputs: Readonly<Record<string, readonly number[]>>;
    readonly dtypes?: Readonly<Record<string, string>>;
    readonly nodes: readonly { readonly id: string; readonly op: string; readonly in: readonly string[]; readonly attrs: Readonly<Record<string, unknown>> }[];
    readonly outputs: readonly string[];
  };
  readonly raises: boolean;
  readonly at?: string | null;
  readonly error?: string | null;
  readonly message?: string | null;
  readonly output_shape?: readonly number[] | null;
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

export const recorded: readonly Recorded[] = (JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/mismatch/mismatch.json'), 'utf8')) as { cases: readonly Recorded[] }).cases;

const dtypes: Readonly<Record<string, string>> = { i64: 'int64', f32: 'float32' };

/** A recorded network as a design. */
export function designOf({ graph }: Recorded): string {
  const taken = new Map(graph.nodes.map(({ id, attrs }) => [id, typeof attrs['take'] === 'number' && attrs['take'] > 0 ? `${id}.${attrs['take']}` : id]));
  const source = (name: string): string => taken.get(name) ?? name;
  return JSON.stringify({
    nnet: 1,
    inputs: Object.fromEntries(Object.entries(graph.inputs).map(([name, shape]) => [name, { shape, ...(graph.dtypes?.[name] !== undefined && { dtype: dtypes[graph.dtypes[name]] ?? graph.dtypes[name] }) }])),
    nodes: Object.fromEntries(graph.nodes.map(({ id, op, in: from, attrs: { take: _take, ...attrs } }) => [id, { op, in: from.map(source), ...attrs }])),
    outputs: graph.outputs.map(source),
  });
}
