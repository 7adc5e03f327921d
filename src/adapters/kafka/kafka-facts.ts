import type { Admin, Kafka } from 'kafkajs';
import { messageOf } from '../../core/errors';
import { placeOf } from './kafka-client';
import { asKafkaError } from './kafka-errors';
import { ConfigResourceTypes } from './kafkajs';
import { type AuthorizedOperations, authorizedOperations } from './kafkajs/authorized-operations';

/** What operators need to know of a topic. */
export interface TopicFacts {
  readonly partitions: number;
  readonly leaderless: number;
  /** `-1` for ever. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
}

export interface KafkaFacts {
  /** `host:port`. */
  readonly brokers: readonly string[];
  /** Why topics cannot be created; `undefined` when they can. */
  readonly cannotCreate: string | undefined;
  /** Names of protocol requests that Millrace uses and the brokers lack. */
  readonly missingRequests: readonly string[];
  /** Those of the topics asked for that exist. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  /** Of this user, to the resources asked for. */
  readonly rights: AuthorizedOperations;
}

export interface KafkaResources {
  readonly topics: readonly string[];
  readonly groups: readonly string[];
}

const PROBE_TOPIC = 'millrace-doctor-probe';

/** Asks the brokers, changing nothing. Throws TransientError when none answers, FatalError when they refuse this user. */
export async function kafkaFacts(
  kafka: Kafka,
  topics: readonly string[],
  resources: KafkaResources,
): Promise<KafkaFacts> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const existing = new Set(await admin.listTopics());
    const found = topics.filter((topic) => existing.has(topic));
    return {
      brokers: brokers.map(({ host, port }) => `${host}:${port}`),
      cannotCreate: await whyNotCreate(admin),
      missingRequests: await missingRequests(kafka),
      topics: found.length === 0 ? new Map() : await topicFacts(admin, found),
      rights: await authorizedOperations(kafka, resources.topics, resources.groups),
    };
  } catch (thrown) {
    throw asKafkaError(thrown, `ask ${placeOf(kafka)}`);
  } finally {
    await admin.disconnect();
  }
}

/** `retention.ms` of those of the topics that exist, -1 for ever. Throws TransientError, FatalError. */
export async function retentionOf(kafka: Kafka, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const found = topics.filter((topic) => existing.has(topic));
    const facts = found.length === 0 ? new Map<string, TopicFacts>() : await topicFacts(admin, found);
    return new Map([...facts].map(([topic, { retentionMs }]) => [topic, retentionMs]));
  } catch (thrown) {
    throw asKafkaError(thrown, 'ask for the retention of topics');
  } finally {
    await admin.disconnect();
  }
}

async function whyNotCreate(admin: Admin): Promise<string | undefined> {
  try {
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic: PROBE_TOPIC }] });
    return undefined;
  } catch (thrown) {
    return messageOf((thrown as { errors?: unknown[] }).errors?.[0] ?? thrown);
  }
}

/** An idempotent producer that connects proves the newest of the requests that we need. */
async function missingRequests(kafka: Kafka): Promise<readonly string[]> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 1 } });
  try {
    await producer.connect();
    return [];
  } catch (thrown) {
    return [`InitProducerId (${messageOf(thrown)})`];
  } finally {
    await producer.disconnect();
  }
}

async function topicFacts(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, TopicFacts>> {
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: [...topics] });
  const configNames = ['retention.ms', 'retention.bytes', 'max.message.bytes', 'cleanup.policy'];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames })),
  });
  const configs = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return new Map(
    metadata.map(({ name, partitions }) => {
      const config = configs.get(name);
      const isDeleted = config?.get('cleanup.policy')?.includes('delete') ?? true;
      return [
        name,
        {
          partitions: partitions.length,
          leaderless: partitions.filter(({ leader }) => leader < 0).length,
          retentionMs: isDeleted ? Number(config?.get('retention.ms') ?? -1) : -1,
          retentionBytes: isDeleted ? Number(config?.get('retention.bytes') ?? -1) : -1,
          maxMessageBytes: Number(config?.get('max.message.bytes') ?? Infinity),
        },
      ];
    }),
  );
}
