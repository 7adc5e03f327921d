import { join } from 'node:path';

import { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { CassandraPartitionReader } from '../adapters/cassandra/cassandra-partition-reader';
import { cassandraRowReader } from '../adapters/cassandra/cassandra-row-reader';
import { CassandraRowSink } from '../adapters/cassandra/cassandra-row-sink';
import { readMigrationFiles } from '../adapters/cassandra/migration';
import { migrate } from '../adapters/cassandra/migrations';
import { TableConsistency } from '../adapters/cassandra/table-consistency';
import { checkTable } from '../adapters/cassandra/table-check';
import { KafkaBatchConsumer } from '../adapters/kafka/kafka-batch-consumer';
import { createKafka } from '../adapters/kafka/kafka-client';
import { KafkaDeadLetterSink } from '../adapters/kafka/kafka-dead-letter-sink';
import { KafkaFeedLog } from '../adapters/kafka/kafka-feed-log';
import { KafkaGroupMembers } from '../adapters/kafka/kafka-group-members';
import { KafkaLateRecordSink } from '../adapters/kafka/kafka-late-record-sink';
import { KafkaRecordProducer } from '../adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../adapters/kafka/kafka-topic-admin';
import { KafkaTopicReader } from '../adapters/kafka/kafka-topic-reader';
import { KafkaTransactionLog } from '../adapters/kafka/kafka-transaction-log';
import { ThreadedRecordProducer } from '../adapters/kafka/threaded-record-producer';
import { topicFollower } from '../adapters/kafka/topic-follower';
import { RedisBoardStore } from '../adapters/redis/redis-board-store';
import { MemoryRateLimiter } from '../adapters/memory/memory-rate-limiter';
import { connectRedis } from '../adapters/redis/redis-connection';
import { checkRedis } from '../adapters/redis/redis-facts';
import { RedisCacheStore } from '../adapters/redis/redis-cache-store';
import { RedisFeedLedger } from '../adapters/redis/redis-feed-ledger';
import { RedisIdempotencyStore } from '../adapters/redis/redis-idempotency-store';
import { RedisLiveFeed } from '../adapters/redis/redis-live-feed';
import { RedisOperatorLedger } from '../adapters/redis/redis-operator-ledger';
import { RedisProcessLeases } from '../adapters/redis/redis-process-leases';
import { RedisRateLimiter } from '../adapters/redis/redis-rate-limiter';
import { RedisRebuildStore } from '../adapters/redis/redis-rebuild-store';
import { RedisReferenceHash } from '../adapters/redis/redis-reference-hash';
import { RedisSnapshotStore } from '../adapters/redis/redis-snapshot-store';
import { RedisStateStore } from '../adapters/redis/redis-state-store';
import { RedisWorkQueue } from '../adapters/redis/redis-work-queue';
import { HttpSchemaRegistry } from '../adapters/schema-registry/http-schema-registry';
import { RegistrySchemaCodec } from '../adapters/schema-registry/registry-schema-codec';
import type { MillraceConfig } from '../config/config';
import type { CompiledPipeline, CompiledSink } from '../core/pipeline/compiled-pipeline';
import type { BoardStore } from '../core/ports/board-store.port';
import type { Clock } from '../core/ports/clock.port';
import type { Log } from '../core/ports/log.port';
import { type CacheStore, partitionCacheKey } from '../core/ports/cache-store.port';
import type { PartitionReader } from '../core/ports/partition-reader.port';
import type { RowReader } from '../core/ports/row-reader.port';
import type { RowSink, Sink } from '../core/ports/row-sink.port';
import { BoardRowSink } from '../runtime/boards/board-row-sink';
import { CUT_OFF_MS } from '../runtime/dead-process-watch';
import { SharedRateLimiter } from '../runtime/shared-rate-limiter';
import type { Dependency, Ports } from '../runtime/ports';
import { MetricsRowSink } from '../runtime/row-values/metrics-row-sink';
import { RowValues } from '../runtime/row-values/row-values';
import { StoreContact } from '../runtime/store-contact';
import type { Tracing } from '../tracing/tracing';
import { isGoneProcess, newProcessName } from './process-name';
import { topicSink, type TopicSinkParts } from './topic-sink';

const MIGRATIONS = join(__dirname, '..', '..', 'cql');
/** Partitions of one pipeline that one process works on side by side. */
const CONCURRENCY = 8;

/** The real servers: Kafka, Redis and Cassandra. Nothing is connected before it is used. */
export function externalPorts(
  config: MillraceConfig,
  pipelines: readonly CompiledPipeline[],
  log: Log,
  tracing?: Tracing,
): Ports {
  const kafka = createKafka(config.kafka, log);
  const process = newProcessName(config.kafka.clientId);
  const consumerKafka = createKafka({ ...config.kafka, clientId: process }, log);
  const members = new KafkaGroupMembers(kafka);
  const ownProducer = new KafkaRecordProducer(kafka);
  const ownRowProducer = new ThreadedRecordProducer(config.kafka, log);
  const producer = tracing?.tracedProducer(ownProducer) ?? ownProducer;
  const rowProducer = tracing?.tracedProducer(ownRowProducer) ?? ownRowProducer;
  const topics = new KafkaTopicAdmin(kafka, config.kafka.replicationFactor);
  const transactions = new KafkaTransactionLog({ kafka, topics, log });
  const topicReader = new KafkaTopicReader(kafka);
  const clock = { now: () => Date.now() };
  const redis = connectRedis(config.redis);
  const cacheStore = new RedisCacheStore(redis);
  const contact = new StoreContact(clock, CUT_OFF_MS);
  const boards = new RedisBoardStore(redis);
  const rowValues = new RowValues();
  const tables = pipelines.some(hasTable) ? new CassandraTables(config) : undefined;
  const schemaRegistry = new HttpSchemaRegistry(config.schemaRegistry);
  const schemas = new RegistrySchemaCodec(schemaRegistry, clock);
  const kafkaPing: Dependency = {
    name: 'kafka',
    ping: () => topics.partitionCount('__consumer_offsets').then(() => undefined),
  };
  return {
    clock,
    stateStore: new RedisStateStore(redis),
    rebuildStore: new RedisRebuildStore(redis),
    liveFeed: new RedisLiveFeed(redis, (reason) => log.warn({ event: 'live.follow-failed', reason }, reason)),
    boards,
    rowValues,
    idempotency: new RedisIdempotencyStore(redis),
    rateLimiter: new SharedRateLimiter(new RedisRateLimiter(redis), new MemoryRateLimiter(clock)),
    snapshots: new RedisSnapshotStore(redis),
    workQueue: new RedisWorkQueue(redis),
    producer,
    topics,
    topicReader,
    deadLetters: new KafkaDeadLetterSink(producer),
    ledger: new RedisOperatorLedger(redis),
    feedLedger: new RedisFeedLedger(redis),
    feedLog: new KafkaFeedLog({ kafka, topics, topicReader }),
    lateRecords: new KafkaLateRecordSink(producer),
    referenceHash: new RedisReferenceHash(redis),
    schemaRegistry,
    schemas,
    liveness: { process, leases: new RedisProcessLeases(redis), members, contact, isGone: isGoneProcess },
    ...(tracing && { tracer: tracing.tracer }),
    dependencies: [kafkaPing, { name: 'redis', ping: () => checkRedis(redis) }, ...(tables ? [tables.dependency] : [])],
    migrate: () => tables?.migrate() ?? Promise.resolve(),
    sinksOf: (pipeline) =>
      Promise.all(
        pipeline.sinks.flatMap((sink) =>
          sinkOf(pipeline, sink, {
            ...{ producer, textProducer: rowProducer, transactions, tables },
            ...{ boards, schemas, cacheStore, rowValues, clock },
          }),
        ),
      ),
    consumerOf: (groupId, topic) =>
      new KafkaBatchConsumer({
        ...{ kafka: consumerKafka, log, groupId, topic, concurrency: CONCURRENCY },
        isCutOff: () => contact.tellLost(),
      }),
    followerOf: (topic) => topicFollower(kafka, log, topic),
    readerOf: (pipeline) => tables?.readerOf(pipeline),
    partitions: tables?.partitions ?? NO_TABLES,
    cacheStore,
    close: async () => {
      const connections = [ownProducer, ownRowProducer, topics, topicReader, members, tables];
      await Promise.all(connections.map(async (connection) => connection?.close()));
      redis.disconnect();
      await tracing?.close();
    },
  };
}

function hasTable(pipeline: CompiledPipeline): boolean {
  return pipeline.sinks.some(({ kind }) => kind === 'cassandra');
}

interface SinkParts extends TopicSinkParts {
  readonly tables: CassandraTables | undefined;
  readonly cacheStore: CacheStore;
  readonly boards: BoardStore;
  readonly rowValues: RowValues;
  readonly clock: Clock;
}

function sinkOf(
  pipeline: CompiledPipeline,
  sink: CompiledSink,
  { tables, boards, cacheStore, rowValues, clock, ...parts }: SinkParts,
): Promise<Sink>[] {
  switch (sink.kind) {
    case 'cassandra':
      return tables ? [tables.sinkOf(sink, cacheStore)] : [];
    case 'kafka':
      return [topicSink(pipeline, sink, parts)];
    case 'redis':
      return [Promise.resolve(new BoardRowSink(boards, pipeline.name, sink))];
    case 'metrics':
      return [Promise.resolve(new MetricsRowSink(rowValues, sink, clock))];
    case 'live':
      return [];
  }
}

/** No pipeline writes to a table. */
const NO_TABLES: PartitionReader = { read: () => Promise.resolve([]) };

/** Cassandra is connected when the first pipeline with a table asks for it. */
class CassandraTables {
  readonly partitions: PartitionReader;
  private readonly client: CassandraClient;
  private readonly consistency: TableConsistency;
  private readonly readers = new Map<string, RowReader | undefined>();

  constructor(private readonly config: MillraceConfig) {
    this.client = new CassandraClient(config.cassandra);
    this.consistency = new TableConsistency(config.cassandra.tableConsistency);
    this.partitions = new CassandraPartitionReader(this.client, this.consistency);
  }

  get dependency(): Dependency {
    return {
      name: 'cassandra',
      ping: async () => {
        await this.client.connect();
        await this.client.ping();
      },
    };
  }

  async migrate(): Promise<void> {
    await this.client.connect();
    const files = await readMigrationFiles(MIGRATIONS);
    await migrate(this.client, files, { replication: this.config.cassandra.replication });
  }

  async sinkOf(sink: Extract<CompiledSink, { kind: 'cassandra' }>, cacheStore: CacheStore): Promise<RowSink> {
    await checkTable(this.client, sink);
    const table = `${sink.keyspace}.${sink.table}`;
    const drop = (partitions: readonly (readonly unknown[])[]): Promise<void> =>
      cacheStore.invalidate(partitions.map((partition) => partitionCacheKey(table, partition)));
    const { consistency } = this;
    return new CassandraRowSink(this.client, sink, { consistency, ...(sink.cached === true && { written: drop }) });
  }

  readerOf(pipeline: CompiledPipeline): RowReader | undefined {
    if (!this.readers.has(pipeline.name)) {
      this.readers.set(pipeline.name, cassandraRowReader(this.client, pipeline, this.consistency));
    }
    return this.readers.get(pipeline.name);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
