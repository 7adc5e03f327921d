import { DeliveryEndedError } from '../../core/errors';
import type {
  BatchConsumer,
  BatchControl,
  BatchHandlers,
  OffsetMirrorEntry,
} from '../../core/ports/batch-consumer.port';
import type { RecordBatch } from '../../core/ports/record-source.port';
import type { MemoryLog } from './memory-log';

const MAX_RECORDS = 10_000;

export interface MemoryBatchConsumerOptions {
  readonly log: MemoryLog;
  readonly groupId: string;
  readonly topic: string;
}

interface PartitionReader {
  readonly partition: number;
  position: bigint;
  paused: boolean;
  /** Counts seeks: a batch that was read before the last one is stale. */
  seeks: number;
  /** Set while the reader waits for records or for its resumption. */
  wake: (() => void) | undefined;
}

/** Twin of the Kafka consumer: a group of one member that owns every partition and never rebalances. */
export class MemoryBatchConsumer implements BatchConsumer {
  private readonly readers: PartitionReader[] = [];
  private readonly loops: Promise<void>[] = [];
  private unsubscribe: (() => void) | undefined;
  private quiescing = false;

  constructor(private readonly options: MemoryBatchConsumerOptions) {}

  get isDelivering(): boolean {
    return this.unsubscribe !== undefined && !this.quiescing;
  }

  async run(handlers: BatchHandlers): Promise<void> {
    const { log, topic } = this.options;
    const partitions = (await log.partitionCount(topic)) ?? 0;
    for (let partition = 0; partition < partitions; partition++) {
      this.readers.push({ partition, position: 0n, paused: false, seeks: 0, wake: undefined });
    }
    this.unsubscribe = log.onAppend(topic, () => this.wakeAll());
    handlers.assigned(this.readers.map(({ partition }) => partition));
    this.loops.push(...this.readers.map((reader) => this.loop(reader, handlers)));
  }

  async quiesce(): Promise<void> {
    this.quiescing = true;
    this.wakeAll();
    await Promise.all(this.loops);
  }

  async stop(): Promise<void> {
    await this.quiesce();
    this.unsubscribe?.();
  }

  mirror(offsets: readonly OffsetMirrorEntry[]): Promise<void> {
    const { log, groupId, topic } = this.options;
    for (const { partition, nextOffset, metadata } of offsets) {
      log.commitMirror(groupId, topic, partition, nextOffset, metadata);
    }
    return Promise.resolve();
  }

  seek(partition: number, offset: bigint): void {
    const reader = this.readers[partition];
    if (!reader) return;
    reader.seeks += 1;
    reader.position = offset;
    this.wake(reader);
  }

  private async loop(reader: PartitionReader, handlers: BatchHandlers): Promise<void> {
    const { log, topic } = this.options;
    while (!this.quiescing) {
      const batch = log.read(topic, reader.partition, reader.position, MAX_RECORDS);
      if (reader.paused || batch.records.length === 0) await new Promise<void>((resolve) => (reader.wake = resolve));
      else await this.deliver(reader, batch, handlers);
    }
  }

  private async deliver(reader: PartitionReader, batch: RecordBatch, handlers: BatchHandlers): Promise<void> {
    try {
      await handlers.batch(batch, this.controlOf(reader));
    } catch (error) {
      if (!(error instanceof DeliveryEndedError)) throw error;
    }
  }

  private controlOf(reader: PartitionReader): BatchControl {
    const { seeks } = reader;
    return {
      heartbeat: () => (this.quiescing ? Promise.reject(new DeliveryEndedError()) : Promise.resolve()),
      isCurrent: () => !this.quiescing && reader.seeks === seeks,
      resolve: (nextOffset) => {
        if (reader.seeks === seeks) reader.position = nextOffset;
      },
      seek: (offset) => this.seek(reader.partition, offset),
      pause: () => {
        reader.paused = true;
        return () => {
          reader.paused = false;
          this.wake(reader);
        };
      },
    };
  }

  private wakeAll(): void {
    for (const reader of this.readers) this.wake(reader);
  }

  private wake(reader: PartitionReader): void {
    const { wake } = reader;
    reader.wake = undefined;
    wake?.();
  }
}
