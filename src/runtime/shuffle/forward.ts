import type { RecordProducer } from '../../core/ports/record-producer.port';
import { outgoingRecords } from '../../core/repartition/carried-record';
import type { ForwardedRecord } from '../../core/task/forwarded-record';

export interface RepartitionTarget {
  readonly topic: string;
  /** Fixed with the topic: a key must stay where it is. */
  readonly partitions: number;
}

/** Step 4 of a shuffle. Resolves when the repartition topic has the records; throws TransientError while it is away. */
export type Forward = (records: readonly ForwardedRecord[], signal: AbortSignal) => Promise<void>;

/** Appends in the order given, one call after the other: what tells duplicates depends on it. */
export function forwardTo(producer: RecordProducer, { topic, partitions }: RepartitionTarget): Forward {
  return async (records, signal) => {
    await producer.send(
      topic,
      records.flatMap((record) => outgoingRecords(record, partitions)),
    );
    signal.throwIfAborted();
  };
}
