import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { presenceArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { expectVersion } from './version';

const VERSION = 1;

interface CountState {
  count: number;
}

/** `count()` counts records, `count(x)` those that have `x`. Exact up to 2^53. */
const countAggregator: Aggregator<CountState, unknown> = {
  name: 'count',
  init: () => ({ count: 0 }),
  add: (state) => void state.count++,
  merge: (into, from) => void (into.count += from.count),
  result: (state) => state.count,
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writer.float64(state.count);
  },
  decode: (reader) => {
    expectVersion(reader, 'count', VERSION);
    return { count: reader.float64() };
  },
};

export const countRecords: AggregateDefinition = defineAggregate({
  name: 'count',
  commutes: true,
  parameters: [],
  result: 'whole number',
  guarantee: 'exact up to 2^53; counts records',
  space: '9 bytes',
  create: () => countAggregator,
});

export const countPresent: AggregateDefinition = defineAggregate({
  name: 'count',
  commutes: true,
  parameters: [presenceArgument('x')],
  result: 'whole number',
  guarantee: 'exact up to 2^53; counts records that have x',
  space: '9 bytes',
  create: () => countAggregator,
});
