import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { DeadLetterSink } from '../core/ports/dead-letter-sink.port';
import type { LateRecordSink } from '../core/ports/late-record-sink.port';
import { isExact, type RowSink, type Sink } from '../core/ports/row-sink.port';
import type { CommitToken, CheckpointDelta, Claim, StateStore } from '../core/ports/state-store.port';
import type { FrozenDelta } from '../core/task/frozen-delta';
import type { Task } from '../core/task/task';
import type { TaskId } from '../core/task/task-id';
import { closedByReason, type PipelineTally } from './pipeline-tally';
import { retryTransient } from './retry';
import type { RuntimeObserver } from './runtime-observer';
import { type RuntimeTracer, untraced } from './runtime-tracer';
import { OwnedState } from './owned-state';
import { TaskSinks } from './task-sinks';
import type { Forward } from './shuffle/forward';

export interface CheckpointOptions {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly owner: string;
  readonly stateStore: StateStore;
  readonly sinks: readonly Sink[];
  readonly deadLetters: DeadLetterSink;
  readonly lateRecords: LateRecordSink;
  /** Appends to the repartition topic; there for a shuffle. */
  readonly forward?: Forward;
  readonly observer: RuntimeObserver;
  readonly tracer?: RuntimeTracer;
  readonly tally: PipelineTally;
  readonly clock: Clock;
  /** Called after step 5 with the offset for step 6. */
  readonly mirror: (nextOffset: bigint) => void;
  /** A dependency is away: what it said. `undefined` once it is back. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/**
 * The checkpoint protocol of one task, by the numbers of `semantics.md` section 8:
 *
 *  1. Claim    bump the owner epoch, take over the checkpoint
 *  2. Process  (the task, in memory)
 *  3. Freeze   the delta; processing goes on into the next one
 *  4. Sink     rows, dead letters, late and forwarded records, written and acknowledged; then rows to topics that show
 *              them once
 *  5. Commit   state, offset, time, timers and live feed in one fenced script
 *  6. Mirror   the offset to Kafka, for lag tools
 *
 * Whatever step the process dies after, the next owner's rows are these rows or newer ones.
 */
export class Checkpoint {
  private epoch = 0n;
  /** The number of the last acknowledged commit. */
  private commits = 0n;

  private readonly sinks: readonly RowSink[];
  private readonly taskSinks: TaskSinks;
  /** As the last claim and the commits since then have left it. */
  readonly state: OwnedState;

  constructor(private readonly options: CheckpointOptions) {
    this.sinks = options.sinks.filter((sink): sink is RowSink => !isExact(sink));
    const lastCommit = (): CommitToken => ({ epoch: this.epoch, commit: this.commits });
    this.state = new OwnedState({ id: options.id, stateStore: options.stateStore, lastCommit });
    const scan = (segment: string): ReturnType<OwnedState['scan']> => this.state.scan(segment);
    this.taskSinks = new TaskSinks({ ...options, scan, sinks: options.sinks.filter(isExact) });
  }

  get currentEpoch(): bigint {
    return this.epoch;
  }

  /** Step 1. Throws TransientError. */
  async claim(): Promise<Claim> {
    const claim = await this.options.stateStore.claim(this.options.id, this.options.owner);
    this.epoch = claim.epoch;
    this.commits = claim.commits;
    return claim;
  }

  /** The rest of step 1: sinks that show rows once fence the owner before. Throws TransientError, FatalError. */
  openSinks(generation: bigint): Promise<void> {
    return this.taskSinks.open(generation);
  }

  /** Lets go of what {@link openSinks} took. Never rejects. */
  close(): Promise<void> {
    return this.taskSinks.close();
  }

  /** Step 3. `undefined` when nothing has changed. With `everything`, updates are not held back by `emit.every`. */
  freeze(task: Task, everything: boolean): FrozenDelta | undefined {
    return task.freeze(this.options.clock.now(), { everything });
  }

