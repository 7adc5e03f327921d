import type { RecordOrigin } from '../repartition/record-origin';

/** Content of a header: bytes, or text that is UTF-8. */
export type HeaderContent = Uint8Array | string | null;

/** Headers by name; a name that a record has several times has a list. */
export type RecordHeaders = Readonly<Record<string, HeaderContent | readonly HeaderContent[]>>;

/** One record of a source partition, as the log has it. */
export interface SourceRecord {
  readonly offset: bigint;
  /** The record's own timestamp, epoch ms. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** The value's text if it is ASCII and the source has it at less cost than `value`. */
  readonly asciiValue?: string | undefined;
  /** Read when asked for; absent where the source has none. */
  readonly headers?: RecordHeaders;
  /** Where a record of a repartition topic comes from. */
  readonly origin?: RecordOrigin;
}

/** Records of one partition in order of offset. Offsets may have gaps (compaction, transaction markers). */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for; the first record is at it or after it. */
  readonly fetchedOffset: bigint;
  /** The offset after the last record in the log when the batch was fetched. */
  readonly endOffset: bigint;
  readonly records: readonly SourceRecord[];
}

/** The extent of one partition's log: records have offsets in `[earliest, end)`. */
export interface PartitionExtent {
  readonly earliest: bigint;
  readonly end: bigint;
}
