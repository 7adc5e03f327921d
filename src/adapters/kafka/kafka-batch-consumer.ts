import type { Batch, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';

import { DeliveryEndedError, messageOf } from '../../core/errors';
import type {
  BatchConsumer,
  BatchControl,
  BatchHandlers,
  OffsetMirrorEntry,
} from '../../core/ports/batch-consumer.port';
import type { Log } from '../../core/ports/log.port';
import type { RecordBatch, RecordHeaders, SourceRecord } from '../../core/ports/record-source.port';
import { PartitionAssigners } from './kafkajs';
import { FetchedBatch } from './kafkajs/fetched-batch';
import { stickyAssigner } from './sticky-assigner';

const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** A rebalance is noticed with a heartbeat, and stops the whole group until its last member has noticed. */
const HEARTBEAT_INTERVAL_MS = 250;
/** A fetch is answered when this much is there, or after `MAX_WAIT_MS`. */
const MAX_BYTES_PER_PARTITION = 1 << 20;
const MAX_BYTES = 8 << 20;
const MAX_WAIT_MS = 200;
const RESTART_MS = 2_000;

export interface KafkaBatchConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topic: string;
  /** Partitions that are worked on side by side. */
  readonly concurrency: number;
  /** Asked at each join of the group: whether others should have the partitions, because this process cannot do the work. */
  readonly isCutOff?: () => boolean;
  readonly log: Log;
}

/**
 * kafkajs's `eachBatch`, with offsets in our own hands: nothing is committed but what {@link mirror} is given.
 *
 * Facts about kafkajs that this depends on: a rebalance shows as an error of `heartbeat()` inside the handler, and the
 * re-join begins once the handler has settled; `GROUP_JOIN` carries the assignment; a batch of which everything was
 * filtered out reaches no handler and shows only as an END_BATCH_PROCESS event with no records; what was filtered out at
 * the end of a batch is gone over without a word.
 */
export class KafkaBatchConsumer implements BatchConsumer {
  private consumer: Consumer | undefined;
  /** What the group gave this member last: what it should have again. */
  private owned: readonly number[] = [];
  private handlers: BatchHandlers | undefined;
  private quiescing = false;
  private stopped = false;
  /** Between joining the group and the next rebalance or failure. */
  private joined = false;
  /** Between joining the group and the end of kafkajs's consumer, which a failure brings too: else its `seek` throws. */
  private seekable = false;
  /** Where partitions are to begin once the group is joined again. */
  private readonly unsought = new Map<number, bigint>();
  private inProgress = 0;
  private whenQuiet: (() => void) | undefined;
  private restart: NodeJS.Timeout | undefined;

  constructor(private readonly options: KafkaBatchConsumerOptions) {}

  get isDelivering(): boolean {
    return this.joined && !this.quiescing;
  }

  async run(handlers: BatchHandlers): Promise<void> {
    this.handlers = handlers;
    await this.join(handlers);
  }

  seek(partition: number, offset: bigint): void {
    if (!this.seekable) return void this.unsought.set(partition, offset);
    this.consumer?.seek({ topic: this.options.topic, partition, offset: offset.toString() });
  }

  async quiesce(): Promise<void> {
    this.quiescing = true;
    clearTimeout(this.restart);
    if (this.inProgress === 0) return;
    await new Promise<void>((resolve) => (this.whenQuiet = resolve));
  }

  async stop(): Promise<void> {
    this.quiescing = this.stopped = true;
    clearTimeout(this.restart);
    await this.consumer?.disconnect();
  }

  async mirror(offsets: readonly OffsetMirrorEntry[]): Promise<void> {
    const { topic } = this.options;
    await this.consumer?.commitOffsets(
      offsets.map(({ partition, nextOffset, metadata }) => ({
        ...{ topic, partition, metadata },
        offset: nextOffset.toString(),
      })),
    );
  }

