import { describe, expect, it } from 'vitest';
import { operators } from '../../lib/operators/index.js';
import type { DType } from '../../lib/shapes/index.js';
import { asText, compareWithTorch } from './compare.js';
import { cases, type Use } from './grid.js';

const other: readonly DType[] = ['int64', 'bool', 'float64'];
/** Every case as it stands, and again with its first input of other types. */
const uses = cases.flatMap(([type, attrs, inputs]): readonly Use[] => {
  const [first] = inputs;
  const variants = first == null || first.dtype !== 'float32' ? [] : other.map((dtype) => [{ ...first, dtype }, ...inputs.slice(1)]);
  return [inputs, ...variants].map((each) => [type, attrs, each]);
});

describe('beside PyTorch', () => {
  it('every operator is compared', () => {
    const covered = new Set(cases.map(([type]) => type));
    expect([...operators.keys()].filter((type) => !covered.has(type))).toEqual([]);
  });

  it('shapes, types, weights, multiply-accumulates and refusals are the same', () => {
    const compared = compareWithTorch(uses);
    console.log(`${compared.length} uses of operators are compared with PyTorch.`);
    expect(compared.filter((each) => each.ours !== each.torchs).map(asText).join('\n')).toBe('');
  }, 120_000);
});
