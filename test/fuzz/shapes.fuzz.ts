import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { asText, compareWithTorch, type Compared } from '../operators/compare.js';
import type { Use } from '../operators/grid.js';
import { root } from '../support/paths.js';
import { draw, random } from './draw.js';

const seconds = Number(process.env['SECONDS'] ?? 60);
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Draws only operators whose type matches, `ONLY=Pool`. */
const fits = new RegExp(process.env['ONLY'] ?? '.', 'u');

/** Where PyTorch accepts what it should not, and reads or makes nonsense; or refuses by chance. */
const tooLenient: readonly (readonly [reason: string, applies: (use: Use, torchs: string) => boolean])[] = [
  ['attention over a key and a value of different lengths', ([type, , [, key, value]]) => type === 'SDPA' && key?.shape?.at(-2) !== value?.shape?.at(-2)],
  ['−1 for a new axis beside a 0, which gives a tensor with a size of −1', ([type, { shape }]) => type === 'Expand' && Array.isArray(shape) && shape.includes(0) && shape.includes(-1)],
  ['circular padding with one side taken off, which it refuses only where it sees in memory that what it copies overlaps', ([type, { padding, pad, mode }]) => (type.startsWith('CircularPad') || mode === 'circular') && [padding, pad].some((given) => Array.isArray(given) && given.some((side) => Number(side) < 0))],
  ['a cell of one hidden element on one sequence, with a batch of hidden states', ([type, , [input, state]]) => /^(RNN|GRU|LSTM)Cell$/.test(type) && input?.shape?.length !== state?.shape?.length],
  ['more shares than three axes, of which it takes the first', ([type, { output_ratio }]) => type === 'FractionalMaxPool3d' && Array.isArray(output_ratio) && output_ratio.length > 3],
  ['areas of whole numbers that come to nothing', ([type, { mode }, [input]]) => (type === 'Interpolate' || type === 'Upsample') && mode === 'area' && !/float/.test(input?.dtype ?? '')],
  ['whole numbers put back to nothing', ([type, , [input]], torchs) => type.startsWith('MaxUnpool') && !/float/.test(input?.dtype ?? '') && /\b0\b/.test(torchs)],
];

/** Compares all, but for what ends PyTorch's process, which is found by halving. */
function surviving(uses: readonly Use[]): readonly (Compared | undefined)[] {
  try {
    return compareWithTorch(uses);
  } catch (error) {
    if (uses.length > 1) return [...surviving(uses.slice(0, uses.length / 2)), ...surviving(uses.slice(uses.length / 2))];
    console.log(`PyTorch's process ends at ${JSON.stringify(uses[0])}: ${error instanceof Error ? error.message : String(error)}`);
    return [undefined];
  }
}

it(`operators drawn at random behave as in PyTorch, for ${seconds} seconds from seed ${first}`, async () => {
  const end = Date.now() + seconds * 1000;
  let drawn = 0;
  let accepted = 0;
  const wrong: string[] = [];
  for (let seed = first; Date.now() < end && wrong.length < 40; seed++) {
    const next = random(seed);
    const uses = Array.from({ length: 4000 }, () => draw(next, fits));
    const compared = surviving(uses);
    // The runner asks now and then whether the test is alive.
    await setTimeout(100);
    drawn += compared.length;
    accepted += compared.filter((each) => each !== undefined && each.torchs !== 'refused').length;
    for (const [i, each] of compared.entries()) {
      if (each === undefined || each.ours === each.torchs || tooLenient.some(([, applies]) => applies(uses[i] as Use, each.torchs))) continue;
      wrong.push(asText(each));
      const [type, attrs, inputs] = uses[i] as Use;
      if (process.env['KEEP'] !== undefined) appendFileSync(path.join(root, process.env['KEEP']), `${JSON.stringify({ type, attrs, inputs: inputs.map((input) => (input === null ? null : { shape: input.shape, dtype: input.dtype })), torch: each.torchs })}\n`);
    }
  }
  console.log(`${drawn} operators drawn, ${accepted} accepted by PyTorch.`);
  expect(wrong.join('\n')).toBe('');
});
