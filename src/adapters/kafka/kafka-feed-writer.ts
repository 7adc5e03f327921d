import type { Producer, Transaction } from 'kafkajs';
import { FatalError, FencedError } from '../../core/errors';
import type { FeedTarget, FeedWriter } from '../../core/ports/feed-log.port';
import type { OutgoingRecord, RecordPosition } from '../../core/ports/record-producer.port';
import { asKafkaError } from './kafka-errors';
import { isTooLarge, nextChunk, positionsOf } from './kafka-topic-lane';
import { toMessage } from './outgoing-message';

export interface KafkaFeedWriterOptions {
  readonly producer: Producer;
  /** Begun and empty: kafkajs fences with the beginning of the first. */
  readonly first: Transaction;
  readonly target: FeedTarget;
  readonly stateTopic: string;
  readonly left: string | undefined;
}

/** One producer id for as long as nothing goes wrong; for why not longer, see KafkaTransactionWriter. */
export class KafkaFeedWriter implements FeedWriter {
  readonly left: string | undefined;
  private next: Transaction | undefined;

  constructor(private readonly options: KafkaFeedWriterOptions) {
    this.left = options.left;
    this.next = options.first;
  }

  async commit(
    records: readonly OutgoingRecord[],
    state: string,
    signal: AbortSignal,
  ): Promise<readonly RecordPosition[]> {
    const { topic, feed } = this.options.target;
    let transaction: Transaction | undefined;
    try {
      signal.throwIfAborted();
      transaction = await this.begin();
      const positions = await send(transaction, topic, records);
      await send(transaction, this.options.stateTopic, [{ key: feed, value: state }]);
      signal.throwIfAborted();
      await transaction.commit();
      return positions;
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

  private reactionTo(thrown: unknown): unknown {
    const { topic, feed } = this.options.target;
    if (isTooLarge(thrown)) {
      const message = `feed ${feed}: topic ${topic} refuses a record for its size; lower maxRecordBytes of the feed or raise its max.message.bytes`;
      return new FatalError(message, { cause: thrown });
    }
    const error = asKafkaError(thrown, `write to ${topic}`);
    if (error instanceof FatalError) return error;
    return new FencedError(
      `feed ${feed}: ${error.message}. Either another process runs it, or what was committed is not known; it is ` +
        'opened again to find out',
      { cause: thrown },
    );
  }
}

async function send(
  transaction: Transaction,
  topic: string,
  records: readonly OutgoingRecord[],
): Promise<readonly RecordPosition[]> {
  const messages = records.map(toMessage);
  const positions: RecordPosition[] = [];
  while (positions.length < messages.length) {
    const chunk = nextChunk(messages, positions.length);
    const results = await transaction.send({ topic, messages: [...chunk], acks: -1 });
    positions.push(...positionsOf(topic, chunk, results));
  }
  return positions;
}
