import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add, atLeast, ceilDiv, divisible, evaluateDim, exactDiv, floorDiv, formatDim, formatShape, lowerBound, max, min, mod, mul, product, sameDim, slidingSize, slidingSizeUp,
  sub, substitute, symbol, symbolsOf, transposedSize, upperBound, windowExtent, type Dim,
} from '../../lib/shapes/index.js';

const [N, H, W] = [symbol('N'), symbol('H'), symbol('W')];
const text = formatDim;

describe('known sizes', () => {
  it('stay plain numbers', () => {
    expect([add(2, 3), sub(2, 3), mul(2, 3), floorDiv(7, 2), floorDiv(-7, 2), ceilDiv(7, 2), ceilDiv(-7, 2), mod(-7, 3), max(2, 3), min(2, 3)]).toEqual([5, -1, 6, 3, -4, 4, -3, 2, 3, 2]);
  });
  it('divided by zero are unknown', () => {
    expect([floorDiv(3, 0), ceilDiv(3, 0), mod(3, 0), floorDiv(H, 0)]).toEqual([null, null, null, null]);
  });
  it('are what symbols cancel to', () => {
    expect(sub(add(H, 3), H)).toBe(3);
    expect(floorDiv(mul(N, 12), N)).toBe(12);
    expect(mul(H, 0)).toBe(0);
  });
});

describe('symbolic sizes', () => {
  it('have one text for one value', () => {
    expect(text(add(H, W))).toBe(text(add(W, H)));
    expect(text(mul(add(H, 1), sub(H, 1)))).toBe(text(sub(mul(H, H), 1)));
    expect(text(floorDiv(add(H, 1), 2))).toBe(text(add(floorDiv(sub(H, 1), 2), 1)));
    expect(text(floorDiv(floorDiv(H, 2), 2))).toBe('floor(H / 4)');
  });
  it('read as people write them', () => {
    expect(text(mul(2, N))).toBe('2*N');
    expect(text(sub(5, N))).toBe('5 - N');
    expect(text(slidingSize(H, 2, 3, 2))).toBe('floor((H - 1) / 2) + 1');
    expect(text(slidingSize(H, 0, 2, 2))).toBe('floor(H / 2)');
    expect(text(slidingSize(slidingSize(H, 2, 3, 2), 2, 3, 2))).toBe('floor((H - 1) / 4) + 1');
    expect(text(transposedSize(floorDiv(H, 2), 2, 0, 2, 0))).toBe('2*floor(H / 2)');
    expect(text(floorDiv(mul(3, H), 2))).toBe('H + floor(H / 2)');
    expect(formatShape([N, 64, add(floorDiv(sub(H, 1), 2), 1), null])).toBe('N × 64 × (floor((H - 1) / 2) + 1) × ?');
    expect(formatShape([])).toBe('scalar');
    expect(formatShape(null)).toBe('?');
  });
  it('of ceil_mode need no minimum where the last window always begins inside', () => {
    expect(text(slidingSizeUp(H, 1, 3, 2))).toBe('floor(H / 2) + 1');
    expect(text(slidingSizeUp(H, 0, 1, 3))).toBe('floor((H - 1) / 3) + 1');
  });
  it('know their symbols', () => {
    expect(symbolsOf(add(floorDiv(H, 2), max(N, mul(W, 3))))).toEqual(['H', 'N', 'W']);
    expect(text(substitute(mul(N, floorDiv(H, 2)), new Map<string, Dim>([['N', 1]])))).toBe('floor(H / 2)');
    expect(evaluateDim(mul(N, H), new Map([['N', 2]]))).toBe(null);
  });
  it('are taken to be at least 1', () => {
    expect(lowerBound(H)).toBe(1);
    expect(upperBound(sub(3, H))).toBe(2);
    expect(lowerBound(sub(H, floorDiv(H, 2)))).toBe(1);
    expect(sameDim(H, add(H, 2))).toBe(false);
    expect(sameDim(mul(2, N), N)).toBe(false);
    expect(sameDim(H, mul(2, floorDiv(H, 2)))).toBe(undefined);
    expect(sameDim(H, 0)).toBe(false);
    expect(sameDim(H, 4)).toBe(undefined);
    expect(sameDim(add(H, W), add(W, H))).toBe(true);
    expect(atLeast(add(H, 2), 3)).toBe(true);
    expect(atLeast(H, 3)).toBe(undefined);
    expect(max(H, 1)).toBe(H);
    expect(min(sub(H, 1), H)).toEqual(sub(H, 1));
  });
  it('divide where their terms do', () => {
    expect(divisible(mul(4, H), 2)).toBe(true);
    expect(divisible(add(mul(4, H), 1), 2)).toBe(false);
    expect(divisible(H, 2)).toBe(undefined);
    expect(text(exactDiv(product([N, 64, H, W]), mul(N, H)) ?? null)).toBe('64*W');
    expect(exactDiv(10, 4)).toBe(undefined);
    expect(exactDiv(12, 4)).toBe(3);
    expect(text(exactDiv(mul(add(H, 1), add(W, 2)), add(W, 2)) ?? null)).toBe('H + 1');
  });
});

