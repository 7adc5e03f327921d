import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../../src/core/ports/record-source.port';
import type { ExactRowSink, RowSink } from '../../src/core/ports/row-sink.port';
import type { CheckpointDelta, EntryWrite, SegmentSummary } from '../../src/core/ports/state-store.port';
import type { Row } from '../../src/core/row/row';
import { PARKED_SEGMENT } from '../../src/core/task/own-segments';
import type { DeadLetter } from '../../src/core/task/dead-letter';
import type { FrozenDelta } from '../../src/core/task/frozen-delta';
import { Task } from '../../src/core/task/task';
import { TaskSinks } from '../../src/runtime/task-sinks';
import { silentObserver } from '../../src/runtime/silent-observer';
import { StoreOwner } from './store-owner';

const ID = { pipeline: 'test', partition: 0 };
const GENERATION = 1_000_000n;

export interface HarnessOptions {
  readonly cacheBytes?: number;
  readonly maxRows?: number;
  /** See `TaskOptions`; true by default. */
  readonly keyedByMessage?: boolean;
  /** What tells rows apart in the table; key and start by default. */
  readonly nameOf?: (row: Row) => string;
  /** A sink beside the table that shows each version of a row once. */
  readonly exactSink?: ExactRowSink;
  /** A sink beside the table that is also given the places that rows have left. */
  readonly movingSink?: RowSink;
}

/** Drives a task over the memory store as the runtime does, but step by step, so that it can die anywhere. */
export class TaskHarness {
  store = new MemoryStateStore();
  /** What a table shows: of each row the version with the greatest revision. */
  readonly table = new Map<string, Row>();
  /** Every row that reached the sink, in order. */
  readonly emitted: Row[] = [];
  readonly deadLetters: DeadLetter[] = [];
  task!: Task;
  private owner!: StoreOwner;
  private sinks!: TaskSinks;
  /** What the store has taken, in order. */
  private readonly commits: CheckpointDelta[] = [];
  private clockMs = 0;
  /** Stored entries as they were at the claim, which the task has not been given. */
  private readAhead: EntryWrite[] = [];
  /** The end of the log as an owner finds it. */
  private seenUpTo = 0n;

