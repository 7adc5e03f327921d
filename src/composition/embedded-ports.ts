import { KafkaDeadLetterSink } from '../adapters/kafka/kafka-dead-letter-sink';
import { KafkaLateRecordSink } from '../adapters/kafka/kafka-late-record-sink';
import { MemoryBatchConsumer } from '../adapters/memory/memory-batch-consumer';
import { MemoryBoardStore } from '../adapters/memory/memory-board-store';
import { MemoryFeedLedger } from '../adapters/memory/memory-feed-ledger';
import { MemoryFeedLog } from '../adapters/memory/memory-feed-log';
import { MemoryIdempotencyStore } from '../adapters/memory/memory-idempotency-store';
import { MemoryLog } from '../adapters/memory/memory-log';
import { MemoryOperatorLedger } from '../adapters/memory/memory-operator-ledger';
import { MemorySchemaRegistry } from '../adapters/memory/memory-schema-registry';
import { MemoryRateLimiter } from '../adapters/memory/memory-rate-limiter';
import { MemoryReferenceHash } from '../adapters/memory/memory-reference-hash';
import { MemorySnapshotStore } from '../adapters/memory/memory-snapshot-store';
import { MemoryStateStore } from '../adapters/memory/memory-state-store';
import { MemoryTables } from '../adapters/memory/memory-tables';
import { MemoryTopicReader } from '../adapters/memory/memory-topic-reader';
import { MemoryTransactionLog } from '../adapters/memory/memory-transaction-log';
import { MemoryWorkQueue } from '../adapters/memory/memory-work-queue';
import { schemaObjections } from '../adapters/schema-registry/schema-objections';
import { RegistrySchemaCodec } from '../adapters/schema-registry/registry-schema-codec';
import type { Clock } from '../core/ports/clock.port';
import type { Sink } from '../core/ports/row-sink.port';
import { BoardRowSink } from '../runtime/boards/board-row-sink';
import type { Ports } from '../runtime/ports';
import { MetricsRowSink } from '../runtime/row-values/metrics-row-sink';
import { RowValues } from '../runtime/row-values/row-values';
import type { Tracing } from '../tracing/tracing';
import { topicSink } from './topic-sink';

/** Everything in this process: log, state and tables live in memory and are gone with it. Needs no server. */
export function embeddedPorts(clock: Clock = { now: () => Date.now() }, tracing?: Tracing): Ports {
  const log = new MemoryLog(clock);
  const transactions = new MemoryTransactionLog(log);
  const producer = tracing?.tracedProducer(log) ?? log;
  const store = new MemoryStateStore();
  const tables = new MemoryTables();
  const schemaRegistry = new MemorySchemaRegistry(schemaObjections);
  const schemas = new RegistrySchemaCodec(schemaRegistry, clock);
  const boards = new MemoryBoardStore(clock);
  const rowValues = new RowValues();
  return {
    clock,
    stateStore: store,
    rebuildStore: store,
    liveFeed: store,
    boards,
    rowValues,
    idempotency: new MemoryIdempotencyStore(clock),
    rateLimiter: new MemoryRateLimiter(clock),
    snapshots: new MemorySnapshotStore(),
    workQueue: new MemoryWorkQueue(clock),
    producer,
    topics: log,
    topicReader: new MemoryTopicReader(log),
    deadLetters: new KafkaDeadLetterSink(producer),
    ledger: new MemoryOperatorLedger(),
    feedLedger: new MemoryFeedLedger(clock),
    feedLog: new MemoryFeedLog(log),
    lateRecords: new KafkaLateRecordSink(producer),
    referenceHash: new MemoryReferenceHash(),
    schemaRegistry,
    schemas,
    liveness: undefined,
    ...(tracing && { tracer: tracing.tracer }),
    dependencies: [],
    migrate: () => Promise.resolve(),
    sinksOf: (pipeline) =>
      Promise.all(
        pipeline.sinks.flatMap((sink): readonly Promise<Sink>[] => {
          if (sink.kind === 'redis') return [Promise.resolve(new BoardRowSink(boards, pipeline.name, sink))];
          if (sink.kind === 'metrics') return [Promise.resolve(new MetricsRowSink(rowValues, sink, clock))];
          if (sink.kind === 'cassandra') return [Promise.resolve(tables.sinkFor(pipeline, sink))];
          if (sink.kind === 'live') return [];
          return [topicSink(pipeline, sink, { producer, textProducer: producer, transactions, schemas })];
        }),
      ),
    consumerOf: (groupId, topic) => new MemoryBatchConsumer({ log, groupId, topic }),
    followerOf: (topic) => new MemoryBatchConsumer({ log, groupId: `millrace-lookup-${topic}`, topic }),
    readerOf: (pipeline) => tables.readerFor(pipeline),
    partitions: tables.columns,
    cacheStore: undefined,
    close: () => tracing?.close() ?? Promise.resolve(),
  };
}
