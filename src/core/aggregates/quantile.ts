import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument, numberBetween } from './parameter';
import type { Aggregator } from './aggregator';
import {
  addToBuckets,
  type Buckets,
  inOrder,
  mergeBuckets,
  readBuckets,
  valueOfBucket,
  writeBuckets,
} from './dd-sketch';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 450;
const BUCKET_BYTES = 40;

interface QuantileState {
  readonly positive: Buckets;
  readonly negative: Buckets;
  zeros: number;
  count: number;
  least: number;
  greatest: number;
}

/**
 * `quantile(x, q)`: at most 1 % away, relatively, from the value at rank `floor(q * (n - 1))` of the sorted values;
 * 0 for 0, exact for `q` of 0 and 1; `null` without any `x`. Space: at most 8,192 buckets for each sign, of which the 4,096
 * of the greatest absolute values count in results. Only values of more than 4,096 different buckets (they span at
 * least a factor of 10^35) lose the bound, and only for the smallest absolute values, which then share a bucket.
 * Subnormal numbers (under 1e-307) are outside of the bound.
 * Source: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", PVLDB 12 (2019).
 */
function quantileAggregator(q: number): Aggregator<QuantileState, number> {
  return {
    name: 'quantile',
    init: () => ({
      positive: new Map(),
      negative: new Map(),
      zeros: 0,
      count: 0,
      least: Infinity,
      greatest: -Infinity,
    }),
    add: (state, value) => {
      if (value > 0) addToBuckets(state.positive, value);
      else if (value < 0) addToBuckets(state.negative, -value);
      else state.zeros++;
      state.count++;
      if (value < state.least) state.least = value;
      if (value > state.greatest) state.greatest = value;
    },
    merge: (into, from) => {
      mergeBuckets(into.positive, from.positive);
      mergeBuckets(into.negative, from.negative);
      into.zeros += from.zeros;
      into.count += from.count;
      into.least = Math.min(into.least, from.least);
      into.greatest = Math.max(into.greatest, from.greatest);
    },
    result: (state) => {
      if (state.count === 0) return null;
      if (q === 0) return state.least;
      if (q === 1) return state.greatest;
      return Math.min(Math.max(valueAtRank(state, Math.floor(q * (state.count - 1))), state.least), state.greatest);
    },
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.varint(state.zeros);
      writer.varint(state.count);
      writer.float64(state.least);
      writer.float64(state.greatest);
      writeBuckets(writer, state.positive);
      writeBuckets(writer, state.negative);
    },
    decode: (reader) => {
      expectVersion(reader, 'quantile', VERSION);
      const [zeros, count] = [reader.varint(), reader.varint()];
      const [least, greatest] = [reader.float64(), reader.float64()];
      return { zeros, count, least, greatest, positive: readBuckets(reader), negative: readBuckets(reader) };
    },
    sizeBytes: ({ positive, negative }) => STATE_BYTES + (positive.size + negative.size) * BUCKET_BYTES,
  };
}

/** Ranks count from 0, the least value first. */
function valueAtRank({ positive, negative, zeros }: QuantileState, rank: number): number {
  let before = 0;
  for (const [index, count] of inOrder(negative).reverse()) {
    before += count;
    if (before > rank) return -valueOfBucket(index);
  }
  before += zeros;
  if (before > rank) return 0;
  for (const [index, count] of inOrder(positive)) {
    before += count;
    if (before > rank) return valueOfBucket(index);
  }
  return Infinity;
}

export const quantile: AggregateDefinition = defineAggregate({
  name: 'quantile',
  commutes: true,
  parameters: [numberArgument('x'), numberBetween('q', 0, 1)],
  result: 'number',
  guarantee: 'DDSketch: at most 1 % away from the value at rank floor(q (n - 1)), relatively; q of 0 and 1 exact',
  space: 'at most 4,096 buckets of 2 to 5 bytes for each sign; 350 for values within a factor of 1,000',
  create: (q) => quantileAggregator(q),
});
