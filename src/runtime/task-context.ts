import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { DeadLetterSink } from '../core/ports/dead-letter-sink.port';
import type { LateRecordSink } from '../core/ports/late-record-sink.port';
import type { OperatorLedger } from '../core/ports/operator-ledger.port';
import type { SchemaCodec } from '../core/ports/schema-codec.port';
import type { Sink } from '../core/ports/row-sink.port';
import type { StateStore } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import type { ErrorBudget } from './error-budget';
import type { RuntimeLog } from './events';
import type { SharedTable, TaskLookups } from './lookup/task-lookups';
import type { PipelineTally } from './pipeline-tally';
import type { Forward } from './shuffle/forward';
import type { RuntimeObserver } from './runtime-observer';
import type { RuntimeTracer } from './runtime-tracer';
import type { OffsetMirrorEntry } from '../core/ports/batch-consumer.port';

/** What every task of one pipeline in this process shares. */
export interface PipelineContext {
  readonly pipeline: CompiledPipeline;
  /** What the tasks read: the source topic, or the repartition topic. */
  readonly topic: string;
  /** There in stage 1 of a repartitioned pipeline: where its records go. */
  readonly forward?: Forward;
  /** There in stage 2: how many partitions the source has. */
  readonly sourcePartitions?: number;
  /** The generation in force; asked for with each claim, because the store may have lost it. Throws as `deploy` does. */
  readonly deploy: () => Promise<bigint>;
  /** Names this process in the store, for operators. */
  readonly owner: string;
  readonly stateStore: StateStore;
  readonly topics: TopicAdmin;
  readonly sinks: readonly Sink[];
  readonly deadLetters: DeadLetterSink;
  readonly ledger: OperatorLedger;
  readonly lateRecords: LateRecordSink;
  readonly observer: RuntimeObserver;
  /** Absent where tracing is off. */
  readonly tracer?: RuntimeTracer;
  readonly clock: Clock;
  readonly log: RuntimeLog;
  readonly schemas: SchemaCodec;
  /** The table of each of the pipeline's lookups, in their order. */
  readonly tables: readonly SharedTable[];
  /** Bound of the resident state of one task. */
  readonly cacheBytes: number;
  /** True when the topic has several partitions, so that message keys must be the pipeline's keys. */
  readonly keyedByMessage: boolean;
}

export interface TaskContext extends PipelineContext {
  readonly partition: number;
  /** Shared by the tasks of the pipeline. */
  readonly tally: PipelineTally;
  /** Shared by the tasks of the pipeline. */
  readonly budget: ErrorBudget;
  /** The tables, with what the slice in hand needs of them. */
  readonly lookups: TaskLookups;
  /** Makes the consumer read this partition from an offset on. */
  readonly seek: (offset: bigint) => void;
  /** Has the broker asked whether the log still is what the task reads. */
  readonly suspectLog: () => void;
  /** Step 6, gathered for the pipeline. */
  readonly mirror: (offset: OffsetMirrorEntry) => void;
}
