import type { JsonValue } from '../../src/core/json';
import { accumulate, decoded, encoded, inTimeOrder } from '../support/aggregate-samples';
import { called, resultOver } from '../support/called-aggregate';

/** Numbers from 0 to 1, the same in each run. Source: mulberry32, T. Ettinger, public domain. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The result over values, one a second, of which each part was aggregated by itself. */
function merged(call: string, values: readonly unknown[], parts: number): JsonValue {
  const aggregator = called(call);
  const all = aggregator.init();
  const samples = inTimeOrder(values);
  const length = Math.ceil(values.length / parts);
  for (let i = 0; i < parts; i++) {
    aggregator.merge(all, accumulate(aggregator, samples.slice(i * length, (i + 1) * length)));
  }
  return aggregator.result(all);
}

const COUNT = 30_000;

function listOf(next: (i: number) => number): number[] {
  return Array.from({ length: COUNT }, (_, i) => next(i));
}

const random = randomNumbers(1);
const DATA: Readonly<Record<string, readonly number[]>> = {
  sorted: listOf((i) => i + 1),
  'sorted backwards': listOf((i) => COUNT - i),
  constant: listOf(() => 42.5),
  'heavy-tailed': listOf(() => (1 - random()) ** -2),
  'heavy-tailed on both sides': listOf(() => (random() < 0.5 ? -1 : 1) * (1 - random()) ** -3),
  'with zeros': listOf(() => (random() < 0.3 ? 0 : random() * 1e-6)),
  'over 30 orders of magnitude': listOf(() => 10 ** (30 * random() - 15)),
};

describe.each(Object.keys(DATA))('quantile of values that are %s', (name) => {
  const values = DATA[name]!;
  const sorted = Float64Array.from(values).sort();

  it.each([0.001, 0.25, 0.5, 0.9, 0.99, 0.9999])('%p is within 1 %% of the exact one', (q) => {
    const exact = sorted[Math.floor(q * (COUNT - 1))]!;
    for (const result of [resultOver(`quantile(x, ${q})`, values), merged(`quantile(x, ${q})`, values, 7)]) {
      expect(Math.abs((result as number) - exact)).toBeLessThanOrEqual(0.01 * Math.abs(exact) * (1 + 1e-9));
    }
  });
});

describe('quantile of values that need more buckets than there are', () => {
  // One in each bucket over nearly all that doubles hold: 4,096 of 30,000 buckets can be told apart.
  const values = Array.from({ length: 30_000 }, (_, i) => 10 ** (i / 50 - 300));

  it('keeps its bound for the greatest, in bounded space', () => {
    const aggregator = called('quantile(x, 0.95)');
    const state = accumulate(aggregator, inTimeOrder(values));
    const exact = values[Math.floor(0.95 * 29_999)]!;
    expect(Math.abs((aggregator.result(state) as number) - exact)).toBeLessThanOrEqual(0.01 * exact * (1 + 1e-9));
    expect(encoded(aggregator, state).length).toBeLessThan(4096 * 5);
    expect(aggregator.sizeBytes?.(state)).toBeLessThan(8192 * 64);
  });

  it('does not depend on order or merging', () => {
    const expected = resultOver('quantile(x, 0.2)', values);
    expect(resultOver('quantile(x, 0.2)', [...values].reverse())).toBe(expected);
    expect(merged('quantile(x, 0.2)', values, 5)).toBe(expected);
  });
});