describe('unknown sizes', () => {
  it('make unknown what depends on them, but for a product with zero', () => {
    expect([add(null, 1), sub(H, null), floorDiv(null, 2), max(null, 2), windowExtent(null, 1)]).toEqual([null, null, null, null, null]);
    expect(product([null, 0])).toBe(0);
    expect(product([null, 2])).toBe(null);
    expect(sameDim(null, null)).toBe(undefined);
  });
});

/** A random expression as a tree, to be built symbolically and computed with numbers. */
type Tree = number | string | { readonly op: 'add' | 'sub' | 'mul' | 'max' | 'min'; readonly a: Tree; readonly b: Tree } | { readonly op: 'floorDiv' | 'ceilDiv' | 'mod'; readonly a: Tree; readonly b: number };
const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('N', 'H', 'W'),
    fc.integer({ min: -5, max: 9 }),
    fc.record({ op: fc.constantFrom('add' as const, 'sub' as const, 'mul' as const, 'max' as const, 'min' as const), a: tie('tree'), b: tie('tree') }),
    fc.record({ op: fc.constantFrom('floorDiv' as const, 'ceilDiv' as const, 'mod' as const), a: tie('tree'), b: fc.constantFrom(1, 2, 3, 4, 6, -2) }),
  ),
})).tree;
const operations = { add, sub, mul, max, min, floorDiv, ceilDiv, mod };
const build = (node: Tree, leaf: (name: string) => Dim): Dim => (typeof node === 'number' ? node : typeof node === 'string' ? leaf(node) : operations[node.op](build(node.a, leaf), build(node.b, leaf)));
const sizes = fc.record({ N: fc.integer({ min: 1, max: 12 }), H: fc.integer({ min: 1, max: 40 }), W: fc.integer({ min: 1, max: 40 }) });

describe('random expressions', () => {
  it('evaluate to what the numbers give, and lie within their bounds', () => {
    fc.assert(fc.property(tree, sizes, (node, at) => {
      const symbolic = build(node, symbol);
      const concrete = build(node, (name) => at[name as keyof typeof at]);
      expect(evaluateDim(symbolic, new Map(Object.entries(at)))).toBe(concrete);
      expect(lowerBound(symbolic)).toBeLessThanOrEqual(concrete as number);
      expect(upperBound(symbolic)).toBeGreaterThanOrEqual(concrete as number);
    }), { numRuns: 400 });
  });
  it('are never said to be equal, different, ordered or divisible where numbers say otherwise', () => {
    fc.assert(fc.property(tree, tree, sizes, (left, right, at) => {
      const [a, b] = [build(left, symbol), build(right, symbol)];
      const [x, y] = [left, right].map((node) => build(node, (name) => at[name as keyof typeof at]) as number) as [number, number];
      expect([x === y, undefined]).toContain(sameDim(a, b));
      expect([x >= y, undefined]).toContain(atLeast(a, b));
      for (const by of [2, 3, 5]) expect([x % by === 0, undefined]).toContain(divisible(a, by));
    }), { numRuns: 400 });
  });
  it('do not depend on the order of sums and products', () => {
    fc.assert(fc.property(tree, tree, tree, (p, q, r) => {
      const [a, b, c] = [p, q, r].map((node) => build(node, symbol)) as [Dim, Dim, Dim];
      expect(text(add(add(a, b), c))).toBe(text(add(c, add(b, a))));
      expect(text(mul(a, add(b, c)))).toBe(text(add(mul(c, a), mul(b, a))));
    }), { numRuns: 200 });
  });
});
