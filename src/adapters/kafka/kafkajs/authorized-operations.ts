import { createRequire } from 'node:module';

import type { Kafka } from 'kafkajs';

/** Bits of a set of operations, by the numbers of the protocol (`AclOperation`). */
const OPERATIONS = {
  ...({ READ: 3, WRITE: 4, CREATE: 5, DELETE: 6, ALTER: 7, DESCRIBE: 8 } as const),
  ...({ DESCRIBE_CONFIGS: 10, IDEMPOTENT_WRITE: 12 } as const),
};

export type KafkaOperation = keyof typeof OPERATIONS;

/** What the user of a connection may do; names of what the broker says nothing about are missing. */
export interface AuthorizedOperations {
  readonly cluster: ReadonlySet<KafkaOperation> | undefined;
  /** An empty set for a topic that the user may not even see. */
  readonly topics: ReadonlyMap<string, ReadonlySet<KafkaOperation>>;
  readonly groups: ReadonlyMap<string, ReadonlySet<KafkaOperation>>;
  /** Whether the broker is of version 4.0 or later, by the requests that it takes. */
  readonly isKafka4: boolean;
}

interface Encoder {
  writeArray(values: readonly string[]): Encoder;
  writeBoolean(value: boolean): Encoder;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readString(): string;
  readBoolean(): boolean;
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

interface Broker {
  /** What it takes, by the number of the request. */
  readonly versions: Readonly<Partial<Record<number, { readonly maxVersion: number }>>> | null;
  readonly connectionPool: { send(request: object): Promise<unknown> };
  findGroupCoordinator(group: { groupId: string; coordinatorType: number }): Promise<unknown>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
}

const load = createRequire(__filename);
const METADATA = { apiKey: 3, apiVersion: 8, apiName: 'Metadata' };
const DESCRIBE_GROUPS = { apiKey: 15, apiVersion: 3, apiName: 'DescribeGroups' };
/** KIP-1043 came with 4.0. */
const DESCRIBE_GROUPS_OF_KAFKA_4 = 6;
/** What a broker answers that has not been asked, or will not say. */
const NOT_TOLD = -(2 ** 31);
/** Of the two kinds of coordinators. */
const GROUP_COORDINATOR = 0;
const AUTHORIZATION_FAILED = { topic: 29, group: 30 };

/**
 * Asks the brokers what this user may do, changing nothing (KIP-430). kafkajs knows only older versions of the two requests,
 * so they are made here and sent over its connections. Throws what kafkajs throws.
 */
export async function authorizedOperations(
  kafka: Kafka,
  topics: readonly string[],
  groups: readonly string[],
): Promise<AuthorizedOperations> {
  const cluster = clusterOf(kafka);
  await cluster.connect();
  try {
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const answer = (await broker.connectionPool.send(metadataRequest(topics))) as Metadata;
    const ofGroups = new Map<string, ReadonlySet<KafkaOperation>>();
    for (const group of groups) {
      const found = await groupOperations(cluster, broker, group);
      if (found) ofGroups.set(group, found);
    }
    const isKafka4 = (broker.versions?.[DESCRIBE_GROUPS.apiKey]?.maxVersion ?? 0) >= DESCRIBE_GROUPS_OF_KAFKA_4;
    return { cluster: operationsIn(answer.cluster), topics: operationsOf(answer), groups: ofGroups, isKafka4 };
  } finally {
    await cluster.disconnect();
  }
}

function clusterOf(kafka: Kafka): Cluster {
  const name = 'private:Kafka:createCluster';
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === name);
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (!create) throw new Error('this version of kafkajs does not show its connections');
  return create({ allowAutoTopicCreation: false });
}

async function groupOperations(
  cluster: Cluster,
  broker: Broker,
  groupId: string,
): Promise<ReadonlySet<KafkaOperation> | undefined> {
  if (await isHidden(broker, groupId)) return new Set();
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const bits = (await coordinator.connectionPool.send(groupRequest(groupId))) as number;
  return operationsIn(bits);
}

