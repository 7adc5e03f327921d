import type { JsonValue } from '../../../../src/core/json';
import type { Sample } from '../../../support/aggregate-samples';
import { resultOfSamples, resultOver } from '../../../support/called-aggregate';

/** In the order of arrival. */
const samples = (...all: readonly [value: unknown, seconds: number][]): Sample[] =>
  all.map(([value, seconds], i) => ({ value, timeMs: seconds * 1000, offset: BigInt(i) }));

const cases: readonly [call: string, records: readonly Sample[], result: JsonValue][] = [
  ['first(x)', samples(['late', 2], ['early', 1], ['same time', 1]), 'early'],
  ['last(x)', samples(['newest', 9], ['same time', 9], ['older', 3]), 'same time'],
  ['arg_min(x, y)', samples([['a', 5], 1], [['b', 3], 4], [['earlier', 3], 2], [['c', 4], 0]), 'earlier'],
  ['arg_max(x, y)', samples([['a', 5], 1], [['same time', 5], 1], [['b', 3], 0]), 'a'],
  ['variance(x)', samples([2, 0], [4, 1], [4, 2], [4, 3], [5, 4], [5, 5], [7, 6], [9, 7]), 32 / 7],
  ['stddev(x)', samples([1, 0]), null],
  ['stddev(x)', samples([1, 0], [3, 0]), Math.SQRT2],
  ['distinct(x)', samples([1, 0], ['1', 0], [1, 0], [-0, 0], [0, 0], [{ a: 1, b: 2 }, 0], [{ b: 2, a: 1 }, 0]), 4],
  [
    'top_k(x, 2)',
    samples(['b', 0], [2, 0], ['a', 0], ['b', 0], [10, 0]),
    [
      { value: 'b', count: 2 },
      { value: 2, count: 1 },
    ],
  ],
  [
    'top_k(x, k, by)'.replace('k, by', '2, by'),
    samples([['a', 1], 0], [['b', 2.5], 0], [['a', 2], 0], [['c', 0.5], 0]),
    [
      { value: 'a', sum: 3 },
      { value: 'b', sum: 2.5 },
    ],
  ],
  [
    'top_k_each(x, 2)',
    samples([['b', 'a'], 0], [['b', null], 0], ['a', 0], [[], 0], [['b'], 0]),
    [
      { value: 'b', count: 3 },
      { value: 'a', count: 2 },
    ],
  ],
  ['ohlc(x)', samples([5, 2], [9, 3], [1, 4], [7, 1], [6, 4]), { open: 7, high: 9, low: 1, close: 6 }],
  ['vwap(price, volume)', samples([[10, 1], 0], [[20, 3], 0]), 17.5],
  ['vwap(price, volume)', samples([[10, 1], 0], [[20, -1], 0]), null],
  ["ewma(x, '10s')", samples([8, 10], [2, 0]), (8 + 2 / 2) / 1.5],
  ["ewma(x, '1s')", samples([8, 0], [2, 2000]), 2],
  ['rate(x)', samples([10, 0], [20, 5], [40, 10]), 3],
  ['rate(x)', samples([10, 0], [20, 5], [4, 10]), 1.4],
  ['rate(x)', samples([4, 10], [10, 0], [20, 5]), 1.4],
  ['rate(x)', samples([10, 0], [20, 0]), null],
  ['delta(x)', samples([4, 10], [10, 0], [20, 5]), -6],
  ['delta(x)', samples([4, 10]), 0],
  ['collect(x, 3)', samples(['c', 3], ['a', 1], ['d', 4], ['b', 1]), ['a', 'b', 'c']],
  [
    'histogram(x, [0, 12, 35.5])',
    samples([0, 0], [-5, 0], [0.1, 0], [35.5, 0], [36, 0], [1000, 0]),
    [
      { le: 0, count: 2 },
      { le: 12, count: 1 },
      { le: 35.5, count: 1 },
      { le: null, count: 2 },
    ],
  ],
];

describe('an aggregate', () => {
  it.each(cases.map(([call, records, result]) => ({ call, records, result })))(
    '$call gives $result',
    ({ call, records, result }) => expect(resultOfSamples(call, records)).toEqual(result),
  );

  it('distinct counts exactly up to 256 values, whatever their types', () => {
    const values = Array.from({ length: 128 }, (_, i) => [i, String(i)]).flat();
    expect(resultOver('distinct(x)', [...values, ...values])).toBe(256);
  });

  it('top_k counts exactly while there are ten values for each of k', () => {
    const values = Array.from({ length: 50 }, (_, i) => Array<number>(i + 1).fill(i)).flat();
    expect(resultOver('top_k(x, 5)', values)).toEqual(
      [49, 48, 47, 46, 45].map((value) => ({ value, count: value + 1 })),
    );
  });

  it('quantile is exact at both ends, and 0 for 0', () => {
    const values = [-7.25, 0, 0, 0, 3.125];
    expect(resultOver('quantile(x, 0)', values)).toBe(-7.25);
    expect(resultOver('quantile(x, 0.5)', values)).toBe(0);
    expect(resultOver('quantile(x, 1)', values)).toBe(3.125);
  });
});
