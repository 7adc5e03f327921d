import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { MemoryBoardStore } from '../../src/adapters/memory/memory-board-store';
import { MemoryFeedLedger } from '../../src/adapters/memory/memory-feed-ledger';
import { MemoryIdempotencyStore } from '../../src/adapters/memory/memory-idempotency-store';
import { MemoryOperatorLedger } from '../../src/adapters/memory/memory-operator-ledger';
import { MemoryRateLimiter } from '../../src/adapters/memory/memory-rate-limiter';
import { MemorySnapshotStore } from '../../src/adapters/memory/memory-snapshot-store';
import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { MemoryWorkQueue } from '../../src/adapters/memory/memory-work-queue';
import { compilePipeline } from '../../src/core/pipeline/compile';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { pipelineSchema } from '../../src/core/pipeline/definition';
import type { PipelineStatus, TaskStatus } from '../../src/runtime/pipeline-status';
import { type Pipelines, PIPELINES, type RefusedPipeline } from '../../src/runtime/pipelines';
import { type Ports, PORTS } from '../../src/runtime/ports';
import type { RuntimeTracer } from '../../src/runtime/runtime-tracer';
import { RowValues } from '../../src/runtime/row-values/row-values';
import { FixtureTask } from './fixture-task';
import { memorySchemas } from './memory-schemas';

/** The shipped pipeline, without its outside sinks. */
export function airQuality(): CompiledPipeline {
  return compilePipeline(
    pipelineSchema.parse({
      apiVersion: 'millrace/v1',
      kind: 'Pipeline',
      metadata: { name: 'air-quality-daily', description: 'Daily PM2.5 of each monitoring post, in µg/m³' },
      spec: {
        source: { topic: 'air-quality.readings', partitions: 2, format: 'json', time: { field: 'observed_at' } },
        where: 'pm25 != null && pm25 >= 0',
        key: ['location'],
        window: { kind: 'calendar', unit: 'day', zone: 'Asia/Shanghai', grace: '1h' },
        aggregate: { avg_pm25: 'avg(pm25)', max_pm25: 'max(pm25)', min_pm25: 'min(pm25)', readings: 'count()' },
        emit: { on: 'both', every: '1s' },
        sinks: [{ live: {} }],
      },
    }),
  );
}

/** The modules' world: one pipeline over the memory twins, with a status and a clock that the test sets. */
export class ApiFixture {
  readonly store = new MemoryStateStore();
  readonly tables = new MemoryTables();
  readonly boards = new MemoryBoardStore({ now: () => this.nowMs });
  readonly rowValues = new RowValues();
  /** There while tracing is on. */
  tracer: RuntimeTracer | undefined;
  readonly queue = new MemoryWorkQueue({ now: () => this.nowMs });
  readonly ledger = new MemoryOperatorLedger();
  readonly tasks: readonly FixtureTask[];
  nowMs = Date.parse('2013-06-02T00:00:00Z');
  state: PipelineStatus['state'] = 'running';
  owned: readonly TaskStatus[] = [];
  /** As of a process that computes the pipeline. */
  figures: Pick<PipelineStatus, 'lateness' | 'closedRows'> = {};
  refused: readonly RefusedPipeline[] = [];
  language = STANDARD_LANGUAGE;
  readonly pings = new Map<'kafka' | 'redis' | 'cassandra', () => Promise<void>>();

  constructor(
    readonly pipeline: CompiledPipeline = airQuality(),
    partitions = 2,
  ) {
    this.tasks = Array.from({ length: partitions }, (_, partition) => new FixtureTask(this, partition));
  }

  task(partition: number): FixtureTask {
    return this.tasks[partition]!;
  }

  async claimAll(owner = 'worker-1'): Promise<void> {
    for (const task of this.tasks) await task.claim(owner);
  }

  ports(): Ports {
    const unused = (): never => {
      throw new Error('not part of this fixture');
    };
    return {
      clock: { now: () => this.nowMs },
      ...memorySchemas({ now: () => this.nowMs }),
      stateStore: this.store,
      rebuildStore: this.store,
      liveFeed: this.store,
      boards: this.boards,
      rowValues: this.rowValues,
      idempotency: new MemoryIdempotencyStore({ now: () => this.nowMs }),
      rateLimiter: new MemoryRateLimiter({ now: () => this.nowMs }),
      snapshots: new MemorySnapshotStore(),
      workQueue: this.queue,
      producer: { send: unused },
      topics: {
        ensure: unused,
        remove: unused,
        named: unused,
        partitionCount: () => Promise.resolve(this.tasks.length),
        extents: unused,
        mirrored: unused,
        offsetsAt: unused,
        memberCount: unused,
      },
      topicReader: { read: unused },
      deadLetters: { write: unused },
      ledger: this.ledger,
      feedLedger: new MemoryFeedLedger({ now: () => this.nowMs }),
      feedLog: { open: unused },
      lateRecords: { write: unused },
      referenceHash: { read: unused },
      liveness: undefined,
      dependencies: [...this.pings].map(([name, ping]) => ({ name, ping })),
      migrate: unused,
      consumerOf: unused,
      followerOf: unused,
      sinksOf: unused,
      readerOf: (pipeline) => this.tables.readerFor(pipeline),
      partitions: this.tables.columns,
      cacheStore: undefined,
      ...(this.tracer && { tracer: this.tracer }),
      close: () => Promise.resolve(),
    };
  }

  pipelines(): Pipelines {
    const { pipeline } = this;
    return {
      language: this.language,
      all: () => [pipeline],
      get: (name) => (name === pipeline.name ? pipeline : undefined),
      refused: () => this.refused,
      status: (name) =>
        name === pipeline.name
          ? { name, state: this.state, partitions: this.tasks.length, tasks: this.owned, ...this.figures }
          : undefined,
    };
  }

  /** Starts an application of these modules on a free port of this machine. */
  async start(
    modules: readonly (Type | DynamicModule)[],
    prepare?: (app: NestExpressApplication) => void,
  ): Promise<{ app: NestExpressApplication; url: string }> {
    const providers: Provider[] = [
      { provide: PORTS, useValue: this.ports() },
      { provide: PIPELINES, useValue: this.pipelines() },
    ];
    const world = { module: World, providers, exports: [PORTS, PIPELINES] };
    const module = await Test.createTestingModule({ imports: [world, ...modules] }).compile();
    const app = module.createNestApplication<NestExpressApplication>({ logger: false });
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
    return { app, url: (await app.getUrl()).replace(/\/$/, '') };
  }
}

@Global()
@Module({})
class World {}
