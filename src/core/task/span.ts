import { FatalError } from '../errors';
import type { ByteReader, ByteWriter } from '../aggregates/bytes';
import type { CompiledAggregate } from '../pipeline/compiled-pipeline';
import type { Window } from '../windows/window';

/** One window of one key, with its aggregate and what has been shown of it. */
export interface Span {
  /** For sessions both move; inclusive event times of records unless the kind says otherwise. */
  startMs: number;
  endMs: number;
  /** Ordinal of a count window of its key, from 0; 0 for the other kinds. */
  index: number;
  /** Records in it, and the event time of the latest. */
  records: number;
  latestMs: number;
  accumulators: unknown[];
  /** `N` of the revision: the offset after the last record that changed it. */
  changedAt: bigint;
  /** `N` when it came to have these bounds. */
  boundsAt: bigint;
  /** Whether its newest row is still to be emitted. */
  unemitted: boolean;
  /** Whether its final row has been made. */
  closed: boolean;
  /** The bounds under which a row of it was last emitted. */
  shown: { startMs: number; endMs: number } | undefined;
}

/** A row that has to be deleted, because another one took its place when `N` was `at`. */
export interface Superseded {
  readonly startMs: number;
  readonly endMs: number;
  readonly index: number;
  readonly at: bigint;
}

/** All windows of one key. */
export interface KeySpans {
  /** In an order that the kind keeps. */
  spans: Span[];
  superseded: Superseded[];
  /** How many count windows of the key have closed. */
  completed: number;
}

const VERSION = 1;
const UNEMITTED = 1;
const CLOSED = 2;
const SHOWN = 4;

export function windowOf({ startMs, endMs, index }: Span | Superseded, isCounted: boolean): Window {
  return { startMs, endMs, zone: 'UTC', ...(isCounted && { index }) };
}

/** Version byte, then the windows, then what is to be deleted. */
export function encodeSpans(
  aggregates: readonly CompiledAggregate[],
  { spans, superseded, completed }: KeySpans,
  writer: ByteWriter,
): void {
  writer.uint8(VERSION);
  writer.float64(completed);
  writer.float64(spans.length);
  for (const span of spans) encodeSpan(aggregates, span, writer);
  writer.float64(superseded.length);
  for (const { startMs, endMs, index, at } of superseded) {
    for (const number of [startMs, endMs, index]) writer.float64(number);
    writer.bigUint64(at);
  }
}

function encodeSpan(aggregates: readonly CompiledAggregate[], span: Span, writer: ByteWriter): void {
  const { startMs, endMs, index, records, latestMs, shown } = span;
  writer.uint8((span.unemitted ? UNEMITTED : 0) | (span.closed ? CLOSED : 0) | (shown ? SHOWN : 0));
  for (const number of [startMs, endMs, index, records, latestMs]) writer.float64(number);
  writer.bigUint64(span.changedAt);
  if (shown) for (const number of [shown.startMs, shown.endMs]) writer.float64(number);
  aggregates.forEach(({ aggregator }, i) => aggregator.encode(span.accumulators[i], writer));
}

/** Throws FatalError for a version that this build does not know. */
export function decodeSpans(aggregates: readonly CompiledAggregate[], reader: ByteReader): KeySpans {
  const version = reader.uint8();
  if (version !== VERSION) {
    throw new FatalError(
      `The state of a key has version ${version}, this build reads version ${VERSION}. Run the build that wrote it.`,
    );
  }
  const completed = reader.float64();
  const spans = Array.from({ length: reader.float64() }, () => decodeSpan(aggregates, reader));
  const superseded = Array.from({ length: reader.float64() }, () => ({
    startMs: reader.float64(),
    endMs: reader.float64(),
    index: reader.float64(),
    at: reader.bigUint64(),
  }));
  return { spans, superseded, completed };
}

function decodeSpan(aggregates: readonly CompiledAggregate[], reader: ByteReader): Span {
  const flags = reader.uint8();
  const [startMs, endMs, index, records, latestMs] = Array.from({ length: 5 }, () => reader.float64()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const changedAt = reader.bigUint64();
  const shown = flags & SHOWN ? { startMs: reader.float64(), endMs: reader.float64() } : undefined;
  return {
    ...{ startMs, endMs, index, records, latestMs, changedAt, shown },
    boundsAt: 0n,
    unemitted: (flags & UNEMITTED) !== 0,
    closed: (flags & CLOSED) !== 0,
    accumulators: aggregates.map(({ aggregator }) => aggregator.decode(reader)),
  };
}
