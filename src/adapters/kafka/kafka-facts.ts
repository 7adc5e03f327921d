import type { Admin, Kafka } from 'kafkajs';
import { messageOf } from '../../core/errors';
import { placeOf } from './kafka-client';
import { asKafkaError, isUnauthorized, kafkaErrorType } from './kafka-errors';
import { ConfigResourceTypes } from './kafkajs';
import { type AuthorizedOperations, authorizedOperations } from './kafkajs/authorized-operations';

/** What operators need to know of a topic. */
export interface TopicFacts {
  readonly partitions: number;
  readonly leaderless: number;
  /** `undefined` where the user may not see them. */
  readonly settings: TopicSettings | undefined;
}

export interface TopicSettings {
  /** `-1` for ever. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
}

export interface KafkaFacts {
  /** `host:port`. */
  readonly brokers: readonly string[];
  /** Why topics that are not there, or that this user may not see, cannot be created; by name, none for those that can. */
  readonly notCreatable: ReadonlyMap<string, string>;
  /** Whether this user is refused as an idempotent producer, whatever the topic. */
  readonly refusesProducer: boolean;
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
    const rights = await authorizedOperations(kafka, [...new Set([...topics, ...resources.topics])], resources.groups);
    return {
      brokers: brokers.map(({ host, port }) => `${host}:${port}`),
      notCreatable: await whyNotCreatable(
        admin,
        resources.topics.filter((topic) => !existing.has(topic)),
      ),
      ...(await producerFacts(kafka)),
      topics: await topicFacts(admin, found, rights),
      rights,
    };
  } catch (thrown) {
    throw asKafkaError(thrown, `ask ${placeOf(kafka)}`);
  } finally {
    await admin.disconnect();
  }
}

/** `retention.ms` of those of the topics that exist and show it to this user, -1 for ever. Throws TransientError, FatalError. */
export async function retentionOf(kafka: Kafka, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const found = topics.filter((topic) => existing.has(topic));
    const facts = await topicFacts(admin, found, await authorizedOperations(kafka, found, []));
    return new Map([...facts].flatMap(([topic, { settings }]) => (settings ? [[topic, settings.retentionMs]] : [])));
  } catch (thrown) {
    throw asKafkaError(thrown, 'ask for the retention of topics');
  } finally {
    await admin.disconnect();
  }
}

async function whyNotCreatable(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const why = new Map<string, string>();
  for (const topic of topics) {
    try {
      await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic }] });
    } catch (thrown) {
      if (kafkaErrorType(thrown) === undefined) throw thrown;
      why.set(topic, messageOf((thrown as { errors?: unknown[] }).errors?.[0] ?? thrown));
    }
  }
  return why;
}

/** An idempotent producer that connects proves the newest of the requests that we need. */
async function producerFacts(kafka: Kafka): Promise<Pick<KafkaFacts, 'missingRequests' | 'refusesProducer'>> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 1 } });
  try {
    await producer.connect();
    return { missingRequests: [], refusesProducer: false };
  } catch (thrown) {
    const refusesProducer = isUnauthorized(thrown);
    return { missingRequests: refusesProducer ? [] : [`InitProducerId (${messageOf(thrown)})`], refusesProducer };
  } finally {
    await producer.disconnect();
  }
}

async function topicFacts(
  admin: Admin,
  topics: readonly string[],
  rights: AuthorizedOperations,
): Promise<ReadonlyMap<string, TopicFacts>> {
  if (topics.length === 0) return new Map();
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: [...topics] });
  const settings = await settingsOf(
    admin,
    topics.filter((topic) => rights.topics.get(topic)?.has('DESCRIBE_CONFIGS') ?? true),
  );
  return new Map(
    metadata.map(({ name, partitions }) => [
      name,
      {
        partitions: partitions.length,
        leaderless: partitions.filter(({ leader }) => leader < 0).length,
        settings: settings.get(name),
      },
    ]),
  );
}

/** One topic that the user may not ask about would spoil the answer about all. */
async function settingsOf(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, TopicSettings>> {
  if (topics.length === 0) return new Map();
  const configNames = ['retention.ms', 'retention.bytes', 'max.message.bytes', 'cleanup.policy'];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => {
      const config = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
      const isDeleted = config.get('cleanup.policy')?.includes('delete') ?? true;
      return [
        resourceName,
        {
          retentionMs: isDeleted ? Number(config.get('retention.ms') ?? -1) : -1,
          retentionBytes: isDeleted ? Number(config.get('retention.bytes') ?? -1) : -1,
          maxMessageBytes: Number(config.get('max.message.bytes') ?? Infinity),
        },
      ];
    }),
  );
}
