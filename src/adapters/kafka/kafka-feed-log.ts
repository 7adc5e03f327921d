import type { Kafka, Producer } from 'kafkajs';
import type { FeedLog, FeedTarget, FeedWriter } from '../../core/ports/feed-log.port';
import type { SourceRecord } from '../../core/ports/record-source.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import type { TopicReader } from '../../core/ports/topic-reader.port';
import { asKafkaError } from './kafka-errors';
import { KafkaFeedWriter } from './kafka-feed-writer';
import { rememberingPartitioner } from './outgoing-message';

/** How long readers of the feed's topic may be held up by a poller that died and that nobody follows. */
const TRANSACTION_TIMEOUT_MS = 30_000;
/** A coordinator answers "not yet" for about 10 ms after each transaction. */
const RETRY = { retries: 20, initialRetryTime: 5, maxRetryTime: 1_000 };
/** Where the last state is looked for first: each commit leaves a record and the mark of its transaction. */
const TAIL = 16n;

export interface KafkaFeedLogOptions {
  readonly kafka: Kafka;
  readonly topics: TopicAdmin;
  readonly topicReader: TopicReader;
}

/**
 * Kafka's transactions (KIP-98): one producer for each feed, whose transactional id fences the one before. Its state is the
 * last record of `millrace.feeds.<feed>`, a compacted topic of one partition. It has a topic to itself: in a shared one an
 * open transaction of another feed would hide its last state from readers of what is committed.
 */
export class KafkaFeedLog implements FeedLog {
  constructor(private readonly options: KafkaFeedLogOptions) {}

  async open(target: FeedTarget): Promise<FeedWriter> {
    const { kafka, topics } = this.options;
    const stateTopic = feedStateTopic(target.feed);
    await topics.ensure([{ topic: stateTopic, partitions: 1, purpose: 'reference' }]);
    const producer = kafka.producer({
      transactionalId: `millrace-feed/${target.feed}`,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: rememberingPartitioner(),
      retry: RETRY,
    });
    try {
      return await this.opened(producer, target, stateTopic);
    } catch (thrown) {
      await producer.disconnect().catch(() => undefined);
      throw asKafkaError(thrown, `open feed ${target.feed}`);
    }
  }

  private async opened(producer: Producer, target: FeedTarget, stateTopic: string): Promise<FeedWriter> {
    await producer.connect();
    // Begins one, which the brokers learn of with its first record; but it fences, and ends what was open, at once.
    const first = await producer.transaction();
    const left = await this.lastState(stateTopic);
    return new KafkaFeedWriter({ producer, first, target, stateTopic, left });
  }

  private async lastState(topic: string): Promise<string | undefined> {
    const extent = (await this.options.topics.extents(topic)).get(0);
    if (!extent || extent.end === extent.earliest) return undefined;
    for (let tail = TAIL; ; tail *= 8n) {
      const from = extent.end - tail > extent.earliest ? extent.end - tail : extent.earliest;
      const last = await this.lastRecord(topic, from);
      if (last?.value) return Buffer.from(last.value).toString();
      if (from === extent.earliest) return undefined;
    }
  }

  private async lastRecord(topic: string, from: bigint): Promise<SourceRecord | undefined> {
    let last: SourceRecord | undefined;
    for (let at = from; ;) {
      const { records, nextOffset } = await this.options.topicReader.read(topic, 0, at);
      last = records.at(-1) ?? last;
      if (nextOffset === at) return last;
      at = nextOffset;
    }
  }
}

function feedStateTopic(feed: string): string {
  return `millrace.feeds.${feed}`;
}