  /**
   * Steps 4 to 6, in this order. Waits for as long as a dependency is away. Throws FencedError when the task has a
   * new owner, FatalError when a sink can never take the rows, AbortedError when `signal` aborts.
   */
  write(frozen: FrozenDelta, signal: AbortSignal): Promise<void> {
    const { rows, commit } = frozen;
    const facts = { rows: rows.length, nextOffset: commit.progress.nextOffset };
    return this.tracer.checkpoint(this.options.id, facts, () => this.writeSteps(frozen, signal));
  }

  private get tracer(): RuntimeTracer {
    return this.options.tracer ?? untraced;
  }

  private async writeSteps(frozen: FrozenDelta, signal: AbortSignal): Promise<void> {
    const beganMs = this.options.clock.now();
    await this.sink(frozen, signal);
    const delta = await this.sinkOnce(frozen, signal);
    await this.commit({ ...frozen, commit: delta }, signal);
    this.options.mirror(frozen.commit.progress.nextOffset);
    this.options.observer.checkpoint(this.options.pipeline.name, (this.options.clock.now() - beganMs) / 1000);
  }

  /** Step 4. Every sink that may have a row twice gets the rows at the same time; one that fails is tried again alone. */
  private async sink(
    { rows, moves, deadLetters, lateRecords, forwarded }: FrozenDelta,
    signal: AbortSignal,
  ): Promise<void> {
    const { pipeline, observer, forward } = this.options;
    const writes = this.sinks.flatMap((sink) => {
      const given = sink.takesMoves === true && moves.length > 0 ? [...moves, ...rows] : rows;
      return given.length > 0 ? [this.writeTo(sink, given, signal)] : [];
    });
    if (deadLetters.length > 0) {
      writes.push(this.persist('dead-letters', () => this.options.deadLetters.write(deadLetters, signal), signal));
    }
    if (lateRecords.length > 0) {
      writes.push(this.persist('late-records', () => this.options.lateRecords.write(lateRecords, signal), signal));
    }
    if (forward && forwarded.length > 0) {
      writes.push(this.persist('repartition', () => forward(forwarded, signal), signal));
    }
    await Promise.all(writes);
    for (const { reason } of deadLetters) observer.deadLetters(pipeline.name, reason, 1);
  }

  /** Step 4 of the sinks that show a row once, which come last. Returns what step 5 commits. */
  private async sinkOnce(frozen: FrozenDelta, signal: AbortSignal): Promise<CheckpointDelta> {
    const { pipeline, observer, clock } = this.options;
    const { rows, newestRecordMs } = frozen;
    const delta = await this.taskSinks.write(frozen, signal);
    if (rows.length > 0 && newestRecordMs !== undefined)
      observer.endToEnd(pipeline.name, (clock.now() - newestRecordMs) / 1000);
    return delta;
  }

  private async writeTo(sink: RowSink, rows: FrozenDelta['rows'], signal: AbortSignal): Promise<void> {
    const { pipeline, observer, clock } = this.options;
    const beganMs = clock.now();
    await this.persist(sink.name, () => sink.write(rows, signal), signal);
    observer.sinkDuration(pipeline.name, sink.name, (clock.now() - beganMs) / 1000);
    observer.rowsEmitted(pipeline.name, sink.name, rows.length);
  }

  /** Step 5. */
  private async commit({ commit, rows }: FrozenDelta, signal: AbortSignal): Promise<void> {
    const { stateStore, id, pipeline, observer, tally } = this.options;
    const token = { epoch: this.epoch, commit: this.commits + 1n };
    await this.persist('state', () => stateStore.commit(id, token, commit), signal);
    this.commits = token.commit;
    for (const [reason, count] of closedByReason(rows)) {
      observer.windowsClosed(pipeline.name, reason, count);
      tally.addClosed(reason, count);
    }
    if (commit.feed.length > 0) observer.rowsEmitted(pipeline.name, 'live', commit.feed.length);
  }

  private async persist(name: string, attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let failed = false;
    const onFailure = (reason: string): void => {
      failed = true;
      this.options.observer.sinkRetry(this.options.pipeline.name, name);
      this.options.onTrouble(reason);
    };
    await this.tracer.write(name, () => retryTransient(attempt, { signal, onFailure }));
    if (failed) this.options.onTrouble(undefined);
  }
}
