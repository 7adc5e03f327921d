import { FencedError, messageOf } from '../core/errors';
import type { RecordBatch } from '../core/ports/record-source.port';
import type { Task } from '../core/task/task';
import { taskName } from '../core/task/task-id';
import { BatchFeeder } from './batch-feeder';
import { Checkpoint } from './checkpoint';
import { DeltaWriter } from './delta-writer';
import { IdleEvidence } from './idle-evidence';
import { claimTask } from './claim-task';
import { HEARTBEAT_MS, settledWithin } from './heartbeats';
import { mirrorMetadata } from './mirror-metadata';
import type { TaskStatus } from './pipeline-status';
import { untraced } from './runtime-tracer';
import { AbortedError, retryTransient } from './retry';
import type { BatchControl } from '../core/ports/batch-consumer.port';
import type { TaskContext } from './task-context';
import { taskStatus } from './task-status';
import { warmUp } from './warm-up';

/** How often the watermark of an idle partition follows the clock although that closes nothing. */
const UPKEEP_MS = 10_000;

/**
 * Drives one task over the ports: claims it, feeds it batches, checkpoints it while the next records are processed.
 *
 * ```
 *  claiming ──▶ running ◀──▶ paused (a dependency is away) ──▶ dropped (fenced, revoked, stopped)
 *      └───────────┴────────────┴──▶ failed (FatalError: needs an operator)
 * ```
 */
export class TaskRunner {
  private readonly checkpoint: Checkpoint;
  private readonly stopping = new AbortController();
  private readonly ready: Promise<void>;
  private readonly evidence: IdleEvidence;
  private readonly createdMs: number;
  private task: Task | undefined;
  /** There once the task is. */
  private writer: DeltaWriter | undefined;
  private feeder: BatchFeeder | undefined;
  private trouble: string | undefined;
  private failure: string | undefined;
  private idleAdvanceMs = -Infinity;
  /** Claimed, or it cannot be. */
  private isReady = false;

  constructor(private readonly context: TaskContext) {
    const { clock, pipeline, partition } = context;
    this.createdMs = clock.now();
    this.evidence = new IdleEvidence(clock);
    this.checkpoint = new Checkpoint({
      ...context,
      id: { pipeline: pipeline.name, partition },
      mirror: (nextOffset) => this.mirror(nextOffset),
      onTrouble: (reason) => this.onTrouble(reason),
    });
    this.ready = this.start().finally(() => (this.isReady = true));
  }

  /** When the task was fenced, epoch ms of the clock; `undefined` unless it was. */
  fencedMs: number | undefined;

  /** False once the task is fenced, revoked or stopped. */
  get isAlive(): boolean {
    return !this.stopping.signal.aborted;
  }

