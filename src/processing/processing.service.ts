import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';

import { AbortedError, retryTransient } from '../runtime/retry';
import { FatalError, messageOf } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Language } from '../core/pipeline/language';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import type { Log } from '../core/ports/log.port';
import { DeadProcessWatch } from '../runtime/dead-process-watch';
import type { RuntimeEvent } from '../runtime/events';
import { ReferenceTables } from '../runtime/lookup/reference-tables';
import type { PipelineCatalog } from '../runtime/pipeline-catalog';
import type { PipelineRunner } from '../runtime/pipeline-runner';
import type { PipelineStatus } from '../runtime/pipeline-status';
import type { Pipelines, RefusedPipeline } from '../runtime/pipelines';
import type { Ports } from '../runtime/ports';
import type { RuntimeObserver } from '../runtime/runtime-observer';
import { type Assembled, assemble, groupsOf, runStage, type Stage } from './assemble';
import { topicsOf } from './topics-of';

export interface ProcessingOptions {
  readonly catalog: PipelineCatalog;
  readonly ports: Ports;
  readonly observer: RuntimeObserver;
  readonly log: Log;
  /** Bound of the resident state of the process. */
  readonly cacheBytes: number;
  readonly shutdownMs: number;
  /** Resolves when the servers answer and the tables are there; rejects when waiting cannot help, or on abort. */
  readonly awaitServers: (signal: AbortSignal) => Promise<void>;
}

