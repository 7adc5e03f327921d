import { KafkaDeadLetterSink } from '../adapters/kafka/kafka-dead-letter-sink';
import { KafkaLateRecordSink } from '../adapters/kafka/kafka-late-record-sink';
import { KafkaRowSink } from '../adapters/kafka/kafka-row-sink';
import { KafkaTransactionalRowSink } from '../adapters/kafka/kafka-transactional-row-sink';
import { MemoryBatchConsumer } from '../adapters/memory/memory-batch-consumer';
import { MemoryBoardStore } from '../adapters/memory/memory-board-store';
import { MemoryIdempotencyStore } from '../adapters/memory/memory-idempotency-store';
import { MemoryLog } from '../adapters/memory/memory-log';
import { MemoryOperatorLedger } from '../adapters/memory/memory-operator-ledger';
import { MemoryReferenceHash } from '../adapters/memory/memory-reference-hash';
import { MemoryStateStore } from '../adapters/memory/memory-state-store';
import { MemoryTables } from '../adapters/memory/memory-tables';
import { MemoryTopicReader } from '../adapters/memory/memory-topic-reader';
import { MemoryTransactionLog } from '../adapters/memory/memory-transaction-log';
import { endsInclusively } from '../core/windows/ends-inclusively';
import type { Sink } from '../core/ports/row-sink.port';
import { BoardRowSink } from '../runtime/boards/board-row-sink';
import type { Ports } from '../runtime/ports';

/** Everything in this process: log, state and tables live in memory and are gone with it. Needs no server. */
export function embeddedPorts(): Ports {
  const clock = { now: () => Date.now() };
  const log = new MemoryLog(clock);
  const transactions = new MemoryTransactionLog(log);
  const store = new MemoryStateStore();
  const tables = new MemoryTables();
  const boards = new MemoryBoardStore(clock);
  return {
    clock,
    stateStore: store,
    rebuildStore: store,
    liveFeed: store,
    boards,
    idempotency: new MemoryIdempotencyStore(clock),
    producer: log,
    topics: log,
    topicReader: new MemoryTopicReader(log),
    deadLetters: new KafkaDeadLetterSink(log),
    ledger: new MemoryOperatorLedger(),
    lateRecords: new KafkaLateRecordSink(log),
    referenceHash: new MemoryReferenceHash(),
    liveness: undefined,
    dependencies: [],
    migrate: () => Promise.resolve(),
    sinksOf: (pipeline) =>
      Promise.resolve(
        pipeline.sinks.flatMap((sink): readonly Sink[] => {
          if (sink.kind === 'redis') return [new BoardRowSink(boards, pipeline.name, sink)];
          if (sink.kind !== 'kafka') return sink.kind === 'cassandra' ? [tables.sinkFor(pipeline, sink)] : [];
          const endIsInclusive = endsInclusively(pipeline.definition.spec.window);
          if (sink.delivery === 'at-least-once') return [new KafkaRowSink(log, sink.topic, endIsInclusive)];
          return [new KafkaTransactionalRowSink(transactions, sink.topic, endIsInclusive)];
        }),
      ),
    consumerOf: (groupId, topic) => new MemoryBatchConsumer({ log, groupId, topic }),
    followerOf: (topic) => new MemoryBatchConsumer({ log, groupId: `millrace-lookup-${topic}`, topic }),
    readerOf: (pipeline) => tables.readerFor(pipeline),
    partitions: tables.columns,
    cacheStore: undefined,
    close: () => Promise.resolve(),
  };
}
