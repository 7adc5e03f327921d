import type { BatchControl } from '../core/ports/batch-consumer.port';
import type { RecordBatch } from '../core/ports/record-source.port';
import type { EntryRef } from '../core/ports/state-store.port';
import type { Task } from '../core/task/task';
import type { DeltaWriter } from './delta-writer';
import { HEARTBEAT_MS, settledWithin } from './heartbeats';
import type { IdleEvidence } from './idle-evidence';
import { ownTurn } from './own-turn';
import { retryTransient } from './retry';
import { loadSchemas } from './load-schemas';
import type { OwnedState } from './owned-state';
import type { TaskContext } from './task-context';

/** Records between two looks at the event loop, so that health checks and HTTP answer during a large batch. */
const SLICE_RECORDS = 2_000;
/** How long a batch waits for a full checkpoint pipeline, or for schemas, before the partition is paused instead. */
const PATIENCE_MS = 2_000;

export interface BatchFeederOptions {
  readonly task: Task;
  readonly writer: DeltaWriter;
  readonly evidence: IdleEvidence;
  readonly state: OwnedState;
  readonly context: Pick<
    TaskContext,
    'pipeline' | 'partition' | 'schemas' | 'lookups' | 'observer' | 'tally' | 'budget' | 'clock'
  >;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly hasFailed: () => boolean;
  readonly onFailure: (error: unknown) => void;
  /** The store, or what lookups and schemas ask, is away: what it said. `undefined` once it is back. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** Step 2 of one task: feeds it batches in slices, with the state that they need, as fast as its deltas are taken. */
export class BatchFeeder {
  private lastHeartbeatMs = 0;

  constructor(private readonly options: BatchFeederOptions) {}

  /** Resolves when the batch is in the task's memory, or cannot be. Throws what a heartbeat throws. */
  async feed(batch: RecordBatch, control: BatchControl): Promise<void> {
    const last = batch.records.at(-1);
    if ((await this.feedSlices(batch, control)) && last) this.options.task.skipTo(last.offset + 1n);
  }

  private async feedSlices(batch: RecordBatch, control: BatchControl): Promise<boolean> {
    const { task, signal, hasFailed } = this.options;
    const { records } = batch;
    for (let i = 0; i < records.length;) {
      if (signal.aborted || hasFailed() || !control.isCurrent() || this.isHeld(control)) return false;
      const schemas = this.loadSchemas(batch, i);
      if (schemas && (!(await this.isSettled(schemas, control)) || hasFailed())) return false;
      const next = await this.loadAndProcess(batch, i);
      if (next === undefined) return false;
      i = next;
      await this.yieldTo(control);
      if (task.isFull && !(await this.makeRoom(control))) return false;
    }
    return true;
  }

  /** The index after the slice that begins at `from`, or after as much of it as found room; `undefined` on failure. */
  private async loadAndProcess(batch: RecordBatch, from: number): Promise<number | undefined> {
    const { task, onFailure } = this.options;
    const to = Math.min(from + SLICE_RECORDS, batch.records.length);
    try {
      await this.loadLookups(batch, from, to);
      // A checkpoint that is acknowledged meanwhile may evict: what is missing is asked again until nothing is, and
      // then the slice is processed in the same turn of the event loop.
      for (let refs = task.missingFor(batch.records, from, to); refs.length > 0;) {
        await this.loadMissing(refs);
        refs = task.missingFor(batch.records, from, to);
      }
      return this.processSlice(batch, from, to);
    } catch (error) {
      onFailure(error);
      return undefined;
    }
  }

  /** What the slice at `from` needs of a schema registry; `undefined` if that is nothing. Never rejects. */
  private loadSchemas({ records }: RecordBatch, from: number): Promise<void> | undefined {
    const { task, context, signal, onTrouble, onFailure } = this.options;
    const nowMs = context.clock.now();
    const ids = task.schemasToLoad(records, nowMs, from, Math.min(from + SLICE_RECORDS, records.length));
    if (ids.length === 0) return undefined;
    const load = (): Promise<void> => loadSchemas(context.pipeline, context.schemas, { ids, nowMs });
    return retryTransient(load, { signal, onFailure: onTrouble }).then(() => onTrouble(undefined), onFailure);
  }

  /** Later lookups may depend on earlier ones, so what is missing is asked again until nothing is. */
  private async loadLookups({ records }: RecordBatch, from: number, to: number): Promise<void> {
    const { task, context, signal, onTrouble } = this.options;
    context.lookups.beginSlice();
    for (let refs = task.lookupsToLoad(records, from, to); refs.length > 0;) {
      const missing = refs;
      await retryTransient(() => context.lookups.load(missing), { signal, onFailure: onTrouble });
      onTrouble(undefined);
      refs = task.lookupsToLoad(records, from, to);
    }
  }

  private async loadMissing(refs: readonly EntryRef[]): Promise<void> {
    const { task, state, signal, onTrouble } = this.options;
    const load = (): ReturnType<typeof state.load> => state.load(refs);
    const values = await retryTransient(load, { signal, onFailure: onTrouble });
    onTrouble(undefined);
    task.hydrate(refs, values);
  }

  private processSlice({ records }: RecordBatch, from: number, to: number): number {
    const { task, context } = this.options;
    const { observer, pipeline, tally } = context;
    const before = task.totals;
    const seenBefore = task.duplicates;
    const next = task.process(records, from, to);
    const after = task.totals;
    for (const result of ['accepted', 'filtered', 'late', 'dead'] as const) {
      if (after[result] > before[result]) observer.records(pipeline.name, result, after[result] - before[result]);
    }
    if (task.duplicates > seenBefore) observer.duplicates(pipeline.name, task.duplicates - seenBefore);
    tally.lateness.addAccepted(after.accepted - before.accepted);
    return next;
  }

  /** Pauses the partition, keeping membership, while the error budget is spent. */
  private isHeld(control: BatchControl): boolean {
    const { evidence, context } = this.options;
    if (!context.budget.isSpent) return false;
    const resume = control.pause();
    const resumed = evidence.disturb();
    context.budget.hold(context.partition, () => {
      resume();
      resumed();
    });
    return true;
  }

  private async yieldTo(control: BatchControl): Promise<void> {
    await ownTurn();
    const nowMs = this.options.context.clock.now();
    if (nowMs - this.lastHeartbeatMs < HEARTBEAT_MS) return;
    this.lastHeartbeatMs = nowMs;
    await control.heartbeat();
  }

  /** Writes until the task can take more. False when the sinks are so slow that the partition was paused instead. */
  private makeRoom(control: BatchControl): Promise<boolean> {
    return this.isSettled(this.options.writer.drainUntilRoom(), control);
  }

  /** Waits, keeping membership. False when `work` takes so long that the partition was paused until it is done. */
  private async isSettled(work: Promise<void>, control: BatchControl): Promise<boolean> {
    const { evidence, context } = this.options;
    const deadlineMs = context.clock.now() + PATIENCE_MS;
    let done = false;
    void work.then(() => (done = true));
    while (!done && context.clock.now() < deadlineMs) {
      await settledWithin(work, HEARTBEAT_MS);
      if (!done) await control.heartbeat();
    }
    if (done) return true;
    const resume = control.pause();
    const resumed = evidence.disturb();
    void work.then(() => {
      resume();
      resumed();
    });
    return false;
  }
}