  private constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly options: HarnessOptions,
  ) {}

  static async start(pipeline: CompiledPipeline, options: HarnessOptions = {}): Promise<TaskHarness> {
    const harness = new TaskHarness(pipeline, options);
    await harness.restart();
    return harness;
  }

  /** A new owner: whatever was not committed is gone. */
  async restart(): Promise<void> {
    this.owner = await StoreOwner.claim(this.store, ID);
    const { checkpoint } = this.owner;
    await this.openSinks();
    this.task = new Task({
      id: ID,
      pipeline: this.pipeline,
      generation: GENERATION,
      checkpoint,
      startOffset: 0n,
      shownUpTo: this.seenUpTo,
      cacheBytes: this.options.cacheBytes ?? Infinity,
      maxRows: this.options.maxRows ?? 5_000,
      maxBytes: 1 << 20,
      keyedByMessage: this.options.keyedByMessage ?? true,
    });
    const pending = checkpoint?.pending ?? [];
    for await (const entries of this.store.scan(ID, PARKED_SEGMENT)) this.task.restoreParked(entries);
    if (this.pipeline.amendMs > 0) this.task.hydrate(pending, await this.store.load(ID, pending));
    if (this.task.needsWholeState) await this.load(checkpoint?.segments ?? []);
    this.readAhead = [];
    for (const { id } of checkpoint?.segments ?? []) {
      for await (const entries of this.store.scan(ID, id)) this.readAhead.push(...entries);
    }
    this.task.restorePending(pending);
  }

  /** Processes records with as many checkpoints as the limits ask for. */
  async process(records: readonly SourceRecord[]): Promise<void> {
    const last = records.at(-1);
    if (last && last.offset >= this.seenUpTo) this.seenUpTo = last.offset + 1n;
    for (let i = 0; i < records.length;) {
      const refs = this.task.missingFor(records, i);
      this.task.hydrate(refs, await this.store.load(ID, refs));
      i = this.task.process(records, i);
      if (this.task.isFull) await this.checkpoint();
    }
  }

  /** Gives the task the next entries that were read ahead, as a warm-up does between its records. */
  warm(): void {
    this.task.warm(this.readAhead.splice(0, 2));
  }

  /** The store goes back by some commits, as one does that restarts from an older log; then a new owner comes. */
  async forget(count: number): Promise<void> {
    this.commits.splice(Math.max(0, this.commits.length - count));
    this.store = new MemoryStateStore();
    const past = await StoreOwner.claim(this.store, ID);
    for (const delta of this.commits) await past.commit(delta);
    await this.restart();
  }

  /** Steps 3 to 5 for everything that is due. `diesBefore` cuts the protocol there; `output` is the exact sink. */
  async checkpoint(diesBefore?: 'sink' | 'output' | 'commit'): Promise<void> {
    do {
      await this.scan();
      this.clockMs += 1_000;
      await this.emitStored();
      const frozen = this.task.freeze(this.clockMs);
      if (!frozen) return;
      if (diesBefore === 'sink') return;
      this.sink(frozen);
      await this.options.movingSink?.write([...frozen.moves, ...frozen.rows], AbortSignal.timeout(60_000));
      if (diesBefore === 'output') return;
      const delta = await this.sinks.write(frozen, AbortSignal.timeout(60_000));
      if (diesBefore === 'commit') return;
      await this.owner.commit(delta);
      this.commits.push(delta);
      this.task.committed();
    } while (this.task.hasMore);
  }

  /** Checkpoints until one emits nothing: rows that did not fit into a delta come with the next. */
  async settle(): Promise<void> {
    for (let emitted = -1; emitted !== this.emitted.length;) {
      emitted = this.emitted.length;
      await this.checkpoint();
    }
  }

  /** The newest rows as `key@startSeconds` to values. */
  values(): Record<string, unknown> {
    return Object.fromEntries([...this.table].filter(([, row]) => row.values).map(([name, row]) => [name, row.values]));
  }

  private async openSinks(): Promise<void> {
    const { exactSink } = this.options;
    this.sinks = new TaskSinks({
      ...{ id: ID, pipeline: this.pipeline, observer: silentObserver },
      scan: (segment) => this.store.scan(ID, segment),
      sinks: exactSink ? [exactSink] : [],
      clock: { now: () => this.clockMs },
    });
    await this.sinks.open(GENERATION);
  }

  private async load(segments: readonly SegmentSummary[]): Promise<void> {
    for (const { id } of segments) {
      for await (const entries of this.store.scan(ID, id)) {
        this.task.hydrate(
          entries,
          entries.map(({ value }) => value),
        );
      }
    }
  }

  private async emitStored(): Promise<void> {
    const refs = this.task.awaitedRefs(this.clockMs);
    const values = await this.store.load(ID, refs);
    this.task.emitStored(refs.map((ref, i) => ({ ...ref, value: values[i]! })));
  }

  private async scan(): Promise<void> {
    const segment = this.task.segmentToScan;
    if (segment === undefined) return;
    for await (const entries of this.store.scan(ID, segment)) this.task.closeStored(segment, entries);
    this.task.scanned(segment);
  }

  private sink({ rows, deadLetters }: FrozenDelta): void {
    this.deadLetters.push(...deadLetters);
    for (const row of rows) {
      const name = this.options.nameOf?.(row) ?? `${row.keyText}@${row.window!.startMs}`;
      const stored = this.table.get(name);
      if (stored && stored.revision === row.revision && stored.values && row.values) {
        expect(row.values).toEqual(stored.values);
      }
      if (!stored || row.revision >= stored.revision) this.table.set(name, row);
      this.emitted.push(row);
    }
  }
}
