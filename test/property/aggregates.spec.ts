import fc from 'fast-check';
import { signatureOf } from '../../src/core/aggregates/aggregate-definition';
import { builtInAggregates } from '../../src/core/aggregates/built-in';
import {
  accumulate,
  boundWithAny,
  decoded,
  encoded,
  expectSame,
  type Sample,
  samplesOf,
} from '../support/aggregate-samples';

/** All three parts of a test together stay within what every aggregate holds exactly: 32 samples of `rate`. */
const MOST = 30;
/** Encodings up to here need no `sizeBytes`. */
const FIXED_BYTES = 48;

const EMPTY_RESULTS: Readonly<Record<string, unknown>> = {
  count: 0,
  distinct: 0,
  top_k: [],
  top_k_each: [],
  collect: [],
  trend: { from: null, to: null, change: null, change_percent: null, volatility: null, steps: 0 },
  nowcast: { pm25: null, nowcast: null, aqi: null, band: null, hours: 0 },
  ohlc: { open: null, high: null, low: null, close: null },
  histogram: [-100, 0, 12.5, null].map((le) => ({ le, count: 0 })),
};

const cases = builtInAggregates.map((definition) => ({ signature: signatureOf(definition), definition }));

describe.each(cases)('$signature', ({ definition }) => {
  const aggregator = boundWithAny(definition);
  const samples = samplesOf(definition, MOST);
  const split = fc
    .tuple(samples, fc.nat({ max: MOST }), fc.nat({ max: MOST }))
    .map(([all, one, two]) => [
      all,
      all.slice(0, Math.min(one, two)),
      all.slice(Math.min(one, two), Math.max(one, two)),
      all.slice(Math.max(one, two)),
    ]) as fc.Arbitrary<[all: Sample[], a: Sample[], b: Sample[], c: Sample[]]>;
  const resultOf = (all: readonly Sample[]): unknown => aggregator.result(accumulate(aggregator, all));

  it('gives the same result however its records are split and merged', () => {
    fc.assert(
      fc.property(split, ([all, a, b, c]) => {
        const left = accumulate(aggregator, a);
        aggregator.merge(left, accumulate(aggregator, b));
        aggregator.merge(left, accumulate(aggregator, c));
        const right = accumulate(aggregator, b);
        aggregator.merge(right, accumulate(aggregator, c));
        const outer = accumulate(aggregator, a);
        aggregator.merge(outer, right);
        expectSame(aggregator.result(left), aggregator.result(outer), all);
        expectSame(aggregator.result(left), resultOf(all), all);
      }),
    );
  });

  it('gives the same result when each record is merged by itself', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const state = aggregator.init();
        for (const sample of all) aggregator.merge(state, accumulate(aggregator, [sample]));
        expectSame(aggregator.result(state), resultOf(all), all);
      }),
    );
  });

  it('has an identity on both sides', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const state = aggregator.init();
        aggregator.merge(state, accumulate(aggregator, all));
        aggregator.merge(state, aggregator.init());
        expectSame(aggregator.result(state), resultOf(all), all);
      }),
    );
  });

  it('does not depend on the order in which records arrive', () => {
    fc.assert(
      fc.property(
        samples.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => expectSame(resultOf(shuffled), resultOf(all), all),
      ),
    );
  });

  it('goes on after its encoding as if there had been none', () => {
    fc.assert(
      fc.property(split, ([all, a, b, c]) => {
        const state = accumulate(aggregator, [...a, ...b]);
        const bytes = encoded(aggregator, state);
        const read = decoded(aggregator, bytes);
        expect(aggregator.result(read)).toEqual(aggregator.result(state));
        expect(encoded(aggregator, read)).toEqual(bytes);
        const after = [accumulate(aggregator, c, state), accumulate(aggregator, c, read)];
        expect(aggregator.result(after[1])).toEqual(aggregator.result(after[0]));
        expectSame(aggregator.result(after[0]), resultOf(all), all);
      }),
    );
  });

  it('leaves alone what it merges from, then and later', () => {
    fc.assert(
      fc.property(split, ([, a, b, c]) => {
        const from = accumulate(aggregator, b);
        const before = encoded(aggregator, from);
        const into = accumulate(aggregator, a);
        aggregator.merge(into, from);
        accumulate(aggregator, c, into);
        aggregator.merge(into, accumulate(aggregator, b));
        expect(encoded(aggregator, from)).toEqual(before);
      }),
    );
  });

  it('gives JSON', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const result = resultOf(all);
        expectSame(JSON.parse(JSON.stringify(result)), result, all);
      }),
    );
  });

  it('says its size where it grows, also after it was read', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const state = accumulate(aggregator, all);
        const bytes = encoded(aggregator, state);
        const size = aggregator.sizeBytes?.(state) ?? FIXED_BYTES;
        expect(size).toBeGreaterThanOrEqual(bytes.length);
        expect(aggregator.sizeBytes?.(decoded(aggregator, bytes)) ?? FIXED_BYTES).toBe(size);
      }),
    );
  });

  it('of nothing is empty', () => {
    expect(aggregator.result(aggregator.init())).toEqual(EMPTY_RESULTS[definition.name] ?? null);
  });

  it('refuses state of a version that it does not know', () => {
    expect(() => decoded(aggregator, Uint8Array.of(255))).toThrow(/version 255/);
  });

  it('bears the name under which it is called', () => expect(aggregator.name).toBe(definition.name));
});
