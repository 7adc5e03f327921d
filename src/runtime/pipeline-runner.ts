import type { RecordBatch } from '../core/ports/record-source.port';
import { ErrorPause } from './error-pause';
import { IdlenessCheck } from './idleness-check';
import { LogCheck } from './log-check';
import type { PipelineState, PipelineStatus } from './pipeline-status';
import type { BatchControl, BatchConsumer } from '../core/ports/batch-consumer.port';
import { OffsetMirror } from './offset-mirror';
import { ownTurn } from './own-turn';
import { PipelineTally } from './pipeline-tally';
import { TaskLookups } from './lookup/task-lookups';
import type { PipelineContext } from './task-context';
import { TaskRunner } from './task-runner';

/** Offsets are mirrored this often, all partitions in one request. */
const MIRROR_MS = 1_000;
/** How often it is seen whether the watermark of a partition that looks idle would close anything. */
const IDLE_CHECK_MS = 250;

/** How often it is seen whether the topic still is what the tasks read. */
const LOG_CHECK_MS = 10_000;

/**
 * A rebalance waits for the slowest member, and the partitions that stay where they are wait with it: what is not written
 * in this time, the next owner does again.
 */
const REBALANCE_FLUSH_MS = 500;

/**
 * A fenced task is claimed again when a batch of it comes and the group counts this member, or after this time without
 * a rebalance: longer than the session time-out, so that the consumer's own heartbeats have proved membership.
 */
const RECLAIM_MS = 15_000;
const FENCED_REASON = 'A task was fenced by another owner; it is claimed again unless the group takes it away.';

/** Runs the tasks of one pipeline that are assigned to this process. */
export class PipelineRunner {
  private readonly runners = new Map<number, TaskRunner>();
  private readonly offsets: OffsetMirror;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly tally = new PipelineTally();
  private readonly pause: ErrorPause;
  private readonly logCheck: LogCheck;
  private source: BatchConsumer | undefined;

  constructor(
    private readonly context: PipelineContext,
    private readonly partitions: number,
  ) {
    this.offsets = new OffsetMirror({ pipeline: context.pipeline.name, log: context.log });
    this.pause = new ErrorPause(context);
    this.logCheck = new LogCheck({ ...context, runners: this.runners, partitions });
  }

  get name(): string {
    return this.context.pipeline.name;
  }

  /** Begins to checkpoint; batches may come from now on. */
  start(source: BatchConsumer): void {
    this.source = source;
    const { interval } = this.context.pipeline.definition.spec.checkpoint;
    this.every(interval, () => void this.tick());
    this.every(MIRROR_MS, () => void this.mirror());
    this.every(MIRROR_MS, () => this.claimAgain());
    this.every(MIRROR_MS, () => void this.pause.check());
    const idleness = new IdlenessCheck({ ...this.context, runners: this.runners, source });
    this.every(LOG_CHECK_MS, () => void this.logCheck.run());
    this.every(MIRROR_MS, () => this.lookForTopic());
    this.every(IDLE_CHECK_MS, () => void idleness.run());
  }

  /** The group has a new generation: claims what is new, releases what is gone. */
  assigned(partitions: readonly number[]): void {
    this.context.observer.rebalance(this.name);
    const kept = new Set(partitions);
    for (const [partition, runner] of this.runners) {
      if (kept.has(partition)) continue;
      runner.release();
      this.runners.delete(partition);
      this.offsets.forget(partition);
    }
    for (const partition of partitions) this.runnerOf(partition);
  }

  /** Offsets that hold no record for us. */
  skipped(partition: number, from: bigint, to: bigint): void {
    this.runners.get(partition)?.skipped(from, to);
  }

  /** Processes a batch of one of the assigned partitions. Throws what `control.heartbeat` throws: a rebalance. */
  async handle(batch: RecordBatch, control: BatchControl): Promise<void> {
    // A task that was fenced is claimed again only by a member whom the group still counts.
    if (this.runners.get(batch.partition)?.isAlive === false) await control.heartbeat();
    try {
      await this.runnerOf(batch.partition).handle(batch, control);
    } catch (error) {
      await this.flush(REBALANCE_FLUSH_MS);
      throw error;
    }
  }

  /** Writes what the tasks hold, within `budgetMs`. Before a rebalance and before the end. */
  async flush(budgetMs: number): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.flush(budgetMs)));
    await this.mirror();
  }

  /** Stops the timers and drops the tasks. Flush first. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const runner of this.runners.values()) runner.release();
    this.runners.clear();
  }

  status(): PipelineStatus {
    const runners = [...this.runners.values()];
    const tasks = runners.filter(({ isAlive }) => isAlive).map((runner) => runner.status());
    tasks.sort((a, b) => a.partition - b.partition);
    const worst = (['failed', 'paused'] as const).find((state) => tasks.some((task) => task.state === state));
    const fenced = runners.filter(({ isAlive, fencedMs }) => !isAlive && fencedMs !== undefined).length;
    const reason = tasks.find(({ state }) => state === worst)?.reason ?? (fenced > 0 ? FENCED_REASON : undefined);
    const state: PipelineState = worst ?? (fenced > 0 ? 'paused' : 'running');
    return {
      ...{ name: this.name, state, ...(reason !== undefined && { reason }) },
      ...{ partitions: this.partitions, tasks },
      lateness: this.tally.lateness.figures(),
      closedRows: this.tally.closedRows,
    };
  }

  private runnerOf(partition: number): TaskRunner {
    const current = this.runners.get(partition);
    if (current?.isAlive) return current;
    const runner = new TaskRunner({
      ...this.context,
      partition,
      tally: this.tally,
      budget: this.pause.budget,
      lookups: new TaskLookups(this.context.tables),
      seek: (offset) => this.source?.seek(partition, offset),
      mirror: (offset) => this.offsets.set(offset),
      suspectLog: () => void this.logCheck.run(),
    });
    this.runners.set(partition, runner);
    return runner;
  }

  /** A freeze of 5,000 rows takes some ten milliseconds: each task has its own turn. */
  private async tick(): Promise<void> {
    for (const runner of [...this.runners.values()]) {
      await ownTurn();
      runner.tick();
    }
  }

  private claimAgain(): void {
    const nowMs = this.context.clock.now();
    for (const [partition, { fencedMs }] of this.runners) {
      if (fencedMs !== undefined && nowMs - fencedMs >= RECLAIM_MS) this.runnerOf(partition);
    }
  }

  private lookForTopic(): void {
    if (this.logCheck.topicIsGone) void this.logCheck.run();
  }

  /** Step 6 for all tasks. */
  private async mirror(): Promise<void> {
    const { source } = this;
    if (!source) return;
    await this.offsets.flush(
      (offsets) => source.mirror(offsets),
      (partition) => this.runners.has(partition),
    );
  }

  private every(ms: number, action: () => void): void {
    this.timers.push(setInterval(action, ms));
  }
}
