import type { Problem } from '../../lib/document/problem.js';
import { formatDim, type Dim } from '../../lib/shapes/index.js';

interface AxisFact {
  readonly name: string;
  readonly values: readonly Dim[];
  readonly differ: boolean;
  readonly text: string;
}
interface InputFact {
  readonly role: string;
  readonly source: string;
}

/** "Add needs inputs of one shape. All three axes differ.", where the problem is one of shapes that meet. */
export function headlineOf({ facts }: Problem): string | undefined {
  return typeof facts?.['headline'] === 'string' ? facts['headline'] : undefined;
}

/** The two shapes that meet, axis by axis. */
export function AxesTable({ problem }: { readonly problem: Problem }) {
  const axes = listOf<AxisFact>(problem.facts?.['axes'], 'values');
  const inputs = listOf<InputFact>(problem.facts?.['inputs'], 'role');
  if (axes.length === 0 || inputs.length === 0) return null;
  return (
    <table className="axes">
      <thead><tr><th />{axes.map((axis) => <th key={axis.name} scope="col">{axis.name}</th>)}</tr></thead>
      <tbody>
        {inputs.map(({ role, source }, k) => (
          <tr key={k}>
            <td><span className="key" style={{ '--c': role === 'skip' || (role === 'second' && k === 1) ? 'var(--nw-add)' : 'var(--nw-res-3)' } as React.CSSProperties} />{role} <span className="dim">{source}</span></td>
            {axes.map((axis) => <td key={axis.name}>{formatDim(axis.values[k] ?? null)}</td>)}
          </tr>
        ))}
        <tr className="unequal"><td />{axes.map((axis) => <td key={axis.name}>{axis.differ ? axis.text : ''}</td>)}</tr>
      </tbody>
    </table>
  );
}

/** Facts cross from the analysis as plain data; only what has the wanted form is drawn. */
function listOf<T>(value: unknown, key: keyof T & string): readonly T[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && key in item) ? (value as readonly T[]) : [];
}
