import { describe, expect, test } from 'vitest';
import { openTfjs } from '../../../lib/task/backends/tfjs/backend.js';
import { forksOf, measuresRecord } from '../../../lib/task/training/measures.js';
import { difference, hooked, program, step } from './hooked.js';

describe.each(['wasm', 'tfjs-node'] as const)('a look inside on %s', (kind) => {
  test('sees what the hooks of PyTorch see: activations, dead units, every wire, forks, parameters and updates', async () => {
    const { loss, measured } = await step(await openTfjs(kind), true);
    expect(loss).toBeCloseTo(hooked.loss, 5);
    for (const part of ['activations', 'wires', 'sums', 'parameters'] as const) expect([part, difference(measured?.[part], hooked[part])]).toEqual([part, expect.closeTo(0, 4)]);
  });

  test('changes nothing of what is learned', async () => {
    const backend = await openTfjs(kind);
    const [seen, unseen] = [await step(backend, true), await step(backend, false)];
    expect(seen.loss).toBe(unseen.loss);
    expect(seen.after).toEqual(unseen.after);
  });
});

test('where a skip leaves, what comes back by it stands beside what comes back by the branch', () => {
  const { forks } = measuresRecord(1, hooked, forksOf(program));
  const short = (value: number | undefined): number => Number(value?.toPrecision(4));
  expect(forks).toEqual([
    { at: 'relu1', to: 'sum', skip: { sum: short(hooked.wires['relu1']?.['sum']) }, branch: { conv2: short(hooked.wires['relu1']?.['conv2']) }, both: short(hooked.sums['relu1']) },
  ]);
});

test('a norm that overflows stands as null, since JSON has no word for it', () => {
  const record = measuresRecord(1, { activations: { a: { mean: NaN, spread: 1.23456 } }, parameters: { w: { gradient: Infinity, update: NaN } }, wires: { a: { b: Infinity } }, sums: {} }, []);
  expect(record).toMatchObject({ activations: { a: { mean: null, spread: 1.235 } }, parameters: { w: { gradient: null, update: null } }, wires: { a: { b: null } } });
});
