import { ByteReader, ByteWriter } from '../aggregates/bytes';
import { expectVersion } from '../aggregates/version';
import type { CompiledAggregate } from '../pipeline/compiled-pipeline';

const VERSION = 1;
const writer = new ByteWriter();

/**
 * What the headers of a partial aggregate say. It holds the records of one key and pane (a window, or a slice that
 * windows share) in a range of a source partition, from the start of the range to {@link end}.
 */
export interface PartialHeader {
  readonly keyText: string;
  /** The offset after the last record that it holds. */
  readonly end: bigint;
  /** How many records it holds. */
  readonly count: number;
  /** How many of them no earlier partial of its owner held. */
  readonly fresh: number;
  /** Whether the range is at its end, so that no partial of the same records will hold more. */
  readonly isComplete: boolean;
}

/** A partial on its way into accumulators. */
export interface ReceivedPartial {
  readonly source: number;
  readonly end: bigint;
  readonly count: number;
  readonly isComplete: boolean;
  /** Set by each accumulator that takes it: how many of its records the accumulator had. */
  countedBefore: number;
}

/** The value of a partial. */
export interface PartialContent {
  /** Event time of one of the records, epoch ms: the pane is the one that holds it. */
  readonly timeMs: number;
  /** The greatest event time of the records, epoch ms. */
  readonly latestMs: number;
  /** The zone that the records name, for calendar windows of `zoneField`; else empty. */
  readonly zone: string;
  /** One for each aggregate, in the order of the definition. */
  readonly accumulators: readonly unknown[];
}

/** Version byte, both times (8 bytes each), the zone, then each accumulator. */
export function encodePartial(aggregates: readonly CompiledAggregate[], content: PartialContent): Uint8Array {
  writer.uint8(VERSION);
  writer.float64(content.timeMs);
  writer.float64(content.latestMs);
  writer.text(content.zone);
  aggregates.forEach(({ aggregator }, i) => aggregator.encode(content.accumulators[i], writer));
  return writer.take();
}

/** Throws FatalError for a version that this build does not know. */
export function decodePartial(aggregates: readonly CompiledAggregate[], bytes: Uint8Array): PartialContent {
  const reader = new ByteReader(bytes);
  expectVersion(reader, 'a partial aggregate', VERSION);
  return {
    timeMs: reader.float64(),
    latestMs: reader.float64(),
    zone: reader.text(),
    accumulators: aggregates.map(({ aggregator }) => aggregator.decode(reader)),
  };
}