  /** The next offset that it takes; `undefined` before it is claimed. */
  get position(): bigint | undefined {
    return this.task?.position;
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Processes a batch; resolves when its records are in the task's memory. Their durability is the checkpoint's:
   * what is not committed is delivered again to the next owner.
   */
  async handle(batch: RecordBatch, control: BatchControl): Promise<void> {
    await settledWithin(this.ready, HEARTBEAT_MS);
    if (!this.isReady) return this.pauseUntilReady(control);
    const { task } = this;
    if (this.failure !== undefined) return void control.pause();
    if (!task || !this.isAlive) return;
    this.evidence.endOffset = batch.endOffset;
    if (batch.fetchedOffset > task.position || batch.endOffset < task.position) {
      // The mirror was ahead, or the log has lost what was not yet read, or was made anew.
      this.context.suspectLog();
      return control.seek(task.position);
    }
    const processed = this.evidence.disturb();
    try {
      await this.feed(batch, control);
    } finally {
      processed();
    }
    if (this.isAlive) control.resolve(task.position);
  }

  private async feed(batch: RecordBatch, control: BatchControl): Promise<void> {
    const { pipeline, partition, tracer = untraced } = this.context;
    const id = { pipeline: pipeline.name, partition };
    await tracer.batch(id, batch, () => this.feeder?.feed(batch, control) ?? Promise.resolve());
  }

  /** Moves over offsets that hold no record, if the task has come to them. */
  skipped(from: bigint, to: bigint): void {
    if (this.task && this.task.position >= from) this.task.skipTo(to);
  }

  /** Starts a checkpoint if none is under way and something has changed. Called by the pipeline's timer. */
  tick(): void {
    if (this.isAlive && this.failure === undefined) this.writer?.tick();
  }

  /**
   * Whether the partition may be idle at `askedMs`, and moving its watermark would close something or is due for those
   * who look at it. What the log holds by then is for the broker to say: see {@link advanceIdle}.
   */
  seemsIdle(idleMs: number, askedMs: number): boolean {
    const { task } = this;
    if (!task || !this.isAlive || this.trouble !== undefined || this.failure !== undefined) return false;
    const isWorthIt =
      this.idleWatermarkMs(idleMs, askedMs) >= task.nextDueMs || askedMs - this.idleAdvanceMs >= UPKEEP_MS;
    return isWorthIt && this.evidence.isQuiet(task.position, idleMs, askedMs);
  }

  /**
   * `semantics.md` section 5: `logEnd` is the end offset that the broker gave when it was asked, not before `askedMs`.
   * Does nothing if the log has more than was processed, or anything came since.
   */
  advanceIdle(logEnd: bigint, idleMs: number, askedMs: number): void {
    this.evidence.endOffset = logEnd;
    const { task, writer } = this;
    if (!task || !writer || !this.seemsIdle(idleMs, askedMs)) return;
    this.idleAdvanceMs = askedMs;
    task.advanceIdle(this.idleWatermarkMs(idleMs, askedMs));
    void writer.drain();
  }

  /** Writes what there is, within `budgetMs`; resolves even if that fails: the next owner repeats it. */
  async flush(budgetMs: number): Promise<void> {
    const { writer } = this;
    if (!writer || !this.isAlive || this.failure !== undefined) return;
    writer.endsSoon = true;
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, budgetMs).unref());
    await Promise.race([writer.drain(), deadline]);
    writer.endsSoon = false;
  }

  /** The log's end, as the broker said it: what waits is seen while nothing is delivered. It never goes back here. */
  sawEnd(logEnd: bigint): void {
    if (logEnd > this.evidence.endOffset) this.evidence.endOffset = logEnd;
  }

  /** Says that the task waits for something that is not there; `undefined` once it is. */
  waitsFor(reason: string | undefined): void {
    if (this.isAlive && this.failure === undefined) this.onTrouble(reason);
  }

  /** Ends the task's work: FencedError drops it, everything else needs an operator. */
  fail(error: unknown): void {
    if (error instanceof AbortedError || !this.isAlive) return;
    if (error instanceof FencedError) {
      this.fencedMs = this.context.clock.now();
      this.stop();
      this.context.observer.fenced(this.context.pipeline.name);
      this.context.log('warn', 'task.fenced', messageOf(error));
      return;
    }
    if (this.failure !== undefined) return;
    this.failure = messageOf(error);
    this.context.log('error', 'task.failed', `${this.name} failed: ${this.failure}`, { error });
  }

  /** Drops the task without writing. */
  release(): void {
    if (!this.isAlive) return;
    this.stop();
    this.context.log('info', 'task.released', `Released ${this.name}`);
  }

  status(): TaskStatus {
    const { task, failure } = this;
    const trouble = this.trouble ?? this.context.budget.reason;
    return taskStatus({
      ...{ task, failure, trouble },
      endOffset: this.evidence.endOffset,
      partition: this.context.partition,
      epoch: this.checkpoint.currentEpoch,
      stateBoundBytes: this.context.cacheBytes,
      checkpointAgeMs: this.context.clock.now() - (this.writer?.committedMs ?? this.createdMs),
    });
  }

  /** A claim may take as long as a server is away, and the consumer fetches nothing while it waits for one batch. */
  private pauseUntilReady(control: BatchControl): void {
    const resume = control.pause();
    void this.ready.then(resume);
  }

  private get name(): string {
    return taskName({ pipeline: this.context.pipeline.name, partition: this.context.partition });
  }

  /** Step 1, repeated while a dependency is away. */
  private async start(): Promise<void> {
    const onFailure = (reason: string): void => this.onTrouble(reason);
    try {
      const claim = (): ReturnType<typeof claimTask> => claimTask(this.context, this.checkpoint);
      const { task, endOffset, cold } = await retryTransient(claim, { signal: this.stopping.signal, onFailure });
      this.onTrouble(undefined);
      this.begin(task);
      const { signal } = this.stopping;
      void warmUp(this.checkpoint.state, task, { segments: cold, signal }).catch((error: unknown) => this.fail(error));
      this.evidence.endOffset = endOffset;
      this.context.seek(task.position);
      const fields = { offset: task.position.toString(), epoch: this.checkpoint.currentEpoch.toString() };
      this.context.log('info', 'task.claimed', `Claimed ${this.name}`, fields);
    } catch (error) {
      this.fail(error);
    }
    // Released while it was being claimed.
    if (!this.isAlive) this.stop();
  }

  private stop(): void {
    this.stopping.abort();
    void this.checkpoint.close();
  }

  private begin(task: Task): void {
    const { context, checkpoint, evidence } = this;
    const { state } = checkpoint;
    const parts = {
      task,
      state,
      context,
      signal: this.stopping.signal,
      onFailure: (error: unknown) => this.fail(error),
    };
    const writer = new DeltaWriter({ ...parts, checkpoint });
    this.task = task;
    this.writer = writer;
    this.feeder = new BatchFeeder({
      ...{ ...parts, writer, evidence },
      hasFailed: () => this.failure !== undefined,
      onTrouble: (reason) => this.onTrouble(reason),
    });
  }

  private idleWatermarkMs(idleMs: number, askedMs: number): number {
    return askedMs - this.context.pipeline.outOfOrdernessMs - idleMs;
  }

  private onTrouble(reason: string | undefined): void {
    if (reason !== undefined && this.trouble === undefined) {
      this.context.log('warn', 'task.paused', `${this.name} waits: ${reason}`);
    } else if (reason === undefined && this.trouble !== undefined) {
      this.context.log('info', 'task.resumed', `${this.name} goes on`);
    }
    this.trouble = reason;
  }

  private mirror(nextOffset: bigint): void {
    // The next owner's is newer.
    if (!this.task || !this.isAlive) return;
    const metadata = mirrorMetadata(this.task);
    this.context.mirror({ partition: this.context.partition, nextOffset, metadata });
  }
}
