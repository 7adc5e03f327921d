import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { addTo, type CompensatedSum, mergeSums, valueOf } from './compensated-sum';
import { finiteOrNull } from './finite';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 150;

/** The least and the greatest value are kept because rounding must never put an average outside of them. */
interface AvgState extends CompensatedSum {
  count: number;
  least: number;
  greatest: number;
}

/**
 * `avg(x)`: compensated sum over count, never below the least value nor above the greatest; `null` without any `x`, and
 * where the sum is beyond the range of doubles.
 */
const avgAggregator: Aggregator<AvgState, number> = {
  name: 'avg',
  init: () => ({ sum: 0, compensation: 0, count: 0, least: Infinity, greatest: -Infinity }),
  add: (state, value) => {
    addTo(state, value);
    state.count++;
    if (value < state.least) state.least = value;
    if (value > state.greatest) state.greatest = value;
  },
  merge: (into, from) => {
    mergeSums(into, from);
    into.count += from.count;
    into.least = Math.min(into.least, from.least);
    into.greatest = Math.max(into.greatest, from.greatest);
  },
  result: (state) => {
    if (state.count === 0) return null;
    return finiteOrNull(Math.min(Math.max(valueOf(state) / state.count, state.least), state.greatest));
  },
  encode: (state, writer) => {
    writer.uint8(VERSION);
    for (const number of [state.sum, state.compensation, state.count, state.least, state.greatest]) {
      writer.float64(number);
    }
  },
  decode: (reader) => {
    expectVersion(reader, 'avg', VERSION);
    return {
      sum: reader.float64(),
      compensation: reader.float64(),
      count: reader.float64(),
      least: reader.float64(),
      greatest: reader.float64(),
    };
  },
  sizeBytes: () => STATE_BYTES,
};

export const avg: AggregateDefinition = defineAggregate({
  name: 'avg',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'compensated: the order of records does not show in the 12th digit; never outside of the values',
  space: '41 bytes',
  create: () => avgAggregator,
});
