import { MemoryBatchConsumer } from '../../src/adapters/memory/memory-batch-consumer';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { MemoryOperatorLedger } from '../../src/adapters/memory/memory-operator-ledger';
import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { TransientError } from '../../src/core/errors';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { BatchConsumer, BatchControl } from '../../src/core/ports/batch-consumer.port';
import type { RecordBatch } from '../../src/core/ports/record-source.port';
import type { ExactRowSink, RowSink } from '../../src/core/ports/row-sink.port';
import type { SchemaCodec } from '../../src/core/ports/schema-codec.port';
import type { DeadLetter } from '../../src/core/task/dead-letter';
import { isWindowSegment } from '../../src/core/task/own-segments';
import type { LateRecord } from '../../src/core/task/late-record';
import type { RuntimeEvent } from '../../src/runtime/events';
import { deploy } from '../../src/runtime/deployment';
import { PipelineRunner } from '../../src/runtime/pipeline-runner';
import type { SharedTable } from '../../src/runtime/lookup/task-lookups';
import { silentObserver } from '../../src/runtime/silent-observer';
import { recordOf, type Reading } from './pipelines';
import { memorySchemas } from './memory-schemas';

const ignore = (): void => undefined;

/** A store that can acknowledge commits and forget them, as one does that restarts from an older log. */
class ForgetfulStore extends MemoryStateStore {
  forgetting = false;
  forgotten = 0;

  /** What a scan of a window's state waits for. */
  scanHeld: Promise<void> | undefined;

  override async *scan(...[task, segment]: Parameters<MemoryStateStore['scan']>): ReturnType<MemoryStateStore['scan']> {
    if (isWindowSegment(segment)) await this.scanHeld;
    yield* super.scan(task, segment);
  }

  override async commit(...commit: Parameters<MemoryStateStore['commit']>): Promise<void> {
    if (this.forgetting) this.forgotten += 1;
    else await super.commit(...commit);
  }
}

/** The outside that every owner of a pipeline shares, on memory twins, with faults to order. */
export class RunnerHarness {
  readonly clock = { ms: 1_700_000_000_000, now: (): number => this.clock.ms };
  readonly schemaPorts = memorySchemas({ now: () => this.clock.ms });
  schemas: SchemaCodec = this.schemaPorts.schemas;
  readonly log = new MemoryLog({ now: () => 0 });
  store = new ForgetfulStore();
  readonly tables = new MemoryTables();
  readonly ledger = new MemoryOperatorLedger();
  readonly deadLetters: DeadLetter[] = [];
  readonly lateRecords: LateRecord[] = [];
  /** While set, the sink refuses rows with this reason. */
  sinkAway: string | undefined;
  /** How often it did. */
  refusals = 0;
  /** While set, the topic of late records cannot be written. */
  lateTopicAway: Error | undefined;
  /** What the sink waits for before it takes rows. */
  sinkHeld: Promise<void> | undefined;
  /** A sink beside the table that shows each version of a row once. */
  exactSink: ExactRowSink | undefined;
  cacheBytes = 1 << 20;
  lookupTables: readonly SharedTable[] = [];
  private readonly owners: Owner[] = [];

  constructor(
    readonly pipeline: CompiledPipeline,
    private readonly partitions = 1,
  ) {}

  async createTopic(): Promise<void> {
    await this.log.ensure([{ topic: this.topic, partitions: this.partitions, purpose: 'source' }]);
  }

  /** The store is there and remembers nothing. */
  loseState(): void {
    this.store = new ForgetfulStore();
  }

  get topic(): string {
    return this.pipeline.definition.spec.source.topic;
  }

  async produce(...readings: Reading[]): Promise<void> {
    await this.log.send(
      this.topic,
      readings.map((reading) => {
        const { key, value } = recordOf(0, reading);
        return { key, value };
      }),
    );
  }

  /** A process that owns all partitions. It does not wait for others to let go, as a zombie does not. */
  async own(): Promise<Owner> {
    const owner = new Owner(this, this.sink());
    this.owners.push(owner);
    await owner.consumer.run({
      assigned: (partitions) => owner.runner.assigned(partitions),
      skipped: ignore,
      batch: (batch, control) => owner.handle(batch, control),
    });
    return owner;
  }

  async end(): Promise<void> {
    for (const { consumer, runner } of this.owners) {
      runner.stop();
      await consumer.stop();
    }
  }

  private sink(): RowSink {
    const table = this.tables.sinkFor(this.pipeline);
    return {
      name: table.name,
      write: async (rows, signal) => {
        if (this.sinkAway !== undefined) {
          this.refusals += 1;
          throw new TransientError(this.sinkAway);
        }
        await this.sinkHeld;
        await table.write(rows, signal);
      },
    };
  }
}

export class Owner {
  readonly consumer: BatchConsumer;
  readonly runner: PipelineRunner;
  readonly events: RuntimeEvent[] = [];
  /** Whether the group has gone on without this process, as it does when it is paused for too long. */
  expelled = false;

  constructor(harness: RunnerHarness, sink: RowSink) {
    const { pipeline, log, store, clock, deadLetters, lateRecords } = harness;
    this.consumer = new MemoryBatchConsumer({ log, groupId: pipeline.name, topic: harness.topic });
    this.runner = new PipelineRunner(
      {
        ...{ pipeline, owner: 'test', stateStore: store, topics: log, clock },
        sinks: harness.exactSink ? [sink, harness.exactSink] : [sink],
        ledger: harness.ledger,
        schemas: harness.schemas,
        deadLetters: {
          write: (letters) => {
            deadLetters.push(...letters);
            return Promise.resolve();
          },
        },
        lateRecords: {
          write: (records) => {
            if (harness.lateTopicAway) return Promise.reject(harness.lateTopicAway);
            lateRecords.push(...records);
            return Promise.resolve();
          },
        },
        observer: silentObserver,
        topic: harness.topic,
        deploy: async () => {
          const newestRecords = () => Promise.resolve([]);
          const { generation } = await deploy(pipeline, { stateStore: store, topics: log, clock, newestRecords });
          return generation;
        },
        log: (_level, event) => void this.events.push(event),
        cacheBytes: harness.cacheBytes,
        tables: harness.lookupTables,
        keyedByMessage: false,
      },
      1,
    );
    this.runner.start(this.consumer);
  }

  /** As the consumer does: what a failed heartbeat throws ends the batch, and the group is joined anew. */
  async handle(batch: RecordBatch, control: BatchControl): Promise<void> {
    const heartbeat = (): Promise<void> =>
      this.expelled ? Promise.reject(new Error('The group goes on without this member')) : control.heartbeat();
    await this.runner.handle(batch, { ...control, heartbeat }).catch((error: unknown) => {
      if (!this.expelled) throw error;
      control.pause();
    });
  }
}
