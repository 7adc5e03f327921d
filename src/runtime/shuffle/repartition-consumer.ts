import type { BatchConsumer, BatchHandlers, OffsetMirrorEntry } from '../../core/ports/batch-consumer.port';
import { CarriedRecord } from '../../core/repartition/carried-record';

/** A consumer of a repartition topic that hands on records as their source had them, with where they come from. */
export class RepartitionConsumer implements BatchConsumer {
  constructor(private readonly inner: BatchConsumer) {}

  get isDelivering(): boolean {
    return this.inner.isDelivering;
  }

  run(handlers: BatchHandlers): Promise<void> {
    return this.inner.run({
      assigned: (partitions) => handlers.assigned(partitions),
      skipped: (partition, from, to) => handlers.skipped(partition, from, to),
      batch: (batch, control) =>
        handlers.batch({ ...batch, records: batch.records.map((record) => new CarriedRecord(record)) }, control),
    });
  }

  seek(partition: number, offset: bigint): void {
    this.inner.seek(partition, offset);
  }

  quiesce(): Promise<void> {
    return this.inner.quiesce();
  }

  stop(): Promise<void> {
    return this.inner.stop();
  }

  mirror(offsets: readonly OffsetMirrorEntry[]): Promise<void> {
    return this.inner.mirror(offsets);
  }
}
