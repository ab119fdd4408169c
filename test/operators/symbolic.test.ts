import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateDim, formatShape, symbol, type Tensor } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';
import { call, isError } from './calling.js';

interface Row {
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly in: readonly (readonly number[])[];
  readonly out?: readonly number[] | readonly (readonly number[])[];
}
const { cases } = JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/fuzz/torch_fuzz.json'), 'utf8')) as { cases: readonly Row[] };

/** Rows whose answer is open while sizes are symbols, each with the reason. */
const open: readonly (readonly [reason: string, applies: (row: Row) => boolean])[] = [
  ['the number of pieces depends on the size', ({ op }) => op === 'Split' || op === 'Chunk'],
  ['an axis of size 1 goes away, one of another size stays', ({ op }) => op === 'Squeeze'],
  ['ends of a slice beyond a symbolic size are taken to lie within it', ({ op }) => op === 'Slice'],
  ['a factor that is no binary fraction rounds differently at each size', ({ op, attrs }) => op === 'Interpolate' && [attrs['scale_factor']].flat().some((factor) => typeof factor === 'number' && !Number.isInteger(factor * 1024))],
  ['a symbol is at least 1', (row) => row.in.some((shape) => shape.includes(0))],
];

/** All sizes but channels become symbols, equal sizes of several inputs the same one. */
function symbolic(row: Row): { readonly inputs: readonly Tensor[]; readonly sizes: ReadonlyMap<string, number> } {
  const sizes = new Map<string, number>();
  const channelsAt = (rank: number): number => (/^(Conv|BatchNorm|LSTM|GRU|RNN)/.test(row.op) ? (/^Conv/.test(row.op) ? rank - 1 - Number(/\dd$/.exec(row.op)?.[0][0] ?? 0) : rank - 1) : -1);
  const inputs = row.in.map((shape) => ({
    dtype: 'float32' as const,
    shape: shape.map((size, axis) => {
      const elementwise = row.op === 'Broadcast' || row.op === 'Concat' || row.op === 'MatMul';
      if (axis === channelsAt(shape.length) || (elementwise && size === 1)) return size;
      const name = elementwise ? `S${size}` : `D${axis}`;
      sizes.set(name, size);
      return symbol(name);
    }),
  }));
  return { inputs, sizes };
}

const asked = cases.filter((row) => row.out !== undefined && !open.some(([, applies]) => applies(row)));

describe.each([...new Set(asked.map(({ op }) => op))])('symbolic %s', (op) => {
  it('gives at the recorded sizes what PyTorch gave', () => {
    const wrong = asked.filter((row) => row.op === op).flatMap((row) => {
      const { inputs, sizes } = symbolic(row);
      const { outputs, findings } = call(op === 'Broadcast' ? 'Add' : op, row.attrs, inputs);
      const ours = findings.some(isError) ? `refused: ${findings[0]?.message ?? ''}` : outputs.map(({ shape }) => formatShape(shape?.map((size) => evaluateDim(size, sizes)) ?? null)).join('; ');
      const several = Array.isArray(row.out?.[0]);
      const torchs = (several ? (row.out as readonly (readonly number[])[]) : [row.out as readonly number[]]).map(formatShape).join('; ');
      return ours === torchs ? [] : [`${JSON.stringify({ attrs: row.attrs, in: row.in })}\n   PyTorch: ${torchs}\n   Here: ${outputs.map(({ shape }) => formatShape(shape)).join('; ')} = ${ours}`];
    });
    expect(wrong.join('\n')).toBe('');
  });
});

it('names what it leaves out', () => {
  console.log(`${asked.length} accepted operators are inferred with symbolic sizes and evaluated.${open.map(([reason, applies]) => `\n  left out: ${cases.filter((row) => row.out !== undefined && applies(row)).length} rows: ${reason}`).join('')}`);
  expect(asked.length).toBeGreaterThan(1200);
});
