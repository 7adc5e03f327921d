import fc from 'fast-check';

import type { Aggregator } from '../../src/core/aggregates/aggregator';
import { ByteReader, ByteWriter } from '../../src/core/aggregates/bytes';
import { aggregatorNames, aggregatorOf } from '../../src/core/aggregates/registry';

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), { maxLength: 60 });

/** No aggregate of this file looks at it. */
const AT = { timeMs: 0, offset: 0n };

function accumulate(aggregator: Aggregator, values: readonly number[]): unknown {
  const state = aggregator.init();
  for (const value of values) aggregator.add(state, value as never, AT);
  return state;
}

/** Equal, or equal to the 12th digit of what went in: merging and adding may round in another order. */
function expectSame(actual: unknown, expected: unknown, values: readonly number[]): void {
  if (typeof actual !== 'number' || typeof expected !== 'number') return expect(actual).toEqual(expected);
  const scale = Math.max(1, ...values.map(Math.abs));
  expect(Math.abs(actual - expected) / scale).toBeLessThan(1e-12);
}

describe.each(aggregatorNames())('%s', (name) => {
  const aggregator = aggregatorOf(name, 1)!;

  it('gives the same result however its values are split and merged', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const left = accumulate(aggregator, a);
        aggregator.merge(left, accumulate(aggregator, b));
        aggregator.merge(left, accumulate(aggregator, c));
        const right = accumulate(aggregator, b);
        aggregator.merge(right, accumulate(aggregator, c));
        const leftAssociated = aggregator.result(left);
        const outer = accumulate(aggregator, a);
        aggregator.merge(outer, right);
        const all = [...a, ...b, ...c];
        expectSame(leftAssociated, aggregator.result(outer), all);
        expectSame(leftAssociated, aggregator.result(accumulate(aggregator, all)), all);
      }),
    );
  });

  it('has an identity', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const expected = aggregator.result(accumulate(aggregator, values));
        const state = aggregator.init();
        aggregator.merge(state, accumulate(aggregator, values));
        aggregator.merge(state, aggregator.init());
        expectSame(aggregator.result(state), expected, values);
      }),
    );
  });

  it('does not depend on the order of its values', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const forwards = aggregator.result(accumulate(aggregator, values));
        expectSame(aggregator.result(accumulate(aggregator, [...values].reverse())), forwards, values);
      }),
    );
  });

  it('survives its encoding bit for bit', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const state = accumulate(aggregator, values);
        const writer = new ByteWriter();
        aggregator.encode(state, writer);
        expect(aggregator.decode(new ByteReader(writer.take()))).toEqual(state);
      }),
    );
  });

  it('refuses state of a version that it does not know', () => {
    expect(() => aggregator.decode(new ByteReader(Uint8Array.of(255)))).toThrow(/version 255/);
  });
});

it('avg never leaves the range of its values', () => {
  const avg = aggregatorOf('avg', 1)!;
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const result = avg.result(accumulate(avg, values)) as number;
      expect(result).toBeGreaterThanOrEqual(Math.min(...values));
      expect(result).toBeLessThanOrEqual(Math.max(...values));
    }),
  );
});

it('sum keeps small terms beside large ones that cancel', () => {
  const sum = aggregatorOf('sum', 1)!;
  expect(sum.result(accumulate(sum, [1e100, 1, -1e100, 1]))).toBe(2);
});

it('an aggregate of nothing is null, a count of nothing is 0', () => {
  for (const name of aggregatorNames()) {
    const aggregator = aggregatorOf(name, 1)!;
    expect(aggregator.result(aggregator.init())).toBe(name === 'count' ? 0 : null);
  }
});
