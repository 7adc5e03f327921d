import kafkajs from 'kafkajs';
import { PARTITIONS } from './records.mjs';

const NEVER = '-1';

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

  /** Every record of a topic as it is now, in the order of each partition. */
  async readAll(topic, take) {
    const left = new Map([...(await this.ends(topic))].filter(([, end]) => end > 0n));
    if (left.size === 0) return;
    const consumer = this.client.consumer({ groupId: `${this.prefix}-${topic}-reader`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise((resolve, reject) => {
        const eachBatch = async ({ batch, resolveOffset, heartbeat }) => {
          for (const message of batch.messages) {
            const offset = BigInt(message.offset);
            take(batch.partition, offset, message);
            resolveOffset(message.offset);
            if (offset + 1n >= (left.get(batch.partition) ?? 0n)) left.delete(batch.partition);
          }
          await heartbeat();
          if (left.size === 0) resolve();
        };
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
