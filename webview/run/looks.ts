import type { ForkMeasure, MeasuresRecord, RunRecord, RunSummary } from '../../lib/protocol/records.js';

/** One layer of one look inside. Null stands for a value that is no number. */
export interface LayerRow {
  readonly name: string;
  readonly mean?: number | null;
  readonly spread?: number | null;
  readonly dead?: number;
  /** Norm of the gradient that comes back to its output, from all readers. */
  readonly back?: number | null;
  /** Norm of the gradient of its own learned tensors. */
  readonly gradient?: number | null;
  /** Of its learned tensors, the largest change in proportion to the value. */
  readonly update?: number | null;
}

export function looksOf({ records }: RunSummary): readonly MeasuresRecord[] {
  return records.filter((record: RunRecord): record is MeasuresRecord => record.type === 'measures');
}

/** Layers in the order in which the network runs. */
export function layerRows({ activations, parameters, wires, forks }: MeasuresRecord): readonly LayerRow[] {
  const sums = new Map(forks.map(({ at, both }) => [at, both]));
  const owned = parametersByNode(Object.keys(activations), Object.keys(parameters));
  return Object.entries(activations).map(([name, activation]) => {
    const readers = Object.values(wires[name] ?? {});
    const back = sums.has(name) ? sums.get(name) : readers.length === 1 ? readers[0] : undefined;
    const own = (owned.get(name) ?? []).flatMap((key) => parameters[key] ?? []);
    return {
      name,
      ...activation,
      ...(back !== undefined && { back }),
      ...(own.length > 0 && { gradient: length(own.map(({ gradient }) => gradient)), update: largest(own.map(({ update }) => update)) }),
    };
  });
}

/** Keys are paths with dots for brackets, then the tensor's name: the longest path that fits owns the key. */
function parametersByNode(names: readonly string[], keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const paths = new Map(names.map((name) => [name.replace(/\[(\d+)\]/g, '.$1'), name]));
  const owned = new Map<string, string[]>();
  for (const key of keys) {
    let path = key;
    while (path !== '' && !paths.has(path)) path = path.slice(0, Math.max(0, path.lastIndexOf('.')));
    const name = paths.get(path);
    if (name !== undefined) owned.set(name, [...(owned.get(name) ?? []), key]);
  }
  return owned;
}

function length(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.hypot(...(values as readonly number[]));
}

/** Of a value that was zero before there is no proportion. */
function largest(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length ? Math.max(...numbers) : null;
}

/** The two sides of a fork, each as the largest norm among its readers, with shares of the larger one for bars. */
export function forkSides({ skip, branch }: ForkMeasure): { readonly skip: Side; readonly branch: Side } {
  const [a, b] = [strongest(skip), strongest(branch)];
  const most = Math.max(a ?? 0, b ?? 0);
  const side = (readers: Readonly<Record<string, number | null>>, norm: number | null): Side => ({ readers: Object.keys(readers), norm, share: norm === null || most === 0 ? 0 : norm / most });
  return { skip: side(skip, a), branch: side(branch, b) };
}

export interface Side {
  readonly readers: readonly string[];
  readonly norm: number | null;
  readonly share: number;
}

function strongest(readers: Readonly<Record<string, number | null>>): number | null {
  const norms = Object.values(readers);
  return norms.includes(null) || !norms.length ? null : Math.max(...(norms as number[]));
}

/** "0.123", "3.4e-5", "0"; "no number" where it is none. */
export function shortNumber(value: number | null | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'no number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(1).replace('e+', 'e');
}
