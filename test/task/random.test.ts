import { expect, test } from 'vitest';
import { random, shuffled } from '../../lib/task/random.js';

const draw = (count: number, ...key: Parameters<typeof random>): number[] => {
  const generator = random(...key);
  return Array.from({ length: count }, () => generator.uniform());
};

test('the same seed and name give the same numbers, another of either gives others', () => {
  expect(draw(5, 1, 'weights', 'conv')).toEqual(draw(5, 1, 'weights', 'conv'));
  expect(draw(5, 1, 'weights', 'conv')).not.toEqual(draw(5, 2, 'weights', 'conv'));
  expect(draw(5, 1, 'weights', 'conv')).not.toEqual(draw(5, 1, 'weights', 'conv2'));
});

test('uniform numbers have mean 1/2 and variance 1/12, normal ones 0 and 1', () => {
  const moments = (values: readonly number[]): readonly [number, number] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
  };
  const generator = random(0, 'moments');
  const [mean, variance] = moments(Array.from({ length: 50_000 }, () => generator.uniform()));
  expect(mean).toBeCloseTo(0.5, 2);
  expect(variance).toBeCloseTo(1 / 12, 2);
  const [centre, spread] = moments(Array.from({ length: 50_000 }, () => generator.normal()));
  expect(Math.abs(centre)).toBeLessThan(0.02);
  expect(spread).toBeCloseTo(1, 1);
});

test('a shuffle is a permutation', () => {
  expect([...shuffled(100, random(3, 'epoch'))].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});
