import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, ITopicMetadata, Kafka } from 'kafkajs';
import { TransientError } from '../../core/errors';
import type { PartitionExtent } from '../../core/ports/record-source.port';
import type { MirroredOffset, TopicAdmin, TopicSpec } from '../../core/ports/topic-admin.port';
import { kafkaErrorType } from './kafka-errors';
import { SharedAdmin } from './shared-admin';
import { topicSettings } from './topic-settings';

const LEADER_DEADLINE_MS = 30_000;
const LEADER_POLL_MS = 50;
const MAX_LOOKS = 20;
const DEFAULT_MAX_REPLICAS = 3;
const NOT_LED_YET = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION']);

/** Topics of a real Kafka. One admin connection, opened by the first call and opened anew after a failure. */
export class KafkaTopicAdmin implements TopicAdmin {
  private readonly shared: SharedAdmin;

  constructor(
    kafka: Kafka,
    /** Of new topics; by default 3, or the number of brokers if there are fewer. */
    private readonly replicationFactor?: number,
  ) {
    this.shared = new SharedAdmin(kafka);
  }

  async ensure(topics: readonly TopicSpec[]): Promise<void> {
    await this.shared.ask('create topics', async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ topic }) => !existing.has(topic));
      const replicationFactor = missing.length > 0 ? await this.replicas(admin) : 0;
      for (const spec of missing) await create(admin, spec, replicationFactor);
      await awaitLeaders(
        admin,
        topics.map(({ topic }) => topic),
      );
    });
  }

  remove(topics: readonly string[]): Promise<void> {
    return this.shared.ask(`delete topics ${topics.join(', ')}`, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const found = topics.filter((topic) => existing.has(topic));
      if (found.length > 0) await admin.deleteTopics({ topics: found });
    });
  }

  named(prefix: string): Promise<readonly string[]> {
    return this.shared.ask('list topics', async (admin) =>
      (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)).sort(),
    );
  }

  partitionCount(topic: string): Promise<number | undefined> {
    return this.shared.ask(
      `look up topic ${topic}`,
      async (admin) => (await metadataOf(admin, topic))?.partitions.length,
    );
  }

  extents(topic: string): Promise<ReadonlyMap<number, PartitionExtent>> {
    return this.shared.ask(`read the extents of topic ${topic}`, async (admin) => {
      const offsets = await whenKnown(() => admin.fetchTopicOffsets(topic));
      return new Map(
        offsets
          .sort((a, b) => a.partition - b.partition)
          .map(({ partition, low, high }) => [partition, { earliest: BigInt(low), end: BigInt(high) }]),
      );
    });
  }

  mirrored(group: string, topic: string): Promise<readonly MirroredOffset[]> {
    return this.shared.ask(`read the offsets of group ${group}`, async (admin) => {
      if ((await metadataOf(admin, topic)) === undefined) return [];
      const [fetched] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      return (fetched?.partitions ?? [])
        .filter(({ offset }) => !offset.startsWith('-'))
        .map(({ partition, offset, metadata }) => ({
          partition,
          nextOffset: BigInt(offset),
          metadata: metadata ?? '',
        }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.shared.ask(`look up a time in topic ${topic}`, async (admin) => {
      const offsets = await whenKnown(() => admin.fetchTopicOffsetsByTimestamp(topic, timestampMs));
      return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
    });
  }

  memberCount(group: string): Promise<number> {
    return this.shared.ask(`describe group ${group}`, async (admin) => {
      const { groups } = await admin.describeGroups([group]);
      return groups[0]?.members.length ?? 0;
    });
  }

  close(): Promise<void> {
    return this.shared.close();
  }

  private async replicas(admin: Admin): Promise<number> {
    if (this.replicationFactor !== undefined) return this.replicationFactor;
    const { brokers } = await admin.describeCluster();
    return Math.min(DEFAULT_MAX_REPLICAS, brokers.length);
  }
}

/** Two processes may create a topic at once: kafkajs answers `false` to the one that came second. */
async function create(admin: Admin, spec: TopicSpec, replicationFactor: number): Promise<void> {
  await admin.createTopics({
    waitForLeaders: false,
    topics: [
      {
        topic: spec.topic,
        numPartitions: spec.partitions,
        replicationFactor,
        configEntries: Object.entries(topicSettings(spec.purpose)).map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

/** Creation is answered before every broker knows the topic; who sends at once would be told that it does not exist. */
async function awaitLeaders(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = Date.now() + LEADER_DEADLINE_MS;
  for (const topic of topics) {
    while (!(await hasLeaders(admin, topic))) {
      if (Date.now() > deadline) throw new TransientError(`topic ${topic} has partitions without a leader`);
      await delay(LEADER_POLL_MS);
    }
  }
}

/** Metadata may name a leader that does not know yet that it leads: it is asked too. */
async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  const metadata = await metadataOf(admin, topic);
  if (!metadata?.partitions.every(({ leader }) => leader >= 0)) return false;
  try {
    await whenKnown(() => admin.fetchTopicOffsets(topic));
    return true;
  } catch (thrown) {
    if (NOT_LED_YET.has(kafkaErrorType(thrown) ?? '')) return false;
    throw thrown;
  }
}

/**
 * kafkajs lets questions that come together share one look at the metadata. It may be of the topics of the first alone; the
 * others then find no partition of theirs, and it takes what is not there apart. The next look is of all topics.
 */
async function whenKnown<T>(question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await question();
    } catch (thrown) {
      if (!(thrown instanceof TypeError) || attempt === MAX_LOOKS) throw thrown;
      await delay(LEADER_POLL_MS);
    }
  }
}

async function metadataOf(admin: Admin, topic: string): Promise<ITopicMetadata | undefined> {
  // `fetchTopicMetadata` repeats its question for seconds about a topic that does not exist; the list answers at once.
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0];
}
