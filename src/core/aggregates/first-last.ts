import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { anyArgument } from './parameter';
import type { JsonValue } from '../json';
import type { Aggregator, RecordPlace } from './aggregator';
import { readValue, valueBytes, writeValue } from './kept-value';
import { isBefore, type KeptPlace, movePlace, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 80;

interface PlacedValue extends KeptPlace {
  /** `undefined` while no record had the argument. */
  value: JsonValue | undefined;
}

function placedAggregator(
  name: 'first' | 'last',
  isWanted: (candidate: RecordPlace, than: RecordPlace) => boolean,
): Aggregator<PlacedValue, JsonValue> {
  const add = (state: PlacedValue, value: JsonValue, at: RecordPlace): void => {
    if (state.value !== undefined && !isWanted(at, state)) return;
    state.value = value;
    movePlace(state, at);
  };
  return {
    name,
    init: () => ({ value: undefined, timeMs: 0, offset: 0n }),
    add,
    merge: (into, from) => {
      if (from.value !== undefined) add(into, from.value, from);
    },
    result: ({ value }) => value ?? null,
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.uint8(state.value === undefined ? 0 : 1);
      if (state.value === undefined) return;
      writePlace(writer, state);
      writeValue(writer, state.value);
    },
    decode: (reader) => {
      expectVersion(reader, name, VERSION);
      if (reader.uint8() === 0) return { value: undefined, timeMs: 0, offset: 0n };
      const place = readPlace(reader);
      return { value: readValue(reader), ...place };
    },
    sizeBytes: ({ value }) => STATE_BYTES + (value === undefined ? 0 : valueBytes(value)),
  };
}

/** `first(x)`: the `x` of the least event time, of the least offset among equal times. Order of arrival does not show. */
const firstAggregator = placedAggregator('first', isBefore);

/** `last(x)`: the `x` of the greatest event time, of the greatest offset among equal times. */
const lastAggregator = placedAggregator('last', (candidate, than) => isBefore(than, candidate));

export const first: AggregateDefinition = defineAggregate({
  name: 'first',
  parameters: [anyArgument('x')],
  result: 'the x of the least event time',
  guarantee: 'exact; by event time, ties by offset, whatever the order of arrival',
  space: '18 bytes and the value',
  create: () => firstAggregator,
});

export const last: AggregateDefinition = defineAggregate({
  name: 'last',
  parameters: [anyArgument('x')],
  result: 'the x of the greatest event time',
  guarantee: 'exact; by event time, ties by offset, whatever the order of arrival',
  space: '18 bytes and the value',
  create: () => lastAggregator,
});
