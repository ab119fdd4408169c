import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatShape } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';
import { call, float, isError } from './calling.js';

interface Row {
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly in: readonly (readonly number[])[];
  readonly out?: readonly number[] | readonly (readonly number[])[];
  readonly error?: string;
  readonly message?: string;
}
const { cases } = JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/fuzz/torch_fuzz.json'), 'utf8')) as { cases: readonly Row[] };

/** Rows that are not compared, each with the reason; printed by the last test. */
const leftOut: readonly (readonly [reason: string, applies: (row: Row) => boolean])[] = [];

/** What we say of a row: "refused" or the shapes. */
function ours(row: Row): string {
  const { outputs, findings } = call(row.op === 'Broadcast' ? 'Add' : row.op, row.attrs, row.in.map((shape) => float(...shape)));
  return findings.some(isError) ? 'refused' : outputs.map(({ shape }) => formatShape(shape)).join('; ');
}

function torchs(row: Row): string {
  if (row.out === undefined) return 'refused';
  const several = Array.isArray(row.out[0]) || row.op === 'Split' || row.op === 'Chunk';
  return (several ? (row.out as readonly (readonly number[])[]) : [row.out as readonly number[]]).map(formatShape).join('; ');
}

const compared = cases.filter((row) => !leftOut.some(([, applies]) => applies(row)));

describe.each([...new Set(cases.map(({ op }) => op))])('random %s', (op) => {
  it('gives the shapes and refusals of PyTorch', () => {
    const wrong = compared.filter((row) => row.op === op && ours(row) !== torchs(row));
    const text = wrong.map((row) => `${JSON.stringify({ attrs: row.attrs, in: row.in })}\n   PyTorch: ${torchs(row)} ${row.message ?? ''}\n   Here: ${ours(row)}`);
    expect(text.join('\n')).toBe('');
  });
});

it('compares all recorded rows but those that it names', () => {
  const rows = leftOut.map(([reason, applies]) => `${cases.filter(applies).length} rows: ${reason}`);
  console.log(`${compared.length} of ${cases.length} random operators are compared with PyTorch.${rows.map((row) => `\n  left out: ${row}`).join('')}`);
  expect(cases).toHaveLength(2554);
});
