import type { Producer, Transaction } from 'kafkajs';
import { FatalError, FencedError } from '../../core/errors';
import type { OutgoingRecord, RecordPosition } from '../../core/ports/record-producer.port';
import type { TransactionMark, TransactionTarget, TransactionWriter } from '../../core/ports/transaction-log.port';
import { taskName } from '../../core/task/task-id';
import { asKafkaError } from './kafka-errors';
import { isTooLarge, nextChunk, positionsOf } from './kafka-topic-lane';
import { toMessage } from './outgoing-message';

export interface KafkaTransactionWriterOptions {
  readonly producer: Producer;
  /** Begun and empty: kafkajs fences with the beginning of the first. */
  readonly first: Transaction;
  readonly target: TransactionTarget;
  readonly group: string;
  readonly left: TransactionMark | undefined;
}

/**
 * One producer id, for as long as nothing goes wrong. After a failure brokers may have a batch whose sequence numbers
 * kafkajs would use again, and would drop the next one as its repetition: so that a failed producer is never used again.
 */
export class KafkaTransactionWriter implements TransactionWriter {
  readonly left: TransactionMark | undefined;
  private next: Transaction | undefined;

  constructor(private readonly options: KafkaTransactionWriterOptions) {
    this.left = options.left;
    this.next = options.first;
  }

  async commit(
    records: readonly OutgoingRecord[],
    markOf: (positions: readonly RecordPosition[]) => TransactionMark,
    signal: AbortSignal,
  ): Promise<void> {
    let transaction: Transaction | undefined;
    try {
      transaction = await this.begin();
      const positions = await this.send(transaction, records);
      signal.throwIfAborted();
      await this.mark(transaction, markOf(positions));
      await transaction.commit();
    } catch (thrown) {
      // One that the coordinator may have committed is not active any more.
      if (transaction?.isActive() === true) await transaction.abort().catch(() => undefined);
      await this.close();
      throw this.reactionTo(thrown);
    }
  }

  async close(): Promise<void> {
    // A connection that is gone has nothing to close.
    await this.options.producer.disconnect().catch(() => undefined);
  }

  private async begin(): Promise<Transaction> {
    const begun = this.next ?? (await this.options.producer.transaction());
    this.next = undefined;
    return begun;
  }

  private async send(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    const { topic } = this.options.target;
    const messages = records.map(toMessage);
    const positions: RecordPosition[] = [];
    while (positions.length < messages.length) {
      const chunk = nextChunk(messages, positions.length);
      const results = await transaction.send({ topic, messages: [...chunk], acks: -1 });
      positions.push(...positionsOf(topic, chunk, results));
    }
    return positions;
  }

  private async mark(transaction: Transaction, { nextOffset, memo }: TransactionMark): Promise<void> {
    const { target, group } = this.options;
    const offset = { partition: target.task.partition, offset: nextOffset.toString(), metadata: memo };
    await transaction.sendOffsets({
      consumerGroupId: group,
      topics: [{ topic: target.sourceTopic, partitions: [offset] }],
    });
  }

  private reactionTo(thrown: unknown): unknown {
    const { topic, task } = this.options.target;
    if (isTooLarge(thrown)) {
      return new FatalError(
        `topic ${topic} refuses a request of rows for its size: raise its max.message.bytes to at least 1048588, ` +
          'or bound what the aggregates collect',
        { cause: thrown },
      );
    }
    const error = asKafkaError(thrown, `write a transaction to ${topic}`);
    if (error instanceof FatalError) return error;
    return new FencedError(
      `${taskName(task)}: ${error.message}. Either it has another owner, or what was committed is not known; ` +
        'the task is claimed again to find out',
      { cause: thrown },
    );
  }
}
