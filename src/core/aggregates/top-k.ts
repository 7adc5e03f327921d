import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { anyArgument, numberArgument, wholeNumber } from './parameter';
import type { JsonValue } from '../json';
import type { Aggregator } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';
import { readSum, valueOf, writeSum } from './compensated-sum';
import { finiteOrNull } from './finite';
import { identityKey } from './identity-key';
import { readValue, writeValue } from './kept-value';
import { SpaceSaving } from './space-saving';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 270;
const COUNTERS_FOR_EACH = 10;
/** What sharing out may leave a whole number off by. */
const ROUNDING = 1e-6;

/**
 * `top_k(x, k)`: a list of `{value, count}` of the `k` most frequent values, most frequent first; equal counts by value,
 * numbers before texts. Exact while there are at most `10 k` different values, then Space-Saving: a count is never too
 * small, and too large by at most the number of records over `10 k`, rounded up. An empty list without any `x`. Space: `10 k` values.
 */
export function topKAggregator(k: number): Aggregator<SpaceSaving, JsonValue> {
  return {
    ...spaceSaving(k, 'count'),
    add: (state, value) => state.add(value, 1),
  };
}

/**
 * `top_k(x, k, by)`: a list of `{value, sum}` of the `k` values with the greatest sums of `by`; otherwise as
 * `top_k(x, k)`. Where `by` is negative the sums are exact too while there are at most `10 k` different values; beyond
 * that they have no bound.
 */
function topKByAggregator(k: number): Aggregator<SpaceSaving, readonly [JsonValue, number]> {
  return {
    ...spaceSaving(k, 'sum'),
    add: (state, values) => state.add(values[0], values[1]),
  };
}

function spaceSaving(k: number, weight: 'count' | 'sum'): Omit<Aggregator<SpaceSaving>, 'add'> {
  const capacity = COUNTERS_FOR_EACH * k;
  return {
    name: 'top_k',
    init: () => new SpaceSaving(capacity),
    merge: (into, from) => into.merge(from),
    result: (state) =>
      state
        .inOrder()
        .slice(0, k)
        .map((counter) => ({ value: counter.value, [weight]: weightOf(valueOf(counter), weight) })),
    encode: (state, writer) => {
      writer.uint8(VERSION);
      write(state, writer);
    },
    decode: (reader) => {
      expectVersion(reader, 'top_k', VERSION);
      return read(reader, capacity);
    },
    sizeBytes: (state) => STATE_BYTES + state.sizeBytes,
  };
}

/** Merged counts that are no longer exact may be fractions: what they are too large by is shared out evenly. */
function weightOf(sum: number, weight: 'count' | 'sum'): number | null {
  return finiteOrNull(weight === 'count' ? Math.ceil(sum - ROUNDING) : sum);
}

function write(state: SpaceSaving, writer: ByteWriter): void {
  writer.uint8(state.isExact ? 1 : 0);
  writer.varint(state.size);
  for (const counter of state.inOrder()) {
    writeValue(writer, counter.value);
    writeSum(writer, counter);
  }
}

function read(reader: ByteReader, capacity: number): SpaceSaving {
  const state = new SpaceSaving(capacity, reader.uint8() === 1);
  for (let left = reader.varint(); left > 0; left--) {
    const value = readValue(reader);
    state.put({ value, key: identityKey(value), ...readSum(reader), place: 0 });
  }
  return state;
}

const k = wholeNumber('k', 1, 1000);

export const topK: AggregateDefinition = defineAggregate({
  name: 'top_k',
  parameters: [anyArgument('x'), k],
  result: 'list of {value, count}',
  guarantee:
    'Space-Saving: exact up to 10 k different values; then never too small, too large by at most records / 10 k',
  space: '10 k values',
  create: (most) => topKAggregator(most),
});

export const topKBy: AggregateDefinition = defineAggregate({
  name: 'top_k',
  parameters: [anyArgument('x'), k, numberArgument('by')],
  result: 'list of {value, sum}',
  guarantee:
    'Space-Saving: exact up to 10 k different values; then never too small, too large by at most the total / 10 k',
  space: '10 k values',
  create: (most) => topKByAggregator(most),
});
