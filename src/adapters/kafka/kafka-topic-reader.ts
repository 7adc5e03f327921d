import type { Kafka, KafkaMessage } from 'kafkajs';
import type { SourceRecord } from '../../core/ports/record-source.port';
import type { TopicPage, TopicReader } from '../../core/ports/topic-reader.port';
import { KafkaSourceRecord } from './kafka-batch-consumer';
import { connectCluster } from './kafka-cluster';
import { asKafkaError, kafkaErrorType } from './kafka-errors';
import { UnreadRecords } from './kafkajs/decode-messages';
import { FetchedBatch } from './kafkajs/fetched-batch';
import type { FetchedPartition } from './kafkajs/internals';

const READ_COMMITTED = 1;
/** The end of the log is no reason to wait. */
const MAX_WAIT_MS = 50;
const MAX_BYTES = 1 << 20;

interface Broker {
  fetch(request: object): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
}

/** The parts of kafkajs's inner objects that are used here; version 2.2.4, which is pinned. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(request: { nodeId: string }): Promise<Broker>;
}

/** Fetches without a group: joining one takes seconds. kafkajs keeps that request inside. */
export class KafkaTopicReader implements TopicReader {
  private cluster: Promise<Cluster> | undefined;

  constructor(private readonly kafka: Kafka) {}

  async read(topic: string, partition: number, fromOffset: bigint): Promise<TopicPage> {
    try {
      const cluster = await (this.cluster ??= connectCluster<Cluster>(this.kafka));
      return pageOf(topic, fromOffset, await fetchFrom(cluster, { topic, partition, fromOffset }));
    } catch (thrown) {
      if (kafkaErrorType(thrown) !== 'OFFSET_OUT_OF_RANGE') await this.close();
      throw asKafkaError(thrown, `read ${topic}/${partition} at offset ${fromOffset}`);
    }
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    // One that never connected has nothing to close.
    await cluster?.then((connected) => connected.disconnect()).catch(() => undefined);
  }
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: bigint;
}

async function fetchFrom(cluster: Cluster, { topic, partition, fromOffset }: Place): Promise<FetchedPartition> {
  await cluster.addTargetTopic(topic);
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`partition ${partition} has no leader`);
  const broker = await cluster.findBroker({ nodeId });
  const partitions = [{ partition, fetchOffset: fromOffset.toString(), maxBytes: MAX_BYTES }];
  const { responses } = await broker.fetch({
    ...{ isolationLevel: READ_COMMITTED, maxWaitTime: MAX_WAIT_MS, minBytes: 1, maxBytes: MAX_BYTES },
    topics: [{ topic, partitions }],
  });
  const fetched = responses[0]?.partitions[0];
  if (!fetched) throw new Error('the broker answered without the partition');
  return fetched;
}

function pageOf(topic: string, fromOffset: bigint, fetched: FetchedPartition): TopicPage {
  const { messages } = fetched;
  if (messages instanceof UnreadRecords) {
    const batch = new FetchedBatch(topic, fromOffset.toString(), { ...fetched, messages });
    return { records: batch.messages, nextOffset: BigInt(batch.lastOffset()) + 1n };
  }
  const records = (messages as readonly KafkaMessage[]).map((message): SourceRecord => new KafkaSourceRecord(message));
  const last = records.at(-1)?.offset ?? fromOffset - 1n;
  return { records: records.filter(({ offset }) => offset >= fromOffset), nextOffset: last + 1n };
}
