import type { RecordHeaders } from './record-source.port';

/** A record to be appended to a topic. */
export interface OutgoingRecord {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  /** Where to append it; by its key when absent. */
  readonly partition?: number;
  /** Epoch ms; the time of sending when absent. */
  readonly timestampMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers of the record that this one is a copy of; `headers` of the same names take their place. */
  readonly sourceHeaders?: RecordHeaders;
}

/** Where a record was put: `(partition, offset)`. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Appends records to topics, keyed by murmur2 unless they name their partition as every Kafka client does, so that equal keys share a partition.
 *
 * `send` resolves once all in-sync replicas have the records, in their order within each partition, with one position
 * for each record in the order given. A retry inside `send` never duplicates a record (idempotent producer).
 * Throws TransientError when the log cannot be reached; the caller may send again.
 * Throws RecordTooLargeError when the topic refuses a record for its size; it says which records were appended.
 */
export interface RecordProducer {
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]>;
}
