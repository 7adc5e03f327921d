import type { Aggregator, RecordPlace } from '../aggregates/aggregator';
import type { ByteReader, ByteWriter } from '../aggregates/bytes';
import { expectVersion } from '../aggregates/version';
import type { ReceivedPartial } from './partial';

const VERSION = 1;
/** In memory, beside the accumulators. */
const STATE_BYTES = 64;
const OPEN_BYTES = 96;
const ACCUMULATOR_BYTES = 48;

/** The part of a partial that one aggregate gets in place of an argument. The accumulator becomes the aggregate's own. */
export class PartialArgument {
  constructor(
    readonly partial: ReceivedPartial,
    readonly accumulator: unknown,
  ) {}
}

/** The newest partial of a range of a source partition that is not complete. */
interface OpenPartial {
  readonly source: number;
  /** The offset after the last record that it holds. */
  readonly end: bigint;
  readonly count: number;
  readonly accumulator: unknown;
}

interface Received {
  /** Records that came by themselves, and complete ranges. */
  readonly base: unknown;
  /** At most one for each source partition, in order of partition. */
  open: readonly OpenPartial[];
}

/** What the aggregators of this file wrap: nothing is known of their accumulators. */
type Inner = Aggregator<unknown, unknown>;

/**
 * An aggregator of records and of partials. A partial of an incomplete range holds what the partials of that range
 * before it held, and takes their place: which cuts were made, by how many owners, does not show. That of a complete
 * range is merged for good; the caller leaves out those that it has seen. `merge` makes one result of several
 * accumulators and no more: partials of `from` count as complete.
 */
export function takingPartials(aggregator: Aggregator, range: bigint): Aggregator {
  const inner = aggregator as Inner;
  const wrapped: Aggregator<Received, unknown> = {
    name: inner.name,
    init: () => ({ base: inner.init(), open: [] }),
    add: (state, value, at: RecordPlace) => {
      if (value instanceof PartialArgument) take(inner, range, state, value);
      else inner.add(state.base, value, at);
    },
    merge: (into, from) => {
      inner.merge(into.base, from.base);
      for (const { accumulator } of from.open) inner.merge(into.base, accumulator);
    },
    result: ({ base, open }) => {
      if (open.length === 0) return inner.result(base);
      const whole = inner.init();
      inner.merge(whole, base);
      for (const { accumulator } of open) inner.merge(whole, accumulator);
      return inner.result(whole);
    },
    encode: (state, writer) => encode(inner, state, writer),
    decode: (reader) => decode(inner, reader),
    sizeBytes: ({ base, open }) =>
      open.reduce(
        (sum, { accumulator }) => sum + OPEN_BYTES + sizeOf(inner, accumulator),
        STATE_BYTES + sizeOf(inner, base),
      ),
  };
  return wrapped;
}

function take(inner: Inner, range: bigint, state: Received, { partial, accumulator }: PartialArgument): void {
  const { source, end, count, isComplete } = partial;
  const before = state.open.find((one) => one.source === source);
  partial.countedBefore = 0;
  if (before) {
    const isSameRange = (before.end - 1n) / range === (end - 1n) / range;
    if (isSameRange) partial.countedBefore = before.count;
    if (end < before.end || (end === before.end && !isComplete)) {
      partial.countedBefore = count;
      return;
    }
    state.open = state.open.filter((one) => one !== before);
    if (!isSameRange) inner.merge(state.base, before.accumulator);
  }
  if (isComplete) inner.merge(state.base, accumulator);
  else state.open = [...state.open, { source, end, count, accumulator }].sort((a, b) => a.source - b.source);
}

function encode(inner: Inner, { base, open }: Received, writer: ByteWriter): void {
  writer.uint8(VERSION);
  inner.encode(base, writer);
  writer.varint(open.length);
  for (const { source, end, count, accumulator } of open) {
    writer.varint(source);
    writer.bigUint64(end);
    writer.varint(count);
    inner.encode(accumulator, writer);
  }
}

function decode(inner: Inner, reader: ByteReader): Received {
  expectVersion(reader, `partials of ${inner.name}`, VERSION);
  const base = inner.decode(reader);
  const open: OpenPartial[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    const [source, end, count] = [reader.varint(), reader.bigUint64(), reader.varint()];
    open.push({ source, end, count, accumulator: inner.decode(reader) });
  }
  return { base, open };
}

function sizeOf(inner: Inner, accumulator: unknown): number {
  return inner.sizeBytes?.(accumulator) ?? ACCUMULATOR_BYTES;
}