  private async join(handlers: BatchHandlers): Promise<void> {
    const consumer = this.createConsumer(handlers);
    this.consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.options.concurrency,
        eachBatch: (payload) => this.eachBatch(payload, handlers),
      });
    } catch (error) {
      this.joinAgain(consumer, messageOf(error));
    }
  }

  private createConsumer(handlers: BatchHandlers): Consumer {
    const { kafka, groupId, topic, isCutOff = () => false } = this.options;
    const told = (): { owned: readonly number[]; isCutOff: boolean } => ({ owned: this.owned, isCutOff: isCutOff() });
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES,
      maxWaitTimeInMs: MAX_WAIT_MS,
      allowAutoTopicCreation: false,
      // The second is for members of an older version that are in the group during an upgrade.
      partitionAssigners: [stickyAssigner(topic, told), PartitionAssigners.roundRobin],
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.owned = payload.memberAssignment[topic] ?? [];
      this.seekable = true;
      handlers.assigned(this.owned);
      this.seekUnsought();
      this.joined = true;
    });
    consumer.on(consumer.events.REBALANCING, () => void (this.joined = false));
    consumer.on(consumer.events.STOP, () => {
      if (consumer === this.consumer) this.seekable = false;
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      // Null for the end of a batch that compaction has shortened: kafkajs goes over it one offset at a time.
      const first = (payload.firstOffset as string | null) ?? payload.lastOffset;
      handlers.skipped(payload.partition, BigInt(first), BigInt(payload.lastOffset) + 1n);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.joined = false;
      if (!payload.restart) this.joinAgain(consumer, messageOf(payload.error));
    });
    return consumer;
  }

  private seekUnsought(): void {
    const { owned } = this;
    for (const [partition, offset] of this.unsought) if (owned.includes(partition)) this.seek(partition, offset);
    this.unsought.clear();
  }

  /** kafkajs gives up on errors that it holds to be final; a service does not. */
  private joinAgain(consumer: Consumer, reason: string): void {
    if (this.stopped || this.quiescing || consumer !== this.consumer) return;
    const { log, groupId } = this.options;
    log.warn({ event: 'kafka.consumer-restarts', group: groupId, reason }, `Consumer ${groupId} stopped: ${reason}`);
    this.consumer = undefined;
    this.restart = setTimeout(() => {
      consumer.disconnect().catch((error: unknown) => {
        log.debug({ event: 'kafka.disconnect-failed', reason: messageOf(error) }, 'A consumer did not end cleanly');
      });
      if (this.handlers) void this.join(this.handlers);
    }, RESTART_MS);
  }

  private async eachBatch(payload: EachBatchPayload, handlers: BatchHandlers): Promise<void> {
    if (this.quiescing) return;
    this.inProgress++;
    try {
      const batch = toRecordBatch(payload.batch);
      let resolved = -1n;
      await handlers.batch(
        batch,
        this.controlOf(payload, (nextOffset) => (resolved = nextOffset)),
      );
      tellOfEnd(batch, resolved, BigInt(payload.batch.lastOffset()) + 1n, handlers);
    } catch (error) {
      if (!(error instanceof DeliveryEndedError)) throw error;
    } finally {
      this.inProgress--;
      if (this.inProgress === 0) this.whenQuiet?.();
    }
  }

  private controlOf(payload: EachBatchPayload, onResolved: (nextOffset: bigint) => void): BatchControl {
    const { partition } = payload.batch;
    return {
      heartbeat: () => (this.quiescing ? Promise.reject(new DeliveryEndedError()) : payload.heartbeat()),
      isCurrent: () => !this.quiescing && payload.isRunning() && !payload.isStale(),
      resolve: (nextOffset) => {
        onResolved(nextOffset);
        payload.resolveOffset((nextOffset - 1n).toString());
      },
      seek: (offset) => this.seek(partition, offset),
      pause: () => payload.pause(),
    };
  }
}

/**
 * What follows the last record of a fetch, such as the marker of its transaction: kafkajs goes over it, and tells nobody,
 * once that record is resolved.
 */
function tellOfEnd({ partition, records }: RecordBatch, resolved: bigint, end: bigint, handlers: BatchHandlers): void {
  const last = records.at(-1);
  if (last && resolved === last.offset + 1n && resolved < end) handlers.skipped(partition, resolved, end);
}

/** `fetchedOffset` is there, and missing from kafkajs's types. */
function toRecordBatch(batch: Batch): RecordBatch {
  const { fetchedOffset } = batch as Batch & { fetchedOffset: string };
  return {
    topic: batch.topic,
    partition: batch.partition,
    fetchedOffset: BigInt(fetchedOffset),
    endOffset: BigInt(batch.highWatermark),
    records: recordsOf(batch),
  };
}

/** Our own are handed on as they are; kafkajs's come of message sets, and where its functions could not be replaced. */
function recordsOf(batch: unknown): readonly SourceRecord[] {
  if (batch instanceof FetchedBatch) return batch.messages;
  return (batch as Batch).messages.map((message) => new KafkaSourceRecord(message));
}

/** Most timestamps are never asked for: they stay the text that kafkajs makes of them. */
export class KafkaSourceRecord implements SourceRecord {
  readonly offset: bigint;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
  private readonly timestamp: string;

  constructor(message: KafkaMessage) {
    this.offset = BigInt(message.offset);
    this.key = message.key;
    this.value = message.value;
    this.headers = (message.headers ?? {}) as RecordHeaders;
    this.timestamp = message.timestamp;
  }

  get timestampMs(): number {
    return Number(this.timestamp);
  }
}
