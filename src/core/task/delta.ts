import type { PoisonRecordError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { CheckpointDelta, EntryRef, EntryWrite, TaskProgress } from '../ports/state-store.port';
import { decodeKey } from '../row/key';
import type { Row } from '../row/row';
import { rowText } from '../row/row-json';
import type { DeadLetter } from './dead-letter';
import { nextFeedId } from './feed-id';
import type { DeltaLimits, FrozenDelta } from './frozen-delta';
import type { OpenWindows } from './open-windows';
import type { OpenWindow, Pane } from './pane';
import type { PaneCache } from './pane-cache';
import { encodePane, resultsOf, revisionOf } from './pane-codec';
import type { TaskId } from './task-id';

export interface DeltaOptions extends DeltaLimits {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly windows: OpenWindows;
  readonly cache: PaneCache;
}

/** What one freeze gathers for the store. */
interface Writes {
  readonly rows: Row[];
  readonly removals: EntryRef[];
  readonly droppedSegments: string[];
  readonly pendingCleared: EntryRef[];
}

/** What has changed in a task since its last freeze, and which rows are due. */
export class Delta {
  /** Counts freezes; a pane's `usedIn` is compared with it. */
  sequence = 0;
  private dirty: Pane[] = [];
  /** Panes in `dirty` that will be written: not those whose window is closing. */
  private dirtyOpen = 0;
  private dirtyBytes = 0;
  private deadLetters: DeadLetter[] = [];
  /** Panes of closing windows that have not been closed. */
  private closable = 0;
  /** Rows of a stored segment, already closed. */
  private writes: Writes = emptyWrites();
  /** Panes whose newest row has not been emitted, in order of their first change since. */
  private readonly pending = new Set<Pane>();
  private readonly pendingAdded = new Set<Pane>();
  private updatesEmittedMs = -Infinity;
  private feedId = '0-0';
  private frozenOffset: bigint | undefined;
  private newestRecord: SourceRecord | undefined;
  private idleAdvance = false;

  constructor(private readonly options: DeltaOptions) {}

  get isFull(): boolean {
    const { maxRows, maxBytes } = this.options;
    const entries = this.dirtyOpen + this.closable + this.deadLetters.length + this.writes.rows.length;
    return entries >= maxRows || this.dirtyBytes >= maxBytes;
  }

  /** Whether closing has more to do than fitted into the last delta. */
  get hasMore(): boolean {
    return this.closable > 0;
  }

  isPending(pane: Pane): boolean {
    return this.pending.has(pane);
  }

  restoreFeedId(feedId: string): void {
    this.feedId = feedId;
  }

  restorePending(pane: Pane): void {
    pane.pendingStored = true;
    this.pending.add(pane);
  }

  sawRecord(record: SourceRecord): void {
    this.newestRecord = record;
  }

  changed(pane: Pane): void {
    pane.usedIn = this.sequence;
    if (pane.dirty) return;
    pane.dirty = true;
    pane.segment.dirtyPanes++;
    this.dirty.push(pane);
    this.dirtyOpen++;
    this.dirtyBytes += 64 + pane.keyText.length + 24 * pane.accumulators.length;
    if (this.options.pipeline.emitOnUpdate) this.pending.add(pane);
  }

  deadLetter(record: SourceRecord, { reason, message }: PoisonRecordError): void {
    const { id, pipeline } = this.options;
    const { partition } = id;
    const { topic } = pipeline.definition.spec.source;
    this.deadLetters.push({ pipeline: pipeline.name, topic, partition, record, reason, message });
    this.dirtyBytes += record.value?.length ?? 0;
  }

  closing(open: OpenWindow): void {
    this.closable += Math.max(1, open.panes.size);
    this.dirtyOpen -= open.dirtyPanes;
  }

  advancedByIdleness(): void {
    this.idleAdvance = true;
  }

  hasRowsDue(clockMs: number): boolean {
    return this.closable > 0 || (this.pending.size > 0 && this.updatesAreDue(clockMs));
  }

  freeze(clockMs: number, progress: Omit<TaskProgress, 'feedId'>, holdingBack: boolean): FrozenDelta | undefined {
    const { writes } = this;
    if (this.idleAdvance) return this.freezeIdleAdvance(progress);
    this.closeWindows(writes);
    if (!holdingBack || this.updatesAreDue(clockMs)) this.emitUpdates(writes, clockMs);
    if (this.isNothing(writes, progress)) return undefined;
    return this.frozen(writes, progress);
  }

  /** Section 5: what idleness closes is emitted only after the advance itself is committed. */
  private freezeIdleAdvance(progress: Omit<TaskProgress, 'feedId'>): FrozenDelta {
    this.idleAdvance = false;
    return this.frozen(this.writes, progress);
  }

  private isNothing(writes: Writes, progress: Omit<TaskProgress, 'feedId'>): boolean {
    return (
      writes.rows.length === 0 &&
      writes.droppedSegments.length === 0 &&
      this.dirty.length === 0 &&
      this.deadLetters.length === 0 &&
      progress.nextOffset === this.frozenOffset
    );
  }

  private frozen(writes: Writes, progress: Omit<TaskProgress, 'feedId'>): FrozenDelta {
    const upserts = this.takeUpserts();
    const pendingAdded = this.takePendingAdded();
    const { removals, droppedSegments, pendingCleared, rows } = writes;
    const feed = this.options.pipeline.sinks.some(({ kind }) => kind === 'live') ? rows.map(rowText) : [];
    if (feed.length > 0) this.feedId = nextFeedId(this.feedId, progress.nextOffset);
    const commit: CheckpointDelta = {
      generation: this.options.generation,
      progress: { ...progress, feedId: this.feedId },
      ...{ upserts, removals, droppedSegments, pendingAdded, pendingCleared, feed },
    };
    const { deadLetters } = this;
    const newestRecordMs = this.newestRecord?.timestampMs;
    this.deadLetters = [];
    this.dirtyBytes = 0;
    this.writes = emptyWrites();
    this.newestRecord = undefined;
    this.frozenOffset = progress.nextOffset;
    this.sequence++;
    return { rows, deadLetters, commit, newestRecordMs };
  }

  private takeUpserts(): EntryWrite[] {
    const upserts: EntryWrite[] = [];
    for (const pane of this.dirty) {
      if (!pane.dirty) continue;
      pane.dirty = false;
      pane.stored = true;
      pane.segment.dirtyPanes--;
      pane.segment.stored = true;
      upserts.push({ segment: pane.segment.id, entry: pane.keyText, value: encodePane(this.options.pipeline, pane) });
      if (this.pending.has(pane) && !pane.pendingStored) this.pendingAdded.add(pane);
    }
    this.dirty = [];
    this.dirtyOpen = 0;
    return upserts;
  }

  private takePendingAdded(): EntryRef[] {
    const added = [...this.pendingAdded];
    this.pendingAdded.clear();
    for (const pane of added) pane.pendingStored = true;
    return added.map(refOf);
  }

  private updatesAreDue(clockMs: number): boolean {
    return clockMs - this.updatesEmittedMs >= this.options.pipeline.emitEveryMs;
  }

  /** Closes as much as one delta may carry, first of all what ended first. */
  private closeWindows(writes: Writes): void {
    const { windows, maxRows } = this.options;
    for (let first = windows.closing[0]; first && first.absent === 0; first = windows.closing[0]) {
      const removalsBefore = writes.removals.length;
      for (const pane of first.panes.values()) {
        if (writes.rows.length >= maxRows) return;
        this.closePane(pane, writes);
        this.closable--;
      }
      // The segment goes as a whole: no need to name what was in it.
      writes.removals.length = removalsBefore;
      if (first.stored) writes.droppedSegments.push(first.id);
      windows.closed();
      this.recountClosable();
    }
  }

  /** Closes a pane that was read from the store for this. */
  closeNow(pane: Pane): void {
    this.closePane(pane, this.writes);
  }

  private recountClosable(): void {
    this.closable = this.options.windows.closing.reduce((sum, { panes }) => sum + Math.max(1, panes.size), 0);
  }

  private closePane(pane: Pane, writes: Writes): void {
    const { emitOnClose } = this.options.pipeline;
    if (emitOnClose) writes.rows.push(this.rowOf(pane, true));
    else if (this.pending.has(pane)) writes.rows.push(this.rowOf(pane, false));
    if (pane.dirty) pane.segment.dirtyPanes--;
    pane.dirty = false;
    this.noLongerPending(pane, writes);
    if (pane.stored) writes.removals.push(refOf(pane));
    this.options.cache.remove(pane);
  }

  private emitUpdates(writes: Writes, clockMs: number): void {
    for (const pane of this.pending) {
      if (writes.rows.length >= this.options.maxRows) return;
      writes.rows.push(this.rowOf(pane, false));
      this.noLongerPending(pane, writes);
    }
    this.updatesEmittedMs = clockMs;
  }

  private noLongerPending(pane: Pane, writes: Writes): void {
    this.pending.delete(pane);
    this.pendingAdded.delete(pane);
    if (pane.pendingStored) writes.pendingCleared.push(refOf(pane));
    pane.pendingStored = false;
  }

  private rowOf(pane: Pane, final: boolean): Row {
    const { pipeline, generation } = this.options;
    const { closing, window } = pane.segment;
    return {
      pipeline: pipeline.name,
      key: decodeKey(pane.keyText, pipeline.keyNames),
      keyText: pane.keyText,
      window,
      values: resultsOf(pipeline, pane.accumulators),
      revision: revisionOf(generation, pane.changedAt, final),
      final,
      ...(final && closing && { closeReason: closing }),
    };
  }
}

function emptyWrites(): Writes {
  return { rows: [], removals: [], droppedSegments: [], pendingCleared: [] };
}

function refOf(pane: Pane): EntryRef {
  return { segment: pane.segment.id, entry: pane.keyText };
}
