import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { anyArgument, numberArgument } from './parameter';
import type { JsonValue } from '../json';
import type { Aggregator, RecordPlace } from './aggregator';
import { readValue, valueBytes, writeValue } from './kept-value';
import { isBefore, type KeptPlace, movePlace, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 96;

interface ArgExtremeState extends KeptPlace {
  /** `undefined` while no record had both arguments. */
  value: JsonValue | undefined;
  extreme: number;
}

const empty = (): ArgExtremeState => ({ value: undefined, extreme: 0, timeMs: 0, offset: 0n });

function argExtremeAggregator(
  name: 'arg_min' | 'arg_max',
  isMoreExtreme: (candidate: number, than: number) => boolean,
): Aggregator<ArgExtremeState, readonly [JsonValue, number]> {
  const offer = (state: ArgExtremeState, value: JsonValue, y: number, at: RecordPlace): void => {
    const isWanted =
      state.value === undefined || isMoreExtreme(y, state.extreme) || (y === state.extreme && isBefore(at, state));
    if (!isWanted) return;
    state.value = value;
    state.extreme = y;
    movePlace(state, at);
  };
  return {
    name,
    init: empty,
    add: (state, values, at) => offer(state, values[0], values[1], at),
    merge: (into, from) => {
      if (from.value !== undefined) offer(into, from.value, from.extreme, from);
    },
    result: ({ value }) => value ?? null,
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.uint8(state.value === undefined ? 0 : 1);
      if (state.value === undefined) return;
      writePlace(writer, state);
      writer.float64(state.extreme);
      writeValue(writer, state.value);
    },
    decode: (reader) => {
      expectVersion(reader, name, VERSION);
      if (reader.uint8() === 0) return empty();
      const place = readPlace(reader);
      return { ...place, extreme: reader.float64(), value: readValue(reader) };
    },
    sizeBytes: ({ value }) => STATE_BYTES + (value === undefined ? 0 : valueBytes(value)),
  };
}

/** `arg_min(x, y)`: the `x` of the least `y`; of equal ones the earliest by event time, then offset. */
const argMinAggregator = argExtremeAggregator('arg_min', (candidate, than) => candidate < than);

/** `arg_max(x, y)`: the `x` of the greatest `y`; of equal ones the earliest by event time, then offset. */
const argMaxAggregator = argExtremeAggregator('arg_max', (candidate, than) => candidate > than);

export const argMin: AggregateDefinition = defineAggregate({
  name: 'arg_min',
  parameters: [anyArgument('x'), numberArgument('y')],
  result: 'the x of the least y',
  guarantee: 'exact; of equal y the earliest by event time, then offset',
  space: '26 bytes and the value',
  create: () => argMinAggregator,
});

export const argMax: AggregateDefinition = defineAggregate({
  name: 'arg_max',
  parameters: [anyArgument('x'), numberArgument('y')],
  result: 'the x of the greatest y',
  guarantee: 'exact; of equal y the earliest by event time, then offset',
  space: '26 bytes and the value',
  create: () => argMaxAggregator,
});
