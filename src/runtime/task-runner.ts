import { FencedError, messageOf } from '../core/errors';
import type { RecordBatch } from '../core/ports/record-source.port';
import type { EntryRef } from '../core/ports/state-store.port';
import type { Task } from '../core/task/task';
import { taskName } from '../core/task/task-id';
import { Checkpoint } from './checkpoint';
import { DeltaWriter } from './delta-writer';
import { IdleEvidence } from './idle-evidence';
import { claimTask } from './claim-task';
import { mirrorMetadata } from './mirror-metadata';
import type { TaskStatus } from './pipeline-status';
import { AbortedError, retryTransient } from './retry';
import type { BatchControl } from '../core/ports/batch-consumer.port';
import type { TaskContext } from './task-context';
import { taskStatus } from './task-status';

/** Records between two looks at the event loop, so that health checks and HTTP answer during a large batch. */
const SLICE_RECORDS = 2_000;
/** How long a batch waits for a full checkpoint pipeline before the partition is paused instead. */
const PATIENCE_MS = 2_000;
const HEARTBEAT_MS = 1_000;
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
  private trouble: string | undefined;
  private failure: string | undefined;
  private idleAdvanceMs = -Infinity;

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
    this.ready = this.start();
  }

  /** When the task was fenced, epoch ms of the clock; `undefined` unless it was. */
  fencedMs: number | undefined;

  /** False once the task is fenced, revoked or stopped. */
  get isAlive(): boolean {
    return !this.stopping.signal.aborted;
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Processes a batch; resolves when its records are in the task's memory. Their durability is the checkpoint's:
   * what is not committed is delivered again to the next owner.
   */
  async handle(batch: RecordBatch, control: BatchControl): Promise<void> {
    await this.withHeartbeat(this.ready, control);
    const { task } = this;
    if (this.failure !== undefined) return void control.pause();
    if (!task || !this.isAlive) return;
    this.evidence.endOffset = batch.endOffset;
    if (batch.fetchedOffset > task.position) return control.seek(task.position);
    const processed = this.evidence.disturb();
    try {
      const processedAll = await this.processSlices(task, batch, control);
      const last = batch.records.at(-1);
      if (processedAll && last) task.skipTo(last.offset + 1n);
      if (this.isAlive) control.resolve(task.position);
    } finally {
      processed();
    }
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

  /** Drops the task without writing. */
  release(): void {
    if (!this.isAlive) return;
    this.stopping.abort();
    this.context.log('info', 'task.released', `Released ${this.name}`);
  }

  status(): TaskStatus {
    const { task, failure, trouble } = this;
    return taskStatus({
      ...{ task, failure, trouble },
      endOffset: this.evidence.endOffset,
      partition: this.context.partition,
      epoch: this.checkpoint.currentEpoch,
      checkpointAgeMs: this.context.clock.now() - (this.writer?.committedMs ?? this.createdMs),
    });
  }

  private get name(): string {
    return taskName({ pipeline: this.context.pipeline.name, partition: this.context.partition });
  }

  /** Step 1, repeated while a dependency is away. */
  private async start(): Promise<void> {
    const onFailure = (reason: string): void => this.onTrouble(reason);
    try {
      const claim = (): ReturnType<typeof claimTask> => claimTask(this.context, this.checkpoint);
      const { task, endOffset } = await retryTransient(claim, { signal: this.stopping.signal, onFailure });
      this.onTrouble(undefined);
      this.task = task;
      this.writer = this.writerOf(task);
      this.evidence.endOffset = endOffset;
      this.context.seek(task.position);
      const fields = { offset: task.position.toString(), epoch: this.checkpoint.currentEpoch.toString() };
      this.context.log('info', 'task.claimed', `Claimed ${this.name}`, fields);
    } catch (error) {
      this.fail(error);
    }
  }

  private writerOf(task: Task): DeltaWriter {
    const { context, checkpoint, stopping } = this;
    return new DeltaWriter({
      task,
      checkpoint,
      context,
      signal: stopping.signal,
      onFailure: (error) => this.fail(error),
    });
  }

  private idleWatermarkMs(idleMs: number, askedMs: number): number {
    return askedMs - this.context.pipeline.outOfOrdernessMs - idleMs;
  }

  private async processSlices(task: Task, batch: RecordBatch, control: BatchControl): Promise<boolean> {
    const { records } = batch;
    for (let i = 0; i < records.length;) {
      if (!this.isAlive || this.failure !== undefined || !control.isCurrent()) return false;
      const next = await this.loadAndProcess(task, batch, i);
      if (next === undefined) return false;
      i = next;
      await this.yieldTo(control);
      if (task.isFull && !(await this.makeRoom(control))) return false;
    }
    return true;
  }

  /** The index after the slice that begins at `from`, or after as much of it as found room; `undefined` on failure. */
  private async loadAndProcess(task: Task, batch: RecordBatch, from: number): Promise<number | undefined> {
    const to = Math.min(from + SLICE_RECORDS, batch.records.length);
    try {
      // A checkpoint that is acknowledged meanwhile may evict: what is missing is asked again until nothing is, and
      // then the slice is processed in the same turn of the event loop.
      for (let refs = task.missingFor(batch.records, from, to); refs.length > 0;) {
        await this.loadMissing(task, refs);
        refs = task.missingFor(batch.records, from, to);
      }
      return this.processSlice(task, batch, from, to);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  private async loadMissing(task: Task, refs: readonly EntryRef[]): Promise<void> {
    const { pipeline, partition, stateStore } = this.context;
    const load = (): ReturnType<typeof stateStore.load> =>
      stateStore.load({ pipeline: pipeline.name, partition }, refs);
    const onFailure = (reason: string): void => this.onTrouble(reason);
    const values = await retryTransient(load, { signal: this.stopping.signal, onFailure });
    this.onTrouble(undefined);
    task.hydrate(refs, values);
  }

  private processSlice(task: Task, { records }: RecordBatch, from: number, to: number): number {
    const { observer, pipeline } = this.context;
    const before = task.totals;
    const next = task.process(records, from, to);
    const after = task.totals;
    for (const result of ['accepted', 'filtered', 'late', 'dead'] as const) {
      if (after[result] > before[result]) observer.records(pipeline.name, result, after[result] - before[result]);
    }
    return next;
  }

  private lastHeartbeatMs = 0;

  private async yieldTo(control: BatchControl): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const nowMs = this.context.clock.now();
    if (nowMs - this.lastHeartbeatMs < HEARTBEAT_MS) return;
    this.lastHeartbeatMs = nowMs;
    await control.heartbeat();
  }

  /** Writes until the task can take more. False when the sinks are so slow that the partition was paused instead. */
  private async makeRoom(control: BatchControl): Promise<boolean> {
    const room = this.writer!.drainUntilRoom();
    const deadlineMs = this.context.clock.now() + PATIENCE_MS;
    let done = false;
    void room.then(() => (done = true));
    while (!done && this.context.clock.now() < deadlineMs) {
      await settledWithin(room, HEARTBEAT_MS / 4);
      if (!done) await control.heartbeat();
    }
    if (done) return true;
    const resume = control.pause();
    const resumed = this.evidence.disturb();
    void room.then(() => {
      resume();
      resumed();
    });
    return false;
  }

  private fail(error: unknown): void {
    if (error instanceof AbortedError || !this.isAlive) return;
    if (error instanceof FencedError) {
      this.fencedMs = this.context.clock.now();
      this.stopping.abort();
      this.context.observer.fenced(this.context.pipeline.name);
      this.context.log('warn', 'task.fenced', messageOf(error));
      return;
    }
    if (this.failure !== undefined) return;
    this.failure = messageOf(error);
    this.context.log('error', 'task.failed', `${this.name} failed: ${this.failure}`, { error });
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
    if (!this.task) return;
    const metadata = mirrorMetadata(this.task);
    this.context.mirror({ partition: this.context.partition, nextOffset, metadata });
  }

  private async withHeartbeat(work: Promise<void>, control: BatchControl): Promise<void> {
    let done = false;
    void work.then(() => (done = true));
    while (!done) {
      await settledWithin(work, HEARTBEAT_MS);
      if (!done) await control.heartbeat();
    }
  }
}

/** Resolves when `work` settles, or after `ms`. */
async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
