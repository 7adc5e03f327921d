import { ByteReader } from './byte-reader';
import { UnreadRecords } from './decode-messages';
import { FetchedRecord } from './fetched-record';
import type { BatchConstructor, FetchedPartition } from './internals';
import { visibleBatches } from './visible-batches';

interface Extent {
  readonly first: bigint;
  readonly last: bigint;
  readonly hasControl: boolean;
}

/**
 * For `consumer/batch.js`: what one fetch brought of one partition. Its records are read when it is its turn to be
 * processed, so that those of the partitions that wait are no garbage that survives; offsets are compared as they are,
 * where kafkajs makes an object for each. Its answers are those of kafkajs's class, whose comments say what they mean.
 */
export class FetchedBatch {
  readonly partition: number;
  readonly highWatermark: string;
  private readonly unread: UnreadRecords;
  private read: { readonly messages: readonly FetchedRecord[]; readonly extent: Extent | undefined } | undefined;

  constructor(
    readonly topic: string,
    readonly fetchedOffset: string,
    private readonly data: FetchedPartition & { readonly messages: UnreadRecords },
  ) {
    this.partition = data.partition;
    this.highWatermark = data.highWatermark;
    this.unread = data.messages;
  }

  get messages(): readonly FetchedRecord[] {
    return this.records().messages;
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** Brokers send whole batches: records before the offset that was asked for do not count. */
  isEmptyIncludingFiltered(): boolean {
    return this.records().extent === undefined;
  }

  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.hasRecords();
  }

  isEmptyControlRecord(): boolean {
    return this.isEmpty() && this.records().extent?.hasControl === true;
  }

  isEmptyDueToLogCompactedMessages(): boolean {
    return this.hasRecords() && this.isEmptyIncludingFiltered();
  }

  firstOffset(): string | null {
    return this.records().extent?.first.toString() ?? null;
  }

  lastOffset(): string {
    if (this.isEmptyDueToLogCompactedMessages()) return this.fetchedOffset;
    return (this.records().extent?.last ?? this.lastOfPartition()).toString();
  }

  offsetLag(): string {
    return (this.lastOfPartition() - BigInt(this.lastOffset())).toString();
  }

  offsetLagLow(): string {
    const { extent } = this.records();
    return extent === undefined ? '0' : (this.lastOfPartition() - extent.first).toString();
  }

  private hasRecords(): boolean {
    return this.unread.batches.some(({ count }) => count > 0);
  }

  private lastOfPartition(): bigint {
    return BigInt(this.highWatermark) - 1n;
  }

  private records(): NonNullable<typeof this.read> {
    return (this.read ??= this.readRecords());
  }

  private readRecords(): NonNullable<typeof this.read> {
    const fetchedOffset = BigInt(this.fetchedOffset);
    const { batches } = this.unread;
    const visible = visibleBatches(batches, this.data.abortedTransactions);
    const messages: FetchedRecord[] = [];
    let extent: Extent | undefined;
    for (const [i, batch] of batches.entries()) {
      const reader = new ByteReader(batch.bytes, batch.start);
      const mayBeBefore = batch.firstOffset < fetchedOffset;
      let first: FetchedRecord | undefined;
      let last: FetchedRecord | undefined;
      for (let left = batch.count; left > 0; left--) {
        const record = new FetchedRecord(batch, reader);
        if (mayBeBefore && record.offset < fetchedOffset) continue;
        first ??= record;
        last = record;
        if (visible[i]) messages.push(record);
      }
      if (!first || !last) continue;
      const hasControl = batch.isControl || extent?.hasControl === true;
      extent = { first: extent?.first ?? first.offset, last: last.offset, hasControl };
    }
    return { messages, extent };
  }
}

/** Message sets of before Kafka 0.11, and fetches that brought nothing, stay kafkajs's. */
export function batchConstructor(Original: BatchConstructor): BatchConstructor {
  const construct = function (topic: string, fetchedOffset: string, data: FetchedPartition): object {
    const { messages } = data;
    if (!(messages instanceof UnreadRecords)) return new Original(topic, fetchedOffset, data);
    return new FetchedBatch(topic, fetchedOffset, { ...data, messages });
  };
  return construct as unknown as BatchConstructor;
}