describe('distinct', () => {
  // Three standard errors of 0.81 %: one count in 370 would be farther away; these are the same in each run.
  const BOUND = 3 * 0.0081;

  it.each([257, 1000, 10_000, 100_000, 1_000_000])('is within three standard errors for %i values', (count) => {
    const aggregator = called('distinct(x)');
    const state = aggregator.init();
    const at = { timeMs: 0, offset: 0n };
    for (let i = 0; i < count; i++) aggregator.add(state, i as never, at);
    const result = aggregator.result(state) as number;
    expect(Math.abs(result / count - 1)).toBeLessThanOrEqual(BOUND);
    expect(aggregator.result(decoded(aggregator, encoded(aggregator, state)))).toBe(result);
  });

  it('has a standard error of about 0.81 %, over 100 sets', () => {
    const size = 3000;
    let squares = 0;
    for (let set = 0; set < 100; set++) {
      const values = Array.from({ length: size }, (_, i) => set * size + i);
      squares += ((resultOver('distinct(x)', values) as number) / size - 1) ** 2;
    }
    expect(Math.sqrt(squares / 100)).toBeLessThanOrEqual(0.01);
  });

  it('of the same values again is the same, merged or not', () => {
    const values = Array.from({ length: 5000 }, (_, i) => i);
    const once = resultOver('distinct(x)', values);
    expect(resultOver('distinct(x)', [...values, ...values])).toBe(once);
    expect(merged('distinct(x)', [...values, ...values], 3)).toBe(once);
  });

  it('takes 12 KiB at most to store', () => {
    const aggregator = called('distinct(x)');
    for (const count of [256, 257, 2000, 200_000]) {
      const state = accumulate(aggregator, inTimeOrder(Array.from({ length: count }, (_, i) => i)));
      expect(encoded(aggregator, state).length).toBeLessThanOrEqual(12 * 1024 + 3);
    }
  });
});

interface Counted {
  readonly value: number;
  readonly count: number;
}

describe('top_k of more values than it has counters', () => {
  const zipf = randomNumbers(2);
  const streams: Readonly<Record<string, readonly number[]>> = {
    'heavy-tailed': listOf(() => Math.floor((1 - zipf()) ** -0.9)),
    'all different, with one that is frequent': listOf((i) => (i % 20 === 0 ? -1 : i)),
    'all different': listOf((i) => i),
    'frequent first, then all different': listOf((i) => (i < 3000 ? i % 5 : i)),
  };

  it.each(Object.keys(streams))('%s: is never too small, and too large by n / 10 k at most', (name) => {
    const values = streams[name]!;
    const exact = new Map<number, number>();
    for (const value of values) exact.set(value, (exact.get(value) ?? 0) + 1);
    const bound = COUNT / 50;
    for (const result of [resultOver('top_k(x, 5)', values), merged('top_k(x, 5)', values, 9)]) {
      const counted = result as unknown as readonly Counted[];
      expect(counted).toHaveLength(5);
      for (const { value, count } of counted) {
        expect(count).toBeGreaterThanOrEqual(exact.get(value)!);
        expect(count).toBeLessThanOrEqual(exact.get(value)! + bound + 1);
      }
      const least = counted.at(-1)!.count;
      const missed = [...exact].filter(
        ([value, count]) => count > least && !counted.some((one) => one.value === value),
      );
      expect(missed).toEqual([]);
    }
  });

  it('goes on after its encoding as if there had been none', () => {
    const values = streams['heavy-tailed']!;
    const aggregator = called('top_k(x, 5)');
    const half = accumulate(aggregator, inTimeOrder(values.slice(0, COUNT / 2)));
    const read = decoded(aggregator, encoded(aggregator, half));
    const rest = inTimeOrder(values.slice(COUNT / 2));
    expect(aggregator.result(accumulate(aggregator, rest, read))).toEqual(resultOver('top_k(x, 5)', values));
  });
});

it('ewma over many half-lives is that of its definition to the 9th digit', () => {
  const values = listOf(() => random() * 1000);
  const exact = (): number => {
    let [weighted, weights] = [0, 0];
    values.forEach((value, i) => {
      const weight = 2 ** (-(COUNT - 1 - i) / 600);
      weighted += value * weight;
      weights += weight;
    });
    return weighted / weights;
  };
  for (const result of [resultOver("ewma(x, '10m')", values), merged("ewma(x, '10m')", values, 7)]) {
    expect(Math.abs((result as number) / exact() - 1)).toBeLessThan(1e-9);
  }
});

it('variance of a million values is exact to the 12th digit', () => {
  const values = Array.from({ length: 1_000_000 }, (_, i) => 1e6 + (i % 1000));
  const aggregator = called('variance(x)');
  const exact = ((1000 ** 2 - 1) / 12) * (1_000_000 / 999_999);
  const result = aggregator.result(accumulate(aggregator, inTimeOrder(values))) as number;
  expect(Math.abs(result / exact - 1)).toBeLessThan(1e-12);
});
