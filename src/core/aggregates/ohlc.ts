import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { isBefore, type KeptPlace, movePlace, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 260;

interface OhlcState {
  readonly openAt: KeptPlace;
  readonly closeAt: KeptPlace;
  open: number;
  close: number;
  /** Above `high` while no record had the argument. */
  low: number;
  high: number;
}

const nowhere = (): KeptPlace => ({ timeMs: 0, offset: 0n });
const isEmpty = ({ low, high }: OhlcState): boolean => low > high;

/**
 * `ohlc(x)`: `{open, high, low, close}`. Open and close are the values of the least and the greatest event time, ties by
 * offset. Without any `x` all four are null, so that columns such as `price.open` still find them.
 */
const ohlcAggregator: Aggregator<OhlcState, number> = {
  name: 'ohlc',
  init: () => ({ openAt: nowhere(), closeAt: nowhere(), open: 0, close: 0, low: Infinity, high: -Infinity }),
  add: (state, value, at) => {
    const isFirst = isEmpty(state);
    if (isFirst || isBefore(at, state.openAt)) {
      state.open = value;
      movePlace(state.openAt, at);
    }
    if (isFirst || isBefore(state.closeAt, at)) {
      state.close = value;
      movePlace(state.closeAt, at);
    }
    if (value < state.low) state.low = value;
    if (value > state.high) state.high = value;
  },
  merge: (into, from) => {
    if (isEmpty(from)) return;
    ohlcAggregator.add(into, from.open, from.openAt);
    ohlcAggregator.add(into, from.close, from.closeAt);
    into.low = Math.min(into.low, from.low);
    into.high = Math.max(into.high, from.high);
  },
  result: (state) => {
    if (isEmpty(state)) return { open: null, high: null, low: null, close: null };
    const { open, high, low, close } = state;
    return { open, high, low, close };
  },
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writePlace(writer, state.openAt);
    writePlace(writer, state.closeAt);
    for (const price of [state.open, state.close, state.low, state.high]) writer.float64(price);
  },
  decode: (reader) => {
    expectVersion(reader, 'ohlc', VERSION);
    const [openAt, closeAt] = [readPlace(reader), readPlace(reader)];
    const [open, close, low, high] = [reader.float64(), reader.float64(), reader.float64(), reader.float64()];
    return { openAt, closeAt, open, close, low, high };
  },
  sizeBytes: () => STATE_BYTES,
};

export const ohlc: AggregateDefinition = defineAggregate({
  name: 'ohlc',
  parameters: [numberArgument('x')],
  result: '{open, high, low, close}',
  guarantee: 'exact; by event time, ties by offset, whatever the order of arrival',
  space: '65 bytes',
  create: () => ohlcAggregator,
});
