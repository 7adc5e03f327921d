import fc from 'fast-check';
import type { Aggregator } from '../../src/core/aggregates/aggregator';
import { builtInAggregates } from '../../src/core/aggregates/built-in';
import { accumulate, boundWithAny, inTimeOrder } from '../support/aggregate-samples';

const aggregatorOf = (name: string): Aggregator =>
  boundWithAny(builtInAggregates.find((definition) => definition.name === name)!);

const resultOf = (name: string, values: readonly unknown[]): number | null => {
  const aggregator = aggregatorOf(name);
  return aggregator.result(accumulate(aggregator, inTimeOrder(values))) as number | null;
};

const doubles = (most: number) =>
  fc.array(fc.double({ noNaN: true, min: -most, max: most }), { minLength: 1, maxLength: 60 });

describe.each(['sum', 'avg', 'min', 'max'])('%s of doubles of all sizes', (name) => {
  it('shows neither order nor merging in the 12th digit', () => {
    const aggregator = aggregatorOf(name);
    fc.assert(
      fc.property(doubles(1e12), fc.nat({ max: 60 }), (values, cut) => {
        const tolerance = 1e-12 * Math.max(...values.map(Math.abs));
        const all = resultOf(name, values)!;
        expect(Math.abs(resultOf(name, [...values].reverse())! - all)).toBeLessThanOrEqual(tolerance);
        const merged = accumulate(aggregator, inTimeOrder(values.slice(0, cut)));
        aggregator.merge(merged, accumulate(aggregator, inTimeOrder(values.slice(cut))));
        expect(Math.abs((aggregator.result(merged) as number) - all)).toBeLessThanOrEqual(tolerance);
      }),
    );
  });
});

describe.each(['avg', 'ewma'])('%s', (name) => {
  it('never leaves the range of its values', () => {
    fc.assert(
      fc.property(doubles(1e6), (values) => {
        const result = resultOf(name, values);
        expect(result).toBeGreaterThanOrEqual(Math.min(...values));
        expect(result).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
});

it('sum keeps small terms beside large ones that cancel', () => {
  expect(resultOf('sum', [1e100, 1, -1e100, 1])).toBe(2);
});

it('vwap keeps small volumes beside large ones that cancel', () => {
  expect(
    resultOf('vwap', [
      [1, 1e100],
      [7, 1],
      [1, -1e100],
    ]),
  ).toBe(7);
});

it('variance of values far from 0 is that of their distances', () => {
  const far = [4, 7, 13, 16].map((distance) => distance + 1e9);
  expect(resultOf('variance', far)).toBeCloseTo(30, 9);
  expect(resultOf('stddev', far)).toBeCloseTo(Math.sqrt(30), 9);
  expect(resultOf('variance', Array(1000).fill(0.1))).toBe(0);
});

it.each(['sum', 'avg', 'variance', 'delta', 'rate'])('%s beyond the range of doubles is null', (name) => {
  expect(resultOf(name, [-1.7e308, 1.7e308, 1.7e308, 1.7e308])).toBeNull();
});