/** The pipelines of this process: brings each up by itself, says how it is, and flushes all of them at the end. */
export class ProcessingService implements Pipelines, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly byName: ReadonlyMap<string, CompiledPipeline>;
  private readonly running = new Map<string, Assembled>();
  private readonly partitions = new Map<string, number>();
  /** Pipelines whose topics are there, in a process that does not compute them. */
  private readonly observed = new Set<string>();
  private readonly trouble = new Map<string, { state: 'starting' | 'failed'; reason: string }>();
  private readonly stopping = new AbortController();
  /** Settles when the servers answer; asked for once, by whichever pipeline is first. */
  private serversReady: Promise<void> | undefined;

  private readonly tables: ReferenceTables;
  private watch: DeadProcessWatch | undefined;

  constructor(private readonly options: ProcessingOptions) {
    this.tables = new ReferenceTables({ ...options.ports, log: options.log });
    this.byName = new Map(options.catalog.pipelines.map((pipeline) => [pipeline.name, pipeline]));
  }

  get language(): Language {
    return this.options.catalog.language;
  }

  all(): readonly CompiledPipeline[] {
    return [...this.byName.values()];
  }

  get(name: string): CompiledPipeline | undefined {
    return this.byName.get(name);
  }

  refused(): readonly RefusedPipeline[] {
    return this.options.catalog.refused;
  }

  status(name: string): PipelineStatus | undefined {
    const refused = this.options.catalog.refused.find((pipeline) => pipeline.name === name);
    const partitions = this.partitions.get(name) ?? 0;
    const running = this.running.get(name);
    const trouble = this.trouble.get(name);
    if (trouble) return { name, ...trouble, partitions, tasks: running?.runner.status().tasks ?? [] };
    if (running) return statusOf(running);
    if (this.byName.has(name)) {
      return { name, state: this.observed.has(name) ? 'running' : 'starting', partitions, tasks: [] };
    }
    if (!refused) return undefined;
    const reason = refused.problems.map(({ message }) => message).join('; ');
    return { name, state: 'refused', reason, partitions: 0, tasks: [] };
  }

  runner(name: string): PipelineRunner {
    const running = this.running.get(name);
    if (!running) throw new FatalError(`Pipeline ${name} is not running`);
    return running.runner;
  }

  /** Resolves once the pipeline's topics are there. */
  async started(name: string): Promise<void> {
    await this.servers();
    const pipeline = this.byName.get(name);
    if (pipeline) await this.ensureTopics(pipeline);
  }

  /** For a process that serves without processing: the pipeline runs elsewhere; its topics are made and counted. */
  async observe(name: string): Promise<void> {
    const partitions = await this.bringUp(name, (pipeline) => this.ensureTopics(pipeline));
    if (partitions !== undefined) this.observed.add(name);
  }

  /** Makes topics, state and tables of a pipeline ready and returns its consumer, or says in its status why not. */
  async prepare(name: string): Promise<BatchConsumer | undefined> {
    const pipeline = this.byName.get(name)!;
    this.tables.announce(pipeline);
    const running = await this.bringUp(name, () => this.assemble(pipeline));
    this.tables.withdraw(pipeline);
    if (!running) return undefined;
    this.running.set(name, running);
    running.runner.start(running.consumer);
    if (running.shuffle) void runStage(running.shuffle);
    this.watch ??= this.startWatch();
    this.log('info', 'pipeline.running', `Pipeline ${name} runs`, { pipeline: name });
    return running.consumer;
  }

  /** What start-up waits for beyond servers: a topic that a pipeline of this process reads as a table. */
  get waitsForTable(): { readonly dependency: string; readonly reason: string } | undefined {
    const waiting = this.tables.waitsFor;
    return (
      waiting && {
        dependency: `topic ${waiting.topic}`,
        reason: `It is read into a lookup table: ${waiting.progress}.`,
      }
    );
  }

  /** Stops delivery, writes a last checkpoint of every task; the transports then leave their groups. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const stages = [...this.running.values()].flatMap(({ shuffle, ...main }) => [main, ...(shuffle ? [shuffle] : [])]);
    await Promise.all(stages.map((stage) => this.end(stage)));
    await this.watch?.stop();
    await this.tables.close();
  }

  async onApplicationShutdown(): Promise<void> {
    const shuffles = [...this.running.values()].flatMap(({ shuffle }) => shuffle?.consumer ?? []);
    await settledWithin(Promise.all(shuffles.map((consumer) => consumer.stop())), this.options.shutdownMs);
    await this.options.ports.close();
  }

  private startWatch(): DeadProcessWatch | undefined {
    const { liveness, clock } = this.options.ports;
    if (!liveness) return undefined;
    const watch = new DeadProcessWatch({
      ...liveness,
      clock,
      groups: () => [...this.running.keys()].flatMap(groupsOf),
      log: (level, event, message, fields) => this.log(level, event, message, fields),
    });
    watch.start();
    return watch;
  }

  /** Takes at most `shutdownMs`, whatever is away: what is not written by then, the next owner does again. */
  private async end({ consumer, runner }: Stage): Promise<void> {
    const { ports, shutdownMs } = this.options;
    const deadlineMs = ports.clock.now() + shutdownMs;
    await settledWithin(consumer.quiesce(), shutdownMs / 2);
    await runner.flush(Math.max(0, deadlineMs - ports.clock.now()));
    runner.stop();
  }

  private async bringUp<T>(name: string, step: (pipeline: CompiledPipeline) => Promise<T>): Promise<T | undefined> {
    const pipeline = this.byName.get(name)!;
    this.log('info', 'pipeline.starting', `Pipeline ${name} starts`, { pipeline: name });
    try {
      await this.servers();
      const result = await retryTransient(() => step(pipeline), {
        signal: this.stopping.signal,
        onFailure: (reason) => void this.trouble.set(name, { state: 'starting', reason }),
      });
      this.trouble.delete(name);
      return result;
    } catch (error) {
      if (error instanceof AbortedError) return undefined;
      this.trouble.set(name, { state: 'failed', reason: messageOf(error) });
      this.log('error', 'pipeline.failed', `Pipeline ${name} failed: ${messageOf(error)}`, { pipeline: name });
      return undefined;
    }
  }

  /** Resolves when the servers answer and the tables are there. */
  servers(): Promise<void> {
    this.serversReady ??= this.options.awaitServers(this.stopping.signal);
    return this.serversReady;
  }

  private async ensureTopics(pipeline: CompiledPipeline): Promise<number> {
    const { topics } = this.options.ports;
    const { topic } = pipeline.definition.spec.source;
    await topics.ensure(topicsOf(pipeline));
    const partitions = await topics.partitionCount(topic);
    if (partitions === undefined) throw new FatalError(`Topic ${topic} is not there although it was made`);
    this.partitions.set(pipeline.name, partitions);
    return partitions;
  }

  private async assemble(pipeline: CompiledPipeline): Promise<Assembled> {
    const { ports, observer, cacheBytes } = this.options;
    const partitions = await this.ensureTopics(pipeline);
    const assembled = await assemble(pipeline, partitions, {
      ...{ ports, observer },
      log: (level, event, message, fields) => this.log(level, event, message, fields),
      tables: await this.tables.of(pipeline),
      cacheBytes: cacheBytes / this.byName.size,
    });
    const { shuffle } = assembled;
    if (shuffle) {
      const message = `Pipeline ${pipeline.name} goes through topic ${shuffle.topic}: message keys are not its key`;
      this.log('info', 'pipeline.repartitioned', message, { pipeline: pipeline.name, topic: shuffle.topic });
    }
    return assembled;
  }

  private log(
    level: 'info' | 'warn' | 'error',
    event: RuntimeEvent,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    this.options.log[level]({ event, ...fields }, message);
  }
}

/** Begins to fill the repartition topic. A shuffle's batches need no transport: nobody else is to handle them. */
function statusOf({ runner, shuffle }: Assembled): PipelineStatus {
  const status = startingWhileClaiming(runner.status());
  if (!shuffle) return status;
  const { state, reason, tasks } = startingWhileClaiming(shuffle.runner.status());
  const withShuffle = { ...status, repartition: { topic: shuffle.topic, tasks } };
  if (status.state !== 'running' || state === 'running') return withShuffle;
  return { ...withShuffle, state, ...(reason !== undefined && { reason }) };
}

/** A task that waits for a server before its first record is no task at work. */
function startingWhileClaiming(status: PipelineStatus): PipelineStatus {
  const waiting = status.tasks.find(({ state, reason }) => state === 'claiming' && reason !== undefined);
  if (status.state !== 'running' || waiting?.reason === undefined) return status;
  return { ...status, state: 'starting', reason: waiting.reason };
}

/** Resolves when `work` does, or after `ms`. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
