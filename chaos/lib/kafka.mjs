import kafkajs from 'kafkajs';
import { PARTITIONS } from './records.mjs';

const NEVER = '-1';
const READ_MS = 180_000;

/** What the runner asks of the broker. Its own clients are on the machine's network and see no cut. */
export class ChaosKafka {
  constructor(address, prefix) {
    this.prefix = prefix;
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 };
    this.client = new kafkajs.Kafka({
      clientId: prefix,
      brokers: [address],
      logLevel: kafkajs.logLevel.NOTHING,
      retry,
    });
    this.partitioner = kafkajs.Partitioners.DefaultPartitioner();
  }

  /** Event times are of another day than the run: without unlimited retention the broker deletes them. */
  async createTopics(topics) {
    const configEntries = [{ name: 'retention.ms', value: NEVER }];
    await this.asAdmin((admin) =>
      admin.createTopics({
        topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1, configEntries })),
      }),
    );
  }

  partitionOf(key) {
    const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({ partitionId, leader: 1 }));
    return this.partitioner({ topic: '', partitionMetadata, message: { key } });
  }

  /** Partition to the offset after its last record. */
  async ends(topic) {
    const ends = await this.asAdmin((admin) => admin.fetchTopicOffsets(topic));
    return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
  }

  /**
   * Every record of a topic as it is now, in the order of each partition, without those of transactions that came to nothing.
   * Rejects when a transaction stays open.
   */
  async readAll(topic, take) {
    const left = new Map([...(await this.ends(topic))].filter(([, end]) => end > 0n));
    if (left.size === 0) return;
    const abandoned = AbortSignal.timeout(READ_MS);
    const consumer = this.client.consumer({ groupId: `${this.prefix}-${topic}-reader`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise((resolve, reject) => {
        const eachBatch = async ({ batch, resolveOffset, heartbeat }) => {
          for (const message of batch.messages) take(batch.partition, BigInt(message.offset), message);
          resolveOffset(batch.lastOffset());
          await heartbeat();
        };
        // Batches that hold nothing but the ends of transactions are told of here alone.
        consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
          if (BigInt(lastOffset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
          if (left.size === 0) resolve();
        });
        abandoned.onabort = () => reject(new Error(`${topic} could not be read to its end: is a transaction open?`));
        consumer.run({ autoCommit: false, eachBatch }).catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
  }

  /** Removes the topics of the run. */
  async clear() {
    await this.asAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    });
  }

  async asAdmin(work) {
    const admin = this.client.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
