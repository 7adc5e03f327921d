import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { addTo, type CompensatedSum, mergeSums, valueOf } from './compensated-sum';
import { finiteOrNull } from './finite';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 100;

interface SumState extends CompensatedSum {
  count: number;
}

/** `sum(x)`: compensated; `null` while no record had `x`, and beyond the range of doubles. */
const sumAggregator: Aggregator<SumState, number> = {
  name: 'sum',
  init: () => ({ sum: 0, compensation: 0, count: 0 }),
  add: (state, value) => {
    addTo(state, value);
    state.count++;
  },
  merge: (into, from) => {
    mergeSums(into, from);
    into.count += from.count;
  },
  result: (state) => (state.count === 0 ? null : finiteOrNull(valueOf(state))),
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writer.float64(state.sum);
    writer.float64(state.compensation);
    writer.float64(state.count);
  },
  decode: (reader) => {
    expectVersion(reader, 'sum', VERSION);
    return { sum: reader.float64(), compensation: reader.float64(), count: reader.float64() };
  },
  sizeBytes: () => STATE_BYTES,
};

export const sum: AggregateDefinition = defineAggregate({
  name: 'sum',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'compensated: the order of records does not show in the 12th digit',
  space: '25 bytes',
  create: () => sumAggregator,
});
