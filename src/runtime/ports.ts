import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import type { CacheStore } from '../core/ports/cache-store.port';
import type { BoardStore } from '../core/ports/board-store.port';
import type { Clock } from '../core/ports/clock.port';
import type { DeadLetterSink } from '../core/ports/dead-letter-sink.port';
import type { FeedLedger } from '../core/ports/feed-ledger.port';
import type { FeedLog } from '../core/ports/feed-log.port';
import type { GroupMembers } from '../core/ports/group-members.port';
import type { IdempotencyStore } from '../core/ports/idempotency-store.port';
import type { LateRecordSink } from '../core/ports/late-record-sink.port';
import type { LiveFeed } from '../core/ports/live-feed.port';
import type { OperatorLedger } from '../core/ports/operator-ledger.port';
import type { PartitionReader } from '../core/ports/partition-reader.port';
import type { ProcessLeases } from '../core/ports/process-leases.port';
import type { RateLimiter } from '../core/ports/rate-limiter.port';
import type { RebuildStore } from '../core/ports/rebuild-store.port';
import type { RecordProducer } from '../core/ports/record-producer.port';
import type { ReferenceHash } from '../core/ports/reference-hash.port';
import type { RowReader } from '../core/ports/row-reader.port';
import type { Sink } from '../core/ports/row-sink.port';
import type { SchemaCodec } from '../core/ports/schema-codec.port';
import type { SchemaRegistry } from '../core/ports/schema-registry.port';
import type { SnapshotStore } from '../core/ports/snapshot-store.port';
import type { StateStore } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import type { TopicReader } from '../core/ports/topic-reader.port';
import type { RuntimeTracer } from './runtime-tracer';
import type { StoreContact } from './store-contact';
import type { WorkQueue } from '../core/ports/work-queue.port';
import type { RowValues } from './row-values/row-values';

/** What a server keeps in memory, and may; of the fullest one of several. */
export interface ServerMemory {
  readonly usedBytes: number;
  /** 0 for no bound. */
  readonly maxBytes: number;
}

/** A dependency that can be asked whether it answers; the reason is for operators. */
export interface Dependency {
  readonly name: 'kafka' | 'redis' | 'cassandra';
  /** Resolves when it answers, with its memory where that is bounded and told; throws TransientError with what was tried and what came back. At most 5 s. */
  ping(): Promise<ServerMemory | void>;
}

export interface Liveness {
  /** The name of this process, which its consumers give as their client id. */
  readonly process: string;
  readonly leases: ProcessLeases;
  readonly members: GroupMembers;
  /** Between this process and the store. */
  readonly contact: StoreContact;
  /** Whether it is certain that a process, by its name, has ended. False for most that have. */
  readonly isGone: (process: string) => boolean;
}

/** Everything outside the process, chosen once at start: memory twins (embedded) or the real servers (external). */
export interface Ports {
  readonly clock: Clock;
  readonly stateStore: StateStore;
  readonly rebuildStore: RebuildStore;
  readonly liveFeed: LiveFeed;
  /** What the `redis` sinks of pipelines keep. */
  readonly boards: BoardStore;
  /** What `metrics` sinks of this process show. */
  readonly rowValues: RowValues;
  readonly idempotency: IdempotencyStore;
  /** Limits that all processes share. */
  readonly rateLimiter: RateLimiter;
  /** What the events of keys came to, for questions about the past. */
  readonly snapshots: SnapshotStore;
  /** Long work for whichever process has time. */
  readonly workQueue: WorkQueue;
  readonly producer: RecordProducer;
  readonly topics: TopicAdmin;
  readonly topicReader: TopicReader;
  readonly deadLetters: DeadLetterSink;
  readonly ledger: OperatorLedger;
  readonly feedLedger: FeedLedger;
  readonly feedLog: FeedLog;
  readonly lateRecords: LateRecordSink;
  /** Reference tables of `lookup: { table: redis }`. */
  readonly referenceHash: ReferenceHash;
  /** Values of which a registry keeps the schemas. */
  readonly schemas: SchemaCodec;
  readonly schemaRegistry: SchemaRegistry;
  /** Signs of life of the processes that share the work; `undefined` where there is one process only. */
  readonly liveness: Liveness | undefined;
  readonly dependencies: readonly Dependency[];
  /** Absent where tracing is off. */
  readonly tracer?: RuntimeTracer;
  /** Brings tables up to date (numbered migrations, under a lock). */
  migrate(): Promise<void>;
  /** The sinks of a pipeline that take rows in step 4; `live` is part of step 5 and is not among them. */
  sinksOf(pipeline: CompiledPipeline): Promise<readonly Sink[]>;
  /** A member of a consumer group that reads one topic. */
  consumerOf(group: string, topic: string): BatchConsumer;
  /** A consumer of the whole of a topic for this process alone, for `lookup: { table: topic }`. Its group has no offsets. */
  followerOf(topic: string): BatchConsumer;
  /** Where the pipeline's closed rows can be read back; `undefined` without a table. */
  readerOf(pipeline: CompiledPipeline): RowReader | undefined;
  /** Tables as their columns stand. */
  readonly partitions: PartitionReader;
  /** Keeps what is read of tables with `cached: true`; `undefined` where reading them costs nothing. */
  readonly cacheStore: CacheStore | undefined;
  close(): Promise<void>;
}

/** Injection token of {@link Ports}. */
export const PORTS = Symbol('millrace.ports');
