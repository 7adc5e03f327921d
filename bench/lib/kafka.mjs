import kafkajs from 'kafkajs';
import { readingAt } from './readings.mjs';

const BATCH = 5000;

/** All that the driver asks of Kafka in one run; it makes and removes only names that start with the run's prefix. */
export class BenchKafka {
  static async connect({ address, prefix, partitions }) {
    const client = new kafkajs.Kafka({ clientId: prefix, brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    return new BenchKafka({ client, admin, prefix, partitions });
  }

  constructor({ client, admin, prefix, partitions }) {
    Object.assign(this, { client, admin, prefix, partitions });
    this.partitioner = kafkajs.Partitioners.DefaultPartitioner();
  }

  /** Event times are of 2025: without unlimited retention the broker deletes the segments as too old. */
  async createTopic(topic) {
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await this.admin.createTopics({
      topics: [{ topic, numPartitions: this.partitions, replicationFactor: 1, configEntries }],
    });
  }

  partitionOf(location) {
    const partitionMetadata = Array.from({ length: this.partitions }, (_, partitionId) => ({ partitionId, leader: 1 }));
    return this.partitioner({ topic: '', partitionMetadata, message: { key: location } });
  }

  async load(topic, records) {
    const partitions = new Map();
    const partitionOf = (key) =>
      partitions.get(key) ?? (partitions.set(key, this.partitionOf(key)), partitions.get(key));
    const producer = this.client.producer({ createPartitioner: () => this.partitioner });
    await producer.connect();
    for (let from = 0; from < records; from += BATCH) {
      const messages = Array.from({ length: Math.min(BATCH, records - from) }, (_, j) =>
        messageAt(from + j, partitionOf),
      );
      await producer.send({ topic, messages });
    }
    await producer.disconnect();
  }

  /** The sum of the ends that a read_committed consumer sees: kafkajs asks for them at that isolation level. */
  async committedEnd(topic) {
    const ends = await this.admin.fetchTopicOffsets(topic);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** Every committed message of a topic, as text; ends when none has come for a second. */
  async readAll(topic) {
    const consumer = this.client.consumer({ groupId: `${this.prefix}-check-${topic}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const texts = [];
    let lastMs = Date.now() + 4000;
    const eachBatch = async ({ batch }) => {
      for (const message of batch.messages) texts.push(message.value.toString());
      lastMs = Date.now();
    };
    await consumer.run({ autoCommit: false, eachBatch });
    while (Date.now() - lastMs < 1000) await new Promise((resolve) => setTimeout(resolve, 100));
    await consumer.disconnect();
    return texts;
  }

  async close() {
    const topics = (await this.admin.listTopics()).filter((topic) => topic.startsWith(this.prefix));
    const { groups } = await this.admin.listGroups();
    const groupIds = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(this.prefix));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
    // A group whose member was killed is not empty until its session times out; the broker expires it by itself.
    if (groupIds.length > 0) await this.admin.deleteGroups(groupIds).catch(() => {});
    await this.admin.disconnect();
  }
}

function messageAt(i, partitionOf) {
  const reading = readingAt(i);
  const partition = partitionOf(reading.location);
  return { key: reading.location, partition, timestamp: String(reading.ts), value: JSON.stringify(reading) };
}
