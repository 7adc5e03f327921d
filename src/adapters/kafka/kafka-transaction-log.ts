import { randomUUID } from 'node:crypto';

import type { Kafka } from 'kafkajs';
import type { Log } from '../../core/ports/log.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import type {
  RecordRangeReader,
  TransactionLog,
  TransactionTarget,
  TransactionWriter,
} from '../../core/ports/transaction-log.port';
import { KafkaBatchConsumer } from './kafka-batch-consumer';
import { asKafkaError } from './kafka-errors';
import { KafkaTransactionWriter } from './kafka-transaction-writer';
import { rememberingPartitioner } from './outgoing-message';
import { ConsumerRangeReader } from './record-range-reader';

/** How long readers may be held up by a writer that died and that nobody follows. */
const TRANSACTION_TIMEOUT_MS = 30_000;
/** A coordinator answers "not yet" for about 10 ms after each transaction. */
const RETRY = { retries: 20, initialRetryTime: 5, maxRetryTime: 1_000 };

export interface KafkaTransactionLogOptions {
  readonly kafka: Kafka;
  readonly topics: TopicAdmin;
  readonly log: Log;
}

/**
 * Kafka's transactions (KIP-98): one producer for each task and topic, whose transactional id fences the one before; the mark
 * is the offset of the source partition in the group `<pipeline>.out`, with the memo as its metadata.
 */
export class KafkaTransactionLog implements TransactionLog {
  constructor(private readonly options: KafkaTransactionLogOptions) {}

  async open(target: TransactionTarget): Promise<TransactionWriter> {
    const { kafka, topics } = this.options;
    const group = outGroup(target);
    const producer = kafka.producer({
      transactionalId: transactionalId(target),
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: rememberingPartitioner(),
      retry: RETRY,
    });
    try {
      await producer.connect();
      // Begins one, which the brokers learn of with its first record; but it fences, and ends what was open, at once.
      const first = await producer.transaction();
      const offsets = await topics.mirrored(group, target.sourceTopic);
      const left = offsets.find(({ partition }) => partition === target.task.partition);
      const mark = left && { nextOffset: left.nextOffset, memo: left.metadata };
      return new KafkaTransactionWriter({ producer, first, target, group, left: mark });
    } catch (thrown) {
      await producer.disconnect().catch(() => undefined);
      throw asKafkaError(thrown, `open transactions on ${target.topic}`);
    }
  }

  reader(target: TransactionTarget): RecordRangeReader {
    const { kafka, topics, log } = this.options;
    const { topic } = target;
    // A group without offsets is gone once its only member is.
    const groupId = `${outGroup(target)}.${randomUUID()}`;
    return new ConsumerRangeReader({
      ...{ topic, topics },
      consumer: new KafkaBatchConsumer({ kafka, groupId, topic, log, concurrency: 1 }),
    });
  }
}

function outGroup({ task }: TransactionTarget): string {
  return `${task.pipeline}.out`;
}

/** Neither pipelines nor topics have a slash in their names. */
function transactionalId({ task, topic }: TransactionTarget): string {
  return `millrace-${task.pipeline}/${task.partition}/${topic}`;
}
