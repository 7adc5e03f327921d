import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { finiteOrNull } from './finite';
import { isBefore, type KeptPlace, movePlace, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 220;

interface DeltaState {
  isEmpty: boolean;
  readonly firstAt: KeptPlace;
  readonly lastAt: KeptPlace;
  first: number;
  last: number;
}

/**
 * `delta(x)`: the value of the greatest event time minus that of the least, ties by offset; 0 for one record, `null`
 * without any `x`. A fall is a negative delta: for counters that are reset take `rate`.
 */
const deltaAggregator: Aggregator<DeltaState, number> = {
  name: 'delta',
  init: () => ({
    isEmpty: true,
    firstAt: { timeMs: 0, offset: 0n },
    lastAt: { timeMs: 0, offset: 0n },
    first: 0,
    last: 0,
  }),
  add: (state, value, at) => {
    if (state.isEmpty || isBefore(at, state.firstAt)) {
      state.first = value;
      movePlace(state.firstAt, at);
    }
    if (state.isEmpty || isBefore(state.lastAt, at)) {
      state.last = value;
      movePlace(state.lastAt, at);
    }
    state.isEmpty = false;
  },
  merge: (into, from) => {
    if (from.isEmpty) return;
    deltaAggregator.add(into, from.first, from.firstAt);
    deltaAggregator.add(into, from.last, from.lastAt);
  },
  result: ({ isEmpty, first, last }) => (isEmpty ? null : finiteOrNull(last - first)),
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writer.uint8(state.isEmpty ? 0 : 1);
    writePlace(writer, state.firstAt);
    writePlace(writer, state.lastAt);
    writer.float64(state.first);
    writer.float64(state.last);
  },
  decode: (reader) => {
    expectVersion(reader, 'delta', VERSION);
    const isEmpty = reader.uint8() === 0;
    const [firstAt, lastAt] = [readPlace(reader), readPlace(reader)];
    return { isEmpty, firstAt, lastAt, first: reader.float64(), last: reader.float64() };
  },
  sizeBytes: () => STATE_BYTES,
};

export const delta: AggregateDefinition = defineAggregate({
  name: 'delta',
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'exact; by event time, ties by offset, whatever the order of arrival',
  space: '50 bytes',
  create: () => deltaAggregator,
});
