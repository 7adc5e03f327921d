import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { anyArgument, wholeNumber } from './parameter';
import type { JsonValue } from '../json';
import type { Aggregator, RecordPlace } from './aggregator';
import { readValue, valueBytes, writeValue } from './kept-value';
import { isBefore, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 64;
const ITEM_BYTES = 80;

interface Item extends RecordPlace {
  readonly value: JsonValue;
}

interface CollectState {
  /** By event time, then offset. */
  readonly items: Item[];
  bytes: number;
}

/**
 * `collect(x, n)`: a list of the first `n` values by event time, then offset. Order of arrival does not show. An empty
 * list without any `x`. Space: `n` values.
 */
function collectAggregator(most: number): Aggregator<CollectState, JsonValue> {
  const add = (state: CollectState, value: JsonValue, at: RecordPlace): void => {
    const { items } = state;
    const isFull = items.length >= most;
    if (isFull && !isBefore(at, items.at(-1)!)) return;
    if (isFull) state.bytes -= bytesOf(items.pop()!);
    let i = items.length;
    while (i > 0 && isBefore(at, items[i - 1]!)) i--;
    const item = { value, timeMs: at.timeMs, offset: at.offset };
    items.splice(i, 0, item);
    state.bytes += bytesOf(item);
  };
  return {
    name: 'collect',
    init: () => ({ items: [], bytes: 0 }),
    add,
    merge: (into, from) => {
      for (const item of from.items) add(into, item.value, item);
    },
    result: ({ items }) => items.map(({ value }) => value),
    encode: ({ items }, writer) => {
      writer.uint8(VERSION);
      writer.varint(items.length);
      for (const item of items) {
        writePlace(writer, item);
        writeValue(writer, item.value);
      }
    },
    decode: (reader) => {
      expectVersion(reader, 'collect', VERSION);
      const items = Array.from({ length: reader.varint() }, () => ({ ...readPlace(reader), value: readValue(reader) }));
      return { items, bytes: items.reduce((sum, item) => sum + bytesOf(item), 0) };
    },
    sizeBytes: ({ bytes }) => STATE_BYTES + bytes,
  };
}

function bytesOf({ value }: Item): number {
  return ITEM_BYTES + valueBytes(value);
}

export const collect: AggregateDefinition = defineAggregate({
  name: 'collect',
  parameters: [anyArgument('x'), wholeNumber('n', 1, 1000)],
  result: 'list of values',
  guarantee: 'exact: the first n by event time, ties by offset, whatever the order of arrival',
  space: '17 bytes and the value, n times',
  create: (most) => collectAggregator(most),
});
