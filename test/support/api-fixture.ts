import { Global, Module, type Provider, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { MemoryIdempotencyStore } from '../../src/adapters/memory/memory-idempotency-store';
import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { pipelineSchema } from '../../src/core/pipeline/definition';
import type { EntryWrite, TaskProgress } from '../../src/core/ports/state-store.port';
import { decodeKey, encodeKey } from '../../src/core/row/key';
import type { Row } from '../../src/core/row/row';
import { rowText } from '../../src/core/row/row-json';
import { nextFeedId } from '../../src/core/task/feed-id';
import { segmentId } from '../../src/core/task/pane';
import { encodePane, resultsOf, revisionOf } from '../../src/core/task/pane-codec';
import type { Window } from '../../src/core/windows/window';
import type { PipelineStatus, TaskStatus } from '../../src/runtime/pipeline-status';
import { type Pipelines, PIPELINES, type RefusedPipeline } from '../../src/runtime/pipelines';
import { type Ports, PORTS } from '../../src/runtime/ports';

export const GENERATION = 1_732_170_000_000_000n;

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

interface OpenPane {
  readonly window: Window;
  readonly keyText: string;
  readonly accumulators: readonly unknown[];
}

/** One task's writes, as the runtime would make them, without a log behind. */
export class FixtureTask {
  private epoch = 0n;
  private readonly panes = new Map<string, OpenPane>();
  private readonly changed = new Set<string>();
  progress: TaskProgress = {
    startOffset: 0n,
    nextOffset: 0n,
    streamTimeMs: -1,
    watermarkMs: -1,
    firstWindowStartMs: -1,
    counts: { accepted: 0, filtered: 0, late: 0, dead: 0 },
    feedId: '0-0',
  };

  constructor(
    private readonly world: ApiFixture,
    readonly partition: number,
  ) {}

  private get id(): { pipeline: string; partition: number } {
    return { pipeline: this.world.pipeline.name, partition: this.partition };
  }

  async claim(owner: string): Promise<void> {
    this.epoch = (await this.world.store.claim(this.id, owner)).epoch;
  }

  /** One accepted record with the same value for every aggregate. */
  add(key: string, eventTimeMs: number, value: number): void {
    const { pipeline } = this.world;
    const window = pipeline.windows.assign(eventTimeMs)[0]!;
    const keyText = encodeKey([key]);
    const name = `${segmentId(window)}\n${keyText}`;
    const pane = this.panes.get(name) ?? {
      window,
      keyText,
      accumulators: pipeline.aggregates.map(({ aggregator }) => aggregator.init()),
    };
    pipeline.aggregates.forEach(({ aggregator }, i) => aggregator.add(pane.accumulators[i], value as never));
    this.panes.set(name, pane);
    this.changed.add(name);
    const streamTimeMs = Math.max(this.progress.streamTimeMs, eventTimeMs);
    const { firstWindowStartMs: first, counts } = this.progress;
    this.progress = {
      ...this.progress,
      nextOffset: this.progress.nextOffset + 1n,
      streamTimeMs,
      watermarkMs: streamTimeMs,
      firstWindowStartMs: first < 0 ? window.startMs : Math.min(first, window.startMs),
      counts: { ...counts, accepted: counts.accepted + 1 },
    };
  }

  /** Steps 3 to 5; windows that end at or before `closedMs` are closed. */
  async commit(closedMs = -1): Promise<void> {
    const { pipeline, store, tables } = this.world;
    const rows: Row[] = [];
    const upserts: EntryWrite[] = [];
    const dropped = new Set<string>();
    for (const [name, { window, keyText, accumulators }] of this.panes) {
      const closes = window.endMs <= closedMs;
      const segment = segmentId(window);
      if (closes) dropped.add(segment);
      if (!closes && !this.changed.has(name)) continue;
      const changedAt = this.progress.nextOffset;
      rows.push({
        pipeline: pipeline.name,
        key: decodeKey(keyText, pipeline.keyNames),
        keyText,
        window,
        values: resultsOf(pipeline, accumulators),
        revision: revisionOf(GENERATION, changedAt, closes),
        final: closes,
      });
      if (closes) this.panes.delete(name);
      else upserts.push({ segment, entry: keyText, value: encodePane(pipeline, { changedAt, accumulators }) });
    }
    this.changed.clear();
    await tables.sinkFor(pipeline).write(rows, AbortSignal.timeout(1_000));
    const feedId = rows.length > 0 ? nextFeedId(this.progress.feedId, this.progress.nextOffset) : this.progress.feedId;
    this.progress = { ...this.progress, feedId };
    await store.commit(this.id, this.epoch, {
      generation: GENERATION,
      progress: this.progress,
      upserts,
      removals: [],
      droppedSegments: [...dropped],
      pendingAdded: [],
      pendingCleared: [],
      feed: rows.map(rowText),
    });
  }
}

/** The modules' world: one pipeline over the memory twins, with a status and a clock that the test sets. */
export class ApiFixture {
  readonly store = new MemoryStateStore();
  readonly tables = new MemoryTables();
  readonly tasks: readonly FixtureTask[];
  nowMs = Date.parse('2013-06-02T00:00:00Z');
  state: PipelineStatus['state'] = 'running';
  owned: readonly TaskStatus[] = [];
  refused: readonly RefusedPipeline[] = [];
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
      stateStore: this.store,
      liveFeed: this.store,
      idempotency: new MemoryIdempotencyStore({ now: () => this.nowMs }),
      producer: { send: unused },
      topics: {
        ensure: unused,
        partitionCount: () => Promise.resolve(this.tasks.length),
        extents: unused,
        mirrored: unused,
        offsetsAt: unused,
        memberCount: unused,
      },
      deadLetters: { write: unused },
      dependencies: [...this.pings].map(([name, ping]) => ({ name, ping })),
      migrate: unused,
      consumerOf: unused,
      sinksOf: unused,
      readerOf: (pipeline) => this.tables.readerFor(pipeline),
      close: () => Promise.resolve(),
    };
  }

  pipelines(): Pipelines {
    const { pipeline } = this;
    return {
      all: () => [pipeline],
      get: (name) => (name === pipeline.name ? pipeline : undefined),
      refused: () => this.refused,
      status: (name) =>
        name === pipeline.name
          ? { name, state: this.state, partitions: this.tasks.length, tasks: this.owned }
          : undefined,
    };
  }

  /** Starts an application of these modules on a free port of this machine. */
  async start(
    modules: readonly Type[],
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
