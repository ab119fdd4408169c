import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { asText, compareWithTorch } from '../operators/compare.js';
import type { Use } from '../operators/grid.js';
import { root } from '../support/paths.js';
import { draw, random } from './draw.js';

const seconds = Number(process.env['SECONDS'] ?? 60);
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Where PyTorch accepts what it should not, and reads or makes nonsense. */
const tooLenient: readonly (readonly [reason: string, applies: (use: Use) => boolean])[] = [
  ['attention over a key and a value of different lengths', ([type, , [, key, value]]) => type === 'SDPA' && key?.shape?.at(-2) !== value?.shape?.at(-2)],
  ['−1 for a new axis beside a 0, which gives a tensor with a size of −1', ([type, { shape }]) => type === 'Expand' && Array.isArray(shape) && shape.includes(0) && shape.includes(-1)],
];

it(`operators drawn at random behave as in PyTorch, for ${seconds} seconds from seed ${first}`, () => {
  const end = Date.now() + seconds * 1000;
  let drawn = 0;
  let accepted = 0;
  const wrong: string[] = [];
  for (let seed = first; Date.now() < end && wrong.length < 40; seed++) {
    const next = random(seed);
    const uses = Array.from({ length: 4000 }, () => draw(next));
    const compared = compareWithTorch(uses);
    drawn += compared.length;
    accepted += compared.filter(({ torchs }) => torchs !== 'refused').length;
    for (const [i, each] of compared.entries()) {
      if (each.ours === each.torchs || tooLenient.some(([, applies]) => applies(uses[i] as Use))) continue;
      wrong.push(asText(each));
      const [type, attrs, inputs] = uses[i] as Use;
      if (process.env['KEEP'] !== undefined) appendFileSync(path.join(root, process.env['KEEP']), `${JSON.stringify({ type, attrs, inputs: inputs.map((input) => (input === null ? null : { shape: input.shape, dtype: input.dtype })), torch: each.torchs })}\n`);
    }
  }
  console.log(`${drawn} operators drawn, ${accepted} accepted by PyTorch.`);
  expect(wrong.join('\n')).toBe('');
});