/** Whether the user may not even see the group: the cluster's own search says of every refusal that it found no coordinator. */
async function isHidden(broker: Broker, groupId: string): Promise<boolean> {
  try {
    await broker.findGroupCoordinator({ groupId, coordinatorType: GROUP_COORDINATOR });
    return false;
  } catch (thrown) {
    // Whatever else is in the way, the cluster asks again.
    return (thrown as { code?: unknown }).code === AUTHORIZATION_FAILED.group;
  }
}

interface TopicRights {
  readonly error: number;
  readonly topic: string;
  readonly operations: number;
}

interface Metadata {
  readonly topics: readonly TopicRights[];
  readonly cluster: number;
}

function operationsOf({ topics }: Metadata): Map<string, ReadonlySet<KafkaOperation>> {
  const found = new Map<string, ReadonlySet<KafkaOperation>>();
  for (const { topic, error, operations } of topics) {
    const set = error === AUTHORIZATION_FAILED.topic ? new Set<KafkaOperation>() : operationsIn(operations);
    if (set) found.set(topic, set);
  }
  return found;
}

function operationsIn(bits: number): ReadonlySet<KafkaOperation> | undefined {
  if (bits === NOT_TOLD) return undefined;
  const names = Object.keys(OPERATIONS) as KafkaOperation[];
  return new Set(names.filter((name) => (bits & (1 << OPERATIONS[name])) !== 0));
}

function encoder(): Encoder {
  const Constructor = load('kafkajs/src/protocol/encoder.js') as new () => Encoder;
  return new Constructor();
}

function decoderOf(data: Buffer): Decoder {
  const Constructor = load('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => Decoder;
  return new Constructor(data);
}

/** Metadata 8: topics, allow_auto_topic_creation, include_cluster_authorized_operations, include_topic_… */
function metadataRequest(topics: readonly string[]): object {
  const encode = (): Promise<Encoder> =>
    Promise.resolve(encoder().writeArray(topics).writeBoolean(false).writeBoolean(true).writeBoolean(true));
  return { request: { ...METADATA, encode }, response: responseOf(readMetadata) };
}

function groupRequest(group: string): object {
  const encode = (): Promise<Encoder> => Promise.resolve(encoder().writeArray([group]).writeBoolean(true));
  return { request: { ...DESCRIBE_GROUPS, encode }, response: responseOf(readGroup) };
}

function responseOf<T>(read: (decoder: Decoder) => T): object {
  return {
    decode: (data: Buffer): Promise<T> => Promise.resolve(read(decoderOf(data))),
    parse: (answer: T): Promise<T> => Promise.resolve(answer),
  };
}

function readMetadata(decoder: Decoder): Metadata {
  decoder.readInt32();
  decoder.readArray((broker) => [broker.readInt32(), broker.readString(), broker.readInt32(), broker.readString()]);
  decoder.readString();
  decoder.readInt32();
  return { topics: decoder.readArray(readTopic), cluster: decoder.readInt32() };
}

function readTopic(decoder: Decoder): TopicRights {
  const error = decoder.readInt16();
  const topic = decoder.readString();
  decoder.readBoolean();
  decoder.readArray(readPartition);
  return { error, topic, operations: decoder.readInt32() };
}

function readPartition(decoder: Decoder): void {
  decoder.readInt16();
  for (let field = 0; field < 3; field++) decoder.readInt32();
  for (let list = 0; list < 3; list++) decoder.readArray((replica) => replica.readInt32());
}

/** The operations of the one group that was asked for. */
function readGroup(decoder: Decoder): number {
  decoder.readInt32();
  const [operations = NOT_TOLD] = decoder.readArray((group) => {
    const error = group.readInt16();
    for (let field = 0; field < 4; field++) group.readString();
    group.readArray((member) => {
      for (let field = 0; field < 3; field++) member.readString();
      member.readBytes();
      member.readBytes();
    });
    const bits = group.readInt32();
    return error === AUTHORIZATION_FAILED.group ? 0 : bits;
  });
  return operations;
}
