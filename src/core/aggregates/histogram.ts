import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { ascendingNumbers, numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 64;
const COUNT_BYTES = 8;

/** How many values lie in each bucket; one more than there are bounds. */
type HistogramState = number[];

/**
 * `histogram(x, bounds)`: a list of `{le, count}`, one for each bound and a last one with `le: null`. Each counts only
 * the values above the bound before and up to its own (`<=`): they are not cumulative. All 0 without any `x`.
 */
function histogramAggregator(bounds: readonly number[]): Aggregator<HistogramState, number> {
  return {
    name: 'histogram',
    init: () => new Array<number>(bounds.length + 1).fill(0),
    add: (counts, value) => void counts[bucketOf(value, bounds)]!++,
    merge: (into, from) => from.forEach((count, i) => void (into[i]! += count)),
    result: (counts) => counts.map((count, i) => ({ le: bounds[i] ?? null, count })),
    encode: (counts, writer) => {
      writer.uint8(VERSION);
      for (const count of counts) writer.varint(count);
    },
    decode: (reader) => {
      expectVersion(reader, 'histogram', VERSION);
      return Array.from({ length: bounds.length + 1 }, () => reader.varint());
    },
    sizeBytes: (counts) => STATE_BYTES + counts.length * COUNT_BYTES,
  };
}

/** Index of the first bound that is not below the value. */
function bucketOf(value: number, bounds: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const histogram: AggregateDefinition = defineAggregate({
  name: 'histogram',
  commutes: true,
  parameters: [numberArgument('x'), ascendingNumbers('bounds', 1000)],
  result: 'list of {le, count}, not cumulative; le of the last is null',
  guarantee: 'exact',
  space: '1 to 8 bytes for each bound',
  create: (bounds) => histogramAggregator(bounds),
});
